"""The language models a person has: taken up, chosen, forgotten, fitted. Knows nothing of questions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from core.engine.bulletin import Bulletin
from core.engine.parts import Parts
from core.events import Changed
from core.models.fit import fit
from core.models.gguf import read_header
from core.models.hardware import free_memory
from core.types import Fit, ModelRow


class Models:
    """What may be done with language models."""

    def __init__(self, parts: Parts, bulletin: Bulletin, publish: Callable[[], None]) -> None:
        self._parts, self._bulletin, self._publish = parts, bulletin, publish

    def rows(self) -> tuple[ModelRow, ...]:
        """The language models the user has."""
        return self._parts.models.rows(self._parts.settings.model)

    def add(self, path: str) -> ModelRow:
        """Take a GGUF file up, where it lies. Raises `errors.BadRequest` for a file that is no such model."""
        row = self._parts.models.add(Path(path).expanduser().absolute())
        self._bulletin.tell(Changed("models"))
        return row

    def use(self, id: str) -> None:
        """Answer with this model from now on; "none" quotes. Raises `errors.BadRequest` for an unknown id."""
        chosen = "" if id in ("", "none") else id
        if chosen:
            self._parts.models.path_of(chosen)
        self._parts.change_settings(model=chosen)
        if not chosen:
            self._parts.worker.unload()
        self._bulletin.tell(Changed("models"))
        self._publish()

    def remove(self, id: str) -> None:
        """Forget a model; its file stays. Raises `errors.BadRequest` for an unknown id."""
        self._parts.models.remove(id)
        if self._parts.settings.model == id:
            self.use("none")
        self._bulletin.tell(Changed("models"))

    def fit(self, id: str) -> Fit:
        """How a model would be loaded here. Raises `errors.BadRequest` for an unknown id."""
        s = self._parts.settings
        return fit(
            id, read_header(self._parts.models.path_of(id)), context=s.context, gpu_layers=s.gpu_layers,
            offload=self._parts.worker.can_offload(), free=free_memory(),
        )  # fmt: skip

"""The language models a person has: taken up, chosen, forgotten, fitted. Knows nothing of questions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from core import errors
from core.engine.bulletin import Bulletin
from core.engine.parts import Parts
from core.events import Changed
from core.models.machine.hardware import free_memory, own_limit
from core.models.remote.chat import models
from core.models.remote.servers import base, row
from core.models.supply.downloads import file_name
from core.models.supply.offers import offers
from core.types import DownloadRow, Fit, ModelRow, Offer

LISTED = 20


class Models:
    """What may be done with language models. What changes anything raises `errors.OnlyRead` when the data folder can
    only be read."""

    def __init__(self, parts: Parts, bulletin: Bulletin, publish: Callable[[], None]) -> None:
        self._parts, self._bulletin, self._publish = parts, bulletin, publish

    def rows(self) -> tuple[ModelRow, ...]:
        """The language models the user has."""
        chosen = self._parts.settings.model
        return self._parts.models.rows(chosen) + self._parts.servers.rows(chosen)

    def add(self, path: str, copy: bool = False) -> ModelRow:
        """Take a GGUF file up, where it lies or as a `copy`. Raises `errors.BadRequest` for a file that is no such
        model."""
        self._parts.require_writable()
        file, library = Path(path).expanduser().absolute(), self._parts.models
        row = library.copy(file) if copy else library.add(file)
        self._bulletin.tell(Changed("models"))
        return row

    def offers(self) -> tuple[Offer, ...]:
        """The models that can be downloaded, the one to begin with first."""
        return offers(min(free_memory(), own_limit()), self._parts.models.digests())

    def get(self, what: str, sha256: str = "") -> DownloadRow:
        """Download an offer by its id, any GGUF file by its address, or go on with a download. Goes on by itself.
        Raises `errors.BadRequest`."""
        self._parts.require_writable()
        downloads = self._parts.downloads
        offer = next((o for o in self.offers() if o.id == what), None)
        if offer:
            return downloads.get(offer.id, offer.url, offer.sha256, offer.size)
        if any(row.id == what for row in downloads.rows()):
            return downloads.go_on(what)
        if "://" not in what:
            raise errors.BadRequest(f"No model named {what} is offered.", "`moa models offers` lists them.")
        return downloads.get(file_name(what).removesuffix(".gguf").lower(), what, sha256)

    def downloads(self) -> tuple[DownloadRow, ...]:
        """The downloads under way, paused or failed, and those finished since the start."""
        return self._parts.downloads.rows()

    def pause_download(self, id: str) -> None:
        """Stop it and keep what is here. Raises `errors.BadRequest` for an unknown id."""
        self._parts.downloads.pause(id)

    def drop_download(self, id: str) -> None:
        """Stop it and delete what is here; a finished one keeps its model. Raises `errors.BadRequest`."""
        self._parts.require_writable()
        self._parts.downloads.drop(id)

    def connect(self, url: str, model: str = "", key: str = "", context: int = 0) -> ModelRow:
        """Take up a model on a server that speaks OpenAI's chat completions; asks it what it has. `model` may be
        left out where it has one, `context` (tokens) where it tells. Raises `errors.BadRequest`, `errors.ModelProblem`.
        """
        self._parts.require_writable()
        p, address = self._parts, base(url)
        there = models(address, key, p.network())
        names = ", ".join(sorted(there)[:LISTED]) or "none"
        if model and model not in there:
            raise errors.BadRequest(f"{address} has no model {model}.", f"It has: {names}.")
        if not model and len(there) != 1:
            raise errors.BadRequest(f"{address} has {len(there)} models.", f"Name one of them with --model: {names}.")
        name = model or next(iter(there))
        taken = frozenset(r.id for r in p.models.rows(""))
        server = p.servers.add(address, name, context or there[name] or p.settings.context, taken)
        if key and not p.keys.set(server.id, key):
            p.setting_notes += (f"This system has no keyring: the key of {server.id} is forgotten when Moa ends.",)
        self._bulletin.tell(Changed("models"))
        return row(server, p.settings.model)

    def adapt(self, id: str, path: str, scale: float = 1.0) -> ModelRow:
        """Use a model with a LoRA adapter; "none" takes all of them off. Raises `errors.BadRequest`."""
        self._parts.require_writable()
        library = self._parts.models
        row = library.bare(id) if path == "none" else library.adapt(id, Path(path), scale)
        self._bulletin.tell(Changed("models"))
        return row

    def use(self, id: str) -> None:
        """Answer with this model from now on; "none" quotes. Raises `errors.BadRequest` for an unknown id."""
        self._parts.require_writable()
        chosen = "" if id in ("", "none") else id
        if chosen:
            target = self._parts.target(chosen)
            if isinstance(target, Path):
                self._parts.worker.forgive(target)
                self._parts.worker.give_up(unless=target)
        self._parts.change_settings(model=chosen)
        if not chosen or self._parts.servers.find(chosen):
            self._parts.worker.unload()
        self._bulletin.tell(Changed("models"))
        self._publish()

    def remove(self, id: str) -> None:
        """Forget a model, with a server's key and a file that Moa downloaded or copied; a file of the user's stays.
        Raises `errors.BadRequest` for an unknown id, `errors.FileProblem`."""
        self._parts.require_writable()
        if self._parts.settings.model == id:
            self.use("none")  # a loaded file cannot be deleted everywhere
        if self._parts.servers.find(id):
            self._parts.servers.remove(id)
            self._parts.keys.forget(id)
        else:
            self._parts.models.remove(id)
        self._bulletin.tell(Changed("models"))

    def fit(self, id: str) -> Fit:
        """How a model would be loaded here. Raises `errors.BadRequest` for an unknown id, and for a server's."""
        if server := self._parts.servers.find(id):
            raise errors.BadRequest(f"{id} runs on {server.host}: nothing of it is loaded here.")
        p = self._parts
        found = p.worker.fit(id, p.models.path_of(id), p.load_options())
        others = () if found.fits else p.models.rows("")
        for other in sorted(others, key=lambda r: -r.size):
            if not other.problem and p.worker.fit(other.id, Path(other.path), p.load_options()).fits:
                return replace(found, why=f"{found.why} {other.id} fits.")
        return found

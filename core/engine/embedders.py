"""Embedding models: which there are, what another one would cost, changing to it. Knows nothing of how vectors are
made."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from core import errors
from core.engine.bulletin import Bulletin
from core.engine.parts import Parts
from core.events import Changed
from core.index.embedding import change
from core.index.embedding.restore import embedded_text
from core.index.embedding.space import TextEmbedder
from core.index.embedding.windows import SPECIAL_TOKENS, whole
from core.store.database import only_read
from core.store.unembedded import Unembedded
from core.types import EmbedderCost, EmbedderRow

TRIED, TRIED_AT_ONCE, TRIED_S = 64, 8, 10.0
"""A trial embeds at most so many passages, and begins no further ones after so many seconds."""
BYTES_A_ROW = 64
"""What SQLite takes for a vector beside its numbers: the embedder's name, the hash, lengths."""
BYTES_A_NUMBER = 2


class Embedders:
    """What may be done with embedding models."""

    def __init__(self, parts: Parts, bulletin: Bulletin, publish: Callable[[], None]) -> None:
        self._parts, self._bulletin, self._publish = parts, bulletin, publish

    def rows(self) -> tuple[EmbedderRow, ...]:
        """The embedding models on this machine, with the one that serves and the one that is being prepared."""
        p = self._parts
        return p.embedders.rows(change.serving(p.catalogue) or "", p.change.wanted)

    def add(self, path: str) -> EmbedderRow:
        """Take up a model where it lies: a folder of sentence-transformers, or a GGUF file. Nothing changes until it is
        used. Raises `errors.BadRequest` where there is nothing, `errors.SetupProblem` for what is none."""
        place = Path(path).expanduser().absolute()
        if not place.exists():
            raise errors.BadRequest(
                f"There is no embedding model in {place}.",
                "Name the folder of a sentence-transformers model, or a GGUF file.",
            )
        self._changeable()
        self._parts.open_embedder(str(place)).close()
        id = self._parts.embedders.add(place)
        self._bulletin.tell(Changed("embedders"))
        return next(row for row in self.rows() if row.id == id)

    def remove(self, id: str) -> None:
        """Forget a model that was added, and the vectors it made; its files stay. Raises `errors.BadRequest`, also for
        one that serves or is being prepared."""
        p = self._parts
        row = next((row for row in self.rows() if row.id == id), None)
        if row and (row.serving or row.next):
            raise errors.BadRequest(f"The embedding model {id} is in use.", "Choose another one first.")
        self._changeable()
        p.embedders.remove(id)
        if row and not row.problem:
            embedder = p.open_embedder(row.choice)
            embedder.close()
            p.lane.call(lambda: Unembedded(p.catalogue.database).forget(embedder.model_id))
        self._bulletin.tell(Changed("embedders"))

    def cost(self, id: str) -> EmbedderCost:
        """What changing to this model would take, measured on some of the user's own passages; changes nothing. Takes
        seconds, or minutes where the model is large and new here. Raises `errors.SetupProblem` when it cannot be used.
        """
        p = self._parts
        embedder = p.open_embedder(p.embedders.choice(id))
        p.lane.asking(+1)
        try:
            embedder.load()
            unembedded = Unembedded(p.catalogue.database)
            left, every = unembedded.texts(embedder.id)
            texts = [
                embedded_text(chunk, p.embedder, p.indexer.passage_tokens)[0]
                for chunk in unembedded.sample(embedder.id, TRIED)
            ]
            rate = _rate(embedder, texts)
            longer = sum(embedder.count(text) > embedder.limit - SPECIAL_TOKENS for text in texts)
            return EmbedderCost(
                embedder.id, embedder.dim, embedder.limit, embedder.serves("ko"), embedder.serves("en"), left,
                every - left, longer / max(1, len(texts)), round(rate, 1), left / rate if rate else 0.0,
                left * (BYTES_A_NUMBER * embedder.dim + BYTES_A_ROW), shutil.disk_usage(p.data.root).free,
            )  # fmt: skip
        finally:
            p.lane.asking(-1)
            embedder.close()

    def use(self, id: str) -> None:
        """Change to this model: its vectors are made in the background, and it serves when all are. Until then the one
        before does. Chosen again, it tries again what went wrong. Raises `errors.SetupProblem` for a model that cannot
        be opened; then nothing changes."""
        p = self._parts
        choice = p.embedders.choice(id)
        p.open_embedder(choice).close()
        self._begin(choice)

    def cancel(self) -> None:
        """Stay with the model that serves. What was made for another is kept, should it be used after all. Raises
        `errors.BadRequest` when no change is under way."""
        if self._parts.change.wanted is None:
            raise errors.BadRequest("No other embedding model is being prepared.")
        self._begin(change.serving(self._parts.catalogue) or "")

    def _changeable(self) -> None:
        """Raise `errors.OnlyRead` where nothing can be written down."""
        if self._parts.data.frozen:
            raise only_read()

    def _begin(self, choice: str) -> None:
        p = self._parts
        p.change_settings(embedder=choice)
        p.lane.call(lambda: p.change.begin(choice))
        self._bulletin.tell(Changed("embedders"))
        self._publish()


def _rate(embedder: TextEmbedder, texts: list[str]) -> float:
    """Passages a second, without the first ones, which also warm up where there are others; 0 without any."""
    timed, began = 0, time.monotonic()
    for at in range(0, len(texts), TRIED_AT_ONCE):
        part = texts[at : at + TRIED_AT_ONCE]
        whole(embedder, part)
        now = time.monotonic()
        if at == 0 and len(texts) > TRIED_AT_ONCE:
            warm_up, began = now - began, now
            if warm_up > TRIED_S:
                return len(part) / warm_up
            continue
        timed += len(part)
        if now - began > TRIED_S:
            break
    return timed / max(1e-9, time.monotonic() - began) if timed else 0.0

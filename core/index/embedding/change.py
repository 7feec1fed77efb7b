"""The road from one embedding model to another: the vectors of the next one are made while the one before serves.

Knows not when: the lane takes its steps when nothing else is left to read or embed. What is wanted is
the setting `embedder`; what serves stands in library.db under `SERVES`. Where the two differ a change is under way, so
it goes on after any kill, by whatever hand the setting was changed. Its vectors are kept like all others, by (embedder,
hash of the text), next to those that serve. Going back is forgetting what was wanted.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from core import errors
from core.index.embedding.exact import ExactIndex
from core.index.embedding.restore import embedded_text
from core.index.embedding.space import Space, TextEmbedder
from core.index.embedding.vectors import ChromaIndex
from core.index.embedding.windows import telling
from core.index.indexer import EMBED_AT_ONCE, Indexer
from core.index.pace import Rate
from core.store.catalogue import Catalogue
from core.store.unembedded import Bare, Unembedded
from core.types import EmbedderChange

SERVES = "embedder"
"""Where library.db keeps the choice that serves, as JSON: the built-in one's is the empty text."""

log = logging.getLogger(__name__)

Ready = Callable[[TextEmbedder], bool]


def serving(catalogue: Catalogue) -> str | None:
    """The choice whose vectors serve this library; None before there was one."""
    try:
        return msgspec.json.decode(catalogue.meta(SERVES) or "null", type=str | None)
    except msgspec.DecodeError:
        return None


def serves(catalogue: Catalogue, choice: str) -> None:
    """Remember the choice whose vectors serve."""
    catalogue.remember(SERVES, msgspec.json.encode(choice).decode())


class Change:
    """At most one change at a time. `make` opens a choice (raises `errors.SetupProblem`), `failed` says whether the one
    that serves is of no use, `switched` is told when another one serves. All but `info` belong to the lane's thread."""

    def __init__(
        self,
        indexer: Indexer,
        chroma: Path,
        make: Callable[[str], TextEmbedder],
        failed: Callable[[], bool],
        switched: Callable[[], None],
    ) -> None:
        self._indexer = indexer
        self._unembedded = Unembedded(indexer.catalogue.database)
        self._chroma = chroma
        self._make = make
        self._failed = failed
        self._switched = switched
        self._next: TextEmbedder | None = None
        self._after = 0
        self._pace = Rate()
        self.wanted: str | None = None
        """The choice that is to serve; None when the one that is wanted serves."""
        self.problem = ""
        """Why it stands still, in words; the one that serves goes on."""
        self.done = self.total = 0

    def begin(self, choice: str, problem: str = "") -> None:
        """Make the vectors of this choice from now on; with a `problem`, only say so. Choosing the one that serves ends
        the change."""
        self.close()
        self.wanted = None if choice == serving(self._indexer.catalogue) and not self._failed() else choice
        self._next, self._after, self.problem = None, 0, problem
        self.done = self.total = 0

    def close(self) -> None:
        """Give the next embedder back; what it made is kept."""
        if self._next is not None:
            self._next.close()

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do, or nothing that can be done."""
        return self.wanted is None or bool(self.problem)

    @property
    def instead(self) -> bool:
        """Whether the next one is to serve at once, since the one that serves does not."""
        return not self.idle and self._failed()

    def info(self) -> EmbedderChange | None:
        """How far it is; None when there is none."""
        wanted, next = self.wanted, self._next
        if wanted is None:
            return None
        rate, left = self._pace.per_second(), self.total - self.done
        return EmbedderChange(
            wanted, next.id if next else "", self.done, self.total, left / rate if rate and left else None,
            "failed" if self.problem else "embedding" if self.total else "opening", self.problem,
        )  # fmt: skip

    def step(self, ready: Ready, may_go_on: Callable[[], bool]) -> None:
        """Open the next one, make some vectors, or let it serve. `ready` waits for an embedder to be open, `may_go_on`
        is asked between batches. Raises `errors.NoSpace`."""
        assert self.wanted is not None
        try:
            if self._next is None:
                self._next = self._make(self.wanted)
            if not ready(self._next):
                return
            if self._failed() or self._next.id == self._indexer.embedder.id or not self._embed(self._next, may_go_on):
                self._switch(self._next, self.wanted)
        except errors.NoSpace:
            raise
        except errors.SetupProblem as e:
            log.warning("the embedder %r cannot be prepared: %s", self.wanted, e)
            self.problem = str(e)

    def _embed(self, next: TextEmbedder, may_go_on: Callable[[], bool]) -> bool:
        """Some batches; False when every text has its vector."""
        if not self._after:
            left, self.total = self._unembedded.texts(next.id)
            self.done = self.total - left
            if not left:
                return False
        chunks = self._unembedded.rows(next.id, self._after, EMBED_AT_ONCE * 8)
        texts = self._texts(chunks)
        order = sorted(texts, key=lambda h: next.count(texts[h]), reverse=True)
        for at in range(0, len(order), EMBED_AT_ONCE):
            if at and not may_go_on():
                return True
            part, began = order[at : at + EMBED_AT_ONCE], time.monotonic()
            vectors = telling(next, [texts[h] for h in part], cut=False).astype("float16")
            self._indexer.passages.keep_vectors(next.id, {h: v.tobytes() for h, v in zip(part, vectors, strict=True)})
            self._pace.add(len(part), time.monotonic() - began)
            self.done += len(part)
        # Once more from the start when the end is reached: chunks keep their ids when their text changes.
        self._after = chunks[-1].id if chunks else 0
        return True

    def _texts(self, chunks: tuple[Bare, ...]) -> dict[bytes, str]:
        """{hash: text to be embedded}. What can no longer be told waits for the one that serves as well."""
        indexer, texts = self._indexer, dict[bytes, str]()
        for chunk in chunks:
            text, hash = embedded_text(chunk, indexer.embedder, indexer.passage_tokens)
            texts[hash] = text
            if hash != chunk.hash:
                self._unembedded.pend([(chunk.id, hash, text)])
        return texts

    def _switch(self, next: TextEmbedder, choice: str) -> None:
        """Let the next one serve. From the moment library.db says so, every start does the same."""
        indexer, old = self._indexer, self._indexer.space
        if indexer.passages.counts()[1] and not self._failed():
            return  # texts that could not be told, see `_texts`: they are embedded first
        if next.id == old.embedder.id and not self._failed():
            serves(indexer.catalogue, choice)
            next.close()
        else:
            space = Space(next, ExactIndex(next.dim), ChromaIndex(self._chroma, next.id))
            serves(indexer.catalogue, choice)
            indexer.load_vectors(space)
            indexer.space = space
            # Exact search serves until there is an index of the new ones.
            old.chroma.drop()
            # The vectors that served until now are kept: going back costs nothing. All others have had their day.
            self._unembedded.keep_only({next.id, old.embedder.id})
            old.embedder.close()
        self.wanted, self._next, self.done, self.total = None, None, 0, 0
        log.info("the embedder %s serves", next.id)
        self._switched()

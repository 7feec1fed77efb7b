"""Cuts a long document into passages on a thread of its own, while the indexing thread does what is more urgent.

Knows nothing of databases. Counting the tokens of 20 MB takes the tokenizer half a minute, which nobody who saves a
note should wait for; what is asked of it is one passage after the other, so it can be given up between two.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future

from core.chunks import split
from core.index.reading.readers import Reading
from core.index.terms import indexed
from core.store.catalogue import File, Stat
from core.types import Chunk, Document

LONG = 300_000
"""Characters from which on a document is long: shorter ones are cut within a second."""


class GivenUp(Exception):
    """Nobody wants the passages any more."""


class Cutting:
    """A document being cut; `future` has its chunks and their terms. `recipe` is what it was read by."""

    def __init__(
        self, file: File, stat: Stat, reading: Reading, recipe: str, count: Callable[[str], int], limit: int
    ) -> None:  # fmt: skip
        self.file, self.stat, self.reading, self.recipe = file, stat, reading, recipe
        self.future: Future[tuple[tuple[Chunk, ...], tuple[str, ...]]] = Future()
        self._given_up = False
        self._count, self._limit = count, limit
        self._thread = threading.Thread(target=self._run, name="cut", daemon=True)
        self._thread.start()

    @staticmethod
    def worthwhile(document: Document) -> bool:
        """Whether a document is long."""
        return sum(len(block.text) for block in document.blocks) > LONG

    def give_up(self) -> None:
        """End it; returns when it has ended."""
        self._given_up = True
        self._thread.join()

    def _run(self) -> None:
        try:
            chunks = split(self.reading.document, self._counted, self._limit)
            bodies = []
            for chunk in chunks:
                self._go_on()
                bodies.append(indexed(chunk.text))
            self.future.set_result((chunks, tuple(bodies)))
        except BaseException as e:  # raised again where the passages are wanted
            self.future.set_exception(e)

    def _counted(self, text: str) -> int:
        self._go_on()
        return self._count(text)

    def _go_on(self) -> None:
        if self._given_up:
            raise GivenUp

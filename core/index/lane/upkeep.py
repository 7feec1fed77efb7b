"""What is done when nothing is left to do: the databases swept once, a vector index that failed brought back."""

from __future__ import annotations

import time

from core.index.indexer import Indexer
from core.index.lane.space import require_space
from core.store.upkeep import sweep

MEND_S = 60.0
"""A vector index that failed, on a full disk for instance, is opened or made anew this often until it works."""


class Upkeep:
    def __init__(self, indexer: Indexer) -> None:
        self._indexer = indexer
        self._swept = False
        self._mend_at = 0.0

    def step(self) -> bool:
        """Always False: it is no work that anybody waits for."""
        if not self._swept:
            self._swept = True
            sweep(self._indexer.passages.database)
        self._mend()
        return False

    def _mend(self) -> None:
        """Bring a vector index that failed back, without embedding anything; exact search serves meanwhile."""
        chroma = self._indexer.chroma
        if not chroma.broken or time.monotonic() < self._mend_at:
            return
        self._mend_at = time.monotonic() + MEND_S
        require_space(self._indexer.catalogue.database.path.parent)
        chroma.open(self._indexer.exact)

"""What each term is worth in each row, remembered. Knows nothing of questions.

BM25 is a sum over terms, and FTS5 gives the rank of a single term as exactly what that term adds to a longer question.
So the rows of a term are scored once, and a question adds up what it finds: the same scores to the last bit at a
twentieth of the time, once its frequent terms, which cost nearly all of it, have been asked for (measured, 100,000
chunks: 6.8 → 0.5 ms; for a question of new words 7.8). Whatever writes keywords makes all of it void.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.store.database import Database

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WORDS = "words"
"""What `Database.write` is told by whoever writes keyword rows."""
MOST = 4_000_000
"""Rows remembered, of 12 bytes each; the terms that were not asked for longest go first."""


class TermScores:
    """The scores of one FTS5 table. Safe to use from several threads."""

    def __init__(self, database: Database, table: str) -> None:
        self._database = database
        self._table = table
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[NDArray[np.int32], NDArray[np.float64]]] = OrderedDict()
        self._rows = 0
        self._since = -1

    def best(self, terms: Sequence[str], limit: int) -> list[tuple[int, float]]:
        """(row id, BM25 score, higher is better) of the rows with any of the terms, best first."""
        import numpy as np

        found = [self._of(term) for term in terms]
        size = max((int(ids[-1]) + 1 for ids, _ in found if len(ids)), default=0)
        sums = np.zeros(size)
        for ids, scores in found:
            sums[ids] += scores
        rows = np.flatnonzero(sums)
        scores = sums[rows]
        if len(rows) > limit:
            # With all that are as good as the last one: of those, the smaller ids.
            enough = scores >= np.partition(scores, len(scores) - limit)[len(scores) - limit]
            rows, scores = rows[enough], scores[enough]
        order = np.lexsort((rows, -scores))[:limit]
        return list(zip(rows[order].tolist(), scores[order].tolist(), strict=True))

    def _of(self, term: str) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        # Read before the rows: should they change in between, they are read once more than needed.
        now = self._database.version_of(WORDS)
        with self._lock:
            if now != self._since:
                self._known.clear()
                self._rows, self._since = 0, now
            if term in self._known:
                self._known.move_to_end(term)
                return self._known[term]
        found = self._read(term)
        with self._lock:
            if now == self._since and term not in self._known:
                self._known[term] = found
                self._rows += len(found[0])
                while self._rows > MOST:
                    self._rows -= len(self._known.popitem(last=False)[1][0])
        return found

    def _read(self, term: str) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        import numpy as np

        pairs = self._database.read_array(
            f"SELECT rowid, -rank FROM {self._table} WHERE {self._table} MATCH ?",
            (f'"{term}"',),
            [("id", np.int32), ("score", np.float64)],
        )
        return np.ascontiguousarray(pairs["id"]), np.ascontiguousarray(pairs["score"])

"""Exact search: every vector in memory, and one pass over all of them a question.

Knows nothing of text, of Chroma or of where vectors are kept. Rows lie in blocks, so that growing copies nothing. Up to
`EXACT_LIMIT` vectors they are float32, which the processor multiplies at once; above, where this only checks
and stands in for Chroma, float16, half the memory: that is how vectors are stored, so nothing is lost.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]
    Rows = NDArray[np.int64]

EXACT_LIMIT = 100_000
BLOCK = 16_384
"""Rows of a block: 24 MiB of 384 float32."""
PIECE = 1024
"""Rows of float16 that are widened at a time: they stay in the processor's cache."""
LOOKED_AT = 4
"""How many times the wanted neighbours give the bound for a second search (`View.near`)."""
FEW = 8
"""A second pass over everything costs less than picking more than one row in so many."""
ROUNDING = 1e-4


class ExactIndex:
    """Ids (small integers) and vectors. Safe for one writer and many readers."""

    def __init__(self, dim: int) -> None:
        import numpy as np

        self._lock = threading.Lock()
        self._dim = dim
        self._count = 0
        self._changes = 0
        self._longest = 1.0
        self._ids: Rows = np.zeros(0, np.int64)
        self._row = np.zeros(0, np.int32)
        """Where each id lies, from 1; 0: nowhere."""
        self._blocks: list[NDArray[Any]] = []

    def __len__(self) -> int:
        return self._count

    def put(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Add or replace vectors, shape (len(ids), dim)."""
        import numpy as np

        if not len(ids):
            return
        with self._lock:
            self._changes += 1
            if not self._count and vectors.shape[1] != self._dim:
                # What a model's configuration says of its dimensions, its last layer may have made less of.
                self._dim, self._blocks = vectors.shape[1], []
            wanted = np.asarray(ids, np.int64)
            self._row = _room(self._row, int(wanted.max()) + 1)
            fresh = np.unique(wanted[self._row[wanted] == 0])
            need = self._count + len(fresh)
            self._ids = _room(self._ids, need)
            self._ids[self._count : need] = fresh
            self._row[fresh] = np.arange(self._count + 1, need + 1, dtype=np.int32)
            self._count = need
            self._make_room()
            self._longest = max(self._longest, float(np.einsum("ij,ij->i", vectors, vectors).max()))
            for block, rows, here in self._places(self._row[wanted] - 1):
                block[rows] = vectors[here]

    def _make_room(self) -> None:
        import numpy as np

        kind = np.float32 if self._count <= EXACT_LIMIT else np.float16
        for n, block in enumerate(self._blocks):
            if block.dtype != np.float16 and kind == np.float16:
                self._blocks[n] = block.astype(kind)
        while len(self._blocks) * BLOCK < self._count:
            self._blocks.append(np.zeros((BLOCK, self._dim), kind))

    def _places(self, rows: NDArray[Any]) -> Iterator[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]]:
        """(a block, rows in it, which of `rows` those are), for each block concerned."""
        import numpy as np

        of_block = rows // BLOCK
        for n in np.unique(of_block):
            here = np.flatnonzero(of_block == n)
            yield self._blocks[n], rows[here] % BLOCK, here

    def remove(self, ids: Collection[int]) -> None:
        """Forget vectors; unknown ids are passed over."""
        with self._lock:
            self._changes += 1
            for id in ids:
                row = int(self._row[id]) - 1 if 0 <= id < len(self._row) else -1
                if row < 0:
                    continue
                self._row[id] = 0
                self._count -= 1
                last = self._count
                if row != last:
                    moved = int(self._ids[last])
                    self._ids[row], self._row[moved] = moved, row + 1
                    self._blocks[row // BLOCK][row % BLOCK] = self._blocks[last // BLOCK][last % BLOCK]
            del self._blocks[-(-self._count // BLOCK) :]

    def _rows(self, ids: Sequence[int]) -> NDArray[Any]:
        import numpy as np

        wanted = np.asarray(ids, np.int64)
        rows = self._row[wanted[(wanted >= 0) & (wanted < len(self._row))]]
        return rows[rows > 0] - 1

    def _of(self, rows: NDArray[Any]) -> Vectors:
        import numpy as np

        found = np.empty((len(rows), self._dim), np.float32)
        for block, at, here in self._places(rows):
            found[here] = block[at]
        return found

    def vectors(self, ids: Sequence[int]) -> Vectors:
        """The vectors of these ids, shape (known ones of them, dim)."""
        with self._lock:
            return self._of(self._rows(ids))

    def ids(self) -> list[int]:
        """Every id it knows."""
        with self._lock:
            ids: list[int] = self._ids[: self._count].tolist()
            return ids

    def sample(self, count: int) -> tuple[list[int], Vectors]:
        """`count` ids, evenly spread over the rows, and their vectors; fewer when there are fewer."""
        import numpy as np

        with self._lock:
            rows = np.linspace(0, self._count - 1, min(count, self._count), dtype=np.int64)
            return [int(i) for i in self._ids[rows]], self._of(rows)

    def search(self, vector: Vectors, k: int, among: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """The k ids with the largest inner product, best first; `among` limits the search to those ids."""
        if among is None:
            return self.view(vector).near(vector, k)
        with self._lock:
            rows = self._rows(among)
            ids, vectors = self._ids[rows], self._of(rows)
        return _best(ids, vectors @ vector, k) if len(ids) else []

    def view(self, vector: Vectors) -> View:
        """What lies how near to `vector`: one pass over everything."""
        with self._lock:
            return View(self, vector, self._ids[: self._count].copy(), self._pass(vector), self._changes)

    def _pass(self, vector: Vectors) -> Vectors:
        import numpy as np

        scores = np.empty(self._count, np.float32)
        for n, block in enumerate(self._blocks):
            here = scores[n * BLOCK : (n + 1) * BLOCK]
            if block.dtype == np.float32:
                np.dot(block[: len(here)], vector, out=here)
                continue
            for at in range(0, len(here), PIECE):
                piece = here[at : at + PIECE]
                np.dot(block[at : at + len(piece)].astype(np.float32), vector, out=piece)
        return scores

    def rescored(self, rows: NDArray[Any], vector: Vectors, changes: int) -> Vectors | None:
        """Inner products of some rows; None when rows have moved since the index had seen so many `changes`."""
        with self._lock:
            return self._of(rows) @ vector if changes == self._changes else None

    @property
    def longest(self) -> float:
        """The largest inner product of a vector with itself that was ever put."""
        return self._longest


class View:
    """The inner products of all vectors with one, as they were when it was made."""

    def __init__(self, index: ExactIndex, vector: Vectors, ids: Rows, scores: Vectors, changes: int) -> None:
        self._index = index
        self._vector = vector
        self._ids = ids
        self._scores = scores
        self._changes = changes

    def near(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """As `ExactIndex.search` for this or another vector. For one close by, hardly any row needs another look: with
        w = a v + u, u at right angles to v, no x can reach more than a (v·x) + |u| √(|x|² - (v·x)²/|v|²), by Cauchy and
        Schwarz; rows whose bound lies below what the k best have are left out. Nothing is lost.
        """
        import numpy as np

        if vector is self._vector:
            return _best(self._ids, self._scores, k)
        rows = self._worth_a_look(vector, k)
        again = None if rows is None else self._index.rescored(rows, vector, self._changes)
        if rows is None or again is None:
            return self._index.view(vector).near(vector, k)
        return _best(self._ids[rows], np.asarray(again), k)

    def _worth_a_look(self, vector: Vectors, k: int) -> Rows | None:
        """The rows among which the k best must be; None when they are too many for it to pay."""
        import numpy as np

        n, many = len(self._scores), LOOKED_AT * k
        if n <= FEW * many:
            return None
        first = np.argpartition(self._scores, n - many)[n - many :]
        known = self._index.rescored(first, vector, self._changes)
        if known is None:
            return None
        reached = float(np.partition(known, many - k)[many - k])
        length = float(self._vector @ self._vector)
        along = float(self._vector @ vector) / length
        across = float(np.linalg.norm(vector - along * self._vector))
        rest = np.maximum(self._index.longest - self._scores**2 / length, 0.0)
        rows = np.flatnonzero(along * self._scores + across * np.sqrt(rest) >= reached - ROUNDING)
        return rows if len(rows) * FEW <= n else None


def _best(ids: Rows, scores: Vectors, k: int) -> list[tuple[int, float]]:
    """The k with the largest scores, of equal ones the smaller ids."""
    import numpy as np

    if not len(scores):
        return []
    k = min(k, len(scores))
    top = np.argpartition(scores, len(scores) - k)[len(scores) - k :]
    top = top[np.lexsort((ids[top], -scores[top]))]
    return list(zip(ids[top].tolist(), scores[top].tolist(), strict=True))


def _room(array: Any, length: int) -> Any:
    """The array, longer where it must be, zeros at its end."""
    import numpy as np

    if length <= len(array):
        return array
    grown = np.zeros(max(length, 2 * len(array), 1024), array.dtype)
    grown[: len(array)] = array
    return grown

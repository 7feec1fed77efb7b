"""Exact search: every vector in memory, and one pass over all of them a question.

Knows nothing of text, of Chroma or of where vectors are kept. A vector is kept as a scale and two bytes for each
number: its code, in 127ths of the scale, and its rest, what the code misses, in 254ths of a code. The pass reads the
codes alone, a quarter of what float32 takes. How far a vector lies from its code is known, so its inner product is
known within that, and only those that may be among the best are computed in full: of 100 wanted some 150. Both bytes
together miss a number by a third of what float16, in which vectors are stored, has rounded off already; where one
number of a vector dwarfs the others, by a 64,000th of it.

At 100,000 vectors of 384 numbers the pass takes 8 ms on one core of an EPYC, where float32 takes 13 and float16 67, and
they fill 73 MiB, as float16 does; at a million 65 to 84 ms.
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
    Codes = NDArray[np.int8]

BLOCK = 16_384
"""Rows of a block: 12 MiB of 384 numbers."""
PIECE = 1024
"""Rows whose codes are widened at a time: they stay in the processor's cache."""
CODES, RESTS = 127, 254
ROUNDING = 1e-5
"""What adding up in float32 may add to an error."""
LOOKED_AT = 20
"""How many times the wanted neighbours a moved question looks among (`View.near`)."""


class ExactIndex:
    """Ids (small integers) and vectors. Safe for one writer and many readers."""

    def __init__(self, dim: int) -> None:
        import numpy as np

        self._lock = threading.Lock()
        self._dim = dim
        self._count = 0
        self._changes = 0
        self._ids: Rows = np.zeros(0, np.int64)
        self._row = np.zeros(0, np.int32)
        """Where each id lies, from 1; 0: nowhere."""
        self._codes: list[Codes] = []
        self._rests: list[Codes] = []
        self._scales: Vectors = np.zeros(0, np.float32)
        self._missing: Vectors = np.zeros(0, np.float32)
        """How far each vector lies from what its codes say."""

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
                self._dim, self._codes, self._rests = vectors.shape[1], [], []
            wanted = np.asarray(ids, np.int64)
            self._row = _room(self._row, int(wanted.max()) + 1)
            fresh = np.unique(wanted[self._row[wanted] == 0])
            need = self._count + len(fresh)
            self._make_room(need)
            self._ids[self._count : need] = fresh
            self._row[fresh] = np.arange(self._count + 1, need + 1, dtype=np.int32)
            self._count = need
            self._write(self._row[wanted] - 1, vectors)

    def _make_room(self, need: int) -> None:
        import numpy as np

        self._ids, self._scales, self._missing = (_room(a, need) for a in (self._ids, self._scales, self._missing))
        while len(self._codes) * BLOCK < need:
            self._codes.append(np.zeros((BLOCK, self._dim), np.int8))
            self._rests.append(np.zeros((BLOCK, self._dim), np.int8))

    def _write(self, rows: NDArray[Any], vectors: Vectors) -> None:
        import numpy as np

        for at in range(0, len(rows), PIECE):
            part, numbers = rows[at : at + PIECE], vectors[at : at + PIECE]
            scales = np.maximum(np.abs(numbers).max(axis=1), 1e-30) / CODES
            numbers = numbers / scales[:, None]
            codes = np.rint(numbers)
            rests = np.subtract(numbers, codes, out=numbers)
            rests *= RESTS
            np.rint(rests, out=rests)
            self._scales[part] = scales
            self._missing[part] = np.sqrt(np.einsum("ij,ij->i", rests, rests)) * scales / RESTS
            for n, there, here in self._places(part):
                self._codes[n][there], self._rests[n][there] = codes[here], rests[here]

    def _places(self, rows: NDArray[Any]) -> Iterator[tuple[int, NDArray[Any], NDArray[Any]]]:
        """(a block, rows in it, which of `rows` those are), for each block concerned."""
        import numpy as np

        of_block = rows // BLOCK
        for n in np.unique(of_block):
            here = np.flatnonzero(of_block == n)
            yield int(n), rows[here] % BLOCK, here

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
                    self._scales[row], self._missing[row] = self._scales[last], self._missing[last]
                    for blocks in (self._codes, self._rests):
                        blocks[row // BLOCK][row % BLOCK] = blocks[last // BLOCK][last % BLOCK]
            del self._codes[-(-self._count // BLOCK) :], self._rests[-(-self._count // BLOCK) :]

    def _rows(self, ids: Sequence[int]) -> NDArray[Any]:
        import numpy as np

        wanted = np.asarray(ids, np.int64)
        rows = self._row[wanted[(wanted >= 0) & (wanted < len(self._row))]]
        return rows[rows > 0] - 1

    def _of(self, rows: NDArray[Any]) -> Vectors:
        import numpy as np

        found = np.empty((len(rows), self._dim), np.float32)
        for n, at, here in self._places(rows):
            found[here] = self._rests[n][at] * np.float32(1 / RESTS) + self._codes[n][at]
        found *= self._scales[rows, None]
        return found

    def vectors(self, ids: Sequence[int]) -> Vectors:
        """The vectors of these ids, shape (known ones of them, dim)."""
        with self._lock:
            return self._of(self._rows(ids))

    def held(self, ids: Sequence[int]) -> tuple[list[int], Vectors]:
        """Those of the ids that it knows, in their order, and their vectors."""
        with self._lock:
            rows = self._rows(ids)
            return self._ids[rows].tolist(), self._of(rows)

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
        with self._lock:
            if among is None:
                return self._near(self._view(vector), vector, k)
            rows = self._rows(among)
            if len(rows) > LOOKED_AT * k:
                rows = self._hopeful(rows, self._roughly(rows, vector), vector, k)
            return self._best(rows, vector, k)

    def view(self, vector: Vectors) -> View:
        """What lies how near to `vector`: one pass over everything."""
        with self._lock:
            return self._view(vector)

    def _view(self, vector: Vectors) -> View:
        return View(self, vector, self._pass(vector), self._changes)

    def near(self, view: View, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """`View.near`."""
        with self._lock:
            if view.changes != self._changes:
                # Rows have moved since.
                view = self._view(vector)
            return self._near(view, vector, k)

    def _near(self, view: View, vector: Vectors, k: int) -> list[tuple[int, float]]:
        import numpy as np

        nearest = view.nearest(LOOKED_AT * k)
        if vector is not view.vector:
            return self._best(self._hopeful(nearest, self._roughly(nearest, vector), vector, k), vector, k)
        if len(nearest) < len(view.scores):
            least = self._least(nearest, view.scores[nearest], vector, k)
            nearest = np.flatnonzero(view.scores + self._doubt(slice(self._count), vector) >= least)
        return self._best(nearest, vector, k)

    def _pass(self, vector: Vectors) -> Vectors:
        """What the codes say of every row's inner product with `vector`."""
        import numpy as np

        scores = np.empty(self._count, np.float32)
        wide = np.empty((PIECE, self._dim), np.float32)
        for n, codes in enumerate(self._codes):
            here = scores[n * BLOCK : (n + 1) * BLOCK]
            for at in range(0, len(here), PIECE):
                piece = here[at : at + PIECE]
                np.copyto(wide[: len(piece)], codes[at : at + len(piece)])
                np.dot(wide[: len(piece)], vector, out=piece)
        scores *= self._scales[: self._count]
        return scores

    def _roughly(self, rows: NDArray[Any], vector: Vectors) -> Vectors:
        """As `_pass`, of some rows."""
        import numpy as np

        scores = np.empty(len(rows), np.float32)
        for n, at, here in self._places(rows):
            scores[here] = self._codes[n][at].astype(np.float32) @ vector
        scores *= self._scales[rows]
        return scores

    def _doubt(self, rows: Any, vector: Vectors) -> Vectors:
        """How far inner products with `vector` may lie from what the codes say (Cauchy, Schwarz)."""
        doubt: Vectors = self._missing[rows] * float(vector @ vector) ** 0.5 + ROUNDING
        return doubt

    def _least(self, rows: NDArray[Any], scores: Vectors, vector: Vectors, k: int) -> float:
        """What at least k of these rows reach for certain."""
        import numpy as np

        return float(np.partition(scores - self._doubt(rows, vector), len(rows) - k)[len(rows) - k])

    def _hopeful(self, rows: NDArray[Any], scores: Vectors, vector: Vectors, k: int) -> NDArray[Any]:
        """Those of some rows, by what their codes say, that may be among the k best of them."""
        if len(rows) <= k:
            return rows
        return rows[scores + self._doubt(rows, vector) >= self._least(rows, scores, vector, k)]

    def _best(self, rows: NDArray[Any], vector: Vectors, k: int) -> list[tuple[int, float]]:
        """The k best of these rows, by their ids, of equal ones the smaller."""
        import numpy as np

        ids, scores = self._ids[rows], self._of(rows) @ vector
        top = np.lexsort((ids, -scores))[:k]
        return list(zip(ids[top].tolist(), scores[top].tolist(), strict=True))


class View:
    """What the codes say of the inner products of all vectors with one, as they were when it was made."""

    def __init__(self, index: ExactIndex, vector: Vectors, scores: Vectors, changes: int) -> None:
        self._index = index
        self._nearest: NDArray[Any] | None = None
        self.vector = vector
        self.scores = scores
        self.changes = changes

    def near(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """As `ExactIndex.search` for the view's own vector. Another one, moved a little from it, is looked for among
        the `LOOKED_AT` k nearest of the first: the hundred nearest of a question after search.py's feedback were among
        the first 400 in .9993 of all cases, among 1,600 in all (23,000 passages of eight collections, 200 cases)."""
        return self._index.near(self, vector, k)

    def nearest(self, count: int) -> NDArray[Any]:
        """The rows of the `count` largest of these, in no order."""
        import numpy as np

        n = len(self.scores)
        if self._nearest is None or len(self._nearest) != min(n, count):
            self._nearest = np.argpartition(self.scores, n - count)[n - count :] if n > count else np.arange(n)
        return self._nearest


def _room(array: Any, length: int) -> Any:
    """The array, longer where it must be, zeros at its end."""
    import numpy as np

    if length <= len(array):
        return array
    grown = np.zeros(max(length, 2 * len(array), 1024), array.dtype)
    grown[: len(array)] = array
    return grown

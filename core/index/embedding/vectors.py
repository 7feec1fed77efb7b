"""The vector index of large collections: chunk ids and vectors in Chroma.

Knows nothing of text. library.db is the truth; this index and exact search (`exact.py`) are filled from it and may be
thrown away.

Exact search answers up to `EXACT_LIMIT` chunks, and below there is no Chroma at all: no memory, no disk, no start.
Above, the lane fills its index when nothing else is left to do, and it serves from when it is `ready`.

Why a million, where a graph is commonly said to pay from 100,000 vectors on: measured on one core of a busy EPYC, in
processor time, with synthetic vectors of 384 numbers in 500 clusters.

                              100,000                         1,000,000
    exact search              9 ms, 73 MiB                    82 ms, 0.77 GB, 1.4 s to fill
    Chroma beside it          2 ms, 0.2 to 0.4 GB, 0.2 GB     not built: ten times that or more
                              of disk, 340 s to make, 47 s
                              at each start; recall@10 1.0

A search of a million passages takes .2 s in all, half of it for their words. To save 80 ms of that for gigabytes, an
hour once and minutes of processor at each start is no good bargain; and exact search has recall 1, and is limited to a
folder for nothing (Chroma with a filter: 33 to 60 ms at 100,000). Refused therefore: opening Chroma from the first
passage on, to have it at hand later. At 100,000 that held up indexing by minutes.
"""

from __future__ import annotations

import logging
import os
import shutil
import threading
import warnings
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.index.embedding.exact import ExactIndex

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

EXACT_LIMIT = 1_000_000
KEPT_ABOVE = 0.8
# Chroma's writes hold the interpreter's lock: 5,000 at once froze every other thread for seconds.
CHROMA_BATCH = 100
# Chroma that is killed while it persists its index can never be opened again (3 of 20 measured); never persisting
# it leaves the write-ahead log as the one truth on disk, from which opening rebuilds it (28 s at 100,000).
NEVER_PERSIST = 10**7
# How many neighbours a query of the graph keeps in hand. A fixed number loses recall as the collection grows (hnswlib,
# M 16, 300,000 vectors: 100 → .89, 200 → .94, 400 → .98 at .7 ms), so it grows too; a power of two, to change seldom.
LEAST_EF, MOST_EF, CHUNKS_AN_EF = 256, 2048, 600

log = logging.getLogger(__name__)


class ChromaIndex:
    """One Chroma collection an embedder: ids, vectors and nothing else, written by `upsert` only.

    Anything Chroma raises, PanicException (a BaseException) included, makes the index `broken`: the caller goes
    on without it until `open` brought it back or made it anew. Never raises for what Chroma does.
    """

    def __init__(self, folder: Path, embedder: str) -> None:
        self._folder = folder
        self._name = "chunks-" + "".join(c if c.isalnum() else "-" for c in embedder).strip("-")
        self._lock = threading.Lock()
        self._collection: Any = None
        self._client: Any = None
        self._count = 0
        self._ef = 0
        self._left: list[int] | None = None
        """Ids it still lacks, last first; None before it was compared with what it should hold."""
        self.broken = ""
        self.ready = False
        """Whether it holds all that it should."""
        self._missed: set[int] = set()
        """Ids that were put while it could not be written: it may hold older vectors of them."""

    def wanted(self, count: int) -> bool:
        """Whether so many vectors are worth an index. Once there it is kept a while, so that a library that grows and
        shrinks about the limit does not have it made again and again."""
        return count > (EXACT_LIMIT if self._collection is None else KEPT_ABOVE * EXACT_LIMIT)

    def drop(self) -> None:
        """Let go of it, on disk too: what lies there would grow old. Made anew when it is wanted again."""
        self.ready, self.broken, self._left = False, "", None
        self._missed.clear()
        self.close()
        if self._folder.exists():
            shutil.rmtree(self._folder, ignore_errors=True)

    def connect(self) -> None:
        """Open what lies on disk, or make the collection. Takes as long as Chroma does to build its graph from what it
        wrote down, half a minute for each 100,000 vectors; the only step that may be taken on another thread. What is
        put or removed meanwhile, `open` finds out."""
        self.ready, self._left = False, None
        if self.broken:
            self._collection, self._client, self.broken = None, None, ""
            _forget_failed_start()
        try:
            self._connect()
        except BaseException as e:
            if isinstance(e, (KeyboardInterrupt, SystemExit)):
                raise
            self.broken = str(e) or type(e).__name__

    def open(self, exact: ExactIndex, may_go_on: Callable[[], bool] = lambda: True) -> None:
        """Bring the collection to exactly the ids of `exact`: orphans out, missing ones in, as long as `may_go_on`
        says; then again from there. `ready` when that is done, after seconds or hours, for which nobody waits. One that
        is broken is made anew: `connect` before it tries to go on with what lies on disk."""
        for attempt in (1, 2):
            if self._collection is None and not self.broken:
                self.connect()
            if not self.broken:
                self._fill(exact, may_go_on)
            self.ready = not self.broken and not self._left
            if not self.broken or attempt == 2:
                return
            log.warning("vector index in %s is unusable (%s); making it anew", self._folder, self.broken)
            self._collection, self._client, self.broken = None, None, ""
            _forget_failed_start()
            shutil.rmtree(self._folder, ignore_errors=True)

    def _fill(self, exact: ExactIndex, may_go_on: Callable[[], bool]) -> None:
        import numpy as np

        if self._left is None:
            wanted = set(exact.ids())
            present = {int(i) for i in (self._do("get", include=[]) or {"ids": []})["ids"]}
            self.remove(present - wanted)
            self._left = sorted((wanted - present) | (wanted & self._missed), reverse=True)
            self._missed.clear()
            self._count = len(wanted) - len(self._left)
        while self._left and not self.broken and may_go_on():
            part, vectors = exact.held(self._left[-CHROMA_BATCH:])
            self.put(part, [v.tobytes() for v in vectors.astype(np.float16)])
            del self._left[-CHROMA_BATCH:]

    def _connect(self) -> None:
        os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
        import chromadb
        from chromadb.config import Settings

        self._folder.mkdir(parents=True, exist_ok=True)
        settings = Settings(anonymized_telemetry=False, is_persistent=True, allow_reset=False)
        self._client = chromadb.PersistentClient(path=str(self._folder), settings=settings)
        collection = self._client.get_or_create_collection(
            self._name,
            # Without this Chroma would fetch a model of its own.
            embedding_function=None,
            configuration={
                "hnsw": {"space": "ip", "ef_search": LEAST_EF, "sync_threshold": NEVER_PERSIST, "batch_size": 1000}
            },
        )
        held = collection.get(limit=1, include=["embeddings"])["embeddings"]
        if len(held):
            # The first search builds the graph.
            collection.query(query_embeddings=held, n_results=1, include=[])
        self._collection = collection

    def put(self, ids: Sequence[int], vectors: Sequence[bytes]) -> None:
        """Upsert vectors given as float16 bytes."""
        import numpy as np

        for at in range(0, len(ids), CHROMA_BATCH):
            part = np.frombuffer(b"".join(vectors[at : at + CHROMA_BATCH]), np.float16).astype(np.float32)
            names = [str(i) for i in ids[at : at + CHROMA_BATCH]]
            self._do("upsert", ids=names, embeddings=part.reshape(len(names), -1))
            self._count += len(names)
        if self._collection is None or self.broken:
            self._missed.update(ids)
        self._search_as_wide_as_needed()

    def remove(self, ids: Collection[int]) -> None:
        """Delete ids that are gone."""
        names = [str(i) for i in ids]
        for at in range(0, len(names), CHROMA_BATCH):
            self._do("delete", ids=names[at : at + CHROMA_BATCH])

    def _search_as_wide_as_needed(self) -> None:
        """Raise `ef_search` with the size. The count is that of `open` and all that was put since: once too high, it
        costs a fraction of a millisecond a search until the next start."""
        ef = min(MOST_EF, max(LEAST_EF, 1 << (self._count // CHUNKS_AN_EF).bit_length()))
        if ef != self._ef:
            self._ef = ef
            with warnings.catch_warnings():
                # Chroma takes our having no embedding function for an old way of storing one.
                warnings.simplefilter("ignore", DeprecationWarning)
                self._do("modify", configuration={"hnsw": {"ef_search": ef}})

    def recall(self, exact: ExactIndex, k: int = 10, sample: int = 50) -> float | None:
        """The share of the k nearest neighbours of some stored vectors that this index finds too; None when there are
        too few to tell."""
        ids, vectors = exact.sample(sample)
        if len(ids) < sample or len(exact) <= k:
            return None
        found = 0
        for vector in vectors:
            # Each finds itself, which says nothing.
            true = {i for i, _ in exact.search(vector, k + 1)[1:]}
            found += len(true & {i for i, _ in self.search(vector, k + 1)})
        return found / (k * len(ids))

    def search(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """As `ExactIndex.search`, approximately; empty while the index is not ready."""
        if not self.ready:
            return []
        found = self._do("query", query_embeddings=[vector], n_results=k, include=["distances"])
        if not found:
            return []
        return [(int(i), 1.0 - float(d)) for i, d in zip(found["ids"][0], found["distances"][0], strict=True)]

    def _do(self, what: str, **values: Any) -> Any:
        if self._collection is None or self.broken:
            return None
        try:
            with self._lock:
                return getattr(self._collection, what)(**values)
        except BaseException as e:
            if isinstance(e, (KeyboardInterrupt, SystemExit)):
                raise
            self.broken, self.ready = str(e) or type(e).__name__, False
            log.warning("vector index: %s failed (%s); exact search serves meanwhile", what, self.broken)
            return None

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            client, self._client, self._collection = self._client, None, None
        if client is not None:
            client.close()


def _forget_failed_start() -> None:
    """Chroma keeps a half-started system for each path it failed to open and would hand it out again."""
    from chromadb.api.shared_system_client import SharedSystemClient

    SharedSystemClient.clear_system_cache()

"""What is done when nothing is left to do: the databases swept once, the vector index of a large library made, kept and
brought back when it failed, that of a smaller one thrown away."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future

from core.index.embedding.vectors import ChromaIndex
from core.index.indexer import Indexer
from core.index.lane.orders import Orders
from core.index.lane.space import require_space
from core.store.upkeep import sweep

MEND_S = 60.0
"""A vector index that failed, on a full disk for instance, is opened or made anew this often until it works."""


class Upkeep:
    """`may_work`: whether there is power for what can wait."""

    def __init__(self, indexer: Indexer, orders: Orders, may_work: Callable[[], bool]) -> None:
        self._indexer = indexer
        self._orders = orders
        self._may_work = may_work
        self._swept = False
        self._mend_at = 0.0
        self._connecting: tuple[ChromaIndex, Future[None]] | None = None

    @property
    def waiting(self) -> bool:
        """Whether there is something to be done later."""
        chroma = self._indexer.chroma
        return not chroma.ready and chroma.wanted(len(self._indexer.exact))

    def step(self) -> bool:
        """Whether there is more to do at once; nobody waits for it, since exact search serves meanwhile."""
        if not self._swept:
            self._swept = True
            sweep(self._indexer.passages.database)
        chroma, exact = self._indexer.chroma, self._indexer.exact
        if not chroma.wanted(len(exact)):
            chroma.drop()
        if not self.waiting or not self._may_work() or time.monotonic() < self._mend_at:
            return False
        require_space(self._indexer.catalogue.database.path.parent)
        self._orders.nobody_need_wait()
        if not self._connected(chroma):
            return True
        chroma.open(exact, self._may_go_on)
        if chroma.broken:
            self._mend_at, self._connecting = time.monotonic() + MEND_S, None
        return not chroma.broken and not chroma.ready

    def _may_go_on(self) -> bool:
        return not (self._orders.urgent or self._orders.answering or self._orders.paused)

    def _connected(self, chroma: ChromaIndex) -> bool:
        """Open it on a thread of its own, since that takes minutes, and wait until there is something else to do."""
        if self._connecting is None or self._connecting[0] is not chroma:
            self._connecting = chroma, self._connect(chroma)
        under_way = self._connecting[1]
        self._orders.wait(lambda: self._orders.urgent or self._orders.paused or under_way.done())
        return under_way.done()

    def _connect(self, chroma: ChromaIndex) -> Future[None]:
        future: Future[None] = Future()

        def work() -> None:
            chroma.connect()
            future.set_result(None)
            self._orders.notify()

        threading.Thread(target=work, name="vector index", daemon=True).start()
        return future

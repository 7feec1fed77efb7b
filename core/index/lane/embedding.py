"""The passages that wait for vectors. Knows when; how is indexer.py's."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future

from core.index.indexer import Indexer
from core.index.lane.account import Account
from core.index.lane.orders import Orders
from core.index.lane.space import require_space


class Embedding:
    """`may_work`: whether there is power for what can wait."""

    def __init__(
        self, indexer: Indexer, orders: Orders, account: Account, may_work: Callable[[], bool]
    ) -> None:  # fmt: skip
        self._indexer = indexer
        self._orders = orders
        self._account = account
        self._may_work = may_work
        self._opening: Future[None] | None = None
        self.stored: list[tuple[int, bytes]] | None = None
        """What library.db holds and the vector index must, until that is opened."""
        self.saving = False
        """Whether passages wait for power."""

    def step(self) -> bool:
        """The next passages, for at most some seconds; they stop between batches for what is urgent."""
        _, pending = self._indexer.passages.counts()
        if self.stored is not None:
            self._indexer.chroma.open(self.stored)
            self.stored = None
        self.saving = bool(pending) and not self._may_work()
        if not pending or self.saving:
            return False
        require_space(self._indexer.catalogue.database.path.parent)
        self._account.show("embedding", pending)
        self._orders.let_answer()
        if self._orders.urgent or not self._opened():
            return True
        self._embed(pending)
        return True

    def _embed(self, pending: int) -> None:
        account, counts = self._account, self._indexer.counts
        since, before, told, first = time.monotonic(), counts.embedded, 0, account.done["embedding"]

        def go_on() -> bool:
            nonlocal since, told
            made, now = counts.embedded - before, time.monotonic()
            account.pace.passages.add(made - told, now - since)
            since, told = now, made
            account.done["embedding"] = first + min(made, pending)
            account.show("embedding", pending - min(made, pending))
            return not (self._orders.urgent or self._orders.answering or self._orders.paused) and self._may_work()

        done = self._indexer.embed(go_on)
        go_on()
        account.done["embedding"] = first + done

    def _opened(self) -> bool:
        """Whether the embedder is open by now. Opening it takes minutes at worst, once (an export of a large model),
        during which files are compared and read. Raises `errors.SetupProblem` when it cannot be opened."""
        opening = self._opening = self._opening or self._open()
        self._orders.wait(lambda: self._orders.urgent or self._orders.paused or opening.done())
        if opening.done():
            self._opening = None
            opening.result()
        return opening.done()

    def _open(self) -> Future[None]:
        future: Future[None] = Future()

        def work() -> None:
            try:
                self._indexer.embedder.load()
                future.set_result(None)
            except BaseException as e:
                future.set_exception(e)
            self._orders.notify()

        threading.Thread(target=work, name="open embedder", daemon=True).start()
        return future

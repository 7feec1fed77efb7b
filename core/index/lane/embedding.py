"""The passages that wait for vectors. Knows when; how is indexer.py's."""

from __future__ import annotations

import time
from collections.abc import Callable

from core.index.indexer import Indexer
from core.index.lane.account import Account
from core.index.lane.opening import Opening
from core.index.lane.orders import Orders
from core.index.lane.space import require_space


class Embedding:
    """`may_work`: whether there is power for what can wait."""

    def __init__(
        self, indexer: Indexer, orders: Orders, account: Account, opening: Opening, may_work: Callable[[], bool]
    ) -> None:  # fmt: skip
        self._indexer = indexer
        self._orders = orders
        self._account = account
        self._may_work = may_work
        self._opening = opening
        self.saving = False
        """Whether passages wait for power."""

    def step(self) -> bool:
        """The next passages, for at most some seconds; they stop between batches for what is urgent."""
        _, pending = self._indexer.passages.counts()
        self.saving = bool(pending) and not self._may_work()
        if not pending or self.saving:
            return False
        require_space(self._indexer.catalogue.database.path.parent)
        self._account.show("embedding", pending)
        self._orders.let_answer()
        if self._orders.urgent or not self._opening.ready(self._indexer.embedder):
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

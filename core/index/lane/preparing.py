"""The vectors of an embedder that is to take the place of the one that serves. Knows when; how is change.py's."""

from __future__ import annotations

from collections.abc import Callable

from core.index.embedding.change import Change
from core.index.indexer import Indexer
from core.index.lane.account import Account
from core.index.lane.opening import Opening
from core.index.lane.orders import Orders
from core.index.lane.space import require_space


class Preparing:
    """`may_work`: whether there is power for what can wait."""

    def __init__(
        self,
        indexer: Indexer,
        change: Change,
        orders: Orders,
        account: Account,
        opening: Opening,
        may_work: Callable[[], bool],
    ) -> None:
        self._indexer = indexer
        self._change = change
        self._orders = orders
        self._account = account
        self._opening = opening
        self._may_work = may_work

    @property
    def first(self) -> bool:
        """Whether it comes before all other embedding: the one that serves cannot embed."""
        return self._change.instead

    @property
    def saving(self) -> bool:
        """Whether it waits for power."""
        return not self._change.idle and not self._may_work()

    def step(self) -> bool:
        """Some vectors; whoever waits for the index does not wait for them, unless nothing serves meanwhile."""
        if self._change.idle or not self._may_work():
            return False
        require_space(self._indexer.catalogue.database.path.parent)
        self._account.prepare(self._change.done, self._change.total)
        if not self.first:
            self._orders.nobody_need_wait()
        self._orders.let_answer()
        if not self._orders.urgent:
            self._change.step(self._opening.ready, self._may_go_on)
        return True

    def _may_go_on(self) -> bool:
        self._account.prepare(self._change.done, self._change.total)
        return not (self._orders.urgent or self._orders.answering or self._orders.paused) and self._may_work()

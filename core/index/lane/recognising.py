"""Pictures and scanned pages, when everything else is read and embedded. Knows when; how is scans.py's."""

from __future__ import annotations

from collections.abc import Callable

from core.files.patient import Hung
from core.index.indexer import Indexer
from core.index.lane.account import Account
from core.index.lane.orders import Orders
from core.index.lane.space import require_space


class Recognising:
    """One page after the other. `may_work`: whether there is power for what can wait."""

    def __init__(
        self, indexer: Indexer, orders: Orders, account: Account, may_work: Callable[[], bool]
    ) -> None:  # fmt: skip
        self._indexer = indexer
        self._orders = orders
        self._account = account
        self._may_work = may_work
        self.saving = False
        """Whether pages wait for power."""

    def step(self) -> bool:
        """One page of a picture or scan. It goes on by itself while this thread does something more urgent."""
        recognition = self._indexer.recognition
        self._orders.let_answer()
        if self._orders.urgent:
            return True
        self.saving = not self._may_work() and recognition.waits()
        if self.saving:
            return False
        try:
            page = recognition.begin()
        except Hung as hung:
            self._indexer.reconciler.hangs(hung.filename)
            return True
        if page is None:
            return False
        require_space(self._indexer.catalogue.database.path.parent)
        self._account.show("recognising", recognition.left, recognition.path)
        page.add_done_callback(lambda _: self._orders.notify())
        self._orders.wait(lambda: self._orders.urgent or self._orders.paused or page.done())
        if page.done() and not self._orders.stopping:
            self._account.pace.pages.add(1, recognition.finish())
            self._account.done["recognising"] += 1
        return True

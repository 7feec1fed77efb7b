"""Folders that changed, against the catalogue. Knows when; how is reconcile.py's."""

from __future__ import annotations

from collections.abc import Callable

from core.index.indexer import Indexer
from core.index.lane.account import Account
from core.index.lane.orders import Orders
from core.index.reconcile import Look


class Comparing:
    """`compared` is called for each folder that was looked through."""

    def __init__(
        self, indexer: Indexer, orders: Orders, account: Account, compared: Callable[[Look], None]
    ) -> None:  # fmt: skip
        self._indexer = indexer
        self._orders = orders
        self._account = account
        self._compared = compared

    def step(self) -> bool:
        """All folders that may have changed at once: what moved from one to another is told from what is new."""
        ids, consent = self._orders.take_folders()
        ids |= self._indexer.reconciler.answering()
        if not ids:
            return False
        folders = [f for f in self._indexer.catalogue.folders() if f.id in ids]
        if not folders:
            return True
        self._account.looking(folders[0].path)
        try:
            looks = self._indexer.reconciler.run(folders, consent)
        except BaseException:  # raised again: only what was taken from the list is put back
            self._orders.put_back(ids, consent)
            raise
        for look in looks:
            if look.there:
                self._compared(look)
        return True

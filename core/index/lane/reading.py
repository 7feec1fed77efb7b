"""The files that wait to be read, newest first. Knows when; how is indexer.py's."""

from __future__ import annotations

import logging
import time

from core import errors
from core.files.patient import Hung
from core.index.indexer import Indexer
from core.index.lane.account import Account
from core.index.lane.orders import Orders
from core.index.lane.space import require_space
from core.index.reading.cutting import LONG, Cutting
from core.store.catalogue import File

AT_ONCE = 32
"""Files are asked for so many at a time; a note that is saved meanwhile is urgent, and comes first after that."""

log = logging.getLogger(__name__)


class FileReading:
    """One file after the other."""

    def __init__(self, indexer: Indexer, orders: Orders, account: Account) -> None:
        self._indexer = indexer
        self._orders = orders
        self._account = account

    def step(self) -> bool:
        """The next files, until something is urgent."""
        cutting = self._indexer.cutting
        if cutting and cutting.future.done():
            self._finish(cutting.file)
            return True
        files = self._next(cutting)
        self._account.waiting = self._indexer.catalogue.waiting_count() if files else 0
        if files:
            require_space(self._indexer.catalogue.database.path.parent)
        for file in files:
            if self._orders.urgent or self._orders.paused or not self._read(file):
                break
        if cutting and not files:
            self._account.show("reading", 1, cutting.file.path)
            cutting.future.add_done_callback(lambda _: self._orders.notify())
            self._orders.wait(lambda: self._orders.urgent or self._orders.paused or cutting.future.done())
        return bool(files or cutting)

    def pause(self) -> None:
        """Nothing goes on by itself."""
        self._indexer.give_up_cutting()

    def _next(self, cutting: Cutting | None) -> list[File]:
        """Of the files that wait those that can be read now: while a long one is being cut, no other long one."""
        files = self._indexer.catalogue.waiting(AT_ONCE)
        return [f for f in files if not cutting or (f.id != cutting.file.id and f.size <= LONG)]

    def _finish(self, file: File) -> None:
        try:
            self._indexer.finish_cutting()
        except errors.SetupProblem:
            raise
        except Exception:  # as in `_read`
            log.exception("indexing %r failed", file.path)
            self._indexer.give_up(file)
        self._account.done["reading"] += 1

    def _read(self, file: File) -> bool:
        """Read a file; False when the list of those that wait is out of date."""
        account = self._account
        account.show("reading", account.waiting, file.path)
        began = time.monotonic()
        try:
            there = self._indexer.read(file)
        except errors.SetupProblem:
            raise
        except Hung as hung:
            self._indexer.reconciler.hangs(hung.filename)
            return False
        except Exception:  # a bug of ours in one file must not hold up the others
            log.exception("indexing %r failed", file.path)
            self._indexer.give_up(file)
            there = True
        if not there:
            self._orders.compare({file.folder})
            return False
        if self._indexer.cutting and self._indexer.cutting.file.id == file.id:
            return False
        account.done["reading"] += 1
        account.waiting -= 1
        account.pace.files.add(1, time.monotonic() - began)
        now = self._indexer.catalogue.file(file.path)
        account.pace.passages_a_file.add(now.chunks if now else 0, 1)
        return True

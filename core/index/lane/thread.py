"""The thread that indexes: which step comes next, and what becomes of one that fails.

Knows when, not how. Folders that changed come first, then files to read, then vectors; while a question is being
answered the vectors wait, since both want the same processor. Paused, it still follows what changes on disk, so that
nothing is found that is no longer there, but reads and embeds nothing.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable
from typing import TypeVar

from core import errors
from core.index.embedding.change import Change
from core.index.indexer import Indexer
from core.index.lane import upkeep
from core.index.lane.account import Account
from core.index.lane.comparing import Comparing
from core.index.lane.embedding import Embedding
from core.index.lane.opening import Opening
from core.index.lane.orders import Orders
from core.index.lane.preparing import Preparing
from core.index.lane.reading import FileReading
from core.index.lane.recognising import Recognising
from core.index.reconcile import Look
from core.types import Progress

RETRY_S = 10.0
NICE = 10
PAUSED = "paused"

T = TypeVar("T")
log = logging.getLogger(__name__)


class Lane:
    """Runs until `close`. `changed` is called after each step and `compared` for each folder that was looked through,
    both on this thread; `change` is the way to another embedder; `may_work` tells whether there is power for what can
    wait."""

    def __init__(
        self,
        indexer: Indexer,
        change: Change,
        changed: Callable[[], None],
        compared: Callable[[Look], None] = lambda look: None,
        may_work: Callable[[], bool] = lambda: True,
    ) -> None:
        self._indexer = indexer
        self._changed = changed
        self._orders = Orders()
        self._account = Account(changed)
        self._comparing = Comparing(indexer, self._orders, self._account, compared)
        self._reading = FileReading(indexer, self._orders, self._account)
        opening = Opening(self._orders)
        self._embedding = Embedding(indexer, self._orders, self._account, opening, may_work)
        self._preparing = Preparing(indexer, change, self._orders, self._account, opening, may_work)
        self._recognising = Recognising(indexer, self._orders, self._account, may_work)
        self._upkeep = upkeep.Upkeep(indexer, self._orders, may_work)
        self._loaded = False
        self._thread = threading.Thread(target=self._run, name="index", daemon=True)

    # ---- for any thread

    def start(self) -> None:
        """Begin with a comparison of every folder; paused when it was left so."""
        self._orders.paused = bool(self._indexer.catalogue.meta(PAUSED))
        self._thread.start()
        self.compare()

    def compare(self, folder: int | None = None) -> None:
        """Compare one folder, or all of them, with the disk as soon as possible."""
        self._orders.compare([f.id for f in self._indexer.catalogue.folders()] if folder is None else [folder])

    def confirm(self, folder: int | None = None) -> None:
        """Compare, and take a person's word that what is gone is gone: in every folder whose loss was told before, or
        in one that was named."""
        if folder is not None:
            self._orders.compare([folder], {folder: "named"})
            return
        told = self._indexer.reconciler.sightings.losses()
        self._orders.compare([f.id for f in self._indexer.catalogue.folders()], dict.fromkeys(told, "told"))

    def call(self, work: Callable[[], T]) -> T:
        """Run `work` on the lane, between two steps, and return what it returns or raise what it raises."""
        return self._orders.call(work)

    def pause(self, paused: bool) -> None:
        """Stop reading and embedding after the step under way, or go on; remembered for the next start."""
        self._indexer.catalogue.remember(PAUSED, "1" if paused else "")
        self._orders.pause(paused)

    def asking(self, delta: int) -> None:
        """A question begins (+1) or ends (-1)."""
        self._orders.asking(delta)

    def wait_until_idle(self) -> None:
        """Return when nothing is left to do; raises `errors.SetupProblem` when something keeps it from going on."""
        self._orders.wait_until_idle()
        if self.problem:
            raise errors.SetupProblem(self.problem, "Indexing goes on by itself when that is mended.")
        if self.paused and self._left():
            raise errors.SetupProblem("Indexing is paused.", "Go on with it to have everything found.")
        if self.saving:
            raise errors.SetupProblem("Search by meaning waits for the charger.", "Set on_battery to index to go on.")
        if self.saving_scans:
            raise errors.SetupProblem("Text recognition waits for the charger.", "Set on_battery to index to go on.")

    def close(self) -> None:
        """Stop after the step under way."""
        self._orders.stop()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    # ---- how it stands

    @property
    def paused(self) -> bool:
        return self._orders.paused

    @property
    def saving(self) -> bool:
        """Whether passages wait for `may_work`."""
        return self._embedding.saving

    @property
    def saving_scans(self) -> bool:
        """Whether pictures and scanned pages wait for `may_work`."""
        return self._recognising.saving

    @property
    def problem(self) -> str:
        """Why indexing stands still, in words; empty when it does not."""
        return self._orders.problem

    @property
    def progress(self) -> Progress:
        return self._account.progress

    def eta_s(self, pending: int) -> float | None:
        """Seconds until nothing is left to read or recognise and these `pending` passages are embedded; None while
        unknown."""
        return None if self.paused else self._account.seconds_left(pending, self._indexer.recognition.left)

    def rates(self) -> tuple[float | None, float | None]:
        """(files, passages) a second, as of late; None while unknown or while nothing is done."""
        return self._account.rates()

    def _left(self) -> bool:
        read, embedded = self._indexer.catalogue.waiting_count(), self._indexer.passages.counts()[1]
        return bool(read or embedded or self._indexer.recognition.left)

    # ---- the thread

    def _run(self) -> None:
        _step_back()
        while not self._orders.stopping:
            worked = self._guarded(self._step)
            self._changed()
            self._orders.rest(worked, self._patience())
        self._reading.pause()
        self._orders.cancel()

    def _guarded(self, step: Callable[[], bool]) -> bool:
        """Take a step; what goes wrong is said in `problem` and tried again later, never ends the thread."""
        try:
            worked = step()
        except errors.MoaError as e:
            log.warning("indexing stopped: %s", e)
            self._orders.say(str(e))
            return False
        except Exception:  # a bug of ours must not end the only thread that indexes
            log.exception("indexing failed")
            self._orders.say("Indexing met an error of Moa's own; logs/engine.log has it.")
            return False
        if self.problem:
            self._orders.say("")
        return worked

    def _step(self) -> bool:
        """The most urgent thing there is to do; False when there is nothing."""
        if not self._loaded:
            self._load()
        if self._orders.serve() or self._comparing.step():
            return True
        if self.paused:
            self._reading.pause()
            self._account.pause()
            return False
        if self._reading.step() or (self._preparing.first and self._preparing.step()):
            return True
        if self._embedding.step() or self._preparing.step() or self._recognising.step():
            return True
        self._account.rest()
        return self._upkeep.step()

    def _load(self) -> None:
        """Once, before anything else."""
        self._indexer.load_vectors()
        self._indexer.catalogue.reread(self._indexer.recipe)
        self._indexer.readers.retry()
        self._indexer.recognition.look()
        self._loaded = True

    def _patience(self) -> float | None:
        """How long to wait for something to do before looking again whether what failed works."""
        saving = self.saving or self.saving_scans or self._preparing.saving
        if self.problem or saving or self._indexer.reconciler.hung:
            return RETRY_S
        return upkeep.MEND_S if self._upkeep.waiting else None


def _step_back() -> None:
    """Let everything else on this computer go first. On Linux a thread has a priority of its own, which the reader
    processes and the threads of the embedder inherit; elsewhere it would slow the answers down too."""
    if sys.platform == "linux":
        try:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
        except OSError as e:
            log.info("the priority of indexing could not be lowered: %s", e)

"""The one thread that indexes: takes the steps of `indexer.py` in the order people care about.

Knows when, not how. Folders that changed come first, then files to read, then vectors; while a question is
being answered the vectors wait, since both want the same processor.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from core import errors
from core.index.indexer import Indexer
from core.types import Progress

# Events get lost everywhere, so folders are compared on a schedule too.
RESCAN_S = 3600.0
RETRY_S = 30.0
READ_AT_ONCE = 32
# How long vectors wait for an answer that is being written, so that a model that hangs stops nothing else.
PATIENCE_S = 120.0

T = TypeVar("T")
log = logging.getLogger(__name__)


class Lane:
    """Runs until `close`. `changed` is called after each step, on this thread."""

    def __init__(self, indexer: Indexer, changed: Callable[[], None]) -> None:
        self._indexer = indexer
        self._changed = changed
        self._wake = threading.Condition()
        self._dirty: set[int] = set()
        self._calls: list[tuple[Callable[[], object], Future[object]]] = []
        self._stopping = False
        self._idle = False
        self._asked_again = False
        self._askers = 0
        self._vectors: list[tuple[int, bytes]] | None = None
        self._started: tuple[float, int] | None = None
        self.progress = Progress()
        self.problem = ""
        """Why indexing stands still, in words; empty when it does not."""
        self._thread = threading.Thread(target=self._run, name="index", daemon=True)

    def start(self) -> None:
        """Begin with a comparison of every folder."""
        self._thread.start()
        self.compare()

    def compare(self, folder: int | None = None) -> None:
        """Compare one folder, or all of them, with the disk as soon as possible."""
        with self._wake:
            self._dirty |= {f.id for f in self._indexer.catalogue.folders()} if folder is None else {folder}
            self._idle, self._asked_again = False, True
            self._wake.notify_all()

    def call(self, work: Callable[[], T]) -> T:
        """Run `work` on the lane, between two steps, and return what it returns or raise what it raises."""
        future: Future[object] = Future()
        with self._wake:
            self._calls.append((work, future))
            self._wake.notify_all()
        return future.result()  # type: ignore[return-value]

    def wait_until_idle(self) -> None:
        """Return when nothing is left to do; raises `errors.SetupProblem` when something keeps it from going on."""
        with self._wake:
            self._wake.wait_for(lambda: self._stopping or self.problem or self._idle)
            if self.problem:
                raise errors.SetupProblem(self.problem, "Indexing goes on by itself when that is mended.")

    def asking(self, delta: int) -> None:
        """A question begins (+1) or ends (-1)."""
        with self._wake:
            self._askers += delta
            self._wake.notify_all()

    def eta_s(self, pending: int) -> float | None:
        """Seconds until nothing is pending, from the rate so far; None while there is no rate yet."""
        if self._started is None or not pending:
            return None
        at, then = self._started
        done = then - pending
        return pending * (time.monotonic() - at) / done if done > 0 else None

    def close(self) -> None:
        """Stop after the step under way."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    # ---- the thread

    def _run(self) -> None:
        self._guarded(self._load)
        while not self._stopping:
            worked = self._guarded(self._step)
            self._changed()
            with self._wake:
                if worked or self._stopping or self._dirty or self._calls:
                    continue
                if not self.problem:
                    self._idle, self._started = True, None
                self._wake.notify_all()
                # `_asked_again` alone when there is no folder to compare: whoever waits is to be told so.
                woken = self._wake.wait_for(
                    lambda: self._urgent() or self._asked_again, RETRY_S if self.problem else RESCAN_S
                )
                self._idle = self._asked_again = False
            if not woken:
                self.compare()
        for _, future in self._calls:
            future.cancel()

    def _guarded(self, step: Callable[[], bool]) -> bool:
        """Take a step; what goes wrong is said in `problem` and tried again later, never ends the thread."""
        try:
            worked = step()
        except errors.MoaError as e:
            log.warning("indexing stopped: %s", e)
            self._say(str(e))
            return False
        except Exception:
            log.exception("indexing failed")
            self._say("Indexing met an error of Moa's own; logs/engine.log has it.")
            return False
        if self.problem:
            self._say("")
        return worked

    def _say(self, problem: str) -> None:
        with self._wake:
            self.problem = problem
            self._wake.notify_all()

    def _load(self) -> bool:
        self._vectors = self._indexer.load_vectors()
        self._indexer.catalogue.reread(self._indexer.recipe)
        self._indexer.readers.retry()
        return True

    def _step(self) -> bool:
        """The most urgent thing there is to do; False when there is nothing."""
        with self._wake:
            calls, self._calls = self._calls, []
            folder = self._dirty.pop() if self._dirty and not calls else None
        for work, future in calls:
            try:
                future.set_result(work())
            except BaseException as e:
                future.set_exception(e)
        if calls:
            return True
        if folder is not None:
            return self._compare(folder)
        return self._read() or self._embed()

    def _compare(self, id: int) -> bool:
        folder = next((f for f in self._indexer.catalogue.folders() if f.id == id), None)
        if folder is not None:
            self._show("looking", 0, 0, folder.path)
            self._indexer.reconcile(folder)
        return True

    def _read(self) -> bool:
        files = self._indexer.catalogue.waiting(READ_AT_ONCE)
        waiting = self._indexer.catalogue.counts().get("waiting", 0)
        for number, file in enumerate(files):
            if self._urgent():
                break
            self._show("reading", number, waiting, file.path)
            try:
                self._indexer.read(file)
            except errors.MoaError:
                raise
            except Exception:
                log.exception("indexing %r failed", file.path)
                self._indexer.give_up(file)
        return bool(files)

    def _embed(self) -> bool:
        _, pending = self._indexer.passages.counts()
        if self._vectors is not None:
            self._indexer.chroma.open(self._vectors)
            self._vectors = None
        if not pending:
            self.progress = Progress()
            return False
        if self._started is None:
            self._started = (time.monotonic(), pending)
        self._show_embedding()
        with self._wake:
            self._wake.wait_for(lambda: self._urgent() or not self._askers, PATIENCE_S)
        self._indexer.embed(lambda: self._show_embedding() and not self._urgent() and not self._askers)
        return True

    def _show_embedding(self) -> bool:
        _, pending = self._indexer.passages.counts()
        total = max(self._started[1] if self._started else 0, pending)
        self._show("embedding", total - pending, total, "")
        return True

    def _urgent(self) -> bool:
        return bool(self._stopping or self._dirty or self._calls)

    def _show(self, stage: str, done: int, total: int, path: str) -> None:
        self.progress = Progress(stage, done, total, path)  # type: ignore[arg-type]
        self._changed()

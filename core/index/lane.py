"""The one thread that indexes: takes the steps of `indexer.py` in the order people care about.

Knows when, not how. Folders that changed come first, then files to read, then vectors; while a question is being
answered the vectors wait, since both want the same processor. Paused, it still follows what changes on disk, so that
nothing is found that is no longer there, but reads and embeds nothing.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from core import errors
from core.index.indexer import Indexer
from core.index.pace import Pace
from core.index.reconcile import Consent, Look
from core.store.upkeep import sweep
from core.types import Progress

RETRY_S = 10.0
# A vector index that failed, on a full disk for instance, is opened or made anew this often until it works.
MEND_S = 60.0
READ_AT_ONCE = 32
# How long vectors wait for an answer that is being written, so that a model that hangs stops nothing else.
PATIENCE_S = 120.0
FREE_BYTES = 50 * 2**20
NICE = 10
PAUSED = "paused"

T = TypeVar("T")
log = logging.getLogger(__name__)


class Lane:
    """Runs until `close`. `changed` is called after each step and `compared` for each folder that was looked through,
    both on this thread."""

    def __init__(
        self,
        indexer: Indexer,
        changed: Callable[[], None],
        compared: Callable[[Look], None] = lambda look: None,
        may_embed: Callable[[], bool] = lambda: True,
    ) -> None:
        self._indexer = indexer
        self._changed = changed
        self._compared = compared
        self._may_embed = may_embed
        self._wake = threading.Condition()
        self._dirty: set[int] = set()
        self._consent: dict[int, Consent] = {}
        self._calls: list[tuple[Callable[[], object], Future[object]]] = []
        self._stopping = False
        self._idle = False
        self._asked = False
        self._askers = 0
        self._loaded = False
        self._swept = False
        self._mend_at = 0.0
        self._vectors: list[tuple[int, bytes]] | None = None
        self._opening: Future[None] | None = None
        self._pace = Pace()
        self._waiting = 0
        self._done = {"reading": 0, "embedding": 0, "recognising": 0}
        self.paused = False
        self.saving = False
        """Whether passages wait for `may_embed`."""
        self.progress = Progress()
        self.problem = ""
        """Why indexing stands still, in words; empty when it does not."""
        self._thread = threading.Thread(target=self._run, name="index", daemon=True)

    def start(self) -> None:
        """Begin with a comparison of every folder; paused when it was left so."""
        self.paused = bool(self._indexer.catalogue.meta(PAUSED))
        self._thread.start()
        self.compare()

    def compare(self, folder: int | None = None) -> None:
        """Compare one folder, or all of them, with the disk as soon as possible."""
        with self._wake:
            self._dirty |= {f.id for f in self._indexer.catalogue.folders()} if folder is None else {folder}
            self._idle, self._asked = False, True
            self._wake.notify_all()

    def confirm(self, folder: int | None = None) -> None:
        """Compare, and take a person's word that what is gone is gone: in every folder whose loss was told before, or
        in one that was named."""
        told = self._indexer.reconciler.sightings.losses()
        with self._wake:
            if folder is not None:
                self._consent[folder] = "named"
            for id in told if folder is None else ():
                self._consent.setdefault(id, "told")
        self.compare(folder)

    def call(self, work: Callable[[], T]) -> T:
        """Run `work` on the lane, between two steps, and return what it returns or raise what it raises."""
        future: Future[object] = Future()
        with self._wake:
            self._calls.append((work, future))
            self._wake.notify_all()
        return future.result()  # type: ignore[return-value]

    def pause(self, paused: bool) -> None:
        """Stop reading and embedding after the step under way, or go on; remembered for the next start."""
        self._indexer.catalogue.remember(PAUSED, "1" if paused else "")
        with self._wake:
            self.paused, self._idle, self._asked = paused, False, True
            self._wake.notify_all()

    def wait_until_idle(self) -> None:
        """Return when nothing is left to do; raises `errors.SetupProblem` when something keeps it from going on."""
        with self._wake:
            self._wake.wait_for(lambda: self._stopping or self.problem or self._idle)
            if self.problem:
                raise errors.SetupProblem(self.problem, "Indexing goes on by itself when that is mended.")
        if self.paused and self._left():
            raise errors.SetupProblem("Indexing is paused.", "Go on with it to have everything found.")
        if self.saving:
            raise errors.SetupProblem("Search by meaning waits for the charger.", "Set on_battery to index to go on.")

    def asking(self, delta: int) -> None:
        """A question begins (+1) or ends (-1)."""
        with self._wake:
            self._askers += delta
            self._wake.notify_all()

    def eta_s(self, pending: int) -> float | None:
        """Seconds until nothing is left to read or recognise and these `pending` passages are embedded; None while
        unknown."""
        return None if self.paused else self._pace.seconds_for(self._waiting, pending, self._indexer.recognition.left)

    def rates(self) -> tuple[float | None, float | None]:
        """(files, passages) a second, as of late; None while unknown or while nothing is done."""
        files, passages = (round(r.per_second(), 1) or None for r in (self._pace.files, self._pace.passages))
        return (files, passages) if self.progress.stage else (None, None)

    def close(self) -> None:
        """Stop after the step under way."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    # ---- the thread

    def _run(self) -> None:
        _step_back()
        while not self._stopping:
            worked = self._guarded(self._step)
            self._changed()
            with self._wake:
                if self._stopping or (not self.problem and (worked or self._urgent())):
                    continue
                self._idle = not self.problem
                self._wake.notify_all()
                self._wake.wait_for(lambda: self._stopping or self._calls or self._asked, self._patience())
                self._idle = self._asked = False
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
        except Exception:  # a bug of ours must not end the only thread that indexes
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

    def _step(self) -> bool:
        """The most urgent thing there is to do; False when there is nothing."""
        if not self._loaded:
            self._vectors = self._indexer.load_vectors()
            self._indexer.catalogue.reread(self._indexer.recipe)
            self._indexer.readers.retry()
            self._indexer.recognition.look()
            self._loaded = True
        with self._wake:
            calls, self._calls = self._calls, []
        for work, future in calls:
            try:
                future.set_result(work())
            except BaseException as e:
                future.set_exception(e)
        if calls or self._compare():
            return True
        if self.paused:
            self.progress = Progress()
            return False
        return self._read() or self._embed() or self._recognise() or self._rest()

    def _compare(self) -> bool:
        """All folders that may have changed at once: what moved from one to another is told from what is new."""
        with self._wake:
            ids, self._dirty = self._dirty, set()
            consent, self._consent = self._consent, {}
        if not ids:
            return False
        folders = [f for f in self._indexer.catalogue.folders() if f.id in ids]
        if not folders:
            return True
        self._show("looking", 0, 0, folders[0].path)
        try:
            looks = self._indexer.reconciler.run(folders, consent)
        except BaseException:  # raised again: only what was taken from the list is put back
            with self._wake:
                self._dirty |= ids
                self._consent = consent | self._consent
            raise
        for look in looks:
            if look.there:
                self._compared(look)
        return True

    def _read(self) -> bool:
        files = self._indexer.catalogue.waiting(READ_AT_ONCE)
        self._waiting = self._indexer.catalogue.counts().get("waiting", 0) if files else 0
        if files:
            self._require_space()
        for file in files:
            if self._urgent() or self.paused:
                break
            self._show("reading", self._done["reading"], self._done["reading"] + self._waiting, file.path)
            began = time.monotonic()
            try:
                there = self._indexer.read(file)
            except errors.SetupProblem:
                raise
            except Exception:  # a bug of ours in one file must not hold up the others
                log.exception("indexing %r failed", file.path)
                self._indexer.give_up(file)
                there = True
            if not there:
                self.compare(file.folder)
                break
            self._done["reading"] += 1
            self._waiting -= 1
            self._pace.files.add(1, time.monotonic() - began)
            now = self._indexer.catalogue.file(file.path)
            self._pace.passages_a_file.add(now.chunks if now else 0, 1)
        return bool(files)

    def _embed(self) -> bool:
        _, pending = self._indexer.passages.counts()
        if self._vectors is not None:
            self._indexer.chroma.open(self._vectors)
            self._vectors = None
        self.saving = bool(pending) and not self._may_embed()
        if not pending or self.saving:
            return False
        self._require_space()
        self._show("embedding", self._done["embedding"], self._done["embedding"] + pending, "")
        with self._wake:
            self._wake.wait_for(lambda: self._urgent() or not self._askers, PATIENCE_S)
        if self._urgent() or not self._opened():
            return True
        since = time.monotonic()
        before, told, total = self._indexer.counts.embedded, 0, self._done["embedding"] + pending

        def go_on() -> bool:
            nonlocal since, told
            made, now = self._indexer.counts.embedded - before, time.monotonic()
            self._pace.passages.add(made - told, now - since)
            since, told = now, made
            self._show("embedding", min(self._done["embedding"] + made, total), total, "")
            return not (self._urgent() or self._askers or self.paused) and self._may_embed()

        done = self._indexer.embed(go_on)
        go_on()
        self._done["embedding"] += done
        return True

    def _opened(self) -> bool:
        """Whether the embedder is open by now. Opening it takes minutes at worst, once (an export of a large model),
        during which files are compared and read. Raises `errors.SetupProblem` when it cannot be opened."""
        opening = self._opening = self._opening or self._open()
        with self._wake:
            self._wake.wait_for(lambda: self._urgent() or self.paused or opening.done())
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
            with self._wake:
                self._wake.notify_all()

        threading.Thread(target=work, name="open embedder", daemon=True).start()
        return future

    def _recognise(self) -> bool:
        """One page of a picture or scan. It goes on by itself while this thread does something more urgent."""
        recognition = self._indexer.recognition
        with self._wake:
            self._wake.wait_for(lambda: self._urgent() or not self._askers, PATIENCE_S)
        if self._urgent():
            return True
        page = recognition.begin()
        if page is None:
            return False
        self._require_space()
        done = self._done["recognising"]
        self._show("recognising", done, done + recognition.left, recognition.path)
        page.add_done_callback(lambda _: self._notify())
        with self._wake:
            self._wake.wait_for(lambda: self._urgent() or self.paused or page.done())
        if page.done() and not self._stopping:
            self._pace.pages.add(1, recognition.finish())
            self._done["recognising"] += 1
        return True

    def _notify(self) -> None:
        with self._wake:
            self._wake.notify_all()

    def _rest(self) -> bool:
        """Nothing is left to do."""
        self.progress = Progress()
        self._done = {"reading": 0, "embedding": 0, "recognising": 0}
        if not self._swept:
            self._swept = True
            sweep(self._indexer.passages.database)
        self._mend()
        return False

    def _mend(self) -> None:
        """Bring a vector index that failed back, without embedding anything; exact search serves meanwhile."""
        chroma = self._indexer.chroma
        if not chroma.broken or time.monotonic() < self._mend_at:
            return
        self._mend_at = time.monotonic() + MEND_S
        self._require_space()
        chroma.open(self._indexer.passages.indexed_vectors(self._indexer.embedder.id))

    def _patience(self) -> float | None:
        """How long to wait for something to do before looking again whether what failed works."""
        if self.problem:
            return RETRY_S
        if self.saving:
            return RETRY_S
        return MEND_S if self._indexer.chroma.broken else None

    def _left(self) -> bool:
        read, embedded = self._indexer.catalogue.counts().get("waiting"), self._indexer.passages.counts()[1]
        return bool(read or embedded or self._indexer.recognition.left)

    def _urgent(self) -> bool:
        return bool(self._stopping or self._dirty or self._calls)

    def _require_space(self) -> None:
        """Raise `errors.NoSpace` before the disk is full: both databases need room to stay whole."""
        folder = self._indexer.catalogue.database.path.parent
        if shutil.disk_usage(folder).free < FREE_BYTES:
            raise errors.NoSpace(
                f"There is too little space left where {folder} lies, so indexing waits.", "Free some space."
            )

    def _show(self, stage: str, done: int, total: int, path: str) -> None:
        self.progress = Progress(stage, done, total, path)  # type: ignore[arg-type]
        self._changed()


def _step_back() -> None:
    """Let everything else on this computer go first. On Linux a thread has a priority of its own, which the reader
    processes and the threads of the embedder inherit; elsewhere it would slow the answers down too."""
    if sys.platform == "linux":
        try:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
        except OSError as e:
            log.info("the priority of indexing could not be lowered: %s", e)

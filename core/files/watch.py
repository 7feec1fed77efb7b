"""Says when a folder is worth looking through: after a change in it has settled, and whenever one may have been missed.

Does not know what changed: an event only marks its folder (see the package's page).

watchdog (Apache-2.0, maintained, no dependencies): one interface to inotify, FSEvents and ReadDirectoryChangesW.
"""

from __future__ import annotations

import logging
import os
import threading
import time
import weakref
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from watchdog import events

from core.files import exclude, watch_limits
from core.files.ignore import FILES
from core.files.mounts import quiet_file_system

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver, ObservedWatch

log = logging.getLogger(__name__)

QUIET_S = 0.5
"""A folder is at rest when nothing happened in it for this long: editors save in several steps within some 100 ms."""
LONGEST_S = 5.0
"""A folder that never rests (a log file, a running copy) is reported after this long all the same."""
CHECK_S = 10.0
"""How often the watches are looked at; a few system calls a folder."""
SCAN_S = 3600.0
"""A watched folder is reported this long after the last time in any case (Syncthing's hour)."""
POLL_S = 300.0
"""A folder that cannot be watched is reported this often; looking through 100,000 files takes under a second."""
SLEEP_S = 30.0
"""Clocks that drift apart by more than this mean that the computer slept."""

# No opening, closing unchanged or reading (our own reads cause those), and no DirModified, which only
# repeats for the parent what the child's own event says, hidden children included.
KINDS: list[type[events.FileSystemEvent]] = [
    events.FileCreatedEvent,
    events.FileModifiedEvent,
    events.FileAttribEvent,
    events.FileMovedEvent,
    events.FileDeletedEvent,
    events.FileClosedEvent,
    events.DirCreatedEvent,
    events.DirAttribEvent,
    events.DirMovedEvent,
    events.DirDeletedEvent,
]


@dataclass(slots=True)
class _Root:
    """`place` is (device, inode) of what is watched; None while nothing is."""

    watch: ObservedWatch | None = None
    place: tuple[int, int] | None = None
    problem: str = ""
    scan_at: float = 0.0


class Watcher:
    """Watches folders; calls `settled(root)` on its own thread, one call at a time, when one is worth looking through.

    That is: a change in it has settled, events were lost, its watch broke or it became another folder (the watch is set
    anew), the computer slept, an hour went by. Folders that cannot be watched are told every `POLL_S`, and `problems`
    says why. Events that arrive while `settled` runs lead to another call. An exception from `settled` is logged. `own`
    is Moa's data folder, whose changes are not told unless the watched folder lies in it. Times in seconds.
    """

    def __init__(
        self, settled: Callable[[str], None], own: Path | None, quiet_s: float = QUIET_S, longest_s: float = LONGEST_S,
        check_s: float = CHECK_S, now: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._settled = settled
        self._own = own
        self._quiet_s, self._longest_s, self._check_s = quiet_s, longest_s, check_s
        self._now = now
        self._observer: BaseObserver | None = None
        self._roots: dict[str, _Root] = {}
        # Held while watches are set or taken away; never while `settled` runs.
        self._setting = threading.RLock()
        self._changes = threading.Condition()
        # root → when it was first and last touched since it was last reported
        self._dirty: dict[str, tuple[float, float]] = {}
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)
        _watchers.add(self)

    def watch(self, root: str) -> None:
        """Begin to watch `root` and all below it, or to report it at times where that is not possible."""
        with self._setting:
            if self._closed or root in self._roots:
                return
            self._roots[root] = _Root(scan_at=time.monotonic() + POLL_S)
            self._set(root)
            if not self._thread.is_alive():
                self._thread.start()

    def unwatch(self, root: str) -> None:
        """Stop watching `root`; a `settled(root)` that runs already is not waited for. Unknown roots are ignored."""
        with self._setting:
            state = self._roots.pop(root, None)
            self._unset(state)
        with self._changes:
            self._dirty.pop(root, None)

    def problems(self) -> tuple[str, ...]:
        """A sentence or two for each folder that is looked through at times instead of being followed."""
        return tuple(state.problem for state in self._roots.copy().values() if state.problem)

    def confirm(self, root: str, folders: Iterable[str]) -> None:
        """Told after `root` was looked through: make sure that each of the `folders` found in it is watched."""
        with self._setting:
            state = self._roots.get(root)
            if state is None or quiet_file_system(root):
                return
            wanted = {os.fsencode(f) for f in folders}
            if state.watch and not self._unwatched(state, wanted):
                state.problem = ""
                return
            # Made a moment ago, or no watches left: setting them anew tells the two apart.
            self._unset(state)
            self._set(root)
            missing = self._unwatched(state, wanted) if state.watch else set()
            if any(Path(os.fsdecode(f)).is_dir() for f in missing):
                state.problem = watch_limits.too_many(root, len(wanted))
            elif state.watch:
                # What happened between the two watches was not told.
                self.touch(root)

    def touch(self, root: str) -> None:
        """Something happened in `root`, or may have."""
        now = time.monotonic()
        with self._changes:
            if self._closed or root not in self._roots:
                return
            first, _ = self._dirty.get(root, (now, now))
            self._dirty[root] = (first, now)
            self._changes.notify()

    def touch_all(self) -> None:
        """Anything may have happened anywhere."""
        for root in self._roots.copy():
            self.touch(root)

    def close(self) -> None:
        """Stop watching everything and wait for a running `settled` (unless called from it). May be called twice."""
        with self._changes:
            self._closed = True
            self._dirty.clear()
            self._changes.notify()
        with self._setting:
            observer, self._observer = self._observer, None
            self._roots.clear()
        if observer is not None:
            observer.stop()
            observer.join()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join()

    # ---- watches

    def _set(self, root: str) -> None:
        """Watch `root` if that is possible now; else say why not."""
        state = self._roots[root]
        state.problem = watch_limits.quiet(root, kind) if (kind := quiet_file_system(root)) else ""
        if kind or not Path(root).is_dir():
            return
        try:
            state.place = _place(root)
            state.watch = self._start().schedule(
                _Hints(root, self._own, self.touch), root, recursive=True, event_filter=KINDS
            )
        except OSError as e:
            state.place, state.problem = None, watch_limits.refused(root, e)

    def _unset(self, state: _Root | None) -> None:
        if state is None or state.watch is None:
            return
        watch, state.watch, state.place = state.watch, None, None
        if self._observer is not None:
            self._observer.unschedule(watch)

    def _start(self) -> BaseObserver:
        from watchdog.observers import Observer

        if self._observer is None:
            _listen_for_overflow()
            self._observer = Observer()
            self._observer.daemon = True
            self._observer.start()
        return self._observer

    def _unwatched(self, state: _Root, folders: set[bytes]) -> set[bytes]:
        """Those that have no watch. watchdog swallows the error when a folder below the root gets none."""
        for emitter in self._observer.emitters if self._observer else ():
            if emitter.watch == state.watch:
                group = getattr(emitter, "_inotify", None)
                paths = getattr(group, "_active_callbacks_by_path", None)
                # FSEvents and ReadDirectoryChangesW watch a whole tree at once.
                return set() if paths is None else folders - paths.copy().keys()
        return set()

    def _check(self) -> None:
        """Set anew the watches that no longer watch what they should, and try again those that could not be set."""
        with self._setting:
            self._replace_dead_observer()
            alive = {e.watch for e in self._observer.emitters if e.is_alive()} if self._observer else set()
            for root, state in self._roots.items():
                # Nobody asks a file system for its root that may hang and is scanned anyway.
                if state.watch is None and state.problem:
                    continue
                place = _place(root)
                if place is None and state.watch is None:
                    continue
                if state.watch is None or state.watch not in alive or place != state.place:
                    self._unset(state)
                    self._set(root)
                    self.touch(root)

    def _replace_dead_observer(self) -> None:
        """All inotify watches hang on one thread of watchdog's, which an exception in it ends for good."""
        readers = [getattr(e, "_inotify_fd", None) for e in self._observer.emitters] if self._observer else []
        if all(reader is None or reader.is_alive() for reader in readers):
            return
        log.warning("watchdog's reader ended; watching everything anew")
        if self._observer is not None:
            self._guarded(self._observer.stop, "Ending the old watches failed.")
        self._observer = None
        for state in self._roots.values():
            state.watch = state.place = None

    # ---- the thread

    def _run(self) -> None:
        asleep = self._now() - time.monotonic()
        check_at = time.monotonic() + self._check_s
        while not self._closed:
            root = self._next(check_at)
            if root is not None:
                self._report(root)
            if time.monotonic() < check_at:
                continue
            late, check_at = time.monotonic() - check_at, time.monotonic() + self._check_s
            apart = self._now() - time.monotonic()
            # Linux's monotonic clock stands still in sleep, Windows' goes on: there the thread was kept from running.
            if abs(apart - asleep) > SLEEP_S or (late > SLEEP_S and root is None):
                log.info("the computer slept, or its clock was set: looking through every folder")
                self.touch_all()
            asleep = apart
            self._guarded(self._check, "Looking at the watches failed.")

    def _report(self, root: str) -> None:
        state = self._roots.get(root)
        if state is None:
            return
        state.scan_at = time.monotonic() + (SCAN_S if state.watch and not state.problem else POLL_S)
        self._guarded(lambda: self._settled(root), f"Looking at {watch_limits.shown(root)} after a change failed.")

    @staticmethod
    def _guarded(work: Callable[[], None], failed: str) -> None:
        try:
            work()
        except Exception:  # the thread that watches must outlive what its listener does
            log.exception(failed)

    def _next(self, until: float) -> str | None:
        """Wait for the next folder that is worth looking through; None at `until`, or when closed."""
        with self._changes:
            while not self._closed:
                due = {root: state.scan_at for root, state in self._roots.copy().items()}
                for root, (first, last) in self._dirty.items():
                    due[root] = min(last + self._quiet_s, first + self._longest_s)
                root = min(due, key=due.__getitem__, default="")
                at = due.get(root, until)
                now = time.monotonic()
                if root and at <= now:
                    # Taken off before it is reported: an event from now on marks it again.
                    self._dirty.pop(root, None)
                    return root
                if until <= now:
                    return None
                self._changes.wait(min(at, until) - now)
        return None


class _Hints(events.FileSystemEventHandler):
    """Turns the events of one folder into `touch(root)`."""

    def __init__(self, root: str, own: Path | None, touch: Callable[[str], None]) -> None:
        self._root = root
        self._touch = touch
        own_path = None if own is None else str(own)
        self._own = None if own_path is None or _inside(root, own_path) else own_path

    def on_any_event(self, event: events.FileSystemEvent) -> None:
        if any(path and self._matters(os.fsdecode(path)) for path in (event.src_path, event.dest_path)):
            self._touch(self._root)

    def _matters(self, path: str) -> bool:
        if self._own is not None and _inside(path, self._own):
            return False
        inside = Path(path[len(self._root) :].strip(os.sep))
        if any(exclude.folder_left_out(folder) for folder in inside.parts[:-1]):
            return False
        # What is only listed can wait until the folder is looked through for another reason.
        return inside.name in ("", *FILES) or not exclude.file_left_out(inside.name)


class _Overflow(logging.Handler):
    """watchdog says only in its log that the kernel's queue of events ran over."""

    def emit(self, record: logging.LogRecord) -> None:
        if "overflow" in record.getMessage():
            for watcher in list(_watchers):
                watcher.touch_all()


_watchers: weakref.WeakSet[Watcher] = weakref.WeakSet()
_overflow = _Overflow(logging.WARNING)


def _listen_for_overflow() -> None:
    # Adding a handler that is there already does nothing.
    logging.getLogger("watchdog.observers.inotify_c").addHandler(_overflow)


def _place(root: str) -> tuple[int, int] | None:
    try:
        seen = os.stat(root)  # noqa: PTH116 (a string, to be quick)
    except OSError:
        return None
    return seen.st_dev, seen.st_ino


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)

"""Says when a watched folder has come to rest after something in it changed.

Does not know what changed: an event only marks its folder (see the package's page). Events get lost on every system,
so whoever uses this walks the folders at the start and at times as well.

watchdog (Apache-2.0, maintained, no dependencies): one interface to inotify, FSEvents and ReadDirectoryChangesW.
"""

from __future__ import annotations

import errno
import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from watchdog import events

from core.errors import SetupProblem
from core.files import exclude
from core.files.walk import IGNORE_FILE

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver, ObservedWatch

log = logging.getLogger(__name__)

QUIET_S = 0.5
"""A folder is at rest when nothing happened in it for this long: editors save in several steps within some 100 ms."""
LONGEST_S = 5.0
"""A folder that never rests (a log file, a running copy) is reported after this long all the same."""

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


class Watcher:
    """Watches folders; calls `settled(root)` on its own thread, one call at a time, when one has come to rest.

    Events that arrive while `settled` runs lead to another call. An exception from `settled` is logged. `own` is Moa's
    data folder, whose changes are not told unless the watched folder lies in it. `quiet_s` and `longest_s` in seconds.
    """

    def __init__(
        self, settled: Callable[[str], None], own: Path | None, quiet_s: float = QUIET_S, longest_s: float = LONGEST_S
    ) -> None:
        self._settled = settled
        self._own = own
        self._quiet_s = quiet_s
        self._longest_s = longest_s
        self._observer: BaseObserver | None = None
        self._watches: dict[str, ObservedWatch] = {}
        self._changes = threading.Condition()
        # root → when it was first and last touched since it was last reported
        self._dirty: dict[str, tuple[float, float]] = {}
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)

    def watch(self, root: str) -> None:
        """Begin to watch `root` and all below it. Raises `SetupProblem` when the system cannot."""
        if root in self._watches:
            return
        if not Path(root).is_dir():
            raise SetupProblem(
                f"{_shown(root)} cannot be watched: it is not there.", "Bring it back, or stop watching it."
            )
        try:
            observer = self._observer or self._start()
            self._watches[root] = observer.schedule(
                _Hints(root, self._own, self._touch), root, recursive=True, event_filter=KINDS
            )
        except OSError as e:
            raise _in_words(root, e) from e

    def unwatch(self, root: str) -> None:
        """Stop watching `root`; a `settled(root)` that runs already is not waited for. Unknown roots are ignored."""
        watch = self._watches.pop(root, None)
        if watch is not None and self._observer is not None:
            self._observer.unschedule(watch)
        with self._changes:
            self._dirty.pop(root, None)

    def close(self) -> None:
        """Stop watching everything and wait for a running `settled` (unless called from it). May be called twice."""
        with self._changes:
            self._closed = True
            self._dirty.clear()
            self._changes.notify()
        observer, self._observer = self._observer, None
        self._watches.clear()
        if observer is not None:
            observer.stop()
            observer.join()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join()

    def _start(self) -> BaseObserver:
        from watchdog.observers import Observer

        observer = Observer()
        observer.daemon = True
        observer.start()
        self._observer = observer
        self._thread.start()
        return observer

    def _touch(self, root: str) -> None:
        now = monotonic()
        with self._changes:
            if self._closed or root not in self._watches:
                return
            first, _ = self._dirty.get(root, (now, now))
            self._dirty[root] = (first, now)
            self._changes.notify()

    def _run(self) -> None:
        while (root := self._next()) is not None:
            try:
                self._settled(root)
            except Exception:
                log.exception("Looking at %s after a change failed.", _shown(root))

    def _next(self) -> str | None:
        """Wait for the next folder that has come to rest; None when closed."""
        with self._changes:
            while not self._closed:
                due = {
                    root: min(last + self._quiet_s, first + self._longest_s)
                    for root, (first, last) in self._dirty.items()
                }
                if not due:
                    self._changes.wait()
                    continue
                root = min(due, key=due.__getitem__)
                left = due[root] - monotonic()
                if left <= 0:
                    # Taken off before it is reported: an event from now on marks it again.
                    del self._dirty[root]
                    return root
                self._changes.wait(left)
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
        return inside.name in ("", IGNORE_FILE) or not exclude.file_left_out(inside.name)


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _shown(path: str) -> str:
    return os.fsencode(path).decode("utf-8", "replace")


def _in_words(root: str, e: OSError) -> SetupProblem:
    """What the system's refusal means. ENOSPC and EMFILE: see inotify_add_watch(2) and inotify_init(2)."""
    title = f"{_shown(root)} cannot be watched"
    advice = "Moa sees changes in it when it next looks through the folder."
    if e.errno == errno.ENOSPC:
        return SetupProblem(
            f"{title}: this system allows no more watched folders.",
            f"{advice} To allow more: sudo sysctl fs.inotify.max_user_watches=524288",
        )
    if e.errno in (errno.EMFILE, errno.ENFILE):
        return SetupProblem(
            f"{title}: too many programs of yours watch folders or hold files open.",
            f"{advice} To allow more: sudo sysctl fs.inotify.max_user_instances=1024",
        )
    return SetupProblem(f"{title} ({e.strerror or e}).", advice)

"""Watching real folders: every way to change a note is noticed, noise is not, and no event is lost."""

from __future__ import annotations

import errno
import logging
import os
import queue
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from watchdog import events
from watchdog.observers.api import BaseObserver
from watchdog.observers.inotify_c import InotifyConstants, InotifyEvent, InotifyFD, WatchDescriptor

from core.files import watch
from core.files.watch import Watcher

SOON = 60.0
"""How long to wait for what must come."""


class Rests:
    """A watcher and the folders it said came to rest."""

    def __init__(self, own: Path | None = None, quiet_s: float = 0.05, longest_s: float = 1.0) -> None:
        self.seen: queue.Queue[str] = queue.Queue()
        self.watcher = Watcher(self.seen.put, own, quiet_s, longest_s, check_s=0.05)

    def next(self) -> str:
        return self.seen.get(timeout=SOON)


@pytest.fixture
def rests() -> Iterator[Rests]:
    r = Rests()
    yield r
    r.watcher.close()


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    root = tmp_path / "notes"
    (root / "회의").mkdir(parents=True)
    (root / "a.md").write_text("one", encoding="utf-8")
    return root


def aside(root: Path) -> None:
    (root / ".a.md.tmp").write_text("two", encoding="utf-8")
    (root / ".a.md.tmp").replace(root / "a.md")


def vim(root: Path) -> None:
    (root / "a.md").replace(root / "a.md~")
    (root / "a.md").write_text("two", encoding="utf-8")
    (root / "a.md~").unlink()


CHANGES: dict[str, Callable[[Path], Any]] = {
    "new file": lambda root: (root / "b.md").touch(),
    "edit": lambda root: (root / "a.md").write_text("two", encoding="utf-8"),
    "edit through a file written aside": aside,
    "edit in vim": vim,
    "new time only": lambda root: os.utime(root / "a.md", (1, 1)),
    "rename": lambda root: (root / "a.md").rename(root / "나.md"),
    "delete": lambda root: (root / "a.md").unlink(),
    "new folder with a file": lambda root: shutil.copytree(root / "회의", root / "새 폴더"),
    "folder renamed": lambda root: (root / "회의").rename(root / "모임"),
    "folder moved out": lambda root: (root / "회의").rename(root.parent / "out"),
    "folder deleted": lambda root: (root / "회의").rmdir(),
    "file moved out": lambda root: (root / "a.md").rename(root.parent / "a.md"),
    "rules changed": lambda root: (root / ".moaignore").write_text("x", encoding="utf-8"),
    "the folder itself deleted": shutil.rmtree,
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_way_to_change_a_note_is_noticed(change: str, rests: Rests, notes: Path) -> None:
    rests.watcher.watch(str(notes))
    CHANGES[change](notes)
    assert rests.next() == str(notes)


def test_a_file_in_a_folder_made_while_watching_is_noticed(rests: Rests, notes: Path) -> None:
    rests.watcher.watch(str(notes))
    (notes / "new").mkdir()
    assert rests.next() == str(notes)
    (notes / "new" / "b.md").touch()
    assert rests.next() == str(notes)


def test_reading_and_noise_are_not_told(tmp_path: Path, notes: Path) -> None:
    own = notes / "data"
    own.mkdir()
    rests = Rests(own)
    try:
        rests.watcher.watch(str(notes))
        (notes / "a.md").read_text(encoding="utf-8")
        (notes / ".hidden.md").touch()
        (notes / ".git").mkdir()
        (notes / ".git" / "index").touch()
        (notes / "a.md.tmp").touch()
        (own / "library.db").touch()
        # Of another folder, made last: when it is told, whatever the first folder had to tell was told before.
        other = tmp_path / "other"
        other.mkdir()
        rests.watcher.watch(str(other))
        (other / "b.md").touch()
        assert rests.next() == str(other)
        assert rests.seen.empty()
    finally:
        rests.watcher.close()


def test_a_folder_inside_the_own_data_folder_is_watched(tmp_path: Path) -> None:
    imported = tmp_path / "imported"
    imported.mkdir()
    rests = Rests(own=tmp_path)
    try:
        rests.watcher.watch(str(imported))
        (imported / "a.md").touch()
        assert rests.next() == str(imported)
    finally:
        rests.watcher.close()


def test_a_burst_is_told_once(notes: Path) -> None:
    rests = Rests(quiet_s=0.3, longest_s=30)
    try:
        rests.watcher.watch(str(notes))
        for n in range(200):
            (notes / f"{n}.md").touch()
        assert rests.next() == str(notes)
        assert rests.seen.empty()
    finally:
        rests.watcher.close()


def test_a_folder_that_never_rests_is_told_all_the_same(notes: Path) -> None:
    rests = Rests(quiet_s=3600, longest_s=0.2)
    try:
        rests.watcher.watch(str(notes))
        (notes / "log.md").touch()
        assert rests.next() == str(notes)
    finally:
        rests.watcher.close()


def test_an_event_during_the_report_leads_to_another(notes: Path) -> None:
    calls: queue.Queue[str] = queue.Queue()
    go_on = threading.Event()

    def settled(root: str) -> None:
        calls.put(root)
        go_on.wait(SOON)

    watcher = Watcher(settled, None, 0.05, 1.0)
    try:
        watcher.watch(str(notes))
        (notes / "b.md").touch()
        calls.get(timeout=SOON)
        (notes / "c.md").touch()
        go_on.set()
        calls.get(timeout=SOON)
    finally:
        watcher.close()


def test_an_exception_is_logged_and_the_next_event_told(notes: Path, caplog: pytest.LogCaptureFixture) -> None:
    calls: queue.Queue[str] = queue.Queue()
    failed = threading.Event()

    def settled(root: str) -> None:
        calls.put(root)
        if not failed.is_set():
            failed.set()
            raise ValueError("no")

    watcher = Watcher(settled, None, 0.05, 1.0)
    try:
        with caplog.at_level(logging.ERROR):
            watcher.watch(str(notes))
            (notes / "b.md").touch()
            calls.get(timeout=SOON)
            (notes / "c.md").touch()
            calls.get(timeout=SOON)
    finally:
        watcher.close()
    assert "after a change failed" in caplog.text


def test_an_unwatched_folder_is_told_no_more(tmp_path: Path, notes: Path, rests: Rests) -> None:
    other = tmp_path / "other"
    other.mkdir()
    rests.watcher.watch(str(notes))
    rests.watcher.watch(str(other))
    rests.watcher.unwatch(str(notes))
    rests.watcher.unwatch(str(notes))
    (notes / "b.md").touch()
    (other / "b.md").touch()
    assert rests.next() == str(other)
    assert rests.seen.empty()


def test_a_folder_that_is_missing_is_watched_when_it_comes(rests: Rests, tmp_path: Path) -> None:
    root = tmp_path / "missing"
    rests.watcher.watch(str(root))
    root.mkdir()
    assert rests.next() == str(root)
    (root / "a.md").touch()
    assert rests.next() == str(root)
    assert rests.watcher.problems() == ()


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "max_user_watches"), (errno.EMFILE, "max_user_instances"), (errno.EACCES, "Permission denied")],
)
def test_what_the_system_refuses_is_told_in_words_and_tried_again(
    number: int, words: str, rests: Rests, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as m:
        m.setattr(BaseObserver, "schedule", refuse)
        rests.watcher.watch(str(notes))
        (problem,) = rests.watcher.problems()
        assert words in problem and "every few minutes" in problem
    rests.watcher.confirm(str(notes), [str(notes)])
    assert rests.watcher.problems() == ()
    assert rests.next() == str(notes), "what happened meanwhile was not told"
    (notes / "b.md").touch()
    assert rests.next() == str(notes)


def test_a_root_that_is_replaced_is_watched_anew(rests: Rests, notes: Path) -> None:
    rests.watcher.watch(str(notes))
    shutil.rmtree(notes)
    notes.mkdir()
    # The deletion, and that it is another folder now; the last of them leaves the new one watched.
    rests.next()
    deadline = time.monotonic() + SOON
    while rests.watcher._roots[str(notes)].place != watch._place(str(notes)):
        assert time.monotonic() < deadline
        rests.next()
    while not rests.seen.empty():
        rests.next()
    (notes / "b.md").touch()
    assert rests.next() == str(notes)


def test_a_root_that_is_renamed_is_noticed_without_an_event(rests: Rests, notes: Path) -> None:
    rests.watcher.watch(str(notes))
    away = notes.rename(notes.with_name("away"))
    assert rests.next() == str(notes)
    away.rename(notes)
    assert rests.next() == str(notes)
    (notes / "b.md").touch()
    assert rests.next() == str(notes)


def inotify(watcher: Watcher) -> InotifyFD:
    observer: Any = watcher._observer
    reader: InotifyFD = observer._inotify_fd
    return reader


def test_an_overflow_makes_every_folder_worth_a_look(rests: Rests, notes: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for root in (notes, other):
        rests.watcher.watch(str(root))
    inotify(rests.watcher).handle_event(InotifyEvent(WatchDescriptor(-1), InotifyConstants.IN_Q_OVERFLOW, 0, b""))
    assert {rests.next(), rests.next()} == {str(notes), str(other)}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_reader_that_died_is_replaced(rests: Rests, notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rests.watcher.watch(str(notes))
    reader = inotify(rests.watcher)

    def broken(event: InotifyEvent) -> None:
        raise RuntimeError("a bug of watchdog's")

    monkeypatch.setattr(reader, "handle_event", broken)
    (notes / "b.md").touch()
    reader.join(SOON)
    assert rests.next() == str(notes)
    (notes / "c.md").touch()
    assert rests.next() == str(notes)
    assert inotify(rests.watcher) is not reader


def test_waking_up_makes_every_folder_worth_a_look(notes: Path) -> None:
    clock = [1000.0]
    seen: queue.Queue[str] = queue.Queue()
    watcher = Watcher(seen.put, None, 0.05, 1.0, check_s=0.05, now=lambda: time.monotonic() + clock[0])
    try:
        watcher.watch(str(notes))
        clock[0] += 3600
        assert seen.get(timeout=SOON) == str(notes)
    finally:
        watcher.close()


def test_an_hour_without_an_event_is_worth_a_look(notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "POLL_S", 0.1)
    monkeypatch.setattr(watch, "SCAN_S", 0.1)
    seen: queue.Queue[str] = queue.Queue()
    watcher = Watcher(seen.put, None)
    try:
        watcher.watch(str(notes))
        assert [seen.get(timeout=SOON) for _ in range(2)] == [str(notes)] * 2
    finally:
        watcher.close()


def test_network_folders_are_scanned_not_watched(notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "quiet_file_system", lambda path: "nfs4")
    monkeypatch.setattr(watch, "POLL_S", 0.1)
    seen: queue.Queue[str] = queue.Queue()
    watcher = Watcher(seen.put, None)
    try:
        watcher.watch(str(notes))
        assert "nfs4" in watcher.problems()[0]
        assert watcher._roots[str(notes)].watch is None
        assert [seen.get(timeout=SOON) for _ in range(2)] == [str(notes)] * 2
    finally:
        watcher.close()


def test_folders_that_got_no_watch_are_found_out(rests: Rests, notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the limit were reached below the root, which watchdog does not tell."""
    real = InotifyFD.add_callback

    def full(self: InotifyFD, path: bytes, *more: Any) -> Any:
        if path != os.fsencode(notes):
            raise OSError(errno.ENOSPC, "inotify watch limit reached")
        return real(self, path, *more)

    folders = [str(notes), str(notes / "회의")]
    with monkeypatch.context() as m:
        m.setattr(InotifyFD, "add_callback", full)
        rests.watcher.watch(str(notes))
        assert rests.watcher.problems() == ()
        rests.watcher.confirm(str(notes), folders)
        assert "sudo sysctl fs.inotify.max_user_watches=" in rests.watcher.problems()[0]
    rests.watcher.confirm(str(notes), folders)
    assert rests.watcher.problems() == ()


def test_closing_twice_and_from_within_the_report(notes: Path) -> None:
    closed = threading.Event()

    def settled(root: str) -> None:
        watcher.close()
        closed.set()

    watcher = Watcher(settled, None, 0.05, 1.0)
    watcher.watch(str(notes))
    (notes / "b.md").touch()
    assert closed.wait(SOON)
    watcher.close()
    Watcher(settled, None).close()


def test_names_that_are_not_utf8_matter(notes: Path) -> None:
    touched: list[str] = []
    hints = watch._Hints(str(notes), None, touched.append)
    hints.on_any_event(events.FileCreatedEvent(os.fsencode(notes) + b"/\xb8\xf0.md"))
    assert touched == [str(notes)]

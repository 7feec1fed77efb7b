"""Times that lie: a clock that jumps, files from the future or from 1970, edits that keep their time."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from core.engine import Engine
from tests.faults.conftest import Start, known, on_disk, says

YEAR_S = 365 * 24 * 3600


@pytest.fixture
def engine(start: Start, notes: Path) -> Engine:
    engine = start()
    engine.library.add_folder(str(notes))
    engine.library.index(wait=True)
    return engine


@pytest.mark.parametrize("jump", [YEAR_S, -YEAR_S])
def test_a_clock_that_jumps_reads_nothing_again_and_misses_no_edit(
    jump: int, engine: Engine, notes: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_ns, real = time.time_ns, time.time
    monkeypatch.setattr(time, "time", lambda: real() + jump)
    monkeypatch.setattr(time, "time_ns", lambda: real_ns() + jump * 10**9)
    report = engine.library.index(wait=True)
    assert (report.changed, report.embedded, report.removed) == (0, 0, 0)
    (notes / "d0" / "0.md").write_text("# Note 0\n\nzqafterjumpmarker\n", encoding="utf-8")
    engine.library.index(wait=True)
    assert says(engine, "zqafterjumpmarker") and not says(engine, "zq0marker")
    again = start()
    report = again.library.index(wait=True)
    assert (report.changed, report.embedded) == (0, 0) and known(again) == on_disk(notes)
    print(f"clock {jump / YEAR_S:+.0f} year: 0 read again, 0 edits missed")


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of a process cannot be changed here")
def test_summer_time_and_travel_read_nothing_again(
    engine: Engine, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        for zone in ("Europe/Berlin", "XXX-1XXS,J1/0,J365/0", "Pacific/Kiritimati", "America/Los_Angeles"):
            monkeypatch.setenv("TZ", zone)
            time.tzset()
            report = engine.library.index(wait=True)
            assert (report.changed, report.embedded, report.removed) == (0, 0, 0)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert known(engine) == on_disk(notes)


@pytest.mark.parametrize("seconds", [0, 1, -1, 2**33], ids=["1970", "a second later", "before 1970", "2242"])
def test_odd_times_are_read_once_and_every_edit_is_seen(seconds: int, engine: Engine, notes: Path) -> None:
    for file in notes.rglob("*.md"):
        os.utime(file, (seconds, seconds))
    engine.library.index(wait=True)
    quiet = replace(engine.library.index(wait=True), seconds=0)
    assert (quiet.changed, quiet.embedded) == (0, 0)
    file = notes / "d1" / "1.md"
    file.write_text("# Note 1\n\nzqoddtimemarker\n", encoding="utf-8")
    os.utime(file, (seconds, seconds))
    engine.library.index(wait=True)
    assert says(engine, "zqoddtimemarker") and known(engine) == on_disk(notes)


def test_an_edit_that_keeps_size_and_time_is_seen(engine: Engine, notes: Path) -> None:
    """As an editor does that writes a new file and gives it the old one's time; the inode tells."""
    file = notes / "d2" / "2.md"
    before = file.stat()
    text = file.read_text(encoding="utf-8")
    new = file.with_suffix(".tmp")
    new.write_text(text.replace("zq2marker", "zqXmarker"), encoding="utf-8")
    os.utime(new, ns=(before.st_atime_ns, before.st_mtime_ns))
    new.replace(file)
    assert (file.stat().st_size, file.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    engine.library.index(wait=True)
    assert says(engine, "zqXmarker") and not says(engine, "zq2marker")


def test_edits_within_one_tick_of_the_clock_are_seen(engine: Engine, notes: Path) -> None:
    file = notes / "quick.md"
    for number in range(20):
        file.write_text(f"# Quick\n\nzqquick{number:02}marker\n", encoding="utf-8")
        engine.library.index(wait=True)
        assert says(engine, f"zqquick{number:02}marker")

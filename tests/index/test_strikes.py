"""Three strikes: a content that keeps stopping its reader is left alone, until it or the readers change."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.index.reading.readers import Readers
from core.index.reading.strikes import CarefulReaders
from core.store import schema
from core.store.database import Database

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the bad file is one that calls abort(3)")


@pytest.fixture
def hostile() -> Iterator[Readers]:
    made = Readers(module="tests.index.hostile_reader")
    yield made
    made.close()


@pytest.fixture
def start(hostile: Readers, tmp_path: Path) -> Iterator[Callable[..., CarefulReaders]]:
    database = Database(tmp_path / "library.db", schema.LIBRARY)

    def make(recipe: str = "1") -> CarefulReaders:
        made = CarefulReaders(hostile, database, recipe)
        made.retry()
        return made

    yield make
    database.close()


def test_after_three_strikes_a_content_is_left_alone(
    start: Callable[..., CarefulReaders], hostile: Readers, tmp_path: Path
) -> None:
    bad, good = tmp_path / "bad.txt", tmp_path / "good.txt"
    bad.write_text("abort")
    good.write_text("hello")
    for strike in (1, 2, 3):
        reading = start().read(bad)
        assert reading.document.outcome == "failed"
        assert ("left alone" in reading.document.reason) == (strike == 3)
    readers = start()
    assert readers.read(good).document.text == "hello"
    child = hostile.pid
    copy = tmp_path / "copy of bad.txt"
    copy.write_bytes(bad.read_bytes())
    for path in (bad, copy):
        os.utime(path, (1, 1))
        reading = readers.read(path)
        assert "stopped unexpectedly" in reading.document.reason and "left alone" in reading.document.reason
        assert (reading.size, reading.mtime_ns) == (5, 1_000_000_000) and reading.sha256
    assert hostile.pid == child, "nobody read it"

    same_size = tmp_path / "other.txt"
    same_size.write_text("howdy")
    assert readers.read(same_size).document.text == "hello"
    bad.write_text("abort no more")
    assert readers.read(bad).document.text == "hello"


def test_new_readers_try_again(start: Callable[..., CarefulReaders], tmp_path: Path) -> None:
    bad = tmp_path / "bad.txt"
    bad.write_text("abort")
    readers = start()
    said = [readers.read(bad).document.reason for _ in range(4)]
    assert ["left alone" in reason for reason in said] == [False, False, True, True]
    assert "left alone" not in start("2").read(bad).document.reason


def test_one_good_reading_wipes_the_slate(
    start: Callable[..., CarefulReaders], hostile: Readers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = tmp_path / "bad.txt"
    bad.write_text("abort")
    readers = start()
    for _ in range(2):
        readers.read(bad)
    well = Readers()
    monkeypatch.setattr(readers, "_readers", well)
    assert readers.read(bad).document.text == "abort"
    well.close()
    monkeypatch.setattr(readers, "_readers", hostile)
    assert "left alone" not in readers.read(bad).document.reason


def test_what_cannot_be_opened_is_said_as_before(start: Callable[..., CarefulReaders], tmp_path: Path) -> None:
    from core.errors import FileProblem

    with pytest.raises(FileProblem, match="no longer there"):
        start().read(tmp_path / "gone.txt")

"""The reader process: one bad file costs one file, and nothing is left behind."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import FileProblem, SetupProblem
from core.index.reading import sandbox
from core.index.reading.readers import Readers
from core.index.reading.sandbox import environment

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals and file names")


@pytest.fixture
def readers() -> Iterator[Readers]:
    made = Readers()
    yield made
    made.close()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rsplit(")", 1)[1].split()[0] == "Z")


def test_the_hash_is_of_what_was_read(readers: Readers, tmp_path: Path) -> None:
    path = tmp_path / "노트 1.md"
    path.write_text("# 겨울\n눈이 왔다.", encoding="utf-8")
    reading = readers.read(path)
    assert (reading.document.outcome, reading.document.title) == ("ok", "겨울")
    assert reading.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (reading.size, reading.mtime_ns) == (path.stat().st_size, path.stat().st_mtime_ns)


@posix
def test_a_name_that_is_no_utf8(readers: Readers, tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    try:
        Path(os.fsdecode(name)).write_bytes(b"hello")
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    assert readers.read(Path(os.fsdecode(name))).document.text == "hello"


def test_gone_forbidden_and_folders_are_said_in_words(readers: Readers, tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="no longer there"):
        readers.read(tmp_path / "gone.md")
    with pytest.raises(FileProblem, match=r"folder|not a file|may not be read"):
        readers.read(tmp_path)
    if os.name == "posix":
        fifo = tmp_path / "pipe.txt"
        os.mkfifo(fifo)
        with pytest.raises(FileProblem, match="not a file"):
            readers.read(fifo)
    if hasattr(os, "geteuid") and os.geteuid() != 0:
        shut = tmp_path / "shut.md"
        shut.write_text("x")
        shut.chmod(0)
        with pytest.raises(FileProblem, match="may not be read"):
            readers.read(shut)


def test_unsupported_and_too_large_files_are_not_read(readers: Readers, tmp_path: Path) -> None:
    for name, size in (("film.mkv", 10), ("huge.txt", 20_000_001)):
        path = tmp_path / name
        with path.open("wb") as file:
            file.truncate(size)
        reading = readers.read(path)
        assert (reading.document.outcome, reading.sha256, reading.size) == ("unsupported", "", size)
        assert reading.document.reason


@posix
def test_a_killed_reader_costs_one_file(readers: Readers, tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("hello")
    readers.read(path)
    first = readers.pid
    assert first
    os.kill(first, 9)
    assert readers.read(path).document.outcome in ("ok", "failed")
    assert readers.read(path).document.text == "hello"
    assert readers.pid != first


def test_a_file_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    slow, quick = tmp_path / "slow.md", tmp_path / "quick.md"
    slow.write_text("word *a* [b](c) `d` " * 900_000)
    quick.write_text("hello")
    readers = Readers(wall_seconds=1.5)
    try:
        readers.read(quick)
        start = time.perf_counter()
        reading = readers.read(slow)
        assert time.perf_counter() - start < 60
        assert reading.document.outcome == "failed"
        assert "longer than" in reading.document.reason
        assert readers.read(quick).document.text == "hello"
    finally:
        readers.close()


def test_the_child_is_replaced_after_so_many_files(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("hello")
    readers = Readers(recycle_after=3)
    try:
        pids = {readers.pid for _ in range(7) if readers.read(path).document.text == "hello"}
        assert len(pids - {None}) >= 2
    finally:
        readers.close()


def test_threads_take_turns(readers: Readers, tmp_path: Path) -> None:
    paths = [tmp_path / f"{n}.txt" for n in range(40)]
    for number, path in enumerate(paths):
        path.write_text(f"number {number}")
    said: dict[int, str] = {}

    def some(first: int) -> None:
        for number in range(first, 40, 4):
            said[number] = readers.read(paths[number]).document.text

    threads = [threading.Thread(target=some, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == {n: f"number {n}" for n in range(40)}


def test_closing_gives_the_file_up_without_blaming_it(tmp_path: Path) -> None:
    slow = tmp_path / "slow.txt"
    slow.write_text("sleep")
    readers = Readers(module="tests.index.hostile_reader")
    slow_is_read = threading.Timer(0.5, readers.close)
    slow_is_read.start()
    with pytest.raises(SetupProblem, match="being stopped"):
        readers.read(slow)
    slow_is_read.join()
    with pytest.raises(SetupProblem):
        readers.read(slow)
    assert readers.pid is None


@posix
@pytest.mark.parametrize("busy", [False, True])
def test_nothing_is_left_when_the_parent_is_killed(tmp_path: Path, busy: bool) -> None:
    if busy and sys.platform != "linux":
        pytest.skip("elsewhere the reader notices after two minutes")
    (tmp_path / "a.txt").write_text("hello")
    (tmp_path / "b.txt").write_text("hang" if busy else "hello")
    code = (
        "import sys; from pathlib import Path; from core.index.reading.readers import Readers\n"
        "r = Readers(module='tests.index.hostile_reader'); r.read(Path('a.txt')); print(r.pid, flush=True)\n"
        "r.read(Path('b.txt')); sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path, env=environment()
    )
    assert parent.stdin
    assert parent.stdout
    child = int(parent.stdout.readline())
    assert alive(child)
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 60
    while alive(child) and time.monotonic() < deadline:
        threading.Event().wait(0.02)
    assert not alive(child)
    parent.stdin.close()
    parent.stdout.close()


@pytest.mark.skipif(sys.platform != "linux", reason="address space limits bind on Linux")
def test_the_limits_are_in_force(readers: Readers, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("hello")
    readers.read(path)
    limits = Path(f"/proc/{readers.pid}/limits").read_text()
    wanted = {
        "Max address space": str(sandbox.MEMORY),
        "Max file size": "0",
        "Max open files": "64",
        "Max core file size": "0",
    }
    for name, most in wanted.items():
        line = next(line for line in limits.splitlines() if line.startswith(name))
        assert line.removeprefix(name).split()[:2] == [most, most]


def test_many_files_are_read_by_one_process(readers: Readers, tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("# Title\n\nOne paragraph with a [[link]].\n\n- item\n")
    readers.read(path)
    child = readers.pid
    for _ in range(100):
        readers.read(path)
    assert readers.pid == child

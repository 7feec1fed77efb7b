"""What a reader may not do, tried for real by a hostile one (hostile_reader.py)."""

from __future__ import annotations

import os
import platform
import re
import shutil
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from core.index.reading import reader_child, sandbox, seccomp
from core.index.reading.readers import Readers, Reading
from core.index.recognising import ocr_child

HOSTILE = "tests.index.hostile_reader"
ENOUGH_S = 60  # far above the limits under test, for a busy machine; what is not stopped never ends
linux = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")
posix = pytest.mark.skipif(os.name != "posix", reason="the limits are those of Unix")


class Victim:
    """A hostile reader, and a file to tell it what to do."""

    def __init__(self, folder: Path, **limits: float) -> None:
        self.file = folder / "order.txt"
        self.readers = Readers(module=HOSTILE, **limits)  # type: ignore[arg-type]

    def told(self, deed: str, argument: str = "") -> Reading:
        self.file.write_text(f"{deed}\n{argument}")
        return self.readers.read(self.file)

    def says(self, deed: str, argument: str = "") -> str:
        return self.told(deed, argument).document.text


@pytest.fixture
def victim(tmp_path: Path) -> Iterator[Victim]:
    made = Victim(tmp_path)
    yield made
    made.readers.close()


@pytest.fixture
def impatient(tmp_path: Path) -> Iterator[Victim]:
    made = Victim(tmp_path, wall_seconds=2.0)
    yield made
    made.readers.close()


# ---- walls


@linux
def test_the_walls_stand_here_or_are_said_to_be_missing(walls: sandbox.Walls) -> None:
    said = sandbox.protection()
    assert said.startswith("Files are read in a process of their own") and said.endswith(".")
    standing = walls.seccomp, walls.seccomp, walls.seccomp, bool(walls.landlock)
    for way, kept in zip(
        ("the network", "other programs", "changing files", "your other files"), standing, strict=True
    ):
        assert (way in said.partition("This system cannot")[0]) == kept, way


@pytest.fixture(scope="module")
def walls() -> sandbox.Walls:
    code = "from core.index.reading import sandbox; w = sandbox.confine(); print(w.landlock, int(w.seccomp))"
    done = subprocess.run(
        [sys.executable, "-c", code], env=sandbox.environment(), capture_output=True, text=True, check=True
    )
    landlock, filtered = map(int, done.stdout.split())
    return sandbox.Walls(landlock, bool(filtered))


def test_what_is_said_of_other_machines() -> None:
    every = ["your other files", "changing files", "the network", "other programs"]
    assert sandbox.described(every).endswith("; this system offers Moa no further walls around it.")
    assert sandbox.described([]).endswith("kept from your other files, changing files, the network and other programs.")
    without_landlock = sandbox.described(every[:1])
    assert "kept from changing files, the network and other programs." in without_landlock
    assert without_landlock.endswith("This system cannot keep it from your other files.")


@linux
def test_without_landlock_the_rest_stands(walls: sandbox.Walls) -> None:
    if not walls.seccomp:
        pytest.skip("this system has no seccomp filter")
    # A first filter answers for Landlock's calls as an old kernel does.
    code = (
        "import ctypes; from core.index.reading import sandbox, seccomp; libc = ctypes.CDLL(None)\n"
        "seccomp.no_new_privileges(libc); seccomp.install(libc)\n"
        "print(sandbox.confine(), sandbox._trial())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=sandbox.environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout == "Walls(landlock=0, seccomp=True) ['your other files']\n"


@linux
def test_no_other_file_can_be_read(victim: Victim, walls: sandbox.Walls, tmp_path: Path) -> None:
    if not walls.landlock:
        pytest.skip("this kernel has no Landlock")
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    for path in ("/etc/passwd", str(secret), str(Path(__file__)), f"/proc/{os.getpid()}/environ"):
        assert victim.says("read", path) == "refused EACCES", path
    for path in ("/", str(tmp_path), str(Path.home())):
        assert victim.says("list", path) == "refused EACCES", path
    assert victim.says("read", str(Path(sandbox.__file__))) == "done", "Moa's own modules load when first needed"


@linux
def test_nothing_on_disk_can_be_changed(victim: Victim, walls: sandbox.Walls, tmp_path: Path) -> None:
    if not walls.seccomp:
        pytest.skip("this system has no seccomp filter")
    mine = tmp_path / "mine.txt"
    mine.write_text("mine")
    before = mine.stat()
    for deed in ("write", "append", "truncate", "delete", "chmod", "touch", "rename"):
        assert victim.says(deed, str(mine)) == "refused EACCES", deed
    for deed in ("write", "folder"):
        assert victim.says(deed, str(tmp_path / "new")) == "refused EACCES", deed
    assert mine.stat() == before and mine.read_text() == "mine"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine.txt", "order.txt"]


@linux
def test_no_network(victim: Victim, walls: sandbox.Walls, tmp_path: Path) -> None:
    if not walls.seccomp:
        pytest.skip("this system has no seccomp filter")
    with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp, socket.socket(socket.AF_UNIX) as unix:
        for s, address in ((tcp, ("127.0.0.1", 0)), (udp, ("127.0.0.1", 0)), (unix, str(tmp_path / "socket"))):
            s.bind(address)
        tcp.listen()
        unix.listen()
        udp.setblocking(False)
        assert victim.says("tcp", str(tcp.getsockname()[1])) == "refused EACCES"
        assert victim.says("tcp in c", "") == "refused EACCES"
        assert victim.says("udp", str(udp.getsockname()[1])) == "refused EACCES"
        assert victim.says("unix", str(tmp_path / "socket")) == "refused EACCES"
        assert victim.says("ring") == "refused ENOSYS"
        with pytest.raises(BlockingIOError):
            udp.recv(10)


@linux
def test_a_program_that_is_not_ours_gets_the_same_walls(walls: sandbox.Walls, tmp_path: Path) -> None:
    if not walls.landlock or not walls.seccomp:
        pytest.skip("this system has no walls")
    cat = shutil.which("cat")
    secret, open_folder = tmp_path / "secret.txt", tmp_path / "models"
    open_folder.mkdir()
    secret.write_text("secret")
    (open_folder / "model").write_text("model")

    def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-P", "-B", "-m", ocr_child.__name__, program, str(open_folder), *arguments],
            env=sandbox.environment(), capture_output=True, text=True, check=False, input="from the pipe",
        )  # fmt: skip

    assert cat and run(cat).stdout == "from the pipe" and run(cat, str(open_folder / "model")).stdout == "model"
    assert "secret" not in run(cat, str(secret)).stdout
    for program, argument in (("touch", str(open_folder / "new")), ("env", cat), ("sh", "-c 'cat /dev/null'")):
        other = shutil.which(program)
        assert other and run(other, argument).returncode != 0, program
    assert not (open_folder / "new").exists()


def test_no_other_program(victim: Victim, walls: sandbox.Walls) -> None:
    if not walls.seccomp:
        pytest.skip("this system has no seccomp filter")
    assert victim.says("hello") == "hello"
    first = victim.readers.pid
    assert first
    assert victim.says("fork bomb") == "refused EACCES"
    assert victim.says("run", "/bin/true") == "refused EACCES"
    assert victim.says("kill parent") == "refused EACCES"
    assert psutil.Process(first).children() == []
    assert victim.readers.pid == first, "what was refused leaves the reader as it was"


def test_the_filters_numbers_are_those_of_the_system() -> None:
    headers = (Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"), Path("/usr/include/asm-generic/unistd.h"))
    if not all(h.exists() for h in headers):
        pytest.skip("the kernel's headers are not installed (apt-get install linux-libc-dev)")
    for column, header in enumerate(headers):
        text = header.read_text()
        numbers = {name: int(n) for name, n in re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", text)}
        for name, pair in {**seccomp.REFUSED, **seccomp.EXAMINED}.items():
            # open(2) and its like are in the generic list under another heading, for old machines.
            wanted = numbers.get(name, 0) if column == 0 or pair[1] else 0
            assert pair[column] == wanted, (header.name, name)
        for name, number in seccomp.NEW_ALLOWED.items():
            assert numbers[name] == number


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_program_is_one_the_kernel_takes(machine: str) -> None:
    code = seccomp.program(machine, 1)
    steps = list(struct.iter_unpack("=HBBI", code))
    assert 0 < len(steps) < 4096
    for at, (op, if_met, if_not, _) in enumerate(steps):
        assert op == 0x06 or at + 1 + max(if_met, if_not) < len(steps), "a jump past the end"
    assert seccomp.program("riscv64", 1) == b""


def test_the_program_decides_as_meant() -> None:
    refused, missing, allowed, killed = 0x5000D, 0x50026, 0x7FFF0000, 0x80000000
    for machine, column, arch in (("x86_64", 0, 0xC000003E), ("aarch64", 1, 0xC00000B7)):
        cases: list[tuple[int, int, tuple[int, ...], int]] = [
            (arch, pair[column], (), refused) for pair in seccomp.REFUSED.values() if pair[column]
        ]
        cases += [(arch, number, (), allowed) for number in seccomp.NEW_ALLOWED.values()]
        examined = {name: pair[column] for name, pair in seccomp.EXAMINED.items()}
        cases += [
            (arch, 435, (), missing), (arch, 425, (), missing), (arch, 9999, (), missing), (1, 0, (), killed),
            (arch, 0x40000000 + 41, (), missing),
            (arch, examined["clone"], (0x11,), refused), (arch, examined["clone"], (0x3D0F00,), allowed),
            (arch, examined["tgkill"], (77,), allowed), (arch, examined["tgkill"], (1,), refused),
            (arch, examined["prlimit64"], (0,), allowed), (arch, examined["prlimit64"], (1,), refused),
            (arch, examined["openat"], (0, 0, os.O_RDONLY | 0x80000), allowed),
            *((arch, examined["openat"], (0, 0, f), refused) for f in (1, 2, 0x40, 0x200)),
        ]  # fmt: skip
        if machine == "x86_64":
            cases += [(arch, 2, (0, 0), allowed), (arch, 2, (0, 1), refused)]
            cases += [(arch, n, (), allowed) for n in (0, 1, 9, 202, 231)]  # read, write, mmap, futex, exit_group
        else:
            cases += [(arch, n, (), allowed) for n in (63, 64, 222, 98, 94)]
        for arch_, number, arguments, answer in cases:
            assert _run(seccomp.program(machine, 77), arch_, number, arguments) == answer, (machine, number, arguments)


def _run(code: bytes, arch: int, number: int, arguments: tuple[int, ...]) -> int:
    """What the kernel makes of a system call: the five instructions the filter is made of."""
    data = struct.pack("=iIQ6Q", number, arch, 0, *arguments, *(0,) * (6 - len(arguments)))
    steps = list(struct.iter_unpack("=HBBI", code))
    at = held = 0
    while True:
        op, if_met, if_not, value = steps[at]
        at += 1
        if op == 0x20:
            (held,) = struct.unpack_from("=I", data, value)
        elif op == 0x06:
            return int(value)
        else:
            met = {0x15: held == value, 0x35: held >= value, 0x45: bool(held & value)}[op]
            at += if_met if met else if_not


# ---- limits


@posix
@pytest.mark.parametrize("deed", ["memory", "native memory"])
def test_memory_runs_out_for_the_reader_alone(victim: Victim, deed: str) -> None:
    if sys.platform != "linux" and deed == "native memory":
        pytest.skip("macOS keeps no such limit")
    reading = victim.told(deed)
    if deed == "memory":
        assert (reading.document.outcome, reading.fault) == ("failed", False)
        assert "1.5 GB of memory" in reading.document.reason
    else:
        assert reading.document.text == "refused ENOMEM"
    assert victim.says("hello") == "hello"


@posix
@pytest.mark.parametrize("deed", ["spin", "spin on threads"])
def test_work_without_end_is_stopped(victim: Victim, deed: str) -> None:
    start = time.monotonic()
    reading = victim.told(deed)
    assert time.monotonic() - start < ENOUGH_S
    assert (reading.document.outcome, reading.fault) == ("failed", True)
    assert "seconds of work" in reading.document.reason
    assert victim.says("hello") == "hello"


@posix
def test_processor_time_is_counted_for_each_file(tmp_path: Path) -> None:
    if not Path("/proc/self/limits").exists():
        pytest.skip("needs /proc")
    (tmp_path / "a.txt").write_text("hello")
    readers = Readers()
    readers.read(tmp_path / "a.txt")
    limits = Path(f"/proc/{readers.pid}/limits").read_text()
    readers.close()
    line = next(li for li in limits.splitlines() if li.startswith("Max cpu time"))
    soft, hard = line.split()[3:5]
    assert reader_child.CPU_SECONDS <= int(soft) <= reader_child.CPU_SECONDS + 3 and hard == "unlimited"


@pytest.mark.parametrize("deed", ["hang", "flood", "sleep"])
def test_what_takes_too_long_is_stopped(impatient: Victim, deed: str) -> None:
    start = time.monotonic()
    reading = impatient.told(deed)
    assert time.monotonic() - start < ENOUGH_S
    assert (reading.document.outcome, reading.fault) == ("failed", True)
    # By the wall clock. Once in thirty runs a virtual machine charged 30 seconds of work for less than two.
    assert re.search(r"(longer than 2|more than 30) seconds .*and was stopped", reading.document.reason)
    assert reading.sha256 and reading.size == impatient.file.stat().st_size
    assert impatient.says("hello") == "hello"


@posix
@pytest.mark.parametrize("deed", ["crash", "abort"])
def test_a_crash_costs_one_file(victim: Victim, deed: str) -> None:
    reading = victim.told(deed)
    assert (reading.document.outcome, reading.fault) == ("failed", True)
    assert "stopped unexpectedly" in reading.document.reason
    assert victim.says("hello") == "hello"


@pytest.mark.parametrize("deed", ["garble", "lie"])
def test_an_answer_that_is_none(impatient: Victim, deed: str) -> None:
    reading = impatient.told(deed)
    assert (reading.document.outcome, reading.fault) == ("failed", True)
    assert reading.document.reason
    assert impatient.says("hello") == "hello"


def test_nesting_without_end(victim: Victim) -> None:
    assert "nested too deeply" in victim.told("recurse").document.reason
    assert victim.says("hello") == "hello"


def test_a_bug_in_a_reader_is_said_to_be_one(victim: Victim) -> None:
    reading = victim.told("bug")
    assert (reading.document.outcome, reading.fault) == ("failed", False)
    assert "Moa's reader failed on it (KeyError)" in reading.document.reason
    assert victim.says("hello") == "hello"


def test_text_is_bounded(victim: Victim) -> None:
    long = victim.told("blocks")
    assert len(long.document.blocks) == reader_child.MAX_TEXT // 999
    assert "first 20 million characters" in long.document.warnings[0]
    # One block larger than the limit, of characters that JSON writes as six bytes.
    assert victim.told("say", "x" * 50).document.text == ""
    assert victim.says("hello") == "hello"


@posix
def test_few_files_are_open(victim: Victim) -> None:
    assert victim.says("open many") == "refused EMFILE"
    assert victim.says("hello") == "hello"


# ---- what it may


@linux
def test_parsers_load_inside_the_walls() -> None:
    code = (
        "from core.index.reading import sandbox; sandbox.limit(); sandbox.confine()\n"
        "import core.text.notes.markdown, core.text.web.html, core.text.pages.pdf\n"
        "import zoneinfo, mimetypes, sqlite3, decimal, zlib\n"
        "zoneinfo.ZoneInfo('Asia/Seoul'); mimetypes.guess_type('a.html'); import threading\n"
        "t = threading.Thread(target=print, args=('fine',)); t.start(); t.join()"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-B", "-c", code], env=sandbox.environment(), capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == ("fine\n", 0), done.stderr
    assert platform.machine()

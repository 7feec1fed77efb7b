"""What a process that parses strangers' files may still do: limits everywhere, walls around it on Linux.

Knows nothing of readers or formats. `limit`, `confine` and `allow_cpu` are called by such a process on itself and
cannot be taken back; `protection` is for whoever wants to know what holds on this machine.

A parser for PDF or Office files is large and has a hole now and then (pypdf: an advisory a month; PDFium:
use-after-free). So the reader gets a file's bytes from its parent, opens none itself, and answers with text:

    Landlock (Linux 5.13)   reads only Python's own folders; no write, no new file, from ABI 4 no TCP, from 6 no signals
    seccomp (x86_64, arm64) no sockets, no other programs, nothing opened for writing, no rights or names changed
    rlimits (Unix)          memory, processor time, open files, no file larger than nothing, no core dump

Neither needs root. Landlock tells paths apart and seccomp cannot; seccomp stops UDP, chmod and fork, which Landlock
leaves alone. Both and the limits take 1.2 ms. Where the kernel has neither, and on macOS and Windows, the limits and
the parent's clock remain; `protection` says so.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import core
from core.index.reading import seccomp

MEMORY = 1536 << 20
"""Bytes of address space: the largest file taken (300 MB) and its objects, and still no desktop comes to a halt."""
OPEN_FILES = 64

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every machine
_ASK_VERSION, _PATH_BENEATH = 1, 1
_EXECUTE, _READ_FILE, _READ_FOLDER = 1 << 0, 1 << 2, 1 << 3
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_ALL_FILE_RIGHTS = (1 << 16) - 1
_TCP, _SCOPES = 3, 3
# What loading a library, a time zone or a random number takes; folders with all that is in them.
_SYSTEM = (
    "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/nix/store", "/gnu/store",
    "/home/linuxbrew/.linuxbrew/Cellar",
    "/usr/share/zoneinfo", "/etc/localtime", "/etc/ld.so.cache", "/etc/mime.types", "/dev/null", "/dev/urandom",
)  # fmt: skip
_TRIAL_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Walls:
    """What `confine` could put up. `landlock` is the kernel's ABI version, 0 where there is none."""

    landlock: int = 0
    seccomp: bool = False


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def limit(memory: int = MEMORY) -> None:
    """Memory (bytes), open files, written bytes, core dumps; on macOS also new processes. Nothing on Windows."""
    if sys.platform == "win32":
        return
    import resource

    wanted = [(resource.RLIMIT_AS, memory), (resource.RLIMIT_FSIZE, 0)]
    wanted += [(resource.RLIMIT_NOFILE, OPEN_FILES), (resource.RLIMIT_CORE, 0)]
    if sys.platform == "darwin":
        wanted.append((resource.RLIMIT_NPROC, 0))  # Linux counts threads as well, and has seccomp
    for what, most in wanted:
        with contextlib.suppress(OSError, ValueError):  # macOS refuses some; the others and the clock still hold
            resource.setrlimit(what, (most, most))


def allow_cpu(seconds: int) -> None:
    """From now on so much processor time, all threads together; then Unix ends the process (SIGXCPU)."""
    if sys.platform == "win32":
        return
    import resource

    # The soft limit only, since a hard one could not be raised again for the next file. Whole seconds.
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(time.process_time()) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def confine() -> Walls:
    """Put up the walls this system offers around this process, which must have one thread. Never raises."""
    if sys.platform != "linux":
        return Walls()
    libc = ctypes.CDLL(None, use_errno=True)
    seccomp.no_new_privileges(libc)
    landlock = _landlock(libc, _libraries())  # first: the filter refuses its calls
    return Walls(landlock, seccomp.install(libc))


def confine_program(program: Path, readable: Iterable[Path]) -> Walls:
    """As `confine`, for a process that is about to become `program`, which may read the `readable` folders and the
    system's libraries, and run nothing but itself."""
    if sys.platform != "linux":
        return Walls()
    libc = ctypes.CDLL(None, use_errno=True)
    seccomp.no_new_privileges(libc)
    # The loader of shared libraries is a program too, and lies among them.
    loaders = [path for path in map(Path, _SYSTEM) if "lib" in path.name]
    landlock = _landlock(libc, [*readable, *map(Path, _SYSTEM)], [program, *loaders])
    return Walls(landlock, seccomp.install(libc, becoming=True))


def _landlock(libc: ctypes.CDLL, readable: Iterable[Path], runnable: Iterable[Path] = ()) -> int:
    """Allow reading and running these files and folders and nothing else of the file system; the ABI version, 0 if
    that failed."""
    version = int(libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(_ASK_VERSION)))
    if version < 1:
        return 0
    rules = _Ruleset(_FILE_RIGHTS.get(version, _ALL_FILE_RIGHTS), _TCP * (version >= 4), _SCOPES * (version >= 6))
    size = ctypes.c_size_t(24 if version >= 6 else 16 if version >= 4 else 8)
    ruleset = int(libc.syscall(_CREATE_RULESET, ctypes.byref(rules), size, ctypes.c_uint(0)))
    if ruleset < 0:
        return 0
    try:
        for path in readable:
            _allow(libc, ruleset, path)
        for path in runnable:
            _allow(libc, ruleset, path, _EXECUTE)
        return version if libc.syscall(_RESTRICT_SELF, ruleset, ctypes.c_uint(0)) == 0 else 0
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path, more: int = 0) -> None:
    try:
        parent = os.open(path, getattr(os, "O_PATH", 0) | os.O_CLOEXEC)
    except OSError:
        return  # most systems lack some of these
    try:
        rights = _READ_FILE | (_READ_FOLDER if path.is_dir() else 0) | more
        libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(_Beneath(rights, parent)), ctypes.c_uint(0))
    finally:
        os.close(parent)


def _libraries() -> list[Path]:
    """Where Python, its packages and shared libraries lie. Of Moa itself only the engine: the folder around it may
    hold anything. So may entries of a search path, which a user can set to their home folder: by their names only."""
    prefixes = {sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix}
    paths = [Path(p) for p in (*sys.path, *os.environ.get("LD_LIBRARY_PATH", "").split(":"))]
    named = [p for p in paths if p.name in ("site-packages", "dist-packages", "lib", "lib64")]
    return [*(Path(p) / lib for p in prefixes for lib in ("lib", "lib64")), *named, Path(core.__file__).parent,
            *map(Path, _SYSTEM)]  # fmt: skip


# ---- what holds here


def protection() -> str:
    """One or two sentences on what a process that reads files is kept from on this machine, found out by trying."""
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-B", "-m", "core.index.reading.sandbox"],
            env=environment(), capture_output=True, timeout=_TRIAL_SECONDS, check=True,
        )  # fmt: skip
        open_ways: list[str] = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return "Files could not be read in a process of their own just now; start Moa again."
    return described(open_ways)


def described(open_ways: Sequence[str]) -> str:
    """The sentences for a machine on which these ways of doing harm stay open."""
    # Elsewhere than on Linux the system does not keep a process to its memory.
    limits = "limits of time and memory" if sys.platform == "linux" else "a limit of time"
    said = f"Files are read in a process of their own, with {limits}"
    closed = [way for way in _WAYS if way not in open_ways]
    if not closed:
        return f"{said}; this system offers Moa no further walls around it."
    said += f", kept from {_listed(closed)}."
    return f"{said} This system cannot keep it from {_listed(open_ways)}." if open_ways else said


def environment() -> dict[str, str]:
    """For a child process that imports this very copy of Moa."""
    known = os.environ.get("PYTHONPATH")
    root = str(Path(core.__file__).resolve().parent.parent)
    return {**os.environ, "PYTHONPATH": os.pathsep.join([root, *([known] if known else [])])}


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _read_elsewhere() -> None:
    list(Path(Path.home().anchor).iterdir())


def _open_a_socket() -> None:
    # Of this machine's kind: what refuses it refuses every kind, and Moa opens none of the internet's, not even here.
    socket.socket(getattr(socket, "AF_UNIX", socket.AF_INET)).close()


def _start_another() -> None:
    if not hasattr(os, "fork"):
        subprocess.run([sys.executable, "-c", ""], check=True)
        return
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)


def _change_a_file() -> None:
    os.close(os.open(os.devnull, os.O_RDWR))


_WAYS = {
    "your other files": _read_elsewhere,
    "changing files": _change_a_file,
    "the network": _open_a_socket,
    "other programs": _start_another,
}


def _trial() -> list[str]:
    """Confine this process and try; returns what is still possible."""
    limit()
    confine()
    possible = []
    for way, attempt in _WAYS.items():
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            attempt()
            possible.append(way)
    return possible


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_trial()))

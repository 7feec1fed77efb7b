"""A reader process whose parser does what the file says: `python -m tests.index.hostile_reader`.

All but the parser, and one second of processor time for thirty, is the real thing. Only the tests start it.
"""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from core.index.reading import reader_child
from core.text import formats
from core.types import Block, Document, Location


def _memory() -> None:
    hoard = []
    while True:
        hoard.append(bytes(1 << 24))  # zeros that take address space, not the machine's memory


def _native_memory() -> None:
    hoard = []
    while True:
        hoard.append(mmap.mmap(-1, 1 << 24))


def _spin() -> None:
    while True:
        pass


def _spin_on_threads() -> None:
    for _ in range(8):
        threading.Thread(target=_spin, daemon=True).start()
    _spin()


def _hang() -> None:
    # In C, where no Python code can interrupt it.
    ctypes.PyDLL(None).sleep(3600)


def _crash() -> None:
    ctypes.string_at(0)


def _abort() -> None:
    os.abort()


def _recurse() -> None:
    _recurse()


def _bug() -> None:
    raise KeyError("a bug of ours")


def _fork_bomb() -> None:
    for _ in range(1000):
        os.fork()


def _run(argument: str) -> None:
    os.execv(argument, [argument])


def _udp(argument: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.sendto(b"secret", ("127.0.0.1", int(argument)))


def _tcp(argument: str) -> None:
    socket.create_connection(("127.0.0.1", int(argument)), timeout=5).close()


def _tcp_in_c(argument: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.socket(socket.AF_INET6, socket.SOCK_STREAM, 0) < 0:
        raise OSError(ctypes.get_errno(), "socket")


def _unix(argument: str) -> None:
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(argument)


def _ring(argument: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(425, 8, ctypes.create_string_buffer(120)) < 0:
        raise OSError(ctypes.get_errno(), "io_uring_setup")


def _kill_parent() -> None:
    os.kill(os.getppid(), 0)


def _flood() -> None:
    while True:
        os.write(1, b"x" * 65536)
        os.write(2, b"x" * 65536)


def _garble() -> None:
    """Write to the pipe that the answer goes through: the only one above the standard ones."""
    for fd in range(3, 64):
        try:
            while True:
                os.write(fd, b"\xff" * 65536)
        except OSError:
            continue


def _lie() -> None:
    """A well-formed message that is no answer, then sleep."""
    for fd in range(3, 64):
        try:
            os.write(fd, (7).to_bytes(8, "big") + b'"hello"')
        except OSError:
            continue
    _hang()


def _open_many() -> None:
    held = [os.open("/dev/null", os.O_RDONLY) for _ in range(100)]
    raise AssertionError(len(held))


DEEDS: dict[str, Callable[[], None]] = {
    "memory": _memory, "native memory": _native_memory, "spin": _spin, "spin on threads": _spin_on_threads,
    "hang": _hang, "crash": _crash, "abort": _abort, "recurse": _recurse, "fork bomb": _fork_bomb,
    "kill parent": _kill_parent, "flood": _flood, "garble": _garble, "lie": _lie, "open many": _open_many,
    "bug": _bug, "sleep": lambda: time.sleep(3600),
}  # fmt: skip
DEEDS_WITH: dict[str, Callable[[str], object]] = {
    "run": _run, "udp": _udp, "tcp": _tcp, "tcp in c": _tcp_in_c, "unix": _unix, "ring": _ring,
    "read": lambda path: Path(path).read_bytes(), "list": os.listdir,
    "write": lambda path: Path(path).write_text("x"), "append": lambda path: Path(path).open("a").close(),
    "truncate": lambda path: os.truncate(path, 0), "delete": os.unlink, "chmod": lambda path: Path(path).chmod(0o777),
    "touch": lambda path: os.utime(path, (0, 0)), "rename": lambda path: Path(path).rename(path + "2"),
    "folder": os.mkdir,
}  # fmt: skip


def read(path: Path, data: bytes, password: str | None = None, encoding: str = "") -> Document:
    """Say hello, or do what the first line says, with the second line as the argument, and say how it went."""
    deed, _, argument = data.decode().partition("\n")
    said = "hello"
    if deed == "say":
        said = argument.strip() * (1 << 20)
    elif deed == "blocks":
        return Document("ok", "text", blocks=tuple(Block("x" * 999, Location()) for _ in range(100_000)))
    elif deed in DEEDS or deed in DEEDS_WITH:
        try:
            DEEDS[deed]() if deed in DEEDS else DEEDS_WITH[deed](argument)
            said = "done"
        except (OSError, AssertionError) as problem:
            said = "refused " + errno.errorcode.get(getattr(problem, "errno", None) or 0, "")
    return Document("ok", "text", blocks=(Block(said, Location()),))


if __name__ == "__main__":
    formats.read = read
    reader_child.CPU_SECONDS = 1
    reader_child.main(sys.argv[1:])

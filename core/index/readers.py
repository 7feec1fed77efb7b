"""Reads files in a child process: one file at a time, with limits of time and memory.

Knows nothing of formats, folders or databases. Parsers meet files from anywhere: one that hangs, crashes or eats
memory costs that one file, and the next is read by a fresh child. The wire is a pair of pipes carrying
length-prefixed JSON (core/index/reader_child.py has the other end); a small note takes about a millisecond.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

import core
from core.errors import FileProblem
from core.text import kind_of
from core.types import Document

WALL_SECONDS = 60.0
RECYCLE_AFTER = 200
_LARGEST_REPLY = 250_000_000
"""Bytes; 20 million characters as JSON stay below it."""


class Request(msgspec.Struct):
    """`path` as the system's own bytes, so that names that are no UTF-8 work (JSON carries them as base64)."""

    path: bytes
    password: str | None


class Reply(msgspec.Struct):
    """`problem` is title and advice of a FileProblem; `retire`: the child ends after this answer."""

    document: Document | None
    sha256: str = ""
    size: int = 0
    mtime_ns: int = 0
    problem: tuple[str, str] | None = None
    retire: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A document and exactly what it was read from. `sha256` (hex) is empty for files that were not read
    (no reader for them, too large) or whose reader died."""

    document: Document
    sha256: str
    size: int
    mtime_ns: int


class _Died(Exception):
    """The child ended before it answered."""


class Readers:
    """A reader process, started when first needed. Safe to call from several threads; they take turns."""

    def __init__(self, wall_seconds: float = WALL_SECONDS, recycle_after: int = RECYCLE_AFTER) -> None:
        self._wall_seconds = wall_seconds
        self._recycle_after = recycle_after
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._served = 0
        self._closed = False

    def read(self, path: Path, password: str | None = None) -> Reading:
        """What `path` says. A file that cannot be parsed is a Document with a reason.

        Raises FileProblem when the file is gone, may not be read, or is no ordinary file.
        """
        with self._lock:
            if self._closed:
                raise RuntimeError("the readers are closed")
            reply = self._answer(path, Request(os.fsencode(path), password))
        if reply.problem:
            raise FileProblem(*reply.problem)
        if reply.document is None:
            raise RuntimeError("a reader answered nothing")
        return Reading(reply.document, reply.sha256, reply.size, reply.mtime_ns)

    def close(self) -> None:
        """End the child; a file being read is given up."""
        child = self._child
        if child is not None:
            child.kill()
        with self._lock:
            self._closed = True
            self._end()

    @property
    def pid(self) -> int | None:
        """The present child's process id."""
        return self._child.pid if self._child else None

    def _answer(self, path: Path, request: Request) -> Reply:
        reason = ""
        for _ in range(2):
            child = self._ready()
            expired = threading.Event()
            timer = threading.Timer(self._wall_seconds, _stop, (child, expired))
            timer.daemon = True
            timer.start()
            try:
                reply = self._exchange(child, request)
            except _Died:
                code = self._end()
                reason = self._why(code, expired.is_set())
                # SIGTERM: its parent thread ended (see reader_child); no fault of the file, so once more.
                if code == -signal.SIGTERM and not expired.is_set():
                    continue
                break
            finally:
                timer.cancel()
            self._served += 1
            if reply.retire or self._served >= self._recycle_after:
                self._end()
            return reply
        return _failed(path, reason)

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is not None:
            self._end()
        if self._child is None:
            self._child, self._served = _start(), 0
        return self._child

    def _exchange(self, child: subprocess.Popen[bytes], request: Request) -> Reply:
        try:
            send(cast(BinaryIO, child.stdin), msgspec.json.encode(request))
            data = receive(cast(BinaryIO, child.stdout))
            if data is None:
                raise _Died
            return msgspec.json.decode(data, type=Reply)
        except (OSError, ValueError, msgspec.DecodeError) as problem:
            raise _Died from problem

    def _end(self) -> int:
        """End the child whatever it does; its exit code."""
        child, self._child = self._child, None
        if child is None:
            return 0
        for pipe in (child.stdin, child.stdout):
            with contextlib.suppress(OSError):
                cast(BinaryIO, pipe).close()
        try:
            return child.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            child.kill()
            return child.wait()

    def _why(self, code: int, timed_out: bool) -> str:
        if timed_out:
            return f"Reading it took longer than {self._wall_seconds:g} seconds and was stopped; split it up."
        return f"The reader stopped unexpectedly (exit {code}), so the file may be damaged; save it again."


def _stop(child: subprocess.Popen[bytes], expired: threading.Event) -> None:
    expired.set()
    child.kill()


def _failed(path: Path, reason: str) -> Reply:
    try:
        found = path.stat()
        size, mtime_ns = found.st_size, found.st_mtime_ns
    except OSError:
        size, mtime_ns = 0, 0
    document = Document("failed", kind_of(path) or "", reason=reason)
    return Reply(document, size=size, mtime_ns=mtime_ns)


def _start() -> subprocess.Popen[bytes]:
    root = str(Path(core.__file__).resolve().parent.parent)
    known = os.environ.get("PYTHONPATH")
    return subprocess.Popen(
        # -P: never import from the folder Moa was started in. -B: the child may not write files.
        [sys.executable, "-P", "-B", "-m", "core.index.reader_child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([root, *([known] if known else [])])},
    )


def send(pipe: BinaryIO, data: bytes) -> None:
    """One message: eight bytes of length, big-endian, then the bytes."""
    pipe.write(len(data).to_bytes(8, "big") + data)
    pipe.flush()


def receive(pipe: BinaryIO) -> bytes | None:
    """The next message, or None when the other end has closed. Raises ValueError for one too large or cut short."""
    head = pipe.read(8)
    if not head:
        return None
    size = int.from_bytes(head, "big")
    if len(head) < 8 or size > _LARGEST_REPLY:
        raise ValueError("a broken message")
    data = pipe.read(size)
    if len(data) < size:
        raise ValueError("a message cut short")
    return data

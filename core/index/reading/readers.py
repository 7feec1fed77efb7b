"""Reads files in a child process: one file at a time, with limits of time, memory and text.

Knows nothing of formats, folders or databases. Parsers meet files from anywhere: one that hangs, crashes, eats
memory or tries to reach out costs that one file, and the next is read by a fresh child. The file is opened here and
its bytes are sent (reader_wire.py); what the child is kept from says sandbox.py.

A child is replaced after 200 files, whatever a library leaks. Starting one takes 110 ms and some more for the formats'
libraries, so its successor is started halfway and warms itself up meanwhile. Measured on two cores: 2.4 ms a note
without a successor, 2.0 with one, 2.1 with a child that is never replaced; the longest wait falls from 157 to 36 ms.
A second child reading at the same time would gain little: chunking, storing and embedding a note takes longer.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from core.errors import FileProblem, SetupProblem
from core.files.content import Content
from core.files.patient import Patience
from core.index.reading.reader_child import CPU_SECONDS, MAX_TEXT
from core.index.reading.reader_wire import Reply, Request, TooLarge, receive, send
from core.index.reading.sandbox import environment
from core.text import formats
from core.text.formats import Format
from core.types import Document

WALL_SECONDS = 60.0
RECYCLE_AFTER = 200
_CHILD = "core.index.reading.reader_child"


@dataclass(frozen=True, slots=True)
class Reading:
    """A document and exactly what it was read from. `sha256` (hex) is empty for files that were not read (no reader
    for them, too large). `fault`: reading it crashed or hung the reader. `picture`: the page that was drawn, as PGM."""

    document: Document
    sha256: str
    size: int
    mtime_ns: int
    fault: bool = False
    picture: bytes = field(default=b"", repr=False)


class _Died(Exception):
    """The child ended before it answered, or answered what no reader answers; `reason` in words where known."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.reason = reason


class Readers:
    """A reader process, started when first needed. Safe to call from several threads; they take turns.

    `module` is what the child runs, and its arguments, formats to load: the tests put hostile readers in.
    `patience` asks for the files' bytes; it is closed with the readers.
    """

    def __init__(
        self, wall_seconds: float = WALL_SECONDS, recycle_after: int = RECYCLE_AFTER, module: str = _CHILD,
        patience: Patience | None = None,
    ) -> None:  # fmt: skip
        self.patience = patience or Patience()
        self._wall_seconds = wall_seconds
        self._recycle_after = recycle_after
        self._module = module
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._successor: subprocess.Popen[bytes] | None = None
        self._served = 0
        self._kinds: set[str] = set()
        self._closed = False

    def read(self, path: Path, password: str | None = None, encoding: str = "") -> Reading:
        """What `path` says; plain text is taken to be in `encoding`, where one is named. A file that cannot be parsed
        is a Document with a reason.

        Raises FileProblem when the file is gone, may not be read, is no ordinary file or, by cause of `Hung`, on a
        share that does not answer; SetupProblem when `close` came meanwhile.
        """
        return self._read(path, Request(os.fsencode(path.name), password, encoding))

    def draw(self, path: Path, page: int, password: str | None = None) -> Reading:
        """A page (from 1) of a PDF as a picture; the document says why when there is none. Raises as `read`."""
        return self._read(path, Request(os.fsencode(path.name), password, page=page))

    def close(self) -> None:
        """End the child; a file being read is given up."""
        self._closed = True
        self.patience.close()
        child = self._child
        if child is not None:
            child.kill()
        with self._lock:
            self._end(kill=True)
            self._child, self._successor = self._successor, None
            self._end(kill=True)

    @property
    def pid(self) -> int | None:
        """The present child's process id."""
        return self._child.pid if self._child else None

    def _read(self, path: Path, request: Request) -> Reading:
        try:
            row = formats.format_of(path)
            with Content(self.patience, path, row.max_bytes + 1 if row else 0) as content:
                return self._read_open(path, row, content, request)
        except OSError as problem:
            raise FileProblem(*_said(path, problem)) from problem

    def _read_open(self, path: Path, row: Format | None, content: Content, request: Request) -> Reading:
        found = content.found
        if not stat.S_ISREG(found.st_mode):
            raise FileProblem(f"{_name(path)} is not a file.", "Choose a file.")
        if row is None or found.st_size > row.max_bytes:
            document = formats.too_large(row, found.st_size) if row else formats.unsupported(path)
            return Reading(document, "", found.st_size, found.st_mtime_ns)
        with self._lock:
            answer = self._answer(path, request, content)
            if isinstance(answer, str):
                document = Document("failed", row.kind, reason=answer)
                return Reading(document, content.sha256(), content.size, found.st_mtime_ns, fault=True)
            self._kinds.add(row.kind)
            reply, picture = answer
            return Reading(reply.document, content.sha256(), content.size, found.st_mtime_ns, picture=picture)

    def _answer(self, path: Path, request: Request, content: Content) -> tuple[Reply, bytes] | str:
        """The child's reply and the picture it drew, or why there is none."""
        for last_time in (False, True):
            child = self._ready()
            if self._closed:  # asked after `_ready`: `close` kills the child it sees, or is seen here
                self._end(kill=True)
                raise _stopped()
            clock = _Clock(child, self._wall_seconds)
            try:
                reply, picture = self._exchange(child, clock, request, _pieces(path, content))
            except FileProblem:
                self._end(kill=True)  # it waits for the rest of the file
                raise
            except _Died as died:
                code = self._end(kill=bool(died.reason))
                if self._closed:
                    raise _stopped() from died
                # SIGTERM: its parent thread ended (see reader_child); no fault of the file, so once more.
                if code == -signal.SIGTERM and not clock.expired and not last_time:
                    continue
                return died.reason or self._why(code, clock.expired)
            finally:
                clock.stop()
            self._served += 1
            if reply.retire or self._served >= self._recycle_after:
                self._end()
            return reply, picture
        raise AssertionError("unreachable")

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is not None:
            self._end()
        if self._child is None:
            self._child, self._successor, self._served = self._successor, None, 0
            if self._child is None or self._child.poll() is not None:
                self._end()
                self._child = self._start()
        elif self._successor is None and 0 < self._recycle_after // 2 == self._served:
            self._successor = self._start()
        return self._child

    @staticmethod
    def _exchange(
        child: subprocess.Popen[bytes], clock: _Clock, request: Request, pieces: Iterator[bytes]
    ) -> tuple[Reply, bytes]:
        requests, replies = cast(BinaryIO, child.stdin), cast(BinaryIO, child.stdout)
        try:
            send(requests, msgspec.json.encode(request))
            for number, piece in enumerate(pieces):
                if number:
                    clock.restart()  # a slow share is no fault of the file
                send(requests, piece)
            send(requests, b"")
            requests.flush()
            data = receive(replies)
            if data is None:
                raise _Died
            picture = receive(replies) if request.page else b""
            if picture is None:
                raise _Died
            return msgspec.json.decode(data, type=Reply), picture
        except TooLarge as problem:
            raise _Died(f"It gave more than {MAX_TEXT // 1_000_000} million characters; split it up.") from problem
        except (OSError, ValueError, msgspec.DecodeError) as problem:
            raise _Died from problem

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            # -P: never import from the folder Moa was started in. -B: the child may not write files.
            [sys.executable, "-P", "-B", "-m", self._module, *sorted(self._kinds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(),
            start_new_session=True,  # no terminal to type into
        )

    def _end(self, kill: bool = False) -> int:
        """End the child whatever it does; its exit code."""
        child, self._child = self._child, None
        if child is None:
            return 0
        if kill:
            child.kill()
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
        if code == -getattr(signal, "SIGXCPU", 0):
            return f"Reading it took more than {CPU_SECONDS} seconds of work and was stopped; split it up."
        return f"The reader stopped unexpectedly (exit {code}), so the file may be damaged; save it again."


class _Clock:
    """Kills a child when its time is up."""

    def __init__(self, child: subprocess.Popen[bytes], seconds: float) -> None:
        self.expired = False
        self._child = child
        self._seconds = seconds
        self._timer = self._started()

    def restart(self) -> None:
        self._timer.cancel()
        self._timer = self._started()

    def stop(self) -> None:
        self._timer.cancel()

    def _started(self) -> threading.Timer:
        timer = threading.Timer(self._seconds, self._expire)
        timer.daemon = True
        timer.start()
        return timer

    def _expire(self) -> None:
        self.expired = True
        self._child.kill()


def _pieces(path: Path, content: Content) -> Iterator[bytes]:
    """From the start, also the second time. Raises FileProblem, told apart from a pipe that breaks."""
    try:
        yield from content.pieces()
    except OSError as problem:
        raise FileProblem(*_said(path, problem)) from problem


def _stopped() -> SetupProblem:
    return SetupProblem("Moa is being stopped.", "The file is read at the next start.")


def _name(path: Path) -> str:
    return os.fsencode(path.name).decode("utf-8", "replace")


def _said(path: Path, problem: OSError) -> tuple[str, str]:
    name = _name(path)
    match problem.errno:
        case errno.ENOENT | errno.ENOTDIR:
            return f"{name} is no longer there.", "Look whether it was moved or its disk taken out."
        case errno.EACCES | errno.EPERM:
            return f"{name} may not be read.", "Give yourself permission to read it."
        case errno.EISDIR:
            return f"{name} is a folder, not a file.", "Choose a file."
        case errno.ETIMEDOUT:
            return (
                f"{name} could not be read, because the share it lies on does not answer.",
                "Try again when it is back.",
            )
        case _:
            return f"{name} could not be read ({problem.strerror or problem}).", "Check the disk it lies on."

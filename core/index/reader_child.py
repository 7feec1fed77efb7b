"""The reader process: takes a path from standard input, answers with a Document on standard output.

Knows only core.text and the messages of core.index.readers. Started by `python -m core.index.reader_child`;
ends when standard input closes.

Limits on Unix: 2 GiB of address space, no file written (RLIMIT_FSIZE 0), 64 open files, no core dump. The parent
holds the clock; should it die while a parser hangs in native code, Linux ends the child (PR_SET_PDEATHSIG, which fires
when the *thread* that started it ends, prctl(2)), and elsewhere faulthandler's watchdog does, which needs no GIL.
"""

from __future__ import annotations

import ctypes
import errno
import faulthandler
import hashlib
import os
import signal
import stat
import sys
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import msgspec

from core.index.readers import Reply, Request, receive, send
from core.text import formats
from core.types import Document

_MEMORY = 2 << 30
_OPEN_FILES = 64
_MAX_TEXT = 20_000_000
_ORPHAN_SECONDS = 120
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Answer until standard input closes."""
    requests, replies = _pipes()
    _limit()
    while (data := receive(requests)) is not None:
        faulthandler.dump_traceback_later(_ORPHAN_SECONDS, exit=True)
        reply = answer(msgspec.json.decode(data, type=Request))
        faulthandler.cancel_dump_traceback_later()
        send(replies, msgspec.json.encode(reply))
        if reply.retire:
            return


def answer(request: Request) -> Reply:
    """Read one file; never raises for what is in it or where it is."""
    path = Path(os.fsdecode(request.path))
    try:
        return _read(path, request.password)
    except OSError as problem:
        return Reply(None, problem=_said(path, problem))
    except MemoryError:
        reason = f"Reading it needs more than {_MEMORY >> 30} GB of memory; split it up."
        return Reply(_failed(path, reason), retire=True)
    except RecursionError:
        reason = "It is nested too deeply to be read; save it in a simpler form."
        return Reply(_failed(path, reason), retire=True)


def _read(path: Path, password: str | None) -> Reply:
    # O_NONBLOCK: opening a named pipe must not wait for a writer.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            return Reply(None, problem=(f"{_name(path)} is not a file.", "Choose a file."))
        row = formats.format_of(path)
        if row is None:
            return Reply(formats.unsupported(path), "", found.st_size, found.st_mtime_ns)
        if found.st_size > row.max_bytes:
            return Reply(formats.too_large(row, found.st_size), "", found.st_size, found.st_mtime_ns)
        data = file.read(row.max_bytes + 1)
    document = _bounded(formats.read(path, data, password))
    return Reply(document, hashlib.sha256(data).hexdigest(), len(data), found.st_mtime_ns)


def _bounded(document: Document) -> Document:
    room = _MAX_TEXT
    for kept, block in enumerate(document.blocks):
        room -= len(block.text)
        if room < 0:
            warning = f"Only the first {_MAX_TEXT // 1_000_000} million characters were read."
            return replace(document, blocks=document.blocks[:kept], warnings=(*document.warnings, warning))
    return document


def _failed(path: Path, reason: str) -> Document:
    return Document("failed", formats.kind_of(path) or "", reason=reason, title=_name(path))


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
        case _:
            return f"{name} could not be read ({problem.strerror or problem}).", "Check the disk it lies on."


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """The two pipes, with standard output itself turned away: a library that prints must not garble an answer."""
    replies = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    return sys.stdin.buffer, replies


def _limit() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal reaches children too; the parent decides
    if sys.platform == "win32":
        return
    import resource

    wanted = [(resource.RLIMIT_AS, _MEMORY), (resource.RLIMIT_FSIZE, 0)]
    wanted += [(resource.RLIMIT_NOFILE, _OPEN_FILES), (resource.RLIMIT_CORE, 0)]
    for what, most in wanted:
        try:
            resource.setrlimit(what, (most, most))
        except (OSError, ValueError):
            continue  # macOS refuses some; the others and the clock still hold
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    main()

"""The reader process: takes a file's bytes from standard input, answers with a Document on standard output.

Knows only core.text, the messages of reader_wire.py and the walls of sandbox.py. Started by
`python -m core.index.reading.reader_child [format...]`; ends when standard input closes. Formats named are loaded at
once rather than with their first file: a process that takes over from another is handed those that one had met.

The parent holds the clock; should it die while a parser hangs in native code, Linux ends the child
(PR_SET_PDEATHSIG, which fires when the *thread* that started it ends, prctl(2)), and elsewhere faulthandler's
watchdog does, which needs no GIL.
"""

from __future__ import annotations

import ctypes
import errno
import faulthandler
import os
import signal
import sys
from collections.abc import Iterable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import BinaryIO

import msgspec

from core.index.reading import sandbox
from core.index.reading.reader_wire import LARGEST, Reply, Request, receive, send
from core.text import formats
from core.text.unreadable import Unreadable
from core.types import Document

CPU_SECONDS = 30
MAX_TEXT = 20_000_000
"""Characters."""
_ORPHAN_SECONDS = 120
_PR_SET_PDEATHSIG = 1


def main(kinds: Iterable[str] = ()) -> None:
    """Answer until standard input closes."""
    requests, replies = _pipes()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal reaches children too; the parent decides
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    sandbox.limit()
    sandbox.confine()
    for row in formats.FORMATS:
        if row.kind in kinds:
            import_module(f"core.text.{row.module}")
    while (head := receive(requests)) is not None:
        request = msgspec.json.decode(head, type=Request)
        sandbox.allow_cpu(CPU_SECONDS)
        if sys.platform != "linux":
            faulthandler.dump_traceback_later(_ORPHAN_SECONDS, exit=True)
        reply, *messages = picture(request, requests) if request.page else answer(request, requests)
        faulthandler.cancel_dump_traceback_later()
        for message in messages:
            send(replies, message)
        replies.flush()
        if reply.retire:
            return


def answer(request: Request, pieces: BinaryIO) -> tuple[Reply, bytes]:
    """Read one file, the bytes of which come from `pieces`; the reply, and as a message. Never raises for what is
    in the file."""
    path = Path(os.fsdecode(request.name))
    try:
        # A list of its own, gone when joined: a large file must not lie here twice while it is parsed.
        data = b"".join(iter(lambda: receive(pieces) or b"", b""))
        reply = Reply(_bounded(formats.read(path, data, request.password, request.encoding)))
        encoded = msgspec.json.encode(reply)
        if len(encoded) > LARGEST:
            reason = f"It unpacks to more than {LARGEST // 1_000_000} MB of text; split it up."
            return _failed(path, reason)
    except RecursionError:
        return _failed(path, "It is nested too deeply to be read; save it in a simpler form.")
    except (MemoryError, OSError) as problem:
        if isinstance(problem, MemoryError) or problem.errno == errno.ENOMEM:
            return _failed(path, f"Reading it needs more than {sandbox.MEMORY / 2**30:g} GB of memory; split it up.")
        # A library wanted to open another file, or start a program.
        return _failed(path, f"Reading it takes what readers may not do ({problem.strerror}); save it in another form.")
    except Exception as problem:  # readers answer for any file, so this one is Moa's fault, and says so
        return _failed(path, f"Moa's reader failed on it ({type(problem).__name__}); save it in another form.")
    return reply, encoded


def picture(request: Request, pieces: BinaryIO) -> tuple[Reply, bytes, bytes]:
    """Draw one page; the reply, and as a message, and the picture, empty when that was not possible."""
    path = Path(os.fsdecode(request.name))
    try:
        data = b"".join(iter(lambda: receive(pieces) or b"", b""))
        drawn = formats.picture(path, data, request.password, request.page)
    except Unreadable as problem:
        reply = Reply(Document(problem.outcome, "pdf", reason=problem.reason))
        return reply, msgspec.json.encode(reply), b""
    except (MemoryError, OSError):
        reply, message = _failed(path, f"Drawing its page {request.page} takes more than readers may have.")
        return reply, message, b""
    reply = Reply(Document("ok", "pdf"))
    return reply, msgspec.json.encode(reply), drawn


def _bounded(document: Document) -> Document:
    room = MAX_TEXT
    for kept, block in enumerate(document.blocks):
        room -= len(block.text)
        if room < 0:
            warning = f"Only the first {MAX_TEXT // 1_000_000} million characters were read."
            return replace(document, blocks=document.blocks[:kept], warnings=(*document.warnings, warning))
    return document


def _failed(path: Path, reason: str) -> tuple[Reply, bytes]:
    reply = Reply(Document("failed", formats.kind_of(path) or "", reason=reason), retire=True)
    return reply, msgspec.json.encode(reply)


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """The two pipes, with standard output itself turned away: a library that prints must not garble an answer."""
    replies = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    return sys.stdin.buffer, replies


if __name__ == "__main__":
    main(sys.argv[1:])

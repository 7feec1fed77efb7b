"""The bytes of one file, hashed as they are read. Knows nothing of what the file is.

Every step that may block for ever is a patient one (patient.py); opening, reading and closing a note is one of them.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Generator, Iterator
from types import TracebackType

from core.files.patient import Patience

PIECE = 1 << 20
"""Bytes that are read at once."""


class Content:
    """An open file, at most `most` bytes of it. `found` is what the system said of it when it was opened; what is no
    ordinary file has no bytes. Raises OSError, of which `Hung` is one; `errors.SetupProblem` when Moa is stopped."""

    def __init__(self, patience: Patience, path: str | os.PathLike[str], most: int = 1 << 62) -> None:
        self._patience = patience
        self._path = os.fspath(path)
        self._most = most
        self._first = b""
        self._begin()

    def __enter__(self) -> Content:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def pieces(self) -> Iterator[bytes]:
        """From the start, also the second time."""
        if self.size:
            self._close()
            self._begin()
        while piece := self.next():
            yield piece

    def next(self) -> bytes:
        """What comes next; nothing at the end."""
        piece, self._first = self._first, b""
        if not piece and self._more:
            piece = self._ask()
        self._digest.update(piece)
        self.size += len(piece)
        return piece

    def sha256(self) -> str:
        """In hex, of everything, also where nobody read to the end."""
        while self.next():
            pass
        return self._digest.hexdigest()

    def _begin(self) -> None:
        self._digest, self.size = hashlib.sha256(), 0
        self._file = _read(self._path, self._most)
        self._first = self._ask()

    def _ask(self) -> bytes:
        file, self._more = self._file, False
        said = self._patience.call(self._path, lambda _: next(file), file.close)
        self.found, piece, self._more = said
        return piece

    def _close(self) -> None:
        """One that hangs is closed when the call comes back, one that was read to its end is closed."""
        more, self._more = self._more, False
        if more:
            self._patience.call(self._path, lambda _: self._file.close())


def _read(path: str, most: int) -> Generator[tuple[os.stat_result, bytes, bool]]:
    """Pieces, each with what was found and whether more may come; the file is closed before the last one is told."""
    # O_NONBLOCK: opening a named pipe must not wait for a writer.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb", buffering=0) as file:
        found = os.fstat(file.fileno())
        left = most if stat.S_ISREG(found.st_mode) else 0
        while True:
            piece, wanted = b"", min(PIECE, left)
            while len(piece) < wanted and (more := file.read(wanted - len(piece))):
                piece += more
            left -= len(piece)
            if len(piece) < PIECE:
                break
            yield found, piece, True
    yield found, piece, False

"""The SHA-256 digest of a file's content. Knows nothing of what the file is."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Digest:
    """`sha256` in hex, and the file's size in bytes, time and inode as they were when it was opened."""

    sha256: str
    size: int
    mtime_ns: int
    inode: int


def digest(path: str) -> Digest | None:
    """Of the file at `path`; None when it cannot be read or is no ordinary file."""
    # O_NONBLOCK: opening a named pipe must not wait for a writer.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(path, flags), "rb", buffering=0) as file:
            seen = os.fstat(file.fileno())
            if not stat.S_ISREG(seen.st_mode):
                return None
            return Digest(hashlib.file_digest(file, "sha256").hexdigest(), seen.st_size, seen.st_mtime_ns, seen.st_ino)
    except OSError:
        return None

"""The SHA-256 digest of a file's content. Knows nothing of what the file is."""

from __future__ import annotations

import stat
from dataclasses import dataclass

from core.files.content import Content
from core.files.patient import Hung, Patience


@dataclass(frozen=True, slots=True)
class Digest:
    """`sha256` in hex, and the file's size in bytes, time and inode as they were when it was opened."""

    sha256: str
    size: int
    mtime_ns: int
    inode: int


def digest(path: str, patience: Patience) -> Digest | None:
    """Of the file at `path`; None when it cannot be read or is no ordinary file. Raises `Hung`."""
    try:
        with Content(patience, path) as content:
            seen = content.found
            if not stat.S_ISREG(seen.st_mode):
                return None
            return Digest(content.sha256(), seen.st_size, seen.st_mtime_ns, seen.st_ino)
    except Hung:
        raise
    except OSError:
        return None

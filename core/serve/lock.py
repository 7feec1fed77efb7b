"""The lock that makes one engine a data folder: held by the system for the life of the process.

It knows nothing of engines or sockets. The file itself means nothing: a stale one is taken over.
"""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

from core import errors

HELD = 75
"""Exit code of a process that found the lock held by another (EX_TEMPFAIL of sysexits.h)."""


class Lock:
    """An exclusive lock on the file `path`; the system lets go of it when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd = -1

    def take(self) -> bool:
        """True when this process holds the lock now; False, at once, when another does. Raises OSError."""
        # Not inherited by child processes: one that outlived a killed engine would keep the folder locked.
        cloexec = getattr(os, "O_CLOEXEC", 0)
        try:
            fd = os.open(self._path, os.O_RDWR | os.O_CREAT | cloexec, 0o600)
        except OSError as e:
            if e.errno != errno.EROFS:
                raise
            fd = os.open(self._path, os.O_RDONLY | cloexec)
        try:
            _lock(fd)
        except (BlockingIOError, PermissionError):
            os.close(fd)
            return False
        self._fd = fd
        return True

    def lost(self) -> bool:
        """Whether the file that is held no longer lies at its path: its folder was deleted, renamed or unplugged, and
        another process may hold another file there."""
        try:
            return not os.path.samestat(self._path.stat(), os.fstat(self._fd))
        except FileNotFoundError:
            return True
        except OSError:
            return False  # a disk that does not answer now may answer later

    def release(self) -> None:
        """Let go of the lock, if held. The file stays: removing it would let two processes lock two files."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def held(path: Path) -> bool:
    """Whether some process holds the lock on `path` at this moment. Raises `errors.DataFolderInUse`."""
    lock = Lock(path)
    try:
        if not path.exists():
            return False
        if not lock.take():
            return True
    except PermissionError as e:
        raise errors.DataFolderInUse(
            f"The data folder {path.parent} belongs to another user.", "Choose another with --data DIR or MOA_DATA."
        ) from e
    lock.release()
    return False


if sys.platform == "win32":
    import msvcrt

    def _lock(fd: int) -> None:
        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(fd: int) -> None:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)

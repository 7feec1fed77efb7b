"""Small files written whole: whatever happens, there is the old one or the new one, never a half.

Knows nothing of what is in them.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

from core import errors

FULL = (errno.ENOSPC, errno.EDQUOT) if hasattr(errno, "EDQUOT") else (errno.ENOSPC,)
REFUSED = (errno.EROFS, errno.EACCES, errno.EPERM)


def write(path: Path, content: bytes) -> None:
    """Put `content` in the place of what `path` holds; its folder is made where it is missing. Raises `errors.NoSpace`
    or `errors.SetupProblem`; then nothing has changed."""
    aside = path.with_suffix(".tmp")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            # Some file systems lose a renamed file's content in a power cut unless it was on the disk before.
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as e:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise in_words(path, e) from e


def in_words(path: Path, error: OSError) -> errors.SetupProblem:
    """Why `path` could not be written."""
    if error.errno in FULL:
        return errors.NoSpace(
            f"There is no space left to write {path.name}.", f"Free some space where {path.parent} lies."
        )
    if error.errno in REFUSED:
        return errors.SetupProblem(
            f"{path.name} cannot be written.", f"Give yourself the right to write in {path.parent}."
        )
    return errors.SetupProblem(f"{path.name} could not be written ({error.strerror}).", "Check the disk.")

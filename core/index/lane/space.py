"""Whether there is room to write. Knows nothing of what is written."""

from __future__ import annotations

import shutil
from pathlib import Path

from core import errors

FREE_BYTES = 50 * 2**20


def require_space(folder: Path) -> None:
    """Raise `errors.NoSpace` before the disk is full: both databases need room to stay whole."""
    if shutil.disk_usage(folder).free < FREE_BYTES:
        raise errors.NoSpace(
            f"There is too little space left where {folder} lies, so indexing waits.", "Free some space."
        )

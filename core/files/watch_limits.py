"""Why a folder cannot be watched, in words, with the line that mends it.

Knows what the system's refusals mean, nothing of watching. ENOSPC and EMFILE: inotify_add_watch(2), inotify_init(2).
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

LIMIT = Path("/proc/sys/fs/inotify/max_user_watches")
ENOUGH = 524_288
"""What editors recommend (VS Code, JetBrains); a watch costs about 1 KB of kernel memory, and only when it is set."""

INSTEAD = "Moa looks through it every few minutes instead."


def too_many(root: str, folders: int) -> str:
    """There are more folders in `root` than watches left."""
    limit = _limit()
    allowed = f" allows {limit:,} watched folders for all programs together" if limit else " has no watches left"
    return f"{shown(root)} holds {folders:,} folders, but this system{allowed}. {INSTEAD} {_more(limit)}"


def refused(root: str, problem: OSError) -> str:
    """The system refused to watch `root` at all."""
    title = f"{shown(root)} cannot be watched"
    if problem.errno == errno.ENOSPC:
        return f"{title}: this system allows no more watched folders. {INSTEAD} {_more(_limit())}"
    if problem.errno in (errno.EMFILE, errno.ENFILE):
        mend = "To follow every change: sudo sysctl fs.inotify.max_user_instances=1024"
        return f"{title}: too many programs of yours watch folders or hold files open. {INSTEAD} {mend}"
    return f"{title} ({problem.strerror or problem}). {INSTEAD}"


def quiet(root: str, kind: str) -> str:
    """`root` lies on a file system of a `kind` that does not tell of changes."""
    return f"{shown(root)} lies on another machine or service ({kind}), which does not tell of changes. {INSTEAD}"


def shown(path: str) -> str:
    """A path as text: bytes that are no UTF-8 become replacement characters."""
    return os.fsencode(path).decode("utf-8", "replace")


def _more(limit: int) -> str:
    return f"To follow every change: sudo sysctl fs.inotify.max_user_watches={max(ENOUGH, 2 * limit)}"


def _limit() -> int:
    try:
        return int(LIMIT.read_text())
    except (OSError, ValueError):
        return 0

"""What a walk means for the catalogue: added, suspected of a change, listed otherwise, gone, the same.

Pure: neither the disk nor the database is looked at. A suspicion is settled by whoever reads the file.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from core.files.walk import Found


class Known(NamedTuple):
    """What the catalogue holds of a file, as `Found` had it; `skipped` only when it was a walk that left it out."""

    size: int
    mtime_ns: int
    inode: int
    skipped: str = ""


@dataclass(slots=True)
class Changes:
    """Each path of the walk or of the catalogue is in at most one of these."""

    added: list[Found] = field(default_factory=list)
    suspects: list[Found] = field(default_factory=list)
    """Known, but size, time or inode differ: read it and compare its digest."""
    relisted: list[Found] = field(default_factory=list)
    """Known, and now left out for another reason, or no longer left out."""
    gone: list[str] = field(default_factory=list)
    same: int = 0
    hidden: list[str] = field(default_factory=list)
    """Known, and not to be looked at, or in a folder that could not be opened: neither gone nor the same."""


def compare(found: Iterable[Found], known: Mapping[str, Known]) -> Changes:
    """Sort what was found against what is `known`, by path. Closed folders must be in `found` to shield their files."""
    changes = Changes()
    left = dict(known)
    closed: list[str] = []
    for f in found:
        before = left.pop(f.path, None)
        if f.closed:
            closed.append(f.path)
        if before is None:
            changes.added.append(f)
        elif f.closed and not before.skipped:
            changes.hidden.append(f.path)
        elif before == f[1:5]:
            changes.same += 1
        elif before.skipped != f.skipped:
            changes.relisted.append(f)
        else:
            changes.suspects.append(f)
    # str.startswith takes all of them at once; an empty tuple matches nothing.
    below = tuple(path.rstrip(os.sep) + os.sep for path in closed)
    for path in left:
        (changes.hidden if path.startswith(below) else changes.gone).append(path)
    return changes

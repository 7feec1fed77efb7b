"""What a walk means for the catalogue: added, suspected of a change, gone, the same.

Pure: neither the disk nor the database is looked at. A suspicion is settled by whoever reads the file.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.files.walk import Found


@dataclass(frozen=True, slots=True)
class Known:
    """What the catalogue holds of a file: `size` in bytes, `mtime_ns` in nanoseconds, as `Found` had them."""

    size: int
    mtime_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class Changes:
    """Each path of the walk or of the catalogue is in at most one of these; closed folders themselves are in none."""

    added: tuple[Found, ...] = ()
    suspects: tuple[Found, ...] = ()
    """Known, but size, time or inode differ: read it and compare its digest."""
    gone: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    """Known, and in a folder that could not be opened: neither gone nor the same."""


def compare(found: Iterable[Found], known: Mapping[str, Known]) -> Changes:
    """Sort what was found against what is `known`, by path. Closed folders must be in `found` to shield their files."""
    added: list[Found] = []
    suspects: list[Found] = []
    same: list[str] = []
    seen: set[str] = set()
    closed: list[str] = []
    for f in found:
        if f.closed:
            closed.append(f.path)
            continue
        seen.add(f.path)
        before = known.get(f.path)
        if before is None:
            added.append(f)
        elif before == Known(f.size, f.mtime_ns, f.inode):
            same.append(f.path)
        else:
            suspects.append(f)
    # str.startswith takes all of them at once; an empty tuple matches nothing.
    below = tuple(path.rstrip(os.sep) + os.sep for path in closed)
    missing = [path for path in known if path not in seen]
    hidden = tuple(path for path in missing if path.startswith(below) or path in closed)
    shielded = set(hidden)
    return Changes(
        tuple(added), tuple(suspects), tuple(path for path in missing if path not in shielded), tuple(same), hidden
    )

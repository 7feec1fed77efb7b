"""A data folder that takes nothing: its disk mounted read-only or full, rights taken away. Search goes on.

Knows what SQLite needs for that, and nothing of tables. What an engine must write while it runs lies in a temporary
folder of its owner's. SQLite reads a database beside its write-ahead log only with a shared memory file, which a kill
leaves behind and a copy of the folder may lack; without that, and for a database of an earlier version, a copy in the
temporary folder is folded and migrated, and read. Refused: opening as `immutable` whatever the log holds (measured: 993
of 1,000 rows, and after a kill within a checkpoint a file that contradicts itself).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from core import errors, whole
from core.paths import DataFolder, make_private
from core.store.database import Database, Outdated

START_BYTES = 256 * 1024
"""What a start writes: two shared memory files, a page or two of each log, engine.json."""


def settled(data: DataFolder) -> DataFolder:
    """`data` with the place of what is written while an engine runs: inside, or away when it can only be read.
    Raises `errors.SetupProblem`."""
    if data.run is not None:
        return data
    if _takes(data.root, START_BYTES):
        return replace(data, run=data.root)
    if not data.library.exists():
        raise errors.SetupProblem(
            f"Moa cannot write in its data folder {data.root}, and there is nothing in it to search.",
            "Give yourself the right to write there, or choose another with --data DIR or MOA_DATA.",
        )
    make_private(data.away)
    return replace(data, run=data.away)


def why(data: DataFolder) -> str:
    """A sentence on what is not possible over a frozen data folder, and why."""
    missed = (
        "search and questions go on over what is there, nothing new is indexed, and neither conversations nor settings"
        " are saved."
    )
    if shutil.disk_usage(data.root).free < START_BYTES and os.access(data.root, os.W_OK):
        return f"The disk of {data.root} is full: {missed} Free some space, then stop and start Moa."
    return f"The data folder {data.root} can only be read: {missed}"


def _takes(root: Path, size: int) -> bool:
    """Tried, not asked: what a system says of rights and room is not all that can stand in the way."""
    try:
        with tempfile.TemporaryFile(dir=root) as file:
            file.write(bytes(size))
        return True
    except OSError as e:
        # Of anything else, such as a folder that is not there yet, whoever writes first says more.
        return e.errno not in (*whole.REFUSED, *whole.FULL)


def open_frozen(path: Path, migrations: Sequence[str], away: Path) -> Database:
    """A database of which nothing can be changed; an empty one where there is none. Raises `errors.SetupProblem`."""
    if path.exists() and path.stat().st_size:
        with contextlib.suppress(Outdated):
            return Database(path, migrations, frozen=True)
    copy = away / path.name
    for end in ("", "-wal", "-shm"):
        copy.with_name(copy.name + end).unlink(missing_ok=True)
    _copy(path, copy)
    Database(copy, migrations).close()
    return Database(copy, migrations, frozen=True)


def _copy(path: Path, copy: Path) -> None:
    parts = [path.with_name(path.name + end) for end in ("", "-wal")]
    there = [part for part in parts if part.exists()]
    if shutil.disk_usage(copy.parent).free < 2 * sum(part.stat().st_size for part in there):
        raise errors.NoSpace(
            f"There is too little space in {copy.parent} for a copy of {path.name}, which cannot be read as it lies.",
            "Free some, or have the data folder written again.",
        )
    for part in there:
        shutil.copyfile(part, copy.with_name(copy.name + part.name.removeprefix(path.name)))

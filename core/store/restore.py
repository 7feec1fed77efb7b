"""Opens a precious database, or puts its newest sound copy in its place when it is damaged or missing.

Knows no tables. The damaged file is kept beside it under another name, with its write-ahead log: whoever can salvage
more from it still may. Refused: stopping the start (search and reading need no conversations), and mending the file
in place.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from core.store.backup import Backups
from core.store.database import Damaged, Database
from core.store.frozen import open_frozen

CHECK_S = 1.5
"""As `opening.CHECK_S`."""

log = logging.getLogger(__name__)


def open_precious(path: Path, migrations: Sequence[str], backups: Backups, today: date) -> tuple[Database, str]:
    """The database and, when a copy had to take its place, a sentence that says so. Raises `errors.SetupProblem`."""
    missing = not path.exists() or not path.stat().st_size
    if missing and not backups.copies():
        return _open(path, migrations, backups), ""
    database = None if missing else _sound(path, migrations, backups)
    if database is not None:
        return database, ""
    kept = None if missing else _set_aside(path, today)
    what = "was missing" if missing else f"was damaged (it is kept as {kept})"
    for day, copy in backups.copies():
        _take(copy, path)
        database = _sound(path, migrations, backups)
        if database is not None:
            log.warning("%s %s; %s took its place", path, what, copy)
            return database, f"{path.name} {what}: your conversations are those of {day} again."
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    log.warning("%s %s; there was no sound copy", path, what)
    return _open(path, migrations, backups), f"{path.name} {what}, and there is no sound copy of it: it begins anew."


def open_precious_frozen(path: Path, migrations: Sequence[str], backups: Backups, away: Path) -> tuple[Database, str]:
    """As `open_precious`, where nothing can be written: the file, else its newest sound copy, else an empty one in
    `away`. Raises `errors.SetupProblem`."""
    note = ""
    for place in (path, *(copy for _, copy in backups.copies())):
        try:
            database = open_frozen(place, migrations, away)
        except Damaged:
            note = f"{path.name} is damaged; what could be read of your conversations is shown."
            continue
        if database.intact(CHECK_S):
            return database, note
        database.close()
        note = f"{path.name} is damaged; what could be read of your conversations is shown."
    return open_frozen(away / f"no {path.name}", migrations, away), note


def _open(path: Path, migrations: Sequence[str], backups: Backups) -> Database:
    def before(database: Database, version: int) -> None:
        backups.before_migration(database.copy_to, version)

    return Database(path, migrations, before_migration=before)


def _sound(path: Path, migrations: Sequence[str], backups: Backups) -> Database | None:
    try:
        database = _open(path, migrations, backups)
    except Damaged:
        return None
    if database.intact(CHECK_S):
        return database
    database.close()
    return None


def _set_aside(path: Path, today: date) -> str:
    """Move the damaged file, and what belongs to it, out of the way; the new name."""
    number, name = 1, f"{path.stem}.damaged-{today.isoformat()}{path.suffix}"
    while path.with_name(name).exists():
        number += 1
        name = f"{path.stem}.damaged-{today.isoformat()}-{number}{path.suffix}"
    path.replace(path.with_name(name))
    for end in ("-wal", "-shm"):
        if path.with_name(path.name + end).exists():
            path.with_name(path.name + end).replace(path.with_name(name + end))
    return name


def _take(copy: Path, path: Path) -> None:
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    aside = path.with_suffix(".part")
    shutil.copyfile(copy, aside)
    aside.chmod(0o600)
    aside.replace(path)

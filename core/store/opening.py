"""Opens library.db, or makes it anew when it is damaged or missing.

Knows that everything in it comes from the user's files, but for the list of folders, which `folder_list.py` keeps.
"""

from __future__ import annotations

import logging
import shutil
import time
from pathlib import Path

from core import errors
from core.store import folder_list, schema
from core.store.database import Damaged, Database, damage_marker
from core.store.frozen import open_frozen

CHECK_S = 1.5
"""As long as a start may be held up by looking for damage; SQLite checks some 500 MB in that time."""

TAKEN_UP = "folders"
"""Where a library remembers that it has the folders of folders.json."""

log = logging.getLogger(__name__)


def open_library(path: Path, derived: Path) -> tuple[Database, str]:
    """The database and, when it had to be made anew, a sentence that says so. `derived` is the folder of the vector
    index, which must not outlive the ids in it. Raises `errors.SetupProblem`; a damaged file is moved aside, never
    deleted."""
    marker = damage_marker(path)
    missing = not path.exists() or not path.stat().st_size
    if not missing and not marker.exists():
        try:
            library = Database(path, schema.LIBRARY, rebuilt=True)
        except errors.SetupProblem:
            if not marker.exists():
                raise
        else:
            if library.intact(CHECK_S):
                _take_up(library)
                return library, ""
            library.close()
    return _anew(path, derived, missing)


def open_library_frozen(path: Path, away: Path) -> Database:
    """The database where nothing can be written; what has to be copied to be read is copied to `away`. Raises
    `errors.SetupProblem`."""
    try:
        library = open_frozen(path, schema.LIBRARY, away)
    except Damaged:
        library = None
    if library is not None and library.intact(CHECK_S):
        return library
    if library is not None:
        library.close()
    raise errors.SetupProblem(
        f"{path.name} is damaged, and Moa cannot write in {path.parent} to make it anew.",
        "Give yourself the right to write there, then start Moa again.",
    )


def _anew(path: Path, derived: Path, missing: bool) -> tuple[Database, str]:
    aside = path.with_name(f"{path.stem}.damaged{path.suffix}")
    if not missing:
        path.replace(aside)
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    shutil.rmtree(derived, ignore_errors=True)
    library = Database(path, schema.LIBRARY, rebuilt=True)
    folders = _take_up(library)
    damage_marker(path).unlink(missing_ok=True)
    if missing:
        return library, f"{path.name} was missing; your folders are read again." if folders else ""
    log.warning("%s was damaged; it lies in %s now", path, aside)
    note = f"{path.name} was damaged and is being made anew from your files; conversations are not touched."
    return library, note if folders else f"{note} Add your folders again: their list was lost too."


def _take_up(library: Database) -> bool:
    """Put down the folders of folders.json in a library that has not had them yet: a new one, or one whose making a
    kill cut short. Whether there are any."""
    folders = folder_list.read(library.path.parent)
    with library.write() as c:
        if not c.execute("SELECT 1 FROM meta WHERE key = ?", (TAKEN_UP,)).fetchone():
            if not c.execute("SELECT 1 FROM folder").fetchone():
                c.executemany(
                    "INSERT INTO folder(path, state, collection, added, encoding, ocr)"
                    " VALUES(?, 'watched', ?, ?, ?, ?)",
                    [(f.place, f.collection, time.time(), f.encoding, f.ocr) for f in folders],
                )
            c.execute("INSERT INTO meta(key, value) VALUES(?, '1')", (TAKEN_UP,))
    return bool(folders)

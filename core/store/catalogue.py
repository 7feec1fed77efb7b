"""Folders and files: what is watched, and what is known of each path.

Knows nothing of what a file says; `passages.py` keeps that under the same file ids.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core.store.database import Database
from core.types import FileRow, FileState, FolderRow, FolderState


@dataclass(frozen=True, slots=True)
class Folder:
    """A watched folder as stored."""

    id: int
    path: str
    state: FolderState
    collection: str


@dataclass(frozen=True, slots=True)
class File:
    """A file as stored. `size` in bytes; `recipe` names the readers and sizes its chunks were made with."""

    id: int
    folder: int
    path: str
    state: FileState
    sha256: str
    size: int
    mtime_ns: int
    inode: int
    recipe: str
    reason: str


@dataclass(frozen=True, slots=True)
class Stat:
    """What the disk says of a path without opening it."""

    path: str
    size: int
    mtime_ns: int
    inode: int


_FILE = "id, folder, path, state, sha256, size, mtime_ns, inode, recipe, reason"


def _file(row: tuple[Any, ...]) -> File:
    return File(row[0], row[1], os.fsdecode(row[2]), *row[3:])


class Catalogue:
    """Folders and files in library.db. Every write is one transaction."""

    def __init__(self, database: Database) -> None:
        self.database = database

    # ---- folders

    def folders(self) -> tuple[Folder, ...]:
        """All watched folders, in the order they were added."""
        rows: list[Any] = self.database.read("SELECT id, path, state, collection FROM folder ORDER BY id")
        return tuple(Folder(r[0], os.fsdecode(r[1]), r[2], r[3]) for r in rows)

    def folder_rows(self) -> tuple[FolderRow, ...]:
        """The folders with their number of files, for showing."""
        rows: list[Any] = self.database.read(
            "SELECT d.path, d.state, count(f.id), d.collection FROM folder d"
            " LEFT JOIN file f ON f.folder = d.id GROUP BY d.id ORDER BY d.id"
        )
        return tuple(FolderRow(os.fsdecode(r[0]), r[1], r[2], r[3]) for r in rows)

    def add_folder(self, path: str, collection: str) -> Folder:
        """Watch `path`."""
        with self.database.write() as c:
            id = c.execute(
                "INSERT INTO folder(path, state, collection, added) VALUES(?, 'watched', ?, ?)",
                (os.fsencode(path), os.fsencode(collection).decode(errors="replace"), time.time()),
            ).lastrowid
        return next(f for f in self.folders() if f.id == id)

    def set_folder_state(self, id: int, state: FolderState) -> None:
        """Mark a folder; its files follow it into and out of `unavailable`."""
        with self.database.write() as c:
            c.execute("UPDATE folder SET state = ? WHERE id = ?", (state, id))
            if state == "unavailable":
                c.execute("UPDATE file SET state = 'unavailable' WHERE folder = ? AND state = 'indexed'", (id,))
            else:
                c.execute("UPDATE file SET state = 'indexed' WHERE folder = ? AND state = 'unavailable'", (id,))

    def forget_folder(self, id: int) -> None:
        """Drop a folder's row; its files must be forgotten first (`Passages.forget_files`)."""
        with self.database.write() as c:
            c.execute("DELETE FROM folder WHERE id = ?", (id,))

    # ---- files

    def files_of(self, folder: int) -> dict[str, File]:
        """Every known file of a folder by path."""
        rows = self.database.read(f"SELECT {_FILE} FROM file WHERE folder = ?", (folder,))
        return {f.path: f for f in map(_file, rows)}

    def file(self, path: str) -> File | None:
        """The file at `path`, if it is known."""
        rows = self.database.read(f"SELECT {_FILE} FROM file WHERE path = ?", (os.fsencode(path),))
        return _file(rows[0]) if rows else None

    def file_rows(self, state: str | None = None) -> tuple[FileRow, ...]:
        """Files for showing, by path; all or those in one state."""
        rows: list[Any] = self.database.read(
            "SELECT path, state, reason, sha256, size, mtime_ns, chunks, kind FROM file"
            " WHERE ? IS NULL OR state = ? ORDER BY path",
            (state, state),
        )
        return tuple(FileRow(os.fsdecode(r[0]), *r[1:]) for r in rows)

    def note(self, folder: int, found: Iterable[Stat]) -> None:
        """Put new or suspicious paths down as waiting to be read."""
        with self.database.write() as c:
            c.executemany(
                "INSERT INTO file(folder, path, state, size, mtime_ns, inode) VALUES(?, ?, 'waiting', ?, ?, ?)"
                " ON CONFLICT(path) DO UPDATE SET folder = excluded.folder, state = 'waiting', reason = ''",
                [(folder, os.fsencode(s.path), s.size, s.mtime_ns, s.inode) for s in found],
            )

    def note_skipped(self, folder: int, stat: Stat, reason: str) -> None:
        """Put a path down that is not read, with the reason."""
        with self.database.write() as c:
            c.execute(
                "INSERT INTO file(folder, path, state, reason, size, mtime_ns, inode)"
                " VALUES(?, ?, 'skipped', ?, ?, ?, ?) ON CONFLICT(path) DO UPDATE SET folder = excluded.folder,"
                " state = 'skipped', reason = excluded.reason, size = excluded.size, mtime_ns = excluded.mtime_ns,"
                " inode = excluded.inode",
                (folder, os.fsencode(stat.path), reason, stat.size, stat.mtime_ns, stat.inode),
            )

    def move(self, id: int, folder: int, to: Stat) -> None:
        """The file `id` lies elsewhere now: its chunks and vectors stay as they are."""
        with self.database.write() as c:
            c.execute("DELETE FROM file WHERE path = ? AND id <> ?", (os.fsencode(to.path), id))
            c.execute(
                "UPDATE file SET folder = ?, path = ?, size = ?, mtime_ns = ?, inode = ? WHERE id = ?",
                (folder, os.fsencode(to.path), to.size, to.mtime_ns, to.inode, id),
            )

    def waiting(self, limit: int) -> tuple[File, ...]:
        """Files to be read, newest first: what a person just saved is what they will ask about."""
        rows = self.database.read(
            f"SELECT {_FILE} FROM file WHERE state = 'waiting' ORDER BY mtime_ns DESC LIMIT ?", (limit,)
        )
        return tuple(map(_file, rows))

    def reread(self, recipe: str) -> int:
        """Put down as waiting every file whose chunks were made with another recipe; returns how many."""
        with self.database.write() as c:
            return c.execute(
                "UPDATE file SET state = 'waiting' WHERE recipe <> '' AND recipe <> ? AND state = 'indexed'", (recipe,)
            ).rowcount

    def counts(self) -> dict[str, int]:
        """How many files are in each state."""
        rows: list[Any] = self.database.read("SELECT state, count(*) FROM file GROUP BY state")
        return dict(rows)

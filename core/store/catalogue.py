"""Folders and files: what is watched, and what is known of each path.

Knows nothing of what a file says; `passages.py` keeps that under the same file ids.
"""

from __future__ import annotations

import os
import sqlite3
import time
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from core.store.database import Database
from core.types import FilePage, FileRow, FileState, FolderRow, FolderState


@dataclass(frozen=True, slots=True)
class Folder:
    """A watched folder as stored."""

    id: int
    path: str
    state: FolderState
    collection: str
    inode: int = 0
    """The inode of the folder when it was last seen with files in it; 0 before."""
    ocr: int = 0
    """1 where text in pictures and on scanned pages is recognised."""
    encoding: str = ""
    """What plain text files in it are in; empty: found out for each."""


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
    chunks: int


@dataclass(frozen=True, slots=True)
class Stat:
    """What the disk says of a path without opening it."""

    path: str
    size: int
    mtime_ns: int
    inode: int


UNSURE = -1
"""Stands for an inode when size and time must not be relied on: every comparison finds the file suspicious."""

FOLDER_COLUMNS = "id, path, state, collection, inode, ocr, encoding"
FILE_COLUMNS = "id, folder, path, state, sha256, size, mtime_ns, inode, recipe, reason, chunks"


ROW_COLUMNS = (
    "path, state, reason, sha256, size, mtime_ns, chunks, kind,"
    " CASE WHEN state IN ('skipped', 'failed') THEN outcome ELSE '' END"
)


AGAIN = "UPDATE file SET state = 'waiting', reason = '', recipe = ''"
BACK = "UPDATE file SET state = CASE WHEN recipe = '' THEN 'waiting' ELSE 'indexed' END, reason = ''"


def _like(text: str) -> str:
    return "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def file_of(row: tuple[Any, ...]) -> File:
    return File(row[0], row[1], os.fsdecode(row[2]), *row[3:])


class Catalogue:
    """Folders and files in library.db. Every write is one transaction."""

    def __init__(self, database: Database) -> None:
        self.database = database

    # ---- folders

    def folders(self) -> tuple[Folder, ...]:
        """All watched folders, in the order they were added."""
        rows: list[Any] = self.database.read(f"SELECT {FOLDER_COLUMNS} FROM folder ORDER BY id")
        return tuple(Folder(r[0], os.fsdecode(r[1]), *r[2:]) for r in rows)

    def folder(self, id: int) -> Folder | None:
        """One folder, if it is (still) watched."""
        rows: list[Any] = self.database.read(f"SELECT {FOLDER_COLUMNS} FROM folder WHERE id = ?", (id,))
        return next((Folder(r[0], os.fsdecode(r[1]), *r[2:]) for r in rows), None)

    def folder_rows(self) -> tuple[FolderRow, ...]:
        """The folders with their number of files, for showing."""
        rows: list[Any] = self.database.read(
            "SELECT d.path, d.state, count(f.id), d.collection, d.ocr, d.encoding,"
            " coalesce(sum(f.state = 'unavailable'), 0) FROM folder d"
            " LEFT JOIN file f ON f.folder = d.id GROUP BY d.id ORDER BY d.id"
        )
        return tuple(FolderRow(os.fsdecode(r[0]), r[1], r[2], r[3], bool(r[4]), r[5], r[6]) for r in rows)

    def add_folder(self, path: str, collection: str) -> Folder:
        """Watch `path`."""
        with self.database.write() as c:
            id = c.execute(
                "INSERT INTO folder(path, state, collection, added) VALUES(?, 'watched', ?, ?)",
                (os.fsencode(path), os.fsencode(collection).decode(errors="replace"), time.time()),
            ).lastrowid
        return next(f for f in self.folders() if f.id == id)

    def set_folder_state(self, id: int, state: FolderState) -> None:
        """Mark a folder; its files follow it into and out of `unavailable`, and are compared again when it is back."""
        with self.database.write() as c:
            c.execute("UPDATE folder SET state = ? WHERE id = ?", (state, id))
            if state == "unavailable":
                c.execute(
                    "UPDATE file SET inode = CASE state WHEN 'waiting' THEN ? ELSE inode END, state = 'unavailable'"
                    " WHERE folder = ? AND state IN ('indexed', 'waiting')",
                    (UNSURE, id),
                )
            else:
                c.execute(f"{BACK} WHERE folder = ? AND state = 'unavailable'", (id,))

    def set_folder_encoding(self, id: int, encoding: str, kinds: Iterable[str]) -> None:
        """Plain text files of a folder are in `encoding` from now on: those read as one of `kinds` wait to be read
        again."""
        with self.database.write() as c:
            c.execute("UPDATE folder SET encoding = ? WHERE id = ?", (encoding, id))
            for kind in kinds:
                self._again(c, "folder = ? AND kind = ?", (id, kind))

    def set_folder_ocr(self, id: int, ocr: bool) -> None:
        """Text in a folder's pictures is recognised from now on, or not: the files that hold any wait to be read
        again."""
        with self.database.write() as c:
            c.execute("UPDATE folder SET ocr = ? WHERE id = ?", (ocr, id))
            self._again(c, "folder = ? AND id IN (SELECT file FROM scan)", (id,))

    @staticmethod
    def _again(c: sqlite3.Connection, which: str, values: tuple[object, ...]) -> None:
        c.execute(f"{AGAIN} WHERE {which} AND recipe <> '' AND state <> 'unavailable'", values)
        # Those are read when they are back.
        c.execute(f"UPDATE file SET recipe = '' WHERE {which} AND state = 'unavailable'", values)

    def set_folder_inode(self, id: int, inode: int) -> None:
        """The folder was seen with files in it, as this inode."""
        with self.database.write() as c:
            c.execute("UPDATE folder SET inode = ? WHERE id = ?", (inode, id))

    def forget_folder(self, id: int) -> None:
        """Drop a folder's row; its files must be forgotten first (`Passages.forget_files`)."""
        with self.database.write() as c:
            c.execute("DELETE FROM folder WHERE id = ?", (id,))

    # ---- files

    def file(self, path: str) -> File | None:
        """The file at `path`, if it is known."""
        rows = self.database.read(f"SELECT {FILE_COLUMNS} FROM file WHERE path = ?", (os.fsencode(path),))
        return file_of(rows[0]) if rows else None

    def file_rows(self, state: str | None = None) -> tuple[FileRow, ...]:
        """Files for showing, by path; all or those in one state."""
        rows: list[Any] = self.database.read(
            f"SELECT {ROW_COLUMNS} FROM file WHERE ? IS NULL OR state = ? ORDER BY path", (state, state)
        )
        return tuple(FileRow(os.fsdecode(r[0]), *r[1:]) for r in rows)

    def rows_of(self, ids: Sequence[int]) -> tuple[FileRow, ...]:
        """These files for showing, by path."""
        found: list[Any] = []
        for at in range(0, len(ids), 500):
            marks = ",".join("?" * len(ids[at : at + 500]))
            found += self.database.read(f"SELECT {ROW_COLUMNS} FROM file WHERE id IN ({marks})", ids[at : at + 500])
        return tuple(FileRow(os.fsdecode(r[0]), *r[1:]) for r in sorted(found))

    def files_under(self, path: str, states: Sequence[str]) -> tuple[File, ...]:
        """The files below a folder, or all when it is empty, that were read and are in one of these states."""
        low = os.fsencode(path.rstrip(os.sep) + os.sep) if path else b""
        rows = self.database.read(
            f"SELECT {FILE_COLUMNS} FROM file WHERE path >= ? AND substr(path, 1, ?) = ? AND recipe <> ''"
            f" AND state IN ({','.join('?' * len(states))})",
            (low, len(low), low, *states),
        )
        return tuple(map(file_of, rows))

    def read_again(self, ids: Sequence[int]) -> None:
        """Let these files wait to be read, though nothing about them changed."""
        with self.database.write() as c:
            c.executemany(f"{AGAIN} WHERE id = ?", [(id,) for id in ids])

    def retry_locked(self) -> None:
        """Let every file that asked for a password wait to be read again: there is another one to try."""
        with self.database.write() as c:
            c.execute(f"{AGAIN} WHERE state = 'skipped' AND outcome = 'password'")

    def file_page(self, state: str | None, part: str, offset: int, limit: int) -> FilePage:
        """`limit` files from `offset` on, by path: those in one state, whose path holds `part` however it is composed.
        Letters of the Latin alphabet are found in either case.
        """
        likes = {_like(form) for form in (part, unicodedata.normalize("NFC", part), unicodedata.normalize("NFD", part))}
        where = "(? IS NULL OR state = ?)"
        given: list[Any] = [state, state]
        if part:
            where += f" AND ({' OR '.join(['CAST(path AS TEXT) LIKE ? ESCAPE char(92)'] * len(likes))})"
            given += sorted(likes)
        counted: list[Any] = self.database.read(f"SELECT count(*) FROM file WHERE {where}", given)
        rows: list[Any] = self.database.read(
            f"SELECT {ROW_COLUMNS} FROM file WHERE {where} ORDER BY path LIMIT ? OFFSET ?",
            [*given, limit, offset],
        )
        return FilePage(counted[0][0], tuple(FileRow(os.fsdecode(r[0]), *r[1:]) for r in rows))

    # ---- work to do

    def waiting(self, limit: int) -> tuple[File, ...]:
        """Files to be read, newest first: what a person just saved is what they will ask about."""
        rows = self.database.read(
            f"SELECT {FILE_COLUMNS} FROM file WHERE state = 'waiting' ORDER BY mtime_ns DESC LIMIT ?", (limit,)
        )
        return tuple(map(file_of, rows))

    def reread(self, recipe: str) -> int:
        """Put down as waiting every file whose recipe does not begin with this one; returns how many."""
        with self.database.write() as c:
            return c.execute(
                "UPDATE file SET state = 'waiting' WHERE recipe <> '' AND substr(recipe, 1, ?) <> ?"
                " AND state IN ('indexed', 'failed', 'skipped')",
                (len(recipe), recipe),
            ).rowcount

    def counts(self) -> dict[str, int]:
        """How many files are in each state."""
        rows: list[Any] = self.database.read("SELECT state, count(*) FROM file GROUP BY state")
        return dict(rows)

    def waiting_count(self) -> int:
        """How many files have not been read yet; from an index of its own, for every question asks."""
        rows: list[Any] = self.database.read("SELECT count(*) FROM file WHERE state = 'waiting'")
        return int(rows[0][0])

    # ---- what the user said about this library

    def meta(self, key: str) -> str:
        """What was remembered under `key`, or nothing."""
        rows: list[Any] = self.database.read("SELECT value FROM meta WHERE key = ?", (key,))
        return str(rows[0][0]) if rows else ""

    def remember(self, key: str, value: str) -> None:
        """Remember `value` under `key`."""
        with self.database.write() as c:
            c.execute("INSERT OR REPLACE INTO meta(key, value) VALUES(?, ?)", (key, value))

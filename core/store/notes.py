"""What notes say of themselves: tags, aliases, front matter, check boxes, links, and their day.

Knows nothing of Markdown or of questions. Written in the transaction that stores a file's text; questions about the
whole collection are answered from here and from the file rows.
"""

from __future__ import annotations

import os
import sqlite3
import unicodedata
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Literal

from core.store.database import Database
from core.store.scope import CHANGED, DAY, EVERYTHING, Scope

FactKind = Literal["tag", "alias", "field", "task", "link"]
Which = Literal["read", "known", "all"]
"""Files whose text is there; those of a format Moa reads; all, pictures too."""
Order = Literal["day", "changed", "size", "path"]

# Read once and still findable: what `moa files` lists as indexed, also while its disk is away.
READ = "f.chunks > 0"
# On the disk and of a format that has a reader, though it is empty, locked or damaged: counted, but not findable.
COUNTED = "(f.chunks > 0 OR (f.kind NOT IN ('', 'image') AND f.state IN ('skipped', 'failed')))"
_WHICH = {"read": READ, "known": COUNTED, "all": "1"}
_ROW = f"SELECT f.id, f.path, f.title, f.kind, {DAY}, {CHANGED}, f.size, f.sha256, f.chunks > 0 FROM file f"
_ORDERS = {"day": DAY, "changed": "f.mtime_ns", "size": "f.size", "path": "f.path"}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a note says of itself. `name`: of a field, or open or done of a task; else empty."""

    kind: FactKind
    name: str
    value: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """All that a note says of itself; `date` is YYYY-MM-DD or empty."""

    date: str = ""
    facts: tuple[Fact, ...] = ()


NOTHING = Said()


@dataclass(frozen=True, slots=True)
class Noted:
    """A file as questions about the whole collection see it. `day` and `changed` are YYYY-MM-DD, `size` in bytes;
    `text`: whether it has any."""

    id: int
    path: str
    title: str
    kind: str
    day: str
    changed: str
    size: int
    sha256: str
    text: bool


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A check box, with its file."""

    path: str
    text: str
    line: int


def folded(text: str) -> str:
    """`text` as names are compared: NFC, case folded, white space single."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def write_said(c: sqlite3.Connection, file: int, said: Said) -> None:
    """Make `said` all that a file says of itself; part of the caller's transaction."""
    c.execute("DELETE FROM fact WHERE file = ?", (file,))
    c.executemany(
        "INSERT INTO fact(file, kind, name, value, folded, line) VALUES(?, ?, ?, ?, ?, ?)",
        [
            (file, f.kind, folded(f.value if f.kind == "tag" else f.name), f.value, folded(f.value), f.line)
            for f in said.facts
        ],
    )
    c.execute("UPDATE file SET date = ? WHERE id = ?", (said.date, file))


class Notes:
    """Files and what they say of themselves, counted and listed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # ---- files

    def count(self, scope: Scope = EVERYTHING) -> int:
        """How many files that were read lie in a scope."""
        condition, values = scope.sql()
        rows: list[Any] = self._database.read(f"SELECT count(*) FROM file f WHERE {READ} {condition}", values)
        return int(rows[0][0])

    def files(
        self, scope: Scope = EVERYTHING, order: Order = "path", descending: bool = False, limit: int = -1, *,
        which: Which = "read",
    ) -> tuple[Noted, ...]:  # fmt: skip
        """The files of a scope in order, then by path; `limit` -1: all."""
        condition, values = scope.sql()
        way = "DESC" if descending else "ASC"
        rows: list[Any] = self._database.read(
            f"{_ROW} WHERE {_WHICH[which]} {condition}"
            f" ORDER BY {_ORDERS[order]} {way}, f.mtime_ns {way}, f.path LIMIT :most",
            {**values, "most": limit},
        )
        return tuple(map(_noted, rows))

    def file(self, id: int) -> Noted | None:
        """One file, or None when it is gone or has no text any more."""
        rows: list[Any] = self._database.read(f"{_ROW} WHERE {READ} AND f.id = ?", (id,))
        return _noted(rows[0]) if rows else None

    def unread(self, scope: Scope = EVERYTHING) -> tuple[tuple[str, str, str], ...]:
        """(path, state, reason) of files without text: waiting, failed or left out, empty ones too."""
        condition, values = scope.sql()
        rows: list[Any] = self._database.read(
            f"SELECT f.path, f.state, f.reason FROM file f WHERE NOT {READ} {condition} ORDER BY f.path", values
        )
        return tuple((os.fsdecode(r[0]), r[1], r[2]) for r in rows)

    def paths(self) -> tuple[str, ...]:
        """The paths of all files, those without text too."""
        rows: list[Any] = self._database.read(f"SELECT f.path FROM file f WHERE {COUNTED}")
        return tuple(os.fsdecode(r[0]) for r in rows)

    def roots(self) -> frozenset[PurePath]:
        """The watched folders."""
        rows: list[Any] = self._database.read("SELECT path FROM folder")
        return frozenset(PurePath(os.fsdecode(r[0])) for r in rows)

    def text(self, file: int) -> tuple[tuple[str, int | None], ...]:
        """(text, first line) of a file's passages in their order."""
        rows: list[Any] = self._database.read(
            "SELECT text, line_from FROM chunk WHERE file = ? ORDER BY ordinal", (file,)
        )
        return tuple(rows)

    # ---- what they say of themselves

    def names(self, kind: FactKind) -> frozenset[str]:
        """The folded names there are: of all tags, or of all front-matter fields."""
        rows: list[Any] = self._database.read("SELECT DISTINCT name FROM fact WHERE kind = ?", (kind,))
        return frozenset(r[0] for r in rows)

    def values(self, field: str) -> frozenset[str]:
        """The folded values a front-matter field has."""
        rows: list[Any] = self._database.read(
            "SELECT DISTINCT folded FROM fact WHERE kind = 'field' AND name = ?", (folded(field),)
        )
        return frozenset(r[0] for r in rows)

    def tags(self, scope: Scope = EVERYTHING) -> tuple[tuple[str, int], ...]:
        """(tag as first written, how many files of the scope carry it), the most frequent first."""
        condition, values = scope.sql()
        rows: list[Any] = self._database.read(
            "SELECT min(t.value), count(DISTINCT f.id) FROM fact t JOIN file f ON f.id = t.file"
            f" WHERE t.kind = 'tag' AND {COUNTED} {condition} GROUP BY t.name ORDER BY 2 DESC, t.name",
            values,
        )
        return tuple(rows)

    def tasks(self, done: bool, scope: Scope = EVERYTHING) -> tuple[OpenTask, ...]:
        """The check boxes of a scope, done or not, by file and line."""
        condition, values = scope.sql()
        rows: list[Any] = self._database.read(
            "SELECT f.path, t.value, t.line FROM fact t JOIN file f ON f.id = t.file"
            f" WHERE t.kind = 'task' AND t.name = :which AND {COUNTED} {condition} ORDER BY f.path, t.line",
            {**values, "which": "done" if done else "open"},
        )
        return tuple(OpenTask(os.fsdecode(r[0]), r[1], r[2]) for r in rows)

    def files_saying(self, text: str) -> tuple[int, ...]:
        """The files whose tags, front matter or links hold a folded text."""
        like = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        rows: list[Any] = self._database.read(
            "SELECT DISTINCT file FROM fact WHERE kind IN ('tag', 'field', 'link') AND folded LIKE ? ESCAPE '\\'",
            (like,),
        )
        return tuple(r[0] for r in rows)

    def said_by(self, file: int) -> tuple[Fact, ...]:
        """Everything a file says of itself."""
        rows: list[Any] = self._database.read(
            "SELECT kind, name, value, line FROM fact WHERE file = ? ORDER BY id", (file,)
        )
        return tuple(Fact(*r) for r in rows)


def _noted(row: Any) -> Noted:
    id, path, title, kind, day, changed, size, sha256, text = row
    name = os.fsdecode(path)
    return Noted(id, name, title or PurePath(name).stem, kind, day, changed, size, sha256, bool(text))

"""Pages that may be pictures of text, and what was recognised on them.

Knows no program that recognises. What was made out is kept by the content of the file, so that a copy, a rename or a
second folder costs nothing; `recipe` names how it was made out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from core.store.catalogue import AGAIN, FILE_COLUMNS, File, file_of
from core.store.database import Database


@dataclass(frozen=True, slots=True)
class PageText:
    """What was made out on a page: paragraphs parted by blank lines; `confidence` from 0 to 100. `problem`: why
    nothing could be, in one sentence."""

    text: str
    confidence: float = 0.0
    problem: str = ""


# Files that may be read further: known, there, in a folder where recognition is on, and not done.
_DUE = (
    " FROM scan s JOIN file f ON f.id = s.file JOIN folder d ON d.id = f.folder"
    " WHERE d.ocr AND f.sha256 <> '' AND f.recipe <> '' AND f.state IN ('indexed', 'skipped') AND NOT EXISTS"
    " (SELECT 1 FROM recognised r WHERE r.sha256 = f.sha256 AND r.page = s.page AND r.recipe = ?)"
)


class Scans:
    """The tables `scan` and `recognised`. Every write is one transaction."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def put(self, file: int, pages: Sequence[int]) -> bool:
        """These pages of a file, and no others, may be pictures of text. False when it never had any."""
        if not pages and not self.database.read("SELECT 1 FROM scan WHERE file = ? LIMIT 1", (file,)):
            return False
        with self.database.write() as c:
            c.execute("DELETE FROM scan WHERE file = ?", (file,))
            c.executemany("INSERT INTO scan(file, page) VALUES(?, ?)", [(file, page) for page in pages])
        return True

    def known(self, sha256: str, recipe: str) -> dict[int, PageText]:
        """What was made out in a content, by page."""
        rows: list[Any] = self.database.read(
            "SELECT page, text, confidence, problem FROM recognised WHERE sha256 = ? AND recipe = ?", (sha256, recipe)
        )
        return {row[0]: PageText(*row[1:]) for row in rows}

    def keep(self, sha256: str, page: int, recipe: str, seen: PageText) -> None:
        """Keep what was made out. Files of that content wait to be read again once all their pages are known."""
        with self.database.write() as c:
            c.execute(
                "INSERT OR REPLACE INTO recognised VALUES(?, ?, ?, ?, ?, ?)",
                (sha256, page, recipe, seen.text, seen.confidence, seen.problem),
            )
            c.execute(
                f"{AGAIN} WHERE sha256 = ? AND state IN ('indexed', 'skipped') AND recipe <> ''"
                " AND folder IN (SELECT id FROM folder WHERE ocr) AND id IN (SELECT file FROM scan)"
                f" AND id NOT IN (SELECT f.id {_DUE} AND f.sha256 = ?)",
                (sha256, recipe, sha256),
            )

    def due(self, recipe: str, limit: int) -> list[tuple[File, int]]:
        """(file, page) of pages to be recognised, those of the newest files first."""
        columns = ", ".join(f"f.{name.strip()}" for name in FILE_COLUMNS.split(","))
        rows: list[Any] = self.database.read(
            f"SELECT {columns}, s.page {_DUE} ORDER BY f.mtime_ns DESC, f.id, s.page LIMIT ?", (recipe, limit)
        )
        return [(file_of(row[:-1]), row[-1]) for row in rows]

    def count_due(self, recipe: str) -> int:
        """How many pages are to be recognised."""
        rows: list[Any] = self.database.read(f"SELECT count(*) {_DUE}", (recipe,))
        return int(rows[0][0])

    def count_known(self, recipe: str) -> int:
        """How many pages were recognised."""
        rows: list[Any] = self.database.read("SELECT count(*) FROM recognised WHERE recipe = ?", (recipe,))
        return int(rows[0][0])

    def forget_problems(self, contents: Iterable[str]) -> None:
        """Pages of these contents on which nothing could be made out are to be tried again."""
        with self.database.write() as c:
            c.executemany("DELETE FROM recognised WHERE sha256 = ? AND problem <> ''", [(s,) for s in contents])

    def read_again(self) -> None:
        """Every file with such pages, where recognition is on, waits to be read: how they are recognised changed."""
        with self.database.write() as c:
            c.execute(
                f"{AGAIN} WHERE state IN ('indexed', 'skipped', 'failed') AND recipe <> '' AND id IN"
                " (SELECT file FROM scan) AND folder IN (SELECT id FROM folder WHERE ocr)"
            )

"""Contents that stopped their reader: how often, and by what.

Knows nothing of readers. Kept by the SHA-256 of a file's content, so that a copy, a rename or a new date is the same
case and an edit is a new one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.store.database import Database


@dataclass(frozen=True, slots=True)
class Strike:
    """`count` times this content stopped its reader; `reason` says how the last time."""

    sha256: str
    size: int
    count: int
    reason: str


class Strikes:
    """The strikes in library.db. Every write is one transaction."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def all(self) -> dict[str, Strike]:
        """Every strike by SHA-256: as many as there are bad files, which is few."""
        rows: list[Any] = self.database.read("SELECT sha256, size, count, reason FROM strike")
        return {row[0]: Strike(*row) for row in rows}

    def put(self, strike: Strike, recipe: str) -> None:
        """Set what is known of a content; `recipe` names the readers."""
        with self.database.write() as c:
            c.execute(
                "INSERT OR REPLACE INTO strike(sha256, size, count, reason, recipe) VALUES(?, ?, ?, ?, ?)",
                (strike.sha256, strike.size, strike.count, strike.reason, recipe),
            )

    def forget(self, sha256: str) -> None:
        """This content could be read after all."""
        with self.database.write() as c:
            c.execute("DELETE FROM strike WHERE sha256 = ?", (sha256,))

    def retry(self, limit: int, recipe: str) -> int:
        """Files with fewer than `limit` strikes, or with those of other readers, wait to be read again, and the latter
        are forgotten; returns how many files."""
        with self.database.write() as c:
            again = c.execute(
                "UPDATE file SET state = 'waiting' WHERE state = 'failed' AND sha256 IN"
                " (SELECT sha256 FROM strike WHERE count < ? OR recipe <> ?)",
                (limit, recipe),
            ).rowcount
            c.execute("DELETE FROM strike WHERE recipe <> ?", (recipe,))
        return again

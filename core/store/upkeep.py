"""What keeps vectors and chunks in step over time. Knows neither files nor embedders by more than their names."""

from __future__ import annotations

from core.store.database import Database


def sweep(database: Database) -> int:
    """Drop the vectors no chunk uses, and what was recognised in files that are gone; returns how many vectors. Only
    when every folder was compared and read: what was moved while nobody watched must find its vectors again."""
    with database.write() as c:
        c.execute("DELETE FROM recognised WHERE sha256 NOT IN (SELECT sha256 FROM file)")
        return c.execute("DELETE FROM vector WHERE hash NOT IN (SELECT hash FROM chunk)").rowcount

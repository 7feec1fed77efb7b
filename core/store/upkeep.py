"""What keeps vectors and chunks in step over time. Knows neither files nor embedders by more than their names."""

from __future__ import annotations

from core.store.database import Database


def mend(database: Database, embedder: str) -> int:
    """Mark files with done chunks that have no vector as waiting; returns how many such chunks there were."""
    with database.write() as c:
        lost = c.execute(
            "SELECT id FROM chunk WHERE NOT pending AND hash NOT IN (SELECT hash FROM vector WHERE embedder = ?)",
            (embedder,),
        ).fetchall()
        # Their text is read from the file again: only pending chunks keep what was embedded.
        c.executemany(
            "UPDATE file SET state = 'waiting', recipe = '' WHERE id = (SELECT file FROM chunk WHERE id = ?)", lost
        )
    return len(lost)


def sweep(database: Database) -> int:
    """Drop the vectors no chunk uses, and what was recognised in files that are gone; returns how many vectors. Only
    when every folder was compared and read: what was moved while nobody watched must find its vectors again."""
    with database.write() as c:
        c.execute("DELETE FROM recognised WHERE sha256 NOT IN (SELECT sha256 FROM file)")
        return c.execute("DELETE FROM vector WHERE hash NOT IN (SELECT hash FROM chunk)").rowcount

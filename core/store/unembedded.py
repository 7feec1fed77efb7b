"""Chunks that an embedder has made no vector of yet, and the vectors that others made. Knows embedders by name only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from core.store.database import Database

_LACKS = "NOT EXISTS (SELECT 1 FROM vector v WHERE v.embedder = ? AND v.hash = c.hash)"


@dataclass(frozen=True, slots=True)
class Bare:
    """A chunk without a vector of some embedder. `hash` is that of what was embedded; `embed_text` is that text, where
    it is still kept (`schema.py`), `title` that of the file."""

    id: int
    hash: bytes
    text: str
    heading: str
    title: str
    embed_text: str | None


class Unembedded:
    """What an embedder still has to do. Every write is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rows(self, embedder: str, after: int, limit: int, done: bool = False) -> tuple[Bare, ...]:
        """The next chunks behind the id `after` that lack this embedder's vector; with `done` only those that are taken
        to have one."""
        rows: list[Any] = self._database.read(
            "SELECT c.id, c.hash, c.text, coalesce(c.heading, ''), f.title, c.embed_text FROM chunk c"
            f" JOIN file f ON f.id = c.file WHERE c.id > ? AND {_LACKS}{' AND NOT c.pending' if done else ''}"
            " ORDER BY c.id LIMIT ?",
            (after, embedder, limit),
        )
        return tuple(Bare(*r) for r in rows)

    def texts(self, embedder: str) -> tuple[int, int]:
        """(different texts that lack its vector, all different texts)."""
        rows: list[Any] = self._database.read(
            f"SELECT (SELECT count(DISTINCT c.hash) FROM chunk c WHERE {_LACKS}), (SELECT count(DISTINCT hash) FROM"
            " chunk)",
            (embedder,),
        )
        return rows[0][0], rows[0][1]

    def sample(self, embedder: str, count: int) -> tuple[Bare, ...]:
        """At most `count` chunks that lack its vector, spread evenly over all of them."""
        ids: list[Any] = self._database.read(f"SELECT min(c.id) FROM chunk c WHERE {_LACKS} GROUP BY c.hash",
                                             (embedder,))  # fmt: skip
        step = max(1, len(ids) // count)
        chosen = [r[0] for r in ids[::step][:count]]
        rows: list[Any] = self._database.read(
            "SELECT c.id, c.hash, c.text, coalesce(c.heading, ''), f.title, c.embed_text FROM chunk c"
            f" JOIN file f ON f.id = c.file WHERE c.id IN ({','.join('?' * len(chosen))})",
            chosen,
        )
        return tuple(Bare(*r) for r in rows)

    def pend(self, texts: Sequence[tuple[int, bytes, str]]) -> None:
        """Chunks, by id, wait for a vector again: (id, hash, text to be embedded) each."""
        with self._database.write() as c:
            c.executemany(
                "UPDATE chunk SET pending = 1, hash = ?, embed_text = ? WHERE id = ?",
                [(h, t, id) for id, h, t in texts],
            )

    def keep_only(self, embedders: Collection[str]) -> None:
        """Drop the vectors of all other embedders."""
        with self._database.write() as c:
            marks = ",".join("?" * len(embedders))
            c.execute(f"DELETE FROM vector WHERE embedder NOT IN ({marks})", tuple(embedders))

    def forget(self, model: str) -> None:
        """Drop the vectors of a model, by whatever recipe they were made."""
        with self._database.write() as c:
            named: list[Any] = c.execute("SELECT DISTINCT embedder FROM vector").fetchall()
            made = [row for row in named if row[0] == model or row[0].startswith(f"{model}+")]
            c.executemany("DELETE FROM vector WHERE embedder = ?", made)

"""Passages drawn from the library by lot. Knows nothing of what they are for."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.store.database import Database

MOST_A_FILE = 5


@dataclass(frozen=True, slots=True)
class Specimen:
    """A passage, and every file that holds the same text, as paths."""

    text: str
    heading: str
    title: str
    kind: str
    files: frozenset[str]


class Specimens:
    """Draws passages; the same ones for the same seed and the same library."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def draw(self, seed: int) -> Iterator[Specimen]:
        """Passages in a random order: one of each file, then a second of each that has one, up to `MOST_A_FILE`."""
        lot = random.Random(seed)
        files: list[Any] = self._database.read(
            "SELECT id, chunks, title, kind FROM file WHERE chunks > 0 ORDER BY path"
        )
        lot.shuffle(files)
        orders = {id: lot.sample(range(chunks), min(chunks, MOST_A_FILE)) for id, chunks, _, _ in files}
        for turn in range(MOST_A_FILE):
            for id, chunks, title, kind in files:
                if turn < min(chunks, MOST_A_FILE):
                    yield from self._specimen(id, orders[id][turn], title, kind)

    def _specimen(self, file: int, ordinal: int, title: str, kind: str) -> Iterator[Specimen]:
        rows: list[Any] = self._database.read(
            "SELECT text, heading, hash FROM chunk WHERE file = ? ORDER BY ordinal LIMIT 1 OFFSET ?", (file, ordinal)
        )
        for text, heading, hash in rows:
            twins: list[Any] = self._database.read(
                "SELECT DISTINCT f.path FROM chunk c JOIN file f ON f.id = c.file WHERE c.hash = ?", (hash,)
            )
            yield Specimen(text, heading or "", title, kind, frozenset(os.fsdecode(p) for (p,) in twins))

    def titled(self, title: str) -> frozenset[str]:
        """The paths of all files of this title."""
        rows: list[Any] = self._database.read("SELECT path FROM file WHERE title = ? AND chunks > 0", (title,))
        return frozenset(os.fsdecode(p) for (p,) in rows)

"""Copies of a precious database: one a day, kept for 7 days, then one a week for 4, and one before each migration.

Knows no tables. A copy is made by SQLite's own backup, so it is whole whatever is being written meanwhile.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

DAYS, WEEKS = 7, 4

log = logging.getLogger(__name__)

Copy = Callable[[Path], None]


class Backups:
    """Of the database called `name`, in `folder`. A copy that cannot be made is logged: it must stop nothing else."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name
        self._last: date | None = None

    def daily(self, copy: Copy, today: date) -> None:
        """Have `copy` write today's copy unless there is one, and drop those that are too old."""
        if today == self._last:
            return
        target = self._folder / f"{self._name}-{today.isoformat()}.db"
        if not target.exists() and not self._write(copy, target):
            return
        self._last = today
        for old in superfluous(self._dated()):
            self._folder.joinpath(f"{self._name}-{old.isoformat()}.db").unlink(missing_ok=True)

    def before_migration(self, copy: Copy, version: int) -> None:
        """Have `copy` write what the database was as of schema `version`."""
        self._write(copy, self._folder / f"{self._name}-schema-{version}.db")

    def copies(self) -> list[tuple[date, Path]]:
        """Every copy with the day it is from, the latest first."""
        dated = [(day, self._folder / f"{self._name}-{day.isoformat()}.db") for day in self._dated()]
        schemas = self._folder.glob(f"{self._name}-schema-*.db")
        return sorted([*dated, *((date.fromtimestamp(f.stat().st_mtime), f) for f in schemas)], reverse=True)

    def _dated(self) -> list[date]:
        days = []
        for file in self._folder.glob(f"{self._name}-*.db"):
            try:
                days.append(date.fromisoformat(file.stem.removeprefix(f"{self._name}-")))
            except ValueError:
                continue  # one before a migration
        return days

    def _write(self, copy: Copy, target: Path) -> bool:
        aside = target.with_suffix(".part")
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            aside.unlink(missing_ok=True)
            copy(aside)
            aside.replace(target)
            return True
        except Exception as e:  # a copy that fails, for whatever reason, must not keep anybody from their chats
            log.warning("the copy %s could not be made: %s", target, e)
            with suppress(OSError):
                aside.unlink(missing_ok=True)
            return False


def superfluous(days: list[date]) -> list[date]:
    """Those of these days whose copies are to go: older than the 7 latest, and not the last of one of the 4 latest
    weeks before."""
    older = sorted(days, reverse=True)[DAYS:]
    weeks: dict[tuple[int, int], date] = {}
    for day in older:
        weeks.setdefault(day.isocalendar()[:2], day)
    keep = set(list(weeks.values())[:WEEKS])
    return [day for day in older if day not in keep]

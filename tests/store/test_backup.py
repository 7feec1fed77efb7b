"""Copies of conversations: which are kept, and that they are whole."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta
from pathlib import Path

from core.store import schema
from core.store.backup import Backups, superfluous
from core.store.chats import Chats
from core.store.database import Database

TODAY = date(2026, 11, 21)


def test_a_week_of_days_and_a_month_of_weeks_are_kept(tmp_path: Path) -> None:
    backups = Backups(tmp_path / "backups", "chats")
    for ago in range(120, -1, -1):
        backups.daily(lambda target: target.touch(), TODAY - timedelta(days=ago))
    kept = sorted(date.fromisoformat(f.stem.removeprefix("chats-")) for f in (tmp_path / "backups").iterdir())
    assert kept[-7:] == [TODAY - timedelta(days=ago) for ago in range(6, -1, -1)]
    weeks = kept[:-7]
    assert len(weeks) == 4 and len({day.isocalendar()[:2] for day in weeks}) == 4
    assert weeks[0] >= TODAY - timedelta(days=7 + 4 * 7 + 6)
    assert backups.copies()[0] == (TODAY, tmp_path / "backups" / f"chats-{TODAY}.db")


def test_few_copies_are_all_kept() -> None:
    assert superfluous([TODAY - timedelta(days=n) for n in range(7)]) == []
    assert superfluous([]) == []


def test_a_copy_is_whole_and_made_once_a_day(tmp_path: Path) -> None:
    chats = Chats(tmp_path / "chats.db", tmp_path / "backups")
    chats.start("First?")
    chats.database.close()
    assert [f.name for f in (tmp_path / "backups").iterdir()] == [f"chats-{date.today()}.db"]
    (tmp_path / "backups" / f"chats-{date.today()}.db").unlink()
    chats = Chats(tmp_path / "chats.db", tmp_path / "backups")
    chats.start("Second?")
    (copy,) = (tmp_path / "backups").iterdir()
    with sqlite3.connect(copy) as c:
        assert c.execute("SELECT title FROM conversation").fetchall() == [("First?",)]
    c.close()
    chats.database.close()


def test_a_migration_is_preceded_by_a_copy(tmp_path: Path) -> None:
    path, backups = tmp_path / "chats.db", Backups(tmp_path / "backups", "chats")
    Database(path, schema.CHATS).close()
    newer = (*schema.CHATS, "ALTER TABLE conversation ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;\n")
    Database(path, newer, before_migration=lambda d, v: backups.before_migration(d.copy_to, v)).close()
    (copy,) = (tmp_path / "backups").iterdir()
    assert copy.name == "chats-schema-1.db"
    Database(copy, schema.CHATS).close()


def test_a_copy_that_cannot_be_made_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "backups").write_text("in the way")
    chats = Chats(tmp_path / "chats.db", tmp_path / "backups")
    chats.start("First?")
    assert len(chats.rows()) == 1
    chats.database.close()

"""Damaged, and missing: said in words, mended without touching conversations or notes."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from core import errors
from core.engine import Engine
from core.events import Answered
from core.index.embedding import vectors
from core.index.lane import upkeep
from core.paths import DataFolder
from tests.faults.conftest import Start, known, on_disk, says, until


def filled(start: Start, notes: Path) -> Engine:
    """An engine that knows the notes and one conversation; closed."""
    engine = start()
    engine.library.add_folder(str(notes))
    engine.library.index(wait=True)
    answer = list(engine.questions.ask("Where does zq1marker stand?", stop=threading.Event()))[-1]
    assert isinstance(answer, Answered)
    engine.close()
    return engine


def cut(file: Path) -> None:
    with file.open("r+b") as f:
        f.truncate(file.stat().st_size // 2)


def scribble(file: Path) -> None:
    """Overwrite every page but the first, which makes it a database."""
    size = file.stat().st_size
    with file.open("r+b") as f:
        f.seek(4096)
        f.write(b"\xa5" * (size - 4096))


DAMAGE: dict[str, Callable[[Path], object]] = {
    "empty": lambda f: f.write_bytes(b""),
    "not a database": lambda f: f.write_bytes(b"<html>not a database</html>" * 500),
    "cut": cut,
    "scribbled over": scribble,
    "missing": lambda f: f.unlink(),
}


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_library_is_made_anew_and_said(how: str, start: Start, notes: Path) -> None:
    data = filled(start, notes).data
    chats = data.chats.read_bytes()
    DAMAGE[how](data.library)
    engine = start()
    if how not in ("missing", "empty"):
        assert any("library.db was damaged" in note for note in engine.status().notes)
        assert data.library.with_name("library.damaged.db").exists()
    assert data.chats.read_bytes() == chats
    engine.library.index(wait=True)
    assert known(engine) == on_disk(notes) and says(engine, "zq1marker")
    assert len(engine.chats.rows()) == 1
    assert not engine.parts.chroma.broken and len(engine.parts.exact) == engine.status().chunks
    again = start()
    assert not any("library.db" in note for note in again.status().notes)


def test_damage_met_while_running_is_said_and_mended_at_the_next_start(start: Start, notes: Path) -> None:
    data = filled(start, notes).data
    with sqlite3.connect(data.library) as c:
        page = c.execute("SELECT rootpage FROM sqlite_master WHERE name = 'file_waiting'").fetchone()[0]
        size = c.execute("PRAGMA page_size").fetchone()[0]
    c.close()
    engine = start()
    engine.library.index(wait=True)
    with data.library.open("r+b") as f:
        f.seek((page - 1) * size)
        f.write(b"\xa5" * size)
    with engine.parts.catalogue.database.write() as c:
        c.execute("PRAGMA shrink_memory")
    (notes / "new.md").write_text("# New\n\nzqnewmarker\n", encoding="utf-8")
    try:
        engine.library.index(wait=True)
    except errors.SetupProblem as problem:
        assert "library.db is damaged" in str(problem) and "made anew" in str(problem)
    engine = start()
    engine.library.index(wait=True)
    assert known(engine) == on_disk(notes) and says(engine, "zqnewmarker")


# Failed once in the first wait, before anything was damaged: Chroma could not be opened ("no attribute 'bindings'"),
# and is tried again only after `MEND_S`. Supposed, not shown: the engine before was closed while its thread opened it.
@pytest.mark.slow
@pytest.mark.parametrize("how", [*DAMAGE, "no folder"])
def test_a_damaged_vector_index_is_made_anew_without_embedding(
    how: str, start: Start, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "EXACT_LIMIT", 0)
    data = filled(start, notes).data
    engine = start()
    until(engine, lambda: engine.parts.chroma.ready)
    engine.close()
    if how == "no folder":
        shutil.rmtree(data.chroma)
    else:
        DAMAGE[how](data.chroma / "chroma.sqlite3")
    engine = start()
    report = engine.library.index(wait=True)
    assert report.embedded == 0
    until(engine, lambda: engine.parts.chroma.ready)
    assert engine.questions.search("Where does a marker stand?", patient=True).hits[0].why.dense_rank
    ids = {int(i) for i in engine.parts.chroma._collection.get(include=[])["ids"]}
    assert ids == {r[0] for r in engine.parts.catalogue.database.read("SELECT id FROM chunk")}


@pytest.mark.parametrize("how", DAMAGE)
def test_damaged_conversations_are_replaced_by_their_copy_and_kept(how: str, start: Start, notes: Path) -> None:
    data = filled(start, notes).data
    engine = start()
    [chat] = engine.chats.rows()
    engine.close()
    # The copy of the day was made before the first question: as if that had been asked yesterday.
    [copy] = (data.root / "backups").glob("chats-*.db")
    shutil.copy(data.chats, copy)
    DAMAGE[how](data.chats)
    damaged = data.chats.read_bytes() if data.chats.exists() else b""
    engine = start()
    assert engine.chats.rows() == (chat,) and engine.chats.show(chat.id).messages
    [note] = [n for n in engine.status().notes if "chats.db" in n]
    assert "again" in note
    kept = list(data.root.glob("chats.damaged-*.db"))
    assert [k.read_bytes() for k in kept] == ([damaged] if damaged else [])
    assert says(engine, "zq1marker")
    assert not any("chats.db" in n for n in start().status().notes)


def test_a_damaged_copy_is_passed_over_and_nothing_stops_the_start(start: Start, notes: Path) -> None:
    data = filled(start, notes).data
    [copy] = (data.root / "backups").glob("chats-*.db")
    older = copy.with_name("chats-2020-01-01.db")
    shutil.copy(data.chats, older)
    for file in (data.chats, copy):
        file.write_bytes(b"no database at all" * 999)
    engine = start()
    assert len(engine.chats.rows()) == 1
    assert any("those of 2020-01-01" in note for note in engine.status().notes)
    engine.close()
    for file in (data.chats, copy, older):
        file.write_bytes(b"no database at all" * 999)
    engine = start()
    assert engine.chats.rows() == ()
    assert any("no sound copy" in note for note in engine.status().notes)
    assert len(list(data.root.glob("chats.damaged-*.db"))) == 2
    list(engine.questions.ask("Where does zq1marker stand?", stop=threading.Event()))
    assert len(engine.chats.rows()) == 1


class Full:
    """A collection of Chroma's that fails as on a full disk."""

    def upsert(self, **values: object) -> None:
        raise RuntimeError("database or disk is full")

    query = delete = upsert


def test_a_vector_index_that_failed_is_back_without_a_restart(
    start: Start, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "MEND_S", 0.2)
    monkeypatch.setattr(vectors, "EXACT_LIMIT", 0)
    filled(start, notes)
    engine = start()
    engine.library.index(wait=True)
    chroma = engine.parts.chroma
    (notes / "first.md").write_text("# First\n\nzqfirstmarker\n", encoding="utf-8")
    until(engine, lambda: chroma.ready and not engine.status().pending)
    chroma._collection = Full()
    (notes / "new.md").write_text("# New\n\nzqnewmarker\n", encoding="utf-8")
    until(engine, lambda: bool(says(engine, "zqnewmarker")))
    until(engine, lambda: chroma.ready and not isinstance(chroma._collection, Full))
    engine.library.index(wait=True)
    ids = {int(i) for i in chroma._collection.get(include=[])["ids"]}
    assert ids == {r[0] for r in engine.parts.catalogue.database.read("SELECT id FROM chunk")}
    assert not any("vector index" in note for note in engine.status().notes)


def test_watched_folders_are_never_written(start: Start, notes: Path) -> None:
    def look() -> dict[str, tuple[int, int, bytes]]:
        return {
            str(p): (p.stat().st_mtime_ns, p.stat().st_mode, b"" if p.is_dir() else p.read_bytes())
            for p in [notes, *notes.rglob("*")]
        }

    before = look()
    filled(start, notes)
    assert look() == before
    assert DataFolder(notes.parent / "data").root.stat().st_mode & 0o077 in (0, 0o077 & ~os.umask(0o022))

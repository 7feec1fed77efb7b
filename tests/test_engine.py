"""The engine as a whole, on real parts: real files, SQLite, Chroma, embedder, and llama.cpp on a small model."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core import errors
from core.engine import Engine
from core.events import Answered, AnswerEvent, PassagesFound
from core.paths import DataFolder

HEATER = """---
title: 보일러 수리 기록
tags: [집]
---
# 보일러

## 수리
2023년 11월 4일에 순환 펌프를 바꿨다. 수리비는 18만 5천 원이었다.

## 점검
매년 10월에 점검을 받는다.
"""
TRIP = """# Lisbon trip

We fly on 12 May 2024 with flight TP 8123 from gate B14.

## Hotel

Hotel Aurora costs 92 euros a night, breakfast included.
"""


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    (folder / "집").mkdir(parents=True)
    (folder / "집" / "보일러.md").write_text(HEATER, encoding="utf-8")
    (folder / "lisbon.md").write_text(TRIP, encoding="utf-8")
    (folder / "photo.raw").write_bytes(b"\0\1\2")
    (folder / "empty.txt").write_text("")
    return folder


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Engine]]:
    running: list[Engine] = []

    def make() -> Engine:
        for old in running:
            old.close()
        engine = Engine(DataFolder(tmp_path / "data"))
        engine.start()
        running[:] = [engine]
        return engine

    yield make
    for engine in running:
        engine.close()


def ask(engine: Engine, question: str, **more: Any) -> tuple[list[AnswerEvent], Answered]:
    events = list(engine.questions.ask(question, stop=threading.Event(), **more))
    last = events[-1]
    assert isinstance(last, Answered), last
    return events, last


def test_a_folder_is_read_found_and_answered_from(notes: Path, start: Callable[[], Engine]) -> None:
    engine = start()
    engine.library.add_folder(str(notes))
    report = engine.library.index(wait=True)
    assert report.embedded >= 2 and report.failed == 0
    states = {Path(r.path).name: (r.state, r.reason) for r in engine.library.files()}
    assert states["보일러.md"] == states["lisbon.md"] == ("indexed", "")
    assert states["photo.raw"][0] == states["empty.txt"][0] == "skipped"
    assert all(states[n][1] for n in ("photo.raw", "empty.txt"))

    hit = engine.questions.search("보일러 수리비", patient=True).hits[0]
    assert Path(hit.path).name == "보일러.md" and (hit.location.heading or "").startswith("보일러")
    lines = HEATER.splitlines()[(hit.location.line_from or 1) - 1 : hit.location.line_to]
    assert any("18만 5천 원" in line for line in lines)
    assert hit.why.dense_rank is None and hit.why.dense_weight == 0, "an English embedder must not vote on Korean"
    english = engine.questions.search("What does the place we sleep in cost?", patient=True).hits[0]
    assert (english.location.heading or "").startswith("Lisbon trip") and english.why.dense_rank == 1

    events, answer = ask(engine, "보일러 수리비는 얼마였지?")
    assert isinstance(events[0], PassagesFound) and answer.mode == "extract" and answer.answerable
    assert "18만 5천 원" in answer.text and "[1]" in answer.text
    assert answer.citations[0].path.endswith("보일러.md") and "18만 5천 원" in answer.citations[0].quote
    _, none = ask(engine, "Who won the chess championship in Reykjavik?", conversation=answer.conversation)
    assert not none.answerable and none.citations == ()
    assert [m.role for m in engine.chats.show(answer.conversation).messages] == ["user", "assistant"] * 2


def test_an_empty_library_answers_at_once(start: Callable[[], Engine]) -> None:
    engine = start()
    assert engine.library.index(wait=True).added == 0
    assert engine.library.index(wait=True).added == 0
    _, answer = ask(engine, "무엇이 있지?")
    assert not answer.answerable and "폴더" in answer.text


def test_changes_on_disk_are_followed(notes: Path, start: Callable[[], Engine]) -> None:
    engine = start()
    engine.library.add_folder(str(notes))
    engine.library.index(wait=True)
    (notes / "lisbon.md").rename(notes / "집" / "포르투갈.md")
    moved = engine.library.index(wait=True)
    assert (moved.moved, moved.embedded) == (1, 0)
    (notes / "집" / "포르투갈.md").write_text(TRIP.replace("92 euros", "105 euros"), encoding="utf-8")
    edited = engine.library.index(wait=True)
    assert (edited.changed, edited.embedded) == (1, 1)
    assert "105 euros" in engine.questions.search("Hotel Aurora", patient=True).hits[0].text
    (notes / "집" / "포르투갈.md").unlink()
    assert engine.library.index(wait=True).removed == 1
    assert not any("Aurora" in h.text for h in engine.questions.search("Hotel Aurora").hits)


def test_a_file_moa_itself_fails_on_holds_up_nothing(
    notes: Path, start: Callable[[], Engine], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(text: str) -> int:
        if "Aurora" in text:
            raise RuntimeError("a bug of ours")
        return len(text.split())

    engine = start()
    monkeypatch.setattr(engine.parts.embedder, "count", broken)
    engine.library.add_folder(str(notes))
    assert engine.library.index(wait=True).failed == 1
    states = {Path(r.path).name: r.state for r in engine.library.files()}
    assert states["lisbon.md"] == "failed" and states["보일러.md"] == "indexed"
    assert "a bug of ours" in caplog.text


def test_a_saved_note_is_found_without_being_asked_to_look(notes: Path, start: Callable[[], Engine]) -> None:
    engine = start()
    engine.library.add_folder(str(notes))
    engine.library.index(wait=True)
    seen = threading.Event()
    engine.subscribe(lambda _: seen.set() if engine.questions.search("xylophone").hits else None)
    (notes / "new.md").write_text("The xylophone is in the attic.\n", encoding="utf-8")
    assert seen.wait(30)


def test_a_folder_that_is_gone_keeps_its_notes(notes: Path, start: Callable[[], Engine]) -> None:
    engine = start()
    engine.library.add_folder(str(notes))
    engine.library.index(wait=True)
    notes.rename(notes.with_name("unplugged"))
    engine.library.index(wait=True)
    assert [f.state for f in engine.library.folders()] == ["unavailable"]
    assert engine.questions.search("Hotel Aurora").hits and any("cannot be reached" in n for n in engine.status().notes)
    notes.with_name("unplugged").rename(notes)
    assert engine.library.index(wait=True).embedded == 0
    assert [f.state for f in engine.library.folders()] == ["watched"]
    assert engine.status().files["indexed"] == 2


def test_the_next_start_knows_everything_and_embeds_nothing(notes: Path, start: Callable[[], Engine]) -> None:
    engine = start()
    engine.library.add_folder(str(notes))
    engine.library.index(wait=True)
    before = engine.library.files()
    engine = start()
    report = engine.library.index(wait=True)
    assert (report.added, report.embedded, report.changed) == (0, 0, 0)
    assert engine.library.files() == before and engine.status().pending == 0
    assert engine.questions.search("nightly price", patient=True).hits[0].why.dense_rank == 1


def test_what_cannot_be_is_said_and_changes_nothing(notes: Path, tmp_path: Path, start: Callable[[], Engine]) -> None:
    engine = start()
    engine.library.add_folder(str(notes))
    for path, words in (
        (tmp_path / "nowhere", "There is no folder"),
        (notes / "lisbon.md", "is a file"),
        (notes, "watched already"),
        (notes / "집", "lies inside"),
        (tmp_path, "holds"),
        (engine.data.root / "models", "its own data"),
    ):
        with pytest.raises(errors.BadRequest, match=words):
            engine.library.add_folder(str(path))
    with pytest.raises(errors.BadRequest, match="not a watched folder"):
        engine.library.remove_folder(str(notes / "집"))
    for question in ("", "  \n"):
        with pytest.raises(errors.BadRequest, match="empty"):
            engine.questions.search(question)
        with pytest.raises(errors.BadRequest, match="empty"):
            engine.questions.ask(question, stop=threading.Event())
    with pytest.raises(errors.BadRequest, match="no conversation"):
        engine.questions.ask("What?", conversation="unknown", stop=threading.Event())
    assert [f.path for f in engine.library.folders()] == [str(notes)]
    engine.library.remove_folder(str(notes))
    assert (
        engine.library.folders() == () and engine.library.files() == () and engine.questions.search("Aurora").hits == ()
    )


def test_imported_files_are_copied_never_overwritten(notes: Path, tmp_path: Path, start: Callable[[], Engine]) -> None:
    engine = start()
    other = tmp_path / "other" / "lisbon.md"
    other.parent.mkdir()
    other.write_text("# Another Lisbon\n\nThe tram number is 28.\n", encoding="utf-8")
    engine.library.import_files([str(notes / "lisbon.md")])
    engine.library.import_files([str(notes / "lisbon.md"), str(other)])
    engine.library.index(wait=True)
    rows = engine.library.files()
    assert [Path(r.path).name for r in rows] == ["lisbon (2).md", "lisbon.md"]
    assert all(r.state == "indexed" for r in rows)
    assert (notes / "lisbon.md").exists() and other.exists()
    assert [f.collection for f in engine.library.folders()] == ["Imported files"]
    with pytest.raises(errors.BadRequest, match="Nothing was copied"):
        engine.library.import_files([str(notes / "missing.md")])

"""The indexing thread as a whole, on real files and a real engine: order, rate, pauses, edits."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core import errors, settings
from core.engine import Engine, parts
from core.events import EngineEvent, StatusChanged
from core.index.lane import reading, thread
from core.index.pace import Pace, Rate
from core.index.reading import cutting
from core.paths import DataFolder
from core.settings import Settings
from core.types import Status
from tests.faults.conftest import says


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    engine = Engine(DataFolder(tmp_path / "data"))
    engine.start()
    # What is counted here does not depend on what the vectors are.
    monkeypatch.setattr(
        engine.parts.embedder, "passages", lambda texts: np.ones((len(texts), engine.parts.embedder.dim))
    )
    yield engine
    engine.close()


def test_an_edit_of_one_paragraph_embeds_at_most_three_passages(engine: Engine, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    sections = [
        f"## Section {n}\n\n" + "\n\n".join(f"Paragraph {p} of section {n}. " + f"word{n} " * 60 for p in range(4))
        for n in range(100)
    ]
    book = notes / "book.md"
    book.write_text("# Book\n\n" + "\n\n".join(sections), encoding="utf-8")
    engine.library.add_folder(str(notes))
    report = engine.library.index(wait=True)
    assert report.embedded >= 200
    sections[50] = sections[50].replace("Paragraph 2", "The changed paragraph, with words of its own,")
    book.write_text("# Book\n\n" + "\n\n".join(sections), encoding="utf-8")
    assert 1 <= engine.library.index(wait=True).embedded <= 3
    # A paragraph more shifts every line below it, but no text.
    sections.insert(10, "## New\n\nA section that was not there.")
    book.write_text("# Book\n\n" + "\n\n".join(sections), encoding="utf-8")
    assert 1 <= engine.library.index(wait=True).embedded <= 3


def test_progress_counts_up_and_an_eta_is_given(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.engine.engine.STATUS_INTERVAL_S", 0.0)  # every step, however fast this machine is
    notes = tmp_path / "notes"
    notes.mkdir()
    for n in range(150):
        (notes / f"{n}.md").write_text(f"# Note {n}\n\n" + f"word{n} " * 300, encoding="utf-8")
    seen: list[Status] = []

    def listen(event: EngineEvent) -> None:
        if isinstance(event, StatusChanged):
            seen.append(event.status)

    engine.subscribe(listen)
    engine.library.add_folder(str(notes))
    engine.library.index(wait=True)
    for stage in ("reading", "embedding"):
        steps = [s.progress for s in seen if s.progress.stage == stage]
        assert steps and all(p.done <= p.total for p in steps)
        assert [p.done for p in steps] == sorted(p.done for p in steps)
    assert any(s.eta_s for s in seen if s.progress.stage == "embedding")
    assert engine.status().eta_s is None and engine.status().pending == 0


def test_waiting_for_a_paused_index_says_so(engine: Engine, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.md").write_text("apple", encoding="utf-8")
    engine.library.pause()
    engine.library.add_folder(str(notes))
    with pytest.raises(errors.SetupProblem, match="paused"):
        engine.library.index(wait=True)
    waiting = threading.Thread(target=engine.library.resume)
    waiting.start()
    waiting.join()
    assert engine.library.index(wait=True).failed == 0
    assert engine.status().files == {"indexed": 1}


def test_the_time_left_follows_the_latest_pace() -> None:
    pace = Pace()
    assert pace.seconds_for(10, 0) is None and pace.seconds_for(0, 0) is None
    pace.files.add(100, 10)
    pace.passages_a_file.add(200, 100)
    assert pace.seconds_for(10, 0) is None, "how long embedding takes is not known yet"
    pace.passages.add(1, 9)
    assert pace.seconds_for(10, 0) is None, "one passage says nothing yet"
    pace.passages.add(49, 1)
    assert pace.seconds_for(10, 30) == pytest.approx(1 + (30 + 20) / 5)
    rate = Rate()
    for _ in range(10):
        rate.add(100, 10)
    for _ in range(20):
        rate.add(10, 10)
    assert rate.per_second() == pytest.approx(1, rel=0.2)


def test_embedding_stops_within_a_batch_of_a_question(engine: Engine, tmp_path: Path) -> None:
    """The embedder and the language model want the same processors."""
    notes = tmp_path / "notes"
    notes.mkdir()
    for n in range(200):
        (notes / f"{n}.md").write_text(f"# Note {n}\n\nWord {n} is here.\n", encoding="utf-8")
    lane, batches, asked = engine.parts.lane, [0], threading.Event()
    embed = engine.parts.embedder.passages

    def counted(texts: list[str]) -> object:
        batches[0] += 1
        if batches[0] == 1:
            lane.asking(+1)
            asked.set()
        return embed(texts)

    engine.parts.embedder.passages = counted  # type: ignore[method-assign,assignment]
    engine.library.add_folder(str(notes))
    assert asked.wait(60)
    # What the lane is asked to do now it does after the batch under way.
    lane.call(lambda: None)
    assert batches == [1]
    lane.asking(-1)
    lane.wait_until_idle()
    assert batches[0] > 1


def test_vectors_wait_for_the_charger_and_words_do_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thread, "RETRY_S", 0.05)
    plugged = threading.Event()
    monkeypatch.setattr(parts, "on_battery", lambda: not plugged.is_set())
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.md").write_text("# Note\n\nzqchargermarker\n", encoding="utf-8")
    data = DataFolder(tmp_path / "data")
    data.root.mkdir()
    settings.save(data.settings, Settings(on_battery="wait"))
    engine = Engine(data)
    engine.start()
    try:
        engine.library.add_folder(str(notes))
        with pytest.raises(errors.SetupProblem, match="charger"):
            engine.library.index(wait=True)
        status = engine.status()
        assert status.pending == 1 and any("charger" in note for note in status.notes)
        assert engine.questions.search("zqchargermarker").hits
        done = threading.Event()
        engine.subscribe(lambda event: done.set() if not engine.status().pending else None)
        plugged.set()
        assert done.wait(30)
        assert not any("charger" in note for note in engine.status().notes)
    finally:
        engine.close()


def test_a_note_does_not_wait_for_a_long_document_to_be_cut(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    cut, go_on, found = threading.Event(), threading.Event(), threading.Event()
    count = engine.parts.embedder.count

    def counted(text: str) -> int:
        if threading.current_thread().name == "cut":
            cut.set()
            assert go_on.wait(60)
        return count(text)

    monkeypatch.setattr(engine.parts.embedder, "count", counted)
    monkeypatch.setattr(cutting, "LONG", 5_000)
    monkeypatch.setattr(reading, "LONG", 5_000)
    (notes / "line.txt").write_text("zqlineword and more words " * 400, encoding="utf-8")
    engine.library.add_folder(str(notes))
    assert cut.wait(60)
    (notes / "other.txt").write_text("zqotherword and more words " * 400, encoding="utf-8")
    (notes / "note.md").write_text("# Note\n\nzqnoteword\n", encoding="utf-8")
    engine.subscribe(lambda _: found.set() if says(engine, "zqnoteword") else None)
    engine.library.index(wait=False)
    assert found.wait(60)
    assert not says(engine, "zqlineword") and engine.status().files["waiting"] == 2
    go_on.set()
    engine.library.index(wait=True)
    assert says(engine, "zqlineword") and says(engine, "zqotherword")
    assert engine.status().files == {"indexed": 3}


def test_a_long_document_that_changes_while_it_is_cut_is_read_anew(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    cut, go_on, looked = threading.Event(), threading.Event(), threading.Event()
    count = engine.parts.embedder.count

    def counted(text: str) -> int:
        if threading.current_thread().name == "cut":
            cut.set()
            assert go_on.wait(60)
        return count(text)

    monkeypatch.setattr(engine.parts.embedder, "count", counted)
    monkeypatch.setattr(cutting, "LONG", 5_000)
    monkeypatch.setattr(reading, "LONG", 5_000)
    long = notes / "line.txt"
    long.write_text("zqoldword and more words " * 400, encoding="utf-8")
    gone = notes / "gone.txt"
    engine.library.add_folder(str(notes))
    assert cut.wait(60)
    long.write_text("zqnewword and other words, longer " * 400, encoding="utf-8")
    engine.library.index(wait=False)
    engine.parts.lane.call(looked.set)
    assert looked.wait(60)
    go_on.set()
    engine.library.index(wait=True)
    assert says(engine, "zqnewword") and not says(engine, "zqoldword")
    cut.clear()
    go_on.clear()
    gone.write_text("zqgoneword and words " * 400, encoding="utf-8")
    engine.library.index(wait=False)
    assert cut.wait(60)
    gone.unlink()
    engine.library.index(wait=False)
    engine.parts.lane.call(lambda: None)
    go_on.set()
    engine.library.index(wait=True)
    assert engine.status().files == {"indexed": 1} and not says(engine, "zqgoneword")
    engine.library.pause()
    long.write_text("zqlastword and words " * 400, encoding="utf-8")
    cut.clear()
    go_on.clear()
    engine.library.resume()
    engine.library.index(wait=False)
    assert cut.wait(60)
    engine.library.pause()
    go_on.set()
    engine.parts.lane.call(lambda: None)
    assert engine.status().files == {"waiting": 1}


def test_a_passage_in_a_language_the_embedder_does_not_know_is_not_embedded(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded: list[str] = []
    made = engine.parts.embedder.passages

    def recorded(texts: list[str]) -> object:
        embedded.extend(texts)
        return made(texts)

    monkeypatch.setattr(engine.parts.embedder, "passages", recorded)
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "ko.md").write_text("# 항구\n\n보험은 삼월에 갱신한다. 계약서는 서랍에 있다.\n", encoding="utf-8")
    (notes / "en.md").write_text("# Harbour\n\nThe insurance is renewed in March.\n", encoding="utf-8")
    engine.library.add_folder(str(notes))
    assert engine.library.index(wait=True).embedded == 2
    assert [text for text in embedded if "항구" in text] == [] and len(embedded) == 1
    status = engine.status()
    assert status.chunks == 2 and status.pending == 0
    assert Path(engine.questions.search("보험은 언제 갱신하나?", patient=True).hits[0].path).name == "ko.md"
    # Among neighbours there are only texts that have any.
    exact = engine.parts.exact
    assert len(exact) == 1
    (notes / "en.md").write_text("# 항구 2\n\n보험은 사월에 갱신한다. 계약서는 서랍에 있다.\n", encoding="utf-8")
    engine.library.index(wait=True)
    assert len(exact) == 0

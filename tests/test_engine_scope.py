"""What a question limits itself to, on a real library: tags, folders, fields, days, and going wider without them."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from core import errors
from core.engine import Engine
from core.events import Answered, AnswerEvent, Understood
from core.paths import DataFolder

TODAY = date(2026, 11, 20)  # a Friday

NOTES = {
    "회의/2026-11-10 주간 회의.md": "# 주간 회의\n\n예산 항목을 둘로 나눴다. #예산\n\n- [ ] 견적 받기\n- [x] 예약\n",
    "회의/2026-03-04 기획 회의.md": "# 기획 회의\n\n예산 항목을 새로 정했다. #예산/기획\n",
    "work/budget.md": "---\ntags: [budget]\nstatus: done\ndate: 2024-04-12\n---\nThe garden budget is 300 euros.\n",
    "work/plan.md": "---\nstatus: open\ndate: 2023-04-02\n---\nThe garden budget was 250 euros. Sow early.\n",
    "old.md": "# Old\n\nThe garden budget of the old house.\n",
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    root = tmp_path_factory.mktemp("scope")
    for name, text in NOTES.items():
        path = root / "notes" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        stamp = datetime(2020, 5, 6, 12).timestamp()
        os.utime(path, (stamp, stamp))
    engine = Engine(DataFolder(root / "data"))
    engine.start()
    engine.parts.filters.today = lambda: TODAY
    engine.library.add_folder(str(root / "notes"))
    engine.library.index(wait=True)
    yield engine
    engine.close()


def found(engine: Engine, query: str, **more: Any) -> set[str]:
    return {Path(h.path).name for h in engine.questions.search(query, patient=True, **more).hits}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("지난주 예산", {"2026-11-10 주간 회의.md"}),
        ("3월 회의록 예산", {"2026-03-04 기획 회의.md"}),
        ("#예산 항목", {"2026-11-10 주간 회의.md", "2026-03-04 기획 회의.md"}),
        ("#예산/기획 항목", {"2026-03-04 기획 회의.md"}),
        ("@회의에서 예산 항목", {"2026-11-10 주간 회의.md", "2026-03-04 기획 회의.md"}),
        ("@work garden budget", {"budget.md", "plan.md"}),
        ("@work/plan.md garden budget", {"plan.md"}),
        ("garden budget status:open", {"plan.md"}),
        ("what did the garden budget say in spring 2023", {"plan.md"}),
        ("notes about the garden budget between 2022 and 2023", {"plan.md"}),
        ("garden budget in Q2 2024", {"budget.md"}),
        ("garden budget tagged budget", {"budget.md"}),
        ("garden budget in 2020", {"old.md"}),
    ],
)
def test_a_filter_in_the_question_limits_what_is_found(engine: Engine, query: str, names: set[str]) -> None:
    result = engine.questions.search(query, patient=True)
    assert {Path(h.path).name for h in result.hits} == names
    assert len(result.filters) == 1 and result.filters[0].applied
    wide = engine.questions.search(query, patient=True, without=(result.filters[0].phrase,))
    assert wide.filters == () and {Path(h.path).name for h in wide.hits} >= names


def test_the_limits_a_person_sets_are_kept(engine: Engine) -> None:
    assert found(engine, "garden budget", tag="budget") == {"budget.md"}
    assert found(engine, "garden budget", since="2024-01", until="2024-12-31") == {"budget.md"}
    assert found(engine, "garden budget", since="2023", until="2023") == {"plan.md"}
    assert found(engine, "garden budget", tag="no such tag") == set()
    with pytest.raises(errors.BadRequest, match="no date"):
        engine.questions.search("garden", since="someday")


def test_words_that_name_nothing_in_the_library_stay_words(engine: Engine) -> None:
    for query in (
        "mail to kim@example.org",
        "@nobody garden",
        "#1 garden",
        "at 10:30 budget",
        "C# garden",
        "the 2023 budget",
        "오늘날의 예산",
        "the best budget since 1998",
    ):
        assert engine.questions.search(query).filters == (), query


def test_a_filter_that_leaves_nothing_is_told_and_taken_off(engine: Engine) -> None:
    result = engine.questions.search("garden budget yesterday", patient=True)
    assert [(f.phrase, f.applied) for f in result.filters] == [("yesterday", False)]
    assert len(result.hits) >= 3 and "yesterday" in result.notes[0]
    assert engine.questions.search("어제 예산 항목", patient=True).notes[0].startswith("“어제”")


def ask(engine: Engine, question: str, **more: Any) -> tuple[list[AnswerEvent], Answered]:
    events = list(engine.questions.ask(question, stop=threading.Event(), **more))
    last = events[-1]
    assert isinstance(last, Answered), last
    return events, last


def test_a_refusal_names_no_limit_that_was_taken_off(engine: Engine) -> None:
    _, answer = ask(engine, "Who vaccinated the elephant yesterday?")
    assert not answer.answerable and "2" not in answer.text, answer.text


def test_an_answer_tells_first_how_it_understood(engine: Engine) -> None:
    events, answer = ask(engine, "What was the garden budget in spring 2023?")
    first = events[0]
    assert isinstance(first, Understood)
    assert [(f.kind, f.since, f.until) for f in first.filters] == [("date", "2023-03-01", "2023-05-31")]
    assert "250 euros" in answer.text and "300" not in answer.text


def test_what_a_note_says_of_itself_goes_with_it(engine: Engine, tmp_path: Path) -> None:
    root = next(Path(f.path) for f in engine.library.folders())
    (root / "work" / "budget.md").rename(root / "budget.md")
    engine.library.index(wait=True)
    assert found(engine, "garden #budget") == {"budget.md"}
    (root / "budget.md").rename(root / "work" / "budget.md")
    engine.library.index(wait=True)
    assert found(engine, "@work garden budget") == {"budget.md", "plan.md"}

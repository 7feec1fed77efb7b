"""A date that may be the note's own or one that notes tell of: both are found, the notes of that time first."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from core.engine import Engine
from core.events import Answered, Understood
from tests.retrieval.library import library

NOTES = {
    "2024-05-07.md": "Caroline painted the fence green. Caroline slept well.\n",
    "2024-05-08.md": "Yesterday Caroline went to a meeting of painters.\n",
    "2025-01-02 letters.md": "On 7 May 2024 Caroline crossed the lake in a rowing boat.\n",
    "2024-03-04 garden.md": "Caroline gave 250 euros for the garden.\n",
    "2025-03-04 garden.md": "Caroline gave 300 euros for the garden. In spring 2024 Caroline had no shovel.\n",
    "2024-06-03.md": "지수는 수영장에서 접수를 마쳤다.\n",
    "2024-06-05 정리.md": "지수는 6월 3일에 계약서를 받았다.\n",
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with library(tmp_path_factory.mktemp("dates"), NOTES) as engine:
        engine.parts.filters.today = lambda: date(2025, 11, 20)
        yield engine


def found(engine: Engine, query: str, **limits: str) -> list[str]:
    hits = engine.questions.search(query, **limits).hits  # type: ignore[arg-type]
    assert [h.n for h in hits] == list(range(1, len(hits) + 1))
    return [Path(h.path).name for h in hits]


@pytest.mark.parametrize(
    ("query", "first", "others"),
    [
        ("What did Caroline do on 7 May 2024?", "2024-05-07.md", {"2025-01-02 letters.md", "2024-05-08.md"}),
        ("What did Caroline do in May 2024?", "2024-05-07.md", {"2025-01-02 letters.md"}),
        ("지수가 2024년 6월 3일에 받은 것은?", "2024-06-03.md", {"2024-06-05 정리.md"}),
    ],
)
def test_notes_of_that_day_come_first_and_those_that_tell_of_it_with_them(
    engine: Engine, query: str, first: str, others: set[str]
) -> None:
    names = found(engine, query)
    assert names[0] == first and others <= set(names)
    assert len(names) == len(set(names)), "each passage once"
    filters = engine.questions.search(query).filters
    assert [(f.kind, f.applied, f.only) for f in filters] == [("date", True, False)]
    assert found(engine, query, without=(filters[0].phrase,))  # type: ignore[arg-type]


def test_of_a_longer_time_only_notes_that_name_it_are_taken_besides(engine: Engine) -> None:
    names = found(engine, "What did Caroline give for the garden in spring 2024?")
    assert names[0] == "2024-03-04 garden.md"
    assert "2025-03-04 garden.md" in names and "2025-01-02 letters.md" not in names


@pytest.mark.parametrize(
    "query", ["notes about Caroline on 7 May 2024", "2024년 5월 7일 노트 Caroline", "Caroline last year"]
)
def test_a_date_that_can_only_be_the_notes_own_leaves_all_others_out(engine: Engine, query: str) -> None:
    result = engine.questions.search(query)
    assert result.hits and all(f.only and f.applied for f in result.filters)
    days = {Path(h.path).name[:4] for h in result.hits}
    assert days == {"2024"}


def test_what_a_person_limits_a_search_to_is_never_left(engine: Engine) -> None:
    for query in ("Caroline", "What did Caroline do on 7 May 2024?"):
        assert set(found(engine, query, since="2024-05-07", until="2024-05-07")) == {"2024-05-07.md"}
    assert set(found(engine, "What did Caroline do on 7 May 2024?", since="2025")) <= {
        "2025-01-02 letters.md", "2025-03-04 garden.md",
    }  # fmt: skip
    assert set(found(engine, '@"2025-01-02 letters" What did Caroline do on 7 May 2024?')) == {"2025-01-02 letters.md"}


def test_an_answer_may_come_from_a_note_of_another_day(engine: Engine) -> None:
    events = list(
        engine.questions.ask("What did Caroline cross in a rowing boat on 7 May 2024?", stop=threading.Event())
    )
    understood, answer = events[0], events[-1]
    assert isinstance(understood, Understood) and [f.only for f in understood.filters] == [False]
    assert isinstance(answer, Answered) and "the lake" in answer.text

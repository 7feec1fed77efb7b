"""Follow-ups that stand alone, two questions in one, and reading every file: on real parts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.answer.question import followup
from core.answer.question.everything import topics
from core.engine import Engine
from core.events import Answered, AnswerEvent, Notice, Token, Understood
from core.paths import DataFolder
from core.types import Coverage, Message
from tests.retrieval.library import library


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    notes = tmp_path / "notes"
    notes.mkdir()
    for n in range(1, 7):
        (notes / f"2024-03-0{n} 회의록.md").write_text(
            f"# {n}번째 회의\n\n{n}번째 안건으로 예산 {n}00만 원을 쓰기로 결정했다. 참석자는 모두 동의했다.\n",
            encoding="utf-8",
        )
    (notes / "보일러.md").write_text(
        "# 보일러\n\n보일러 수리는 11월 4일에 했다. 보일러 수리비는 18만 원이었다.\n", "utf-8"
    )
    (notes / "boat.md").write_text(
        "# Boat\n\nThe boat was painted blue in Porto. The painting cost 900 euros.\n", "utf-8"
    )
    engine = Engine(DataFolder(tmp_path / "data"))
    engine.start()
    engine.library.add_folder(str(notes))
    engine.library.index(wait=True)
    yield engine
    engine.close()


def ask(
    engine: Engine, question: str, stop: threading.Event | None = None, **more: Any
) -> tuple[list[AnswerEvent], Answered]:
    events = list(engine.questions.ask(question, stop=stop or threading.Event(), **more))
    last = events[-1]
    assert isinstance(last, Answered), last
    return events, last


def test_all_files_are_read_and_counted(engine: Engine) -> None:
    _, answer = ask(engine, "2024년 3월 회의록 전부 요약해줘")
    assert (answer.mode, answer.coverage) == ("exhaustive", Coverage(6, 6))
    assert all(f"{n}00만 원" in answer.text for n in range(1, 7)) and len(answer.citations) == 6
    _, english = ask(engine, "Summarise all my notes")
    assert english.coverage == Coverage(8, 8)
    _, none = ask(engine, "1999년 3월 회의록 전부 요약해줘")
    assert not none.answerable and none.coverage == Coverage(0, 0)


def test_a_model_reads_each_file_and_can_be_stopped(engine: Engine, small_model: Path) -> None:
    engine.models.use(engine.models.add(str(small_model)).id)
    events, answer = ask(engine, "2024년 3월 회의록 전부 요약해줘")
    assert (answer.mode, answer.coverage) == ("exhaustive", Coverage(6, 6)) and answer.model
    assert sum(isinstance(e, Notice) and "6개 중" in e.text and e.text.endswith("…") for e in events) == 6
    assert any(isinstance(e, Token) for e in events) and len(answer.citations) == 6
    stop, seen = threading.Event(), []
    for event in engine.questions.ask("2024년 3월 회의록 전부 요약해줘", stop=stop):
        seen.append(event)
        if isinstance(event, Notice) and "3번째" in event.text:
            stop.set()
    last = seen[-1]
    assert isinstance(last, Answered) and last.stopped and last.coverage == Coverage(2, 6)


@pytest.mark.slow
def test_five_hundred_files_are_read_and_can_be_stopped_half_way(tmp_path: Path) -> None:
    notes = {f"{n:03}.md": f"# Note {n}\n\nThe pump number {n} was checked and works well again.\n" for n in range(500)}
    with library(tmp_path, notes) as engine:
        _, whole = ask(engine, "summarise all my notes", model="none")
        assert whole.coverage == Coverage(500, 500) and not whole.stopped and "400 more" in whole.text
        stop, last = threading.Event(), None
        for event in engine.questions.ask("summarise all my notes", model="none", stop=stop):
            if isinstance(event, Notice) and "250" in event.text:
                stop.set()
            last = event
        assert isinstance(last, Answered) and last.stopped and last.coverage == Coverage(250, 500)
        assert len(last.citations) == 100


def test_a_follow_up_takes_the_topic_of_the_last_question(engine: Engine) -> None:
    _, first = ask(engine, "보일러 수리비는 얼마였지?", model="none")
    events, answer = ask(engine, "그건 언제 했어?", model="none", conversation=first.conversation)
    understood = events[0]
    assert isinstance(understood, Understood) and understood.rewritten and "보일러" in understood.question
    assert "11월 4일" in answer.text
    assert engine.chats.show(first.conversation).messages[2].meant == understood.question
    _, boat = ask(engine, "What colour was the boat painted?", model="none")
    events, answer = ask(engine, "And how much did it cost?", model="none", conversation=boat.conversation)
    assert "900 euros" in answer.text
    events, _ = ask(engine, "What colour was the boat painted?", model="none", conversation=boat.conversation)
    assert not isinstance(events[0], Understood)


def test_two_questions_are_searched_apart(engine: Engine) -> None:
    events, _ = ask(engine, "보일러 수리비는 얼마야? 배는 어디에서 칠했어?", model="none")
    assert isinstance(events[0], Understood) and len(events[0].parts) == 2


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("난방과 온수의 차이는?", ("난방", "온수")),
        ("What is the difference between Sync and Publish?", ("Sync", "Publish")),
        ("Who is the landlord and when is the rent due?", ("Who is the landlord", "when is the rent due?")),
        ("Who wrote the song Bread and Butter?", ()),
        ("소금과 후추는 어디에 있지?", ()),
    ],
)
def test_parts(question: str, expected: tuple[str, ...]) -> None:
    assert followup.parts(question) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("summarise all meeting notes", ("meeting",)),
        ("요약해줘", None),
        ("모든 프로젝트 노트를 정리해줘", ("프로젝트",)),
        ("summarise the meeting", None),
        ("Are all flights summarised in the itinerary of the trip?", None),
    ],
)
def test_which_requests_read_everything(question: str, expected: tuple[str, ...] | None) -> None:
    assert topics(question, ()) == expected


def test_what_a_model_makes_of_a_follow_up_must_be_made_of_what_was_said() -> None:
    turns = (Message("user", "보일러 수리비는 얼마였지?", 1.0), Message("assistant", "18만 원입니다.", 2.0, "model"))
    assert followup.accepted("보일러 수리는 언제 했어?", "그건 언제 했어?", turns) == "보일러 수리는 언제 했어?"
    assert followup.accepted("에펠탑의 높이는 얼마인가요?", "그건 언제 했어?", turns) is None
    assert followup.accepted("When was the boiler repaired?", "그건 언제 했어?", turns) is None

"""Questions about the whole collection: each number against the disk, on a library made here."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from core.engine import Engine
from core.events import Answered
from core.paths import DataFolder

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    root = tmp_path_factory.mktemp("catalogue")
    notes = root / "notes"
    for n in range(1, 8):
        write(
            notes / "회의" / f"2026-03-{n:02} 회의록.md",
            f"# 회의 {n}\n\n예산을 논의했다. 김민지 참석.\n\n- [ ] 할 일 {n}\n- [x] 끝\n",
        )
    for n in range(5):
        write(
            notes / "Projects" / f"plan {n}.md",
            f"---\ntags: [project, p{n}]\ndate: 2024-0{n + 1}-10\n---\nSync the {n}. task. Alpha Beta.\n",
        )
    for n in range(3):
        write(notes / "misc" / f"text {n}.txt", f"A plain text about syncing things {n}.\n")
    write(notes / "misc" / "big.md", "word " * 3000 + "\nOmega appears once.\n```\n- [ ] not a task\n```\n")
    fresh = notes / "misc" / "fresh.md"
    write(fresh, "# Fresh\n\nNew this week. #new\n")
    stamp(fresh, datetime(2026, 11, 18, 9))
    engine = Engine(DataFolder(root / "data"))
    engine.start()
    engine.parts.filters.today = lambda: TODAY
    engine.library.add_folder(str(notes))
    engine.library.index(wait=True)
    yield engine
    engine.close()


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    stamp(path, datetime(2020, 5, 6, 12))


def stamp(path: Path, at: datetime) -> None:
    os.utime(path, (at.timestamp(), at.timestamp()))


def ask(engine: Engine, question: str) -> Answered:
    last = list(engine.questions.ask(question, model="none", stop=threading.Event()))[-1]
    assert isinstance(last, Answered), last
    return last


NUMBERS = [
    ("How many notes do I have?", 17),
    ("how many files are there in total?", 17),
    ("What is the total number of documents?", 17),
    ("How many markdown files are there?", 14),
    ("How many text files do I have?", 3),
    ("How many notes are in the Projects folder?", 5),
    ("How many files are tagged project?", 5),
    ("how many notes with the tag new are there", 1),
    ("How many tags are there?", 7),
    ("Which tags are there?", 7),
    ("Which tags are used in my notes?", 7),
    ("How many folders are there?", 3),
    ("How many unfinished check boxes are there?", 7),
    ("List all open tasks", 7),
    ("how many finished tasks do I have?", 7),
    ("Which files mention Sync?", 5),
    ("How many notes mention Alpha Beta?", 5),
    ("Which notes contain the word Omega?", 1),
    ("What changed this week?", 1),
    ("List all notes from March 2024", 1),
    ("how many notes since 2024?", 13),
    ("노트가 모두 몇 개야?", 17),
    ("파일은 총 몇 개 있어?", 17),
    ("전체 문서 개수는?", 17),
    ("마크다운 파일은 몇 개야?", 14),
    ("텍스트 파일이 몇 개 있나요?", 3),
    ("Projects 폴더에 있는 파일은 몇 개야?", 5),
    ("회의 폴더에 노트가 몇 개 있어?", 7),
    ("#project 노트는 몇 개야?", 5),
    ("project 태그가 달린 노트는 몇 개?", 5),
    ("태그가 몇 개야?", 7),
    ("어떤 태그가 있어?", 7),
    ("태그 목록 보여줘", 7),
    ("폴더는 몇 개야?", 3),
    ("완료되지 않은 체크박스는 몇 개야?", 7),
    ("안 끝난 할 일 목록", 7),
    ("남은 할 일이 몇 개야?", 7),
    ("김민지가 나오는 노트는 몇 개야?", 7),
    ("예산을 언급한 파일은?", 7),
    ("어떤 노트에 김민지가 나와?", 7),
    ("이번 주에 바뀐 파일은?", 1),
    ("2026년 3월 노트 목록", 7),
    ("3월 회의록은 몇 개야?", 7),
    ("2024년 3월에 쓴 노트는 몇 개야?", 1),
    ("태그 없는 노트는 몇 개야?", 11),
]


@pytest.mark.parametrize(("question", "number"), NUMBERS)
def test_the_number_is_that_of_the_disk(engine: Engine, question: str, number: int) -> None:
    answer = ask(engine, question)
    assert answer.mode == "catalogue", answer.text
    bold = re.search(r"\*\*([\d,]+)", answer.text)
    assert bold and int(bold[1].replace(",", "")) == number, answer.text
    if (
        "tag" not in question.lower()
        and "태그" not in question
        and "olders" not in question
        and "폴더는" not in question
    ):
        assert answer.citations and all(Path(c.path).exists() for c in answer.citations)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("What is my latest note?", "fresh.md"),
        ("Which is the oldest note?", "big.md"),
        ("가장 최근 노트는 뭐야?", "fresh.md"),
        ("가장 최근에 수정한 파일", "fresh.md"),
        ("가장 큰 파일은?", "big.md"),
        ("the largest file", "big.md"),
        ("latest note in the Projects folder", "plan 4.md"),
        ("회의 폴더에서 가장 오래된 노트", "2026-03-01 회의록.md"),
    ],
)
def test_the_extreme_file_is_named(engine: Engine, question: str, name: str) -> None:
    answer = ask(engine, question)
    assert answer.mode == "catalogue" and len(answer.citations) == 1
    assert name in answer.citations[0].path


@pytest.mark.parametrize(
    "question",
    [
        "How many people came to the meeting?",
        "회의에 몇 명이 왔어?",
        "How many tasks did Kim finish?",
        "예산은 얼마야?",
        "What changed in the plan?",
        "How many notes did the pianist play?",
        "계란은 몇 개 필요해?",
        "What is the latest version?",
        "Which files should I send to the bank?",
        "가장 큰 도시는?",
        "How many files does Omega need per folder and week?",
        "What is the oldest tree in the park?",
        "할 일을 언제까지 끝내야 해?",
        "How do I tag notes?",
        "폴더를 어떻게 만들어?",
        "Which notes mention Alpha and Omega?",
        "회의실은 몇 개야?",
        "How many open windows are there?",
    ],
)
def test_other_questions_are_searched(engine: Engine, question: str) -> None:
    assert ask(engine, question).mode != "catalogue"

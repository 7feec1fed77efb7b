from collections.abc import Iterator
from datetime import date

import pytest

from core.answer.checking.disagree import day_of, disagreement
from core.answer.words import wording
from core.retrieval.evidence import Evidence
from core.store import schema
from core.store.database import Database
from core.store.passages import Passages
from core.types import Location, Passage


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Passages]:
    database = Database(tmp_path_factory.mktemp("library") / "library.db", schema.LIBRARY)
    yield Passages(database)
    database.close()


def _found(*texts: str) -> list[Passage]:
    return [
        Passage(n, f"/n/202{n}-01-05 note.md", f"note {n}", Location(), text, 1.0) for n, text in enumerate(texts, 1)
    ]


def _said(library: Passages, question: str, *texts: str) -> list[str]:
    found = _found(*texts)
    dated = {p.path: day for p in found if (day := day_of(p, None))}
    return [c.written for c in disagreement(found, Evidence(library, question), dated)]


@pytest.mark.parametrize(
    ("question", "one", "other", "said"),
    [
        ("How much is the rent of the workshop?", "The rent of the workshop is 850,000 won.",
         "Since spring the rent of the workshop is 867,000 won.", ["867,000 won", "850,000 won"]),
        ("작업실 월세는 얼마야?", "작업실 월세는 85만 원이다.", "작업실 월세는 이제 87만 원이다.",
         ["87만 원", "85만 원"]),
        ("When was the heater repaired?", "The heater was repaired in March 2021.",
         "The heater was repaired on 5 May 2021.", ["5 May 2021", "March 2021"]),
        ("다온 생일은 언제야?", "다온 생일은 12월 4일이다.", "다온 생일은 12월 14일이다.", ["12월 14일", "12월 4일"]),
        ("최대 파일 크기는 몇 MB야?", "최대 파일 크기는 5 MB이다.", "최대 파일 크기는 8 MB이다.", ["8 MB", "5 MB"]),
    ],
)  # fmt: skip
def test_another_value_for_the_same_thing_is_told_newest_first(
    library: Passages, question: str, one: str, other: str, said: list[str]
) -> None:
    assert _said(library, question, one, other) == said


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        # Written otherwise, or for another thing, month, name or measure; or nothing of the kind was asked.
        ("작업실 월세는 얼마야?", "작업실 월세는 85만 원이다.", "작업실 월세는 850,000원이다."),
        ("작업실 월세는 얼마야?", "작업실 월세는 85만 원이다.", "작업실 보증금은 1,000만 원이다."),
        ("전기 요금은 얼마야?", "7월 전기 요금은 48,200원", "8월 전기 요금은 71,650원"),
        ("How much is the limit?", "The limit of Standard is 5 MB.", "The limit of Plus is 200 MB."),
        (
            "When was the heater repaired?",
            "The heater was repaired in March.",
            "The heater was repaired in March 2021.",
        ),
        ("Who repaired the heater?", "The heater was repaired in March 2021.", "The heater was repaired in May 2022."),
        (
            "When was the heater repaired?",
            "The heater was repaired in March 2021.",
            "The roof was painted in May 2022.",
        ),
    ],
)
def test_what_differs_for_a_reason_is_no_disagreement(library: Passages, question: str, one: str, other: str) -> None:
    assert _said(library, question, one, other) == []


def test_one_file_does_not_contradict_itself(library: Passages) -> None:
    one, other = _found("The rent of the workshop is 850,000 won.", "The rent of the workshop is 867,000 won.")
    same = Passage(2, one.path, one.title, Location(), other.text, 1.0)
    assert disagreement([one, same], Evidence(library, "How much is the rent of the workshop?"), {}) == ()


def test_it_is_said_in_the_language_of_the_question() -> None:
    said = [("87만 원", date(2026, 11, 16), 2), ("85만 원", None, 1)]
    assert wording.disagree("월세는 얼마야?", said) == (
        "노트마다 다르게 적혀 있습니다(새것부터): 87만 원 (2026-11-16) [2], 85만 원 [1]."
    )
    assert wording.disagree("the rent?", said).startswith("Your notes disagree, newest first: 87만 원 (2026-11-16) [2]")


def test_the_day_of_a_note_is_in_its_name_or_its_last_change() -> None:
    (note,) = _found("x")
    assert day_of(note, 0.0) == date(2021, 1, 5)
    plain = Passage(1, "/n/a.md", "a", Location(), "x", 1.0)
    assert day_of(plain, None) is None and day_of(plain, 1.7e9) is not None

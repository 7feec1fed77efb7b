"""Search by words on small real libraries: phrases, exclusions, names, slips of the keyboard, copies."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.engine import Engine
from core.store.scope import EVERYTHING
from tests.retrieval.library import found, library

NOTES = {
    "heating.md": "# Heating\n\nThe boiler was serviced in March. The annual report of the landlord names the costs.",
    "report.md": "# Costs\n\nThe report is annual now, the boiler is old.",
    "난방.md": "# 난방\n\n보일러는 3월에 점검했다. 연간 보고서에 비용이 적혀 있다. 예산안을 정했다.",
    "여행.md": "# 여행 계획\n\n예산을 아직 정하지 않았다. 숙소는 [[강릉 숙소]]에 적어 두었다.",
    "환불 정책.md": "---\npermalink: refunds\n---\n일주일 안에는 모두 돌려받는다.",
    "강릉 숙소.md": "체크인은 오후 세 시, 열쇠는 문 옆 상자에 있다.",
    "film.md": "# Night Train\n\nA film of 1999, directed by Mara Ellison.",
    "Mara Ellison.md": "Born in Leeds in 1961, she began as an editor.",
    "code.md": "# Client\n\nCall `getUserName()` and then set max_retry_count; see app.config.yaml.",
    "2024-03_회의록_최종.md": "참석자는 모두 다섯 명이었다.",
    "limits.md": "# Uploads\n\nFiles of up to 50mb are taken.",
    "copy a.md": "# Tea\n\n" + "Green tea is steeped for two minutes in water of seventy degrees. " * 4,
    "copy b.md": "# Tea\n\n" + "Green tea is steeped for two minutes in water of seventy degrees. " * 4,
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with library(tmp_path_factory.mktemp("search"), NOTES) as engine:
        yield engine


def notes_of(engine: Engine, query: str) -> tuple[str, ...]:
    return engine.parts.search.find(query, 10, EVERYTHING, dense=False).notes


@pytest.mark.parametrize(
    ("query", "first", "absent"),
    [
        ('"annual report"', "heating.md", "report.md"),
        ("boiler -landlord", "report.md", "heating.md"),
        ('"연간 보고서"', "난방.md", "여행.md"),
        ("예산 -보일러", "여행.md", "난방.md"),
        ("예산 -여행", "난방.md", "여행.md"),
    ],
)
def test_phrases_must_stand_and_excluded_words_must_not(engine: Engine, query: str, first: str, absent: str) -> None:
    for typed in (query, unicodedata.normalize("NFD", query)):
        names = found(engine, typed)
        assert names[0] == first and absent not in names


def test_a_note_is_found_by_what_its_address_calls_it(engine: Engine) -> None:
    assert found(engine, "Which purchases are refunded?")[0] == "환불 정책.md"


def test_search_by_meaning_heeds_the_marks_too(engine: Engine) -> None:
    engine.parts.embedder_done.wait(60)
    passages = engine.parts.search.find("boiler -landlord", 10, EVERYTHING, dense=True).passages
    assert "report.md" in [Path(p.path).name for p in passages]
    assert "heating.md" not in [Path(p.path).name for p in passages]


def test_a_phrase_that_stands_nowhere_is_said_and_its_words_are_searched(engine: Engine) -> None:
    assert found(engine, '"report annual"')[:2]
    assert notes_of(engine, '"report annual"') == ("No passage says “report annual” word for word.",)


def test_only_words_to_leave_out_find_nothing(engine: Engine) -> None:
    assert found(engine, "-boiler") == []


@pytest.mark.parametrize(
    ("slip", "mended", "name"),
    [("boilre", "boiler", "heating.md"), ("boielr", "boiler", "heating.md"), ("landlrod", "landlord", "heating.md"),
     ("보힐러", "보일러", "난방.md"), ("보일러는 점곰", "점검", "난방.md"), ("숙쇼는", "숙소", "여행.md")],
)  # fmt: skip
def test_a_slip_of_the_keyboard_still_finds(engine: Engine, slip: str, mended: str, name: str) -> None:
    assert name in found(engine, slip)
    assert notes_of(engine, slip) == (f"Searched for “{mended}” too.",)


def test_words_that_stand_somewhere_are_left_as_they_are(engine: Engine) -> None:
    for query in ("boilers", "예산안", "예산은", "보일러입니다", "qqqzzz", "콰쾅"):
        assert notes_of(engine, query) == ()


@pytest.mark.parametrize(
    "query", ["getUserName", "user name", "getusername", "max_retry_count", "retry", "app.config.yaml", "config"]
)
def test_identifiers_are_found_whole_and_by_their_parts(engine: Engine, query: str) -> None:
    assert found(engine, query)[0] == "code.md"


@pytest.mark.parametrize("query", ["MB", "50 MB", "50mb", "최대 몇 MB야?"])
def test_a_number_is_found_with_and_without_its_unit(engine: Engine, query: str) -> None:
    assert found(engine, query)[0] == "limits.md"


@pytest.mark.parametrize("query", ["회의록", "2024-03 회의록", "회의록 최종본"])
def test_a_file_is_found_by_its_name(engine: Engine, query: str) -> None:
    assert found(engine, query)[0] == "2024-03_회의록_최종.md"
    assert found(engine, unicodedata.normalize("NFD", query))[0] == "2024-03_회의록_최종.md"


def test_what_the_best_passage_names_comes_along(engine: Engine) -> None:
    result = engine.parts.search.find("Where was the director of Night Train born?", 5, EVERYTHING, dense=False)
    names = [Path(p.path).name for p in result.passages]
    assert names[:2] == ["film.md", "Mara Ellison.md"]
    assert result.passages[1].why.via == "Night Train"
    assert "강릉 숙소.md" in found(engine, "여행 계획 숙소 체크인")[:2]


def test_copies_are_one_hit(engine: Engine) -> None:
    passages = engine.parts.search.find("green tea minutes", 10, EVERYTHING, dense=False).passages
    assert len(passages) == 1
    assert {Path(passages[0].path).name, *(Path(p).name for p in passages[0].also)} == {"copy a.md", "copy b.md"}


def test_a_renamed_file_is_found_by_its_new_name_and_nothing_is_embedded(tmp_path: Path) -> None:
    with library(
        tmp_path, {"old name.md": "The key is under the third pot.", "other.md": "See also: nothing."}
    ) as engine:
        engine.parts.embedder_done.wait(60)
        folder = tmp_path / "notes"
        (folder / "old name.md").rename(folder / "열쇠 위치.md")
        report = engine.library.index(wait=True)
        assert (report.moved, report.embedded) == (1, 0)
        assert found(engine, "열쇠") == ["열쇠 위치.md"] and found(engine, "old name") == []

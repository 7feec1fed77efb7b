"""The note on the same subject in the other language, on small real libraries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.engine import Engine
from core.store.scope import EVERYTHING, Scope
from tests.retrieval.library import found, library

PRINTER = {
    "ko/인쇄.md": "# 인쇄\n\n인쇄하려면 CUPS를 켜고 LaserJet 4250을 고릅니다. 주소는 ipp://printhost:631 입니다.",
    "en/paper.md": "# Paper output\n\nStart CUPS, pick the LaserJet 4250, send it to ipp://printhost:631 instead.",
    "en/scans.md": "# Scanner\n\nThe scanner needs no server and puts pictures of pages into the folder for letters.",
    "en/host.md": "# Machines\n\nThe machine printhost stands in the cellar and is restarted by hand.",
    "ko/요리.md": "# 된장찌개\n\n두부와 호박을 넣고 된장을 풀어 끓입니다. 마지막에 파를 넣습니다.",
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with library(tmp_path_factory.mktemp("counterpart"), PRINTER) as engine:
        yield engine


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [("문서 인쇄 방법", "인쇄.md", "paper.md"), ("paper output", "paper.md", "인쇄.md")],
)
def test_the_note_in_the_other_language_follows(engine: Engine, question: str, first: str, second: str) -> None:
    assert found(engine, question)[:2] == [first, second]
    hit = engine.parts.search.find(question, 2, EVERYTHING, dense=False).passages[1]
    assert hit.why.via == "counterpart"


def test_a_note_that_shares_a_name_or_nothing_is_none(engine: Engine) -> None:
    for question, only in (("된장찌개 두부", "요리.md"), ("printhost cellar", "host.md")):
        hits = engine.parts.search.find(question, 5, EVERYTHING, dense=False).passages
        assert Path(hits[0].path).name == only
        assert all(hit.why.via != "counterpart" for hit in hits)


def test_it_stays_within_the_scope_and_without_what_is_excluded(engine: Engine) -> None:
    korean = Scope(within=str(Path(engine.library.folders()[0].path) / "ko"))
    hits = engine.parts.search.find("문서 인쇄 방법", 5, korean, dense=False).passages
    assert [Path(h.path).name for h in hits] == ["인쇄.md"]
    assert "paper.md" not in found(engine, "문서 인쇄 방법 -instead")


def test_what_is_written_later_is_known(tmp_path: Path) -> None:
    notes = {name: text for name, text in PRINTER.items() if name != "en/paper.md"}
    with library(tmp_path, notes) as engine:
        assert "paper.md" not in found(engine, "문서 인쇄 방법")
        (tmp_path / "notes" / "en" / "paper.md").write_text(PRINTER["en/paper.md"], encoding="utf-8")
        engine.library.index(wait=True)
        assert found(engine, "문서 인쇄 방법")[:2] == ["인쇄.md", "paper.md"]


def test_a_list_of_everything_is_nobodys(tmp_path: Path) -> None:
    notes = {
        "인쇄.md": "# 인쇄\n\nCUPS 서버를 켜고 Epson 기계를 고릅니다.",
        "사진.md": "# 사진\n\nDarktable 프로그램으로 엽니다. Nikon, Lightroom, Rawtherapee 파일도 읽습니다.",
        "list.md": "# All the things\n\nThe CUPS, the Epson, Darktable, Nikon, Lightroom and Rawtherapee.",
    }
    with library(tmp_path, notes) as engine:
        assert found(engine, "사진 여는 프로그램")[:2] == ["사진.md", "list.md"]
        assert found(engine, "인쇄 서버") == ["인쇄.md"]

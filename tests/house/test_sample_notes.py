"""The sample notes hold what the demo asks for, and their links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pypdf import PdfReader

from core.answer.words import tokens
from core.paths import RESOURCES
from installers import demo

NOTES = [p for p in (RESOURCES / "sample-notes").rglob("*") if p.is_file()]
TEXT = {p: p.read_text(encoding="utf-8") for p in NOTES if p.suffix != ".pdf"}


def test_there_are_about_thirty_of_every_kind() -> None:
    assert 28 <= len(NOTES) <= 35
    assert {p.suffix for p in NOTES} == {".md", ".txt", ".html", ".pdf"}


@pytest.mark.parametrize("path", [p for p in TEXT if p.suffix == ".md"], ids=lambda p: str(p.name))
def test_every_wikilink_leads_to_a_note(path: Path) -> None:
    names = {p.stem for p in NOTES}
    aliases = {
        a.strip()
        for t in TEXT.values()
        for line in re.findall(r"^aliases: \[(.*)\]$", t, re.M)
        for a in line.split(",")
    }
    for target in re.findall(r"\[\[([^\]|#]+)", TEXT[path]):
        assert Path(target).name in names | aliases


def test_the_manual_says_something_on_each_page() -> None:
    (manual,) = (p for p in NOTES if p.suffix == ".pdf")
    pages = [page.extract_text() for page in PdfReader(manual).pages]
    assert [fact in page for fact, page in zip(("4.2 kW", "8 minutes", "E07"), pages, strict=True)] == [True] * 3


def test_the_notes_answer_two_of_the_demos_questions() -> None:
    everything = "\n".join(TEXT.values())
    assert "로스터 보증 기간은 2028년 3월 15일까지" in everything
    assert "monthly rent of the workshop is 850,000 won" in everything
    assert "parrot" in demo.QUESTIONS[2]
    assert "parrot" not in everything.lower()


def test_the_notice_names_the_encoding_that_is_checked() -> None:
    assert tokens.RANKS_SHA256 in (RESOURCES / "NOTICE.md").read_text(encoding="utf-8")

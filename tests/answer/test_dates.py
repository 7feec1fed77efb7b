"""Dates in plain words of both languages: which days they are, on a Friday, and which phrases are no dates.

A line of the table is `first day <tab> last day <tab> the question`, empty: open on that side; `none` for a question
that limits no days; a fourth column: that it is left alone will do as well.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from core.answer.question.dates import dates

TODAY = date(2026, 11, 20)
TABLE = Path(__file__).parent / "asking" / "dates.tsv"


def test_every_phrase_means_the_days_that_a_person_means() -> None:
    wrong = {}
    lines = TABLE.read_text("utf-8").splitlines()
    for line in lines:
        first, last, question, *soft = line.split("\t")
        found = [tuple(d.isoformat() if d else "" for d in p.period) for p in dates(question, TODAY)]
        right = [] if first == "none" else [(first, last)]
        if found != right and not (soft and not found):
            wrong[question] = found
    assert len(lines) > 120 and not wrong


@pytest.mark.parametrize(
    "question",
    [
        "Which band was founded in the 1950s?", "Who scored in the third quarter?", "3분기 매출은 얼마야?",
        "1980년대생은 몇 명이야?", "상반기 매출은 얼마였어?",
    ],
)  # fmt: skip
def test_a_time_that_is_told_of_is_none_of_the_notes(question: str) -> None:
    assert dates(question, TODAY) == ()

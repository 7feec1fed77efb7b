"""Whether words follow each other in a text as they do in the question, in Korean and in English."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.retrieval.closeness import Closeness
from tests.retrieval.library import found, library

GARDEN = Closeness("Who painted the garden wall?", {"painted": 1.0, "garden": 2.0, "wall": 1.0})
TAX = Closeness("전세금에 대한 부가가치세 과세방법", {"전세금": 1.0, "부가가치세": 1.0, "과세방법": 2.0})


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("the gardens, walls and all", 1.0),
        ("a wall around the garden", 0.0),
        ("garden\nwall", 1.0),
        ("the garden of the wall", 0.0),
    ],
)
def test_neighbours_in_the_question_are_neighbours_in_the_text(text: str, share: float) -> None:
    assert GARDEN.in_order(text) == share


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("부가가치세의 과세방법을 정한다", 1.0),
        ("부가가치세과세방법", 1.0),
        ("과세방법과 부가가치세", 0.0),
        ("부가가치세는 이 법에 따른 과세방법으로", 0.0),
    ],
)
def test_korean_neighbours_may_carry_particles_or_be_written_together(text: str, share: float) -> None:
    assert TAX.in_order(text) == share


@pytest.mark.parametrize("question", ["", "?", "a", "(.*", "C++ [x]"])
def test_a_question_of_no_words_lifts_nothing(question: str) -> None:
    nothing = Closeness(question, {})
    assert nothing.in_order("some text (.*") == 0.0


def test_marks_of_patterns_are_only_characters() -> None:
    close = Closeness("a.b c", {"a": 1.0, "b": 1.0, "c": 1.0})
    assert close.in_order("axb") == 0.0 and close.in_order("b c") == 0.5


def test_of_notes_with_the_same_words_the_one_in_their_order_comes_first(tmp_path: Path) -> None:
    notes = {
        "a.md": "The cake stood in the street when Mara cut a lemon for the tea.",
        "b.md": "The street was quiet when Mara cut a lemon cake for the tea and stood.",
        "가.md": "부가가치세가 올랐고 전세금을 받았으며 과세방법을 바꾸었다.",
        "나.md": "전세금을 받았고 바꾸었으며 부가가치세의 과세방법이 올랐다.",
    }
    with library(tmp_path, notes) as engine:
        assert found(engine, "lemon cake")[0] == "b.md"
        assert found(engine, "부가가치세 과세방법")[0] == "나.md"

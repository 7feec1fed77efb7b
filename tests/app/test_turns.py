"""Answers as they are shown: how they were made, what is doubtful in them, what stays when they fail."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from app.theme import Theme
from app.turns import AnswerTurn
from core.errors import MoaError
from core.events import Answered
from core.types import Citation, Location, Passage, Timings


def passage(n: int) -> Passage:
    return Passage(n, "/n/노트.md", "", Location(line_from=n), f"text {n}", 0.5)


def captions(turn: AnswerTurn) -> list[str]:
    return [label.text() for label in turn.findChildren(QLabel) if label.text()]


CITED = Citation(1, "/n/노트.md", Location(), "text", True)


def answer(mode: str, answerable: bool = True) -> Answered:
    return Answered("text [1]", mode, answerable, (), None, "qwen", "c", Timings(1.0))  # type: ignore[arg-type]


def test_an_answer_says_how_it_was_made(theme: Theme) -> None:
    for made, words in (
        (answer("extract"), "Quotes from your notes, word for word"),
        (answer("model"), "Written by qwen, which names no source: check it against your notes"),
        (replace(answer("model"), citations=(CITED,)), "Written by qwen from your notes"),
        (answer("model", answerable=False), "Not in your notes"),
    ):
        turn = AnswerTurn(theme)
        turn.show_passages((passage(1),))
        turn.finish(made)
        assert words in captions(turn)


def test_a_sentence_that_no_source_bears_out_is_underlined_and_said_so(theme: Theme) -> None:
    turn = AnswerTurn(theme)
    turn.show_passages((passage(1), passage(2)))
    text = "- 점심은 **협재**에서 [1].\n- It cost `36,500` won\n  in all [2]."
    claim = "It cost `36,500` won\n  in all"
    doubtful = (replace(CITED, n=2, supported=False), CITED)
    turn.finish(replace(answer("model"), text=text, citations=doubtful, unsupported=(claim,)))
    view = turn._view
    assert [s.cursor.selectedText() for s in view.extraSelections()] == ["It cost 36,500 won in all"]
    assert "[1]" in view.toPlainText() and "[2 ?]" in view.toPlainText()
    assert "The underlined sentence is not borne out by its source. Check it." in captions(turn)


def test_nearest_misses_and_notices_stay_under_a_refusal(theme: Theme) -> None:
    turn = AnswerTurn(theme)
    heard: list[str] = []
    turn.link.connect(lambda _turn, href: heard.append(href))
    turn.show_passages((passage(1), passage(2)))
    turn.note("Loading the language model…")
    turn.note("12 files have not been read yet.")
    turn.finish(answer("extract", answerable=False))
    assert "12 files have not been read yet." in captions(turn)
    near = [b for b in turn.findChildren(QPushButton) if b.property("role") == "near"]
    near[1].click()
    assert heard == ["note:2"]
    turn._copy_text()
    turn.finish(replace(answer("model"), citations=(CITED,)))
    turn._copy_text()
    assert QApplication.clipboard().text() == "text [1]\n\n[1] /n/노트.md"


def test_a_failed_answer_keeps_what_was_written(theme: Theme) -> None:
    turn = AnswerTurn(theme)
    turn.add_text("half an ans")
    turn.fail(MoaError("The model's process ended.", "Ask again."))
    assert turn.text == "half an ans"
    assert "The model's process ended. Ask again." in captions(turn)

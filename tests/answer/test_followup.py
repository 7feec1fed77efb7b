"""A question that leans on the one before it, by rule.

A line of the tables is the questions of a conversation with tabs between, the last to be understood, and what the
question that stands alone must hold (`+word`, with | between what will do) and may not (`-word`); `=`: it is left as it
is. The second table was written after the rules.
"""

import re
from pathlib import Path

import pytest

from core.answer.question import followup
from core.types import Message

TABLES = Path(__file__).parent / "asking"


def understood(questions: list[str]) -> str:
    turns: list[Message] = []
    meant = ""
    for question in questions:
        before = next((m.meant or m.text for m in reversed(turns) if m.role == "user"), "")
        leans = bool(turns) and followup.leans(question, before)
        meant = followup.by_rule(question, turns) if leans else question
        turns += [Message("user", question, 0.0, meant=meant if leans else ""), Message("assistant", "…", 0.0)]
    return meant


def holds(text: str, word: str) -> bool:
    begins = r"(?<![a-z0-9])" if word.isascii() else r"(?<!\d)"
    return bool(re.search(begins + re.escape(word.lower()), text.lower()))


@pytest.mark.parametrize("table", ["turns", "turns_second"])
def test_what_is_carried_along_and_what_is_replaced(table: str) -> None:
    wrong = {}
    lines = (TABLES / f"{table}.tsv").read_text("utf-8").splitlines()
    for line in lines:
        *questions, wanted = line.split("\t")
        meant = understood(questions)
        if wanted == "=":
            right = meant == questions[-1]
        else:
            right = all(any(holds(meant, w) for w in c[1:].split("|")) is c.startswith("+") for c in wanted.split())
        if not right:
            wrong[tuple(questions)] = meant
    assert len(lines) > 60 and not wrong


@pytest.mark.parametrize(
    ("before", "asked", "meant"),
    [
        ("How much was the rent in 2021?", "and in 2022?", "How much was the rent in 2022?"),
        ("How much is the Standard plan?", "And the Pro plan?", "How much is the Pro plan?"),
        ("2021년 임대료는 얼마였어?", "2022년에는?", "2022년 임대료는 얼마였어?"),
        ("Standard 플랜의 최대 파일 크기는?", "그럼 프로 플랜은?", "프로 플랜의 최대 파일 크기는?"),
        ("창고 열쇠는 어디 있어?", "왜?", "왜? (창고 열쇠)"),
        ("창고 열쇠는 어디 있어?", "누가 정했어?", "누가 정했어? (창고 열쇠)"),
        ("창고 공사 계획은?", "그 공사는 언제 끝나?", "그 공사는 언제 끝나? (창고 공사 계획)"),
    ],
)
def test_it_reads_as_a_question_where_that_is_clear(before: str, asked: str, meant: str) -> None:
    assert understood([before, asked]) == meant


@pytest.mark.parametrize(
    "asked",
    [
        "언제 환불받을 수 있어?", "누가 정원을 가꿨어?", "Who wrote the report of 2021?", "금강산의 주봉은?",
        "When was Jon in Paris?", "Where did Oscar hide his bone?",
        "How much does the film that was shot in Rome cost?",
        "Who sang the national anthem?", "is it possible to fly slower ?",
    ],
)  # fmt: skip
def test_a_question_that_stands_alone_is_left_alone(asked: str) -> None:
    assert not followup.leans(asked, "창고 열쇠는 어디 있어?")

"""A question that leans on the one before it, by rule."""

import pytest

from core.answer import followup
from core.types import Message


@pytest.mark.parametrize(
    ("before", "asked", "meant"),
    [
        ("How much was the rent in 2021?", "and in 2022?", "in 2022? (rent)"),
        ("2021년 임대료는 얼마였어?", "2022년에는?", "2022년에는? (임대료)"),
        ("Standard 플랜의 최대 파일 크기는?", "그럼 프로 플랜은?", "프로 플랜은? (Standard 플랜 최대 파일 크기)"),
        ("창고 열쇠는 어디 있어?", "왜?", "왜? (창고 열쇠)"),
        ("창고 열쇠는 어디 있어?", "누가 정했어?", "누가 정했어? (창고 열쇠)"),
        ("창고 공사 계획은?", "그 공사는 언제 끝나?", "그 공사는 언제 끝나? (창고 공사 계획)"),
    ],
)
def test_it_takes_the_topic_and_leaves_what_it_replaces(before: str, asked: str, meant: str) -> None:
    assert followup.leans(asked)
    assert followup.by_rule(asked, [Message("user", before, 0.0)]) == meant


@pytest.mark.parametrize("asked", ["언제 환불받을 수 있어?", "누가 정원을 가꿨어?", "Who wrote the report of 2021?"])
def test_a_question_that_stands_alone_is_left_alone(asked: str) -> None:
    assert not followup.leans(asked)

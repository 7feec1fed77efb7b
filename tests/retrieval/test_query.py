import unicodedata

import pytest

from core.retrieval.query import understand


def test_phrases_and_words_to_leave_out_are_told_from_the_rest() -> None:
    query = understand('budget "annual report" -draft -"old plan" 2019-2020 -5')
    assert query.phrases == ("annual report",) and set(query.without) == {"old plan", "draft"}
    assert "annual report" in query.text and "draft" not in query.text
    assert "2019-2020" in query.text and "-5" in query.text
    assert query.strict


def test_decomposed_hangul_and_curly_quotes_are_understood() -> None:
    query = understand(unicodedata.normalize("NFD", "예산 “연간 보고서” -초안"))
    assert query.phrases == ("연간 보고서",) and query.without == ("초안",) and query.strict


@pytest.mark.parametrize("question", ['Who directed "Natural Born Killers"?', '누가 "타고난 킬러"를 감독했나요'])
def test_in_a_question_quotes_set_off_a_title(question: str) -> None:
    query = understand(question)
    assert query.phrases and not query.strict


@pytest.mark.parametrize("typed", ['""', '"..."', "-", "- item", "a - b", "well-known"])
def test_marks_around_nothing_are_no_marks(typed: str) -> None:
    query = understand(typed)
    assert not query.phrases and not query.without

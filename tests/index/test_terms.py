import unicodedata

from core.index.terms import content_terms, has_hangul, match_any, terms


def test_korean_nouns_are_found_inside_words_with_particles() -> None:
    assert set(terms("예산")) <= set(terms("예산안을")) and set(terms("회의록")) <= set(terms("지난주회의록에서"))


def test_decomposed_and_composed_hangul_are_one() -> None:
    assert list(terms(unicodedata.normalize("NFD", "예산안 2024년"))) == ["예산", "산안", "2024", "년"]
    assert has_hangul(unicodedata.normalize("NFD", "가"))


def test_a_question_keeps_what_it_is_about() -> None:
    assert content_terms("What is the budget of the Seoul trip?") == ("budget", "seoul", "trip")
    assert content_terms("what is it") == ("what", "is", "it")
    assert content_terms("?!") == ()
    assert content_terms("사각 선택은 어떻게 해?") == content_terms("사각 선택은")
    assert content_terms("어떻게 해?")


def test_nothing_in_a_question_is_search_syntax() -> None:
    assert match_any(terms('a" OR NEAR(b) * -c:d')) == '"a" OR "or" OR "near" OR "b" OR "c" OR "d"'

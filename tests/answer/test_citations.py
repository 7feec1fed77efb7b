from core.answer.citations import resolve
from core.types import Location, Passage

PASSAGES = [
    Passage(
        1, "/n/회의.md", "회의", Location(line_from=3), "예산은 300만 원으로 정했다. 다음 회의는 5월 2일이다.", 1.0
    ),
    Passage(2, "/n/a.md", "A", Location(), "The heater was repaired in March 2021 by the landlord.", 0.5),
]


def test_numbers_of_no_passage_are_dropped() -> None:
    text, citations = resolve("It was repaired [2][7]. 예산은 300만 원이다 [1, 9].", PASSAGES)
    assert text == "It was repaired [2]. 예산은 300만 원이다 [1]."
    assert [c.n for c in citations] == [2, 1]


def test_a_citation_quotes_the_sentence_that_bears_it() -> None:
    _, (citation,) = resolve("다음 회의는 5월 2일에 열린다 [1].", PASSAGES)
    assert citation.quote == "다음 회의는 5월 2일이다." and citation.supported


def test_a_wrong_number_is_not_supported() -> None:
    _, (citation,) = resolve("The heater was repaired in March 2023 [2].", PASSAGES)
    assert not citation.supported


def test_text_without_citations_stays_as_it_is() -> None:
    assert resolve("A list [a] and array[0].", PASSAGES) == ("A list [a] and array.", ())

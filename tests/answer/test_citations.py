import re
from dataclasses import replace
from pathlib import Path

from core.answer.checking.citations import Resolved, cite, resolve
from core.answer.words.sentences import spans
from core.chunks import split
from core.text import read
from core.types import Location, Passage

NOTES = Path(__file__).resolve().parents[2] / "resources" / "sample-notes"
PASSAGES = [
    Passage(
        1,
        "/n/회의.md",
        "회의",
        Location(line_from=3, line_to=4),
        "예산은 300만 원으로 정했다.\n다음 회의는 5월 2일이다.",
        1.0,
    ),
    Passage(2, "/n/a.md", "A", Location(), "The heater was repaired in March 2021 by the landlord.", 0.5),
]


def test_numbers_of_no_passage_are_dropped() -> None:
    answer = resolve("It was repaired [2][7]. 예산은 300만 원이다 [1, 9].", PASSAGES)
    assert answer.text == "It was repaired [2]. 예산은 300만 원이다 [1]."
    assert [c.n for c in answer.citations] == [2, 1] and not answer.unsupported


def test_a_citation_quotes_the_sentence_that_bears_it_and_its_own_line() -> None:
    (citation,) = resolve("다음 회의는 5월 2일에 열린다 [1].", PASSAGES).citations
    assert citation.quote == "다음 회의는 5월 2일이다." and citation.supported
    assert (citation.location.line_from, citation.location.line_to) == (4, 4)


def test_a_wrong_number_is_not_supported() -> None:
    answer = resolve("The heater was repaired in March 2023 [2].", PASSAGES)
    assert not answer.citations[0].supported
    assert answer.unsupported == ("The heater was repaired in March 2023.",)


def test_a_sentence_without_a_number_gets_the_one_that_bears_it() -> None:
    answer = resolve("The landlord repaired the heater in March 2021.\n\n예산은 400만 원이다.", PASSAGES)
    assert answer.text == "The landlord repaired the heater in March 2021. [2]\n\n예산은 400만 원이다."
    assert [c.n for c in answer.citations] == [2] and answer.unsupported == ("예산은 400만 원이다.",)


def test_a_number_behind_the_full_stop_belongs_to_the_sentence_before_it() -> None:
    answer = resolve("다음 회의는 5월 2일이다. [1] The heater was repaired in March 2021. [2]", PASSAGES)
    assert [(c.n, c.supported) for c in answer.citations] == [(1, True), (2, True)]


def test_what_states_nothing_is_left_alone() -> None:
    text = "According to the notes:\n\nHello! A list [a] and array[0]."
    assert resolve(text, PASSAGES) == Resolved("According to the notes:\n\nHello! A list [a] and array.", (), ())


def test_the_place_is_as_wide_as_lines_were_left_out() -> None:
    """A reader leaves lines out: the quote is one of the lines it can be. More lines than the place has: anywhere."""
    passage = replace(PASSAGES[0], location=Location(line_from=3, line_to=9))
    (citation,) = resolve("다음 회의는 5월 2일에 열린다 [1].", [passage]).citations
    assert (citation.location.line_from, citation.location.line_to) == (4, 9)
    passage = replace(PASSAGES[0], location=Location(line_from=3, line_to=3))
    (citation,) = resolve("다음 회의는 5월 2일에 열린다 [1].", [passage]).citations
    assert citation.location == passage.location


def test_each_sentence_of_the_sample_notes_stands_in_the_lines_it_is_given() -> None:
    exact = narrower = 0
    for path in sorted(NOTES.rglob("*.md")):
        document = read(path, path.read_bytes())
        lines = path.read_text("utf-8").split("\n")
        for chunk in split(document, lambda text: len(text) // 2, 120):
            passage = Passage(1, str(path), document.title, chunk.location, chunk.text, 1.0)
            for start, end in spans(chunk.text):
                place = cite(passage, start, end).location
                assert place.line_from and place.line_to
                there = " ".join(lines[place.line_from - 1 : place.line_to])
                # Not all of them: a link's address is left out, a table's row is given its column's names.
                words = re.findall(r"\w+", chunk.text[start:end])
                assert sum(w in there for w in words) >= len(words) / 2, (path.name, place, chunk.text[start:end])
                exact += place.line_from == place.line_to
                narrower += place != chunk.location
    assert exact > 150 and narrower > 150


def test_quotes_stand_word_for_word_in_their_passage() -> None:
    for claim, n in (("예산은 300만 원이다 [1].", 0), ("The landlord repaired it in 2021 [2].", 1)):
        for citation in resolve(claim, PASSAGES).citations:
            assert citation.quote and citation.quote in PASSAGES[n].text

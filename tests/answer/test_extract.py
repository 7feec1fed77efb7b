from itertools import islice

import pytest

from core.answer.question import asked
from core.answer.quoting.extract import extract
from core.answer.quoting.statements import Statement, statements
from core.retrieval.evidence import Evidence
from core.types import Location, Passage, Why

LIST = "우선순위는 다음과 같아요:\n\n- 파일 이름. 맨 먼저 본다.\n- 별칭\n\n그다음 본문을 검색해요."
FAQ = "자주 묻는 질문\n\n심사는 얼마나 걸려요?\n바로 승인되지 않으면 사람이 봐요. 영업일로 3일까지 걸려요."
TABLE = "Prices\n\nPlan: Small | Price: $4\n\nPlan: Large | Price: $9"
BROKEN = "The committee met and decided that the\nbudget would not be raised before the summer. None objected."


class _Words:
    """A library of ten files in which every word stands once."""

    def file_count(self) -> int:
        return 10

    def document_frequency(self, term: str) -> int:
        return 1


def _evidence(question: str) -> Evidence:
    return Evidence(_Words(), question)  # type: ignore[arg-type]


def _passage(text: str, title: str = "Note") -> Passage:
    return Passage(
        1, "/notes/note.md", title, Location(line_from=1, line_to=9), text, 1.0, Why(1, 1, None, 0.5, ""), ()
    )


def _said(text: str, s: Statement) -> str:
    return text[s.start : s.end]


def test_a_sentence_that_announces_a_list_takes_its_items_along() -> None:
    first = next(statements(LIST))
    assert first.kind == "list" and first.announced
    assert _said(LIST, first).startswith("우선순위") and "별칭" in _said(LIST, first)


def test_an_item_knows_the_line_that_announces_it() -> None:
    item = next(s for s in statements(LIST) if s.kind == "item")
    assert item.lead and LIST[slice(*item.lead)] == "우선순위는 다음과 같아요:"
    assert _said(LIST, item) == "- 파일 이름. 맨 먼저 본다."


@pytest.mark.parametrize("text", [LIST, FAQ, TABLE, BROKEN, "", "\n\n", "# \n-\n|", "only a heading"])
def test_statements_are_word_for_word(text: str) -> None:
    assert all(0 <= s.start < s.end <= len(text) and _said(text, s).strip() for s in statements(text))


def test_headings_questions_and_other_names_answer_nothing() -> None:
    said = [_said(FAQ, s) for s in statements(FAQ)]
    assert said == ["바로 승인되지 않으면 사람이 봐요.", "영업일로 3일까지 걸려요."]
    assert not list(statements("aliases: Costs, Fees"))
    assert [_said("summary: What it costs.", s) for s in statements("summary: What it costs.")] == ["What it costs."]


def test_a_broken_line_is_no_half_sentence() -> None:
    assert _said(BROKEN, next(statements(BROKEN))).endswith("before the summer.")
    (first,) = islice(statements(BROKEN), 1)
    assert extract([_passage(BROKEN)], _evidence("Was the budget raised?"))[0] == (
        f"> {_said(BROKEN, first).replace(chr(10), ' ')} [1]"
    )


def test_a_question_in_the_notes_is_answered_by_what_stands_under_it() -> None:
    text, citations = extract([_passage(FAQ)], _evidence("심사는 얼마나 걸려?"))
    assert citations[0].quote == "영업일로 3일까지 걸려요." and "얼마나 걸려요?" not in text


def test_a_price_is_answered_by_a_row_that_holds_one() -> None:
    text, citations = extract([_passage(TABLE)], _evidence("How much is the large plan?"))
    assert citations[0].quote == "Plan: Large | Price: $9" and text.startswith("> Plan: Large")


def test_an_item_is_quoted_under_the_line_that_announces_it_once() -> None:
    note = "Not refundable are:\n\n- Gift cards\n- Gift boxes\n- Tickets"
    text, citations = extract([_passage(note)], _evidence("Can gift cards be returned?"))
    assert text.count("Not refundable are:") == 1 and "- Gift cards" in text and citations


def test_a_line_that_announces_one_line_goes_with_it() -> None:
    note = "Heads\n\nTo embed a picture:\n\n![[picture.png]]\n\nThat is all there is to it."
    said = [_said(note, s) for s in statements(note)]
    assert "To embed a picture:\n\n![[picture.png]]" in said and "To embed a picture:" not in said


def test_a_remark_in_code_is_about_the_lines_under_it() -> None:
    note = "Dates\n\n# the present time as a number\ndate +%s\n\n# the week\ndate +%V"
    text, citations = extract([_passage(note)], _evidence("present time as a number"))
    assert citations[0].quote == "date +%s" and text.startswith("> # the present time as a number")


def test_what_is_asked_for() -> None:
    assert "when" in asked.kinds("다음 회의는 언제야?") and "when" in asked.kinds("When did it end?")
    assert "who" in asked.kinds("담당자는 누구야?") and "identifier" in asked.kinds("복구 코드 파일 이름이 뭐야?")
    assert "steps" in asked.kinds("How do I reset it?") and "list" in asked.kinds("Which purchases cannot be refunded?")
    assert asked.dimensions("최대 몇 GB까지?") == {"byte"} and not asked.dimensions("몇 도시를 갔어?")
    assert "won" in asked.dimensions("월세가 얼마야?") and "dollar" in asked.dimensions("How much is the rent?")
    assert not asked.dimensions("얼마나 자주 만나?") and "time" in asked.dimensions("How long does it take?")
    assert not asked.kinds("첨부 파일도 포함돼?")


def test_what_holds_an_answer() -> None:
    byte = asked.wanted("최대 몇 GB야?")
    assert byte.fit("최대 크기는 200 MB") == 1 and byte.fit("요금은 200원") == 0
    assert asked.wanted("코드 파일 이름이 뭐야?").fit("코드가 든 `codes.txt` 파일") == 1
    when = asked.wanted("When did the fair of March 2 end?")
    assert when.fit("It was on March 5.") == 1 and when.fit("It began on March 2.") == 0
    assert asked.wanted("포함돼?").fit("anything") == 0


def _first(question: str, text: str) -> str:
    return extract([_passage(text)], _evidence(question))[0].split("\n\n")[0]


def test_a_row_that_answers_alone_is_quoted_alone() -> None:
    text = (
        "Below is a comparison of the plans:\n\nDevices | Small: 1 | Large: 9\n\nStorage | Small: 3 GB | Large: 70 GB"
    )
    assert _first("How many GB of storage has Large?", text) == "> Storage | Small: 3 GB | Large: 70 GB [1]"


def test_what_it_points_to_is_quoted_with_it() -> None:
    text = "The Panthers hired Ron Rivera in 2011. He coached the Bears before."
    assert _first("Who coached the Bears?", text) == f"> {text} [1]"
    text = "모아는 노트를 읽는다. 이는 검색을 빠르게 만든다."
    assert _first("검색을 빠르게 만드는 것은?", text) == f"> {text} [1]"


def test_marks_of_callouts_and_quotations_are_left_out() -> None:
    text = "You can give them titles:\n> [!tip] Callouts can have custom titles"
    assert "[!" not in _first("Can callouts have custom titles?", text)


def test_a_broken_item_is_one_item() -> None:
    text = (
        "Steps to save the layout:\n\n1. Open the ribbon and choose the\n   layouts that you want to keep.\n2. Save it."
    )
    quoted = _first("How do I save the layout?", text)
    assert "> 1. Open the ribbon and choose the layouts that you want to keep." in quoted.split("\n")


def test_who_speaks_is_no_answer_and_a_new_turn_goes_on_from_none() -> None:
    before = "Nate: I took a photo of the cake that my sister made for the party"
    text = f"{before}\nCalvin: I relax on long drives.\nCalvin: Yes, totally!"
    quoted, citations = extract([_passage(text)], _evidence("What does Calvin do to relax?"))
    assert quoted == "> Calvin: I relax on long drives. [1]" and len(citations) == 1


def test_a_list_of_links_gives_way() -> None:
    links = "Links\n\n- Reference of Boot settings file\n- Boot settings file guide"
    text = f"Boot reads settings from a file of yours.\n\n{links}"
    assert _first("Where does Boot read settings file?", text).startswith("> Boot reads")

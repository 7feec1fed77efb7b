from core.answer import asked
from core.answer.extract import statements

LIST = "우선순위는 다음과 같아요:\n\n- 파일 이름. 맨 먼저 본다.\n- 별칭\n\n그다음 본문을 검색해요."


def test_a_sentence_that_announces_a_list_takes_its_items_along() -> None:
    first = next(iter(statements(LIST)))
    text = LIST[slice(*first)]
    assert text.startswith("우선순위") and "별칭" in text


def test_statements_are_word_for_word() -> None:
    assert all(LIST[a:b].strip() == LIST[a:b] and LIST[a:b] for a, b in statements(LIST))


def test_what_is_asked_for() -> None:
    assert "when" in asked.kinds("다음 회의는 언제야?") and "when" in asked.kinds("When did it end?")
    assert "who" in asked.kinds("담당자는 누구야?") and "identifier" in asked.kinds("복구 코드 파일 이름이 뭐야?")
    assert "steps" in asked.kinds("How do I reset it?") and "list" in asked.kinds("Which purchases cannot be refunded?")
    assert asked.dimension("최대 몇 GB까지?") == "byte" and asked.dimension("몇 도시를 갔어?") == ""
    assert not asked.kinds("첨부 파일도 포함돼?")


def test_what_holds_an_answer() -> None:
    byte = frozenset({"number"})
    assert asked.fits("최대 크기는 200 MB", byte, "byte") == 1 and asked.fits("요금은 200원", byte, "byte") == 0
    assert asked.fits("코드가 든 `codes.txt` 파일", frozenset({"identifier"}), "") == 1
    assert asked.fits("It was on March 5.", frozenset({"when"}), "") == 1
    assert asked.fits("anything", frozenset(), "") == 0

"""Whether the notes answer at all: held against notes that do, do not, and speak of somebody else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.answer import answerable
from core.answer.words import dialogue
from core.engine import Engine
from core.paths import DataFolder
from core.store.passages import Passages
from core.types import Location, Passage

TALK = """Mina: Look, I finally got my new red bicycle! I ride it to the lake every morning.
Jun: Wow, your bicycle is great. I still go everywhere by bus, my driving licence has expired.
Mina: Oh no! When will you renew your licence?
Jun: In March. I was busy with my pottery class.
Mina: My sister loves pottery. I prefer the lake."""
NOTES = {
    "roof": "The roof was repaired in 2021 by Kim Roofing. It cost 900 euros.",
    "garden": "The tomatoes are watered every second day. Basil stands by the kitchen door.",
    "talk": TALK,
    "보증": "냉장고 보증 기간은 2027년 5월까지다. 수리는 서비스 센터에 맡긴다.",
    "세탁": "세탁기는 2022년에 샀다. 필터는 두 달에 한 번 청소한다.",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Passages]:
    root = tmp_path_factory.mktemp("answerable")
    (root / "notes").mkdir()
    for name, text in NOTES.items():
        (root / "notes" / f"{name}.txt").write_text(text, "utf-8")
    engine = Engine(DataFolder(root / "data"))
    engine.start()
    engine.library.add_folder(str(root / "notes"))
    engine.library.index(wait=True)
    yield engine.parts.passages
    engine.close()


def found() -> list[Passage]:
    return [Passage(n, f"/n/{name}.md", name, Location(), text, 1.0) for n, (name, text) in enumerate(NOTES.items(), 1)]


@pytest.mark.parametrize(
    ("question", "answered"),
    [
        ("When was the roof repaired?", True), ("Who repaired the roof?", True),
        ("How often are the tomatoes watered?", True),
        ("What colour is the neighbour's submarine?", False), ("Which visa does Peru ask for?", False),
        ("냉장고 보증은 언제까지야?", True), ("세탁기 필터는 얼마나 자주 청소해?", True),
        ("화성 여행 비용은 얼마야?", False),
        ("주식 배당 일정은?", False),
        ("세탁기 필터는 몇 원이야?", False),
    ],
)  # fmt: skip
def test_what_the_notes_say_and_do_not_say(library: Passages, question: str, answered: bool) -> None:
    assert (answerable.score(library, question, found()) >= answerable.REFUSE_BELOW) is answered


@pytest.mark.parametrize(
    ("asked", "swapped"),
    [
        ("What colour is Mina's bicycle?", "What colour is Jun's bicycle?"),
        ("When will Jun renew his driving licence?", "When will Mina renew her driving licence?"),
        ("Which class was Jun busy with?", "Which class was Mina busy with?"),
    ],
)
def test_a_question_about_the_other_speaker_scores_lower(library: Passages, asked: str, swapped: str) -> None:
    assert answerable.score(library, asked, found()) > answerable.score(library, swapped, found()) + 0.1


def test_a_long_question_is_answered_when_one_of_its_parts_is(library: Passages) -> None:
    part = "Who repaired the roof in 2021 for 900 euros?"
    other = "Which neighbours complained about scaffolding noise during summer holidays?"
    both = f"{part} {other}"
    score = answerable.score(library, both, found())
    assert score >= answerable.score(library, part, found()) > answerable.score(library, other, found())


def test_without_passages_there_is_no_answer(library: Passages) -> None:
    assert answerable.score(library, "roof", []) == 0.0


def test_turns_of_a_conversation_and_whom_they_are_about() -> None:
    first, second, *_ = dialogue.turns(TALK)
    assert first.speaker == "Mina" and "red bicycle" in first.own and not first.other
    assert second.speaker == "Jun" and "bicycle is great" in second.other and "licence has expired" in second.own
    third = dialogue.turns(TALK)[3]
    assert "In March" in third.own and "renew your licence?" in third.own


def test_exported_chats_are_conversations_and_tables_are_not() -> None:
    chat = "[민수] [오후 3:20] 나 내일 부산 가\n[지혜] [오후 3:21] 우리 집에 와\n"
    chat += "[민수] [오후 3:22] 그래\n[지혜] [오후 3:23] 응"
    assert [t.speaker for t in dialogue.turns(chat)] == ["민수", "지혜", "민수", "지혜"]
    table = "Plan: Plus | Size: 5 MB\nPlan: Standard | Size: 1 MB\nSize: my own\nSize: x"
    assert dialogue.turns(table) == []


def test_the_subject_is_the_one_who_does_it() -> None:
    assert dialogue.subject("What did Jun give to Mina?", ["Mina", "Jun"]) == "Jun"
    assert dialogue.subject("민수는 어디에 가?", ["지혜", "민수"]) == "민수"
    assert dialogue.subject("Where is the lake?", ["Mina", "Jun"]) == ""

from pathlib import Path

import pytest

from core import errors
from core.store.chats import Chats
from core.store.transcript import markdown
from core.types import Citation, Location, Message, Passage


def test_a_turn_comes_back_as_it_was(tmp_path: Path) -> None:
    chats = Chats(tmp_path / "chats.db", tmp_path / "backups")
    id = chats.start("  예산은   얼마였지? " + "길게 " * 60)
    where = Location(page=2, heading="회의 > 예산")
    passage = Passage(1, "/n/a.md", "회의", where, "예산은 300만 원", 1.0)
    answer = Message(
        "assistant",
        "300만 원 [1]",
        2.0,
        "extract",
        None,
        True,
        (Citation(1, "/n/a.md", where, "예산은", True),),
        (passage,),
    )
    chats.add(id, Message("user", "예산은 얼마였지?", 1.0), answer)
    conversation = chats.conversation(id)
    assert conversation.messages[1] == answer
    assert len(conversation.title) <= 60 and conversation.title.startswith("예산은 얼마였지?")
    assert [c.id for c in chats.rows("300만")] == [id]
    assert chats.rows("100%") == ()
    chats.remove(id)
    with pytest.raises(errors.BadRequest, match="no conversation"):
        chats.conversation(id)
    with pytest.raises(errors.BadRequest):
        chats.add(id, answer)
    chats.database.close()


def test_a_conversation_can_be_renamed_and_its_last_question_taken_back(tmp_path: Path) -> None:
    chats = Chats(tmp_path / "chats.db", tmp_path / "backups")
    id = chats.start("예산은?")
    for n, text in enumerate(("예산은?", "300만 원", "언제까지?", "모릅니다")):
        chats.add(id, Message("user" if n % 2 == 0 else "assistant", text, float(n)))
    chats.rename(id, "  내년   예산 ")
    assert chats.conversation(id).title == "내년 예산"
    with pytest.raises(errors.BadRequest, match="title"):
        chats.rename(id, " ")
    with pytest.raises(errors.BadRequest, match="no conversation"):
        chats.rename("none", "x")
    chats.retract(id, "예산은?")  # not the last one: a double click, or an answer that was never stored
    assert len(chats.conversation(id).messages) == 4
    chats.retract(id, "언제까지?")
    assert [m.text for m in chats.conversation(id).messages] == ["예산은?", "300만 원"]
    chats.retract(id, "언제까지?")
    assert markdown(chats.conversation(id)) == "# 내년 예산\n\n## 예산은?\n\n300만 원"
    chats.database.close()

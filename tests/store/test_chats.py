from pathlib import Path

import pytest

from core import errors
from core.store.chats import Chats
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

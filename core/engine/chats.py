"""Conversations: listed, searched, shown, exported, renamed, deleted."""

from __future__ import annotations

from core.engine.bulletin import Bulletin
from core.engine.parts import Parts
from core.events import Changed
from core.store.transcript import markdown
from core.types import Conversation, ConversationRow


class Conversations:
    """What may be done with what was said before."""

    def __init__(self, parts: Parts, bulletin: Bulletin) -> None:
        self._parts, self._bulletin = parts, bulletin

    def rows(self) -> tuple[ConversationRow, ...]:
        """All conversations, the latest first."""
        return self._parts.chats.rows()

    def search(self, text: str) -> tuple[ConversationRow, ...]:
        """Conversations that hold a text."""
        return self._parts.chats.rows(text)

    def show(self, id: str) -> Conversation:
        """One conversation. Raises `errors.BadRequest` for an unknown id."""
        return self._parts.chats.conversation(id)

    def export(self, id: str) -> str:
        """One conversation as Markdown. Raises `errors.BadRequest` for an unknown id."""
        return markdown(self.show(id))

    def rename(self, id: str, title: str) -> None:
        """Give a conversation another title. Raises `errors.BadRequest` for an unknown id or an empty title."""
        self._parts.chats.rename(id, title)
        self._bulletin.tell(Changed("chats"))

    def retract(self, id: str, question: str) -> None:
        """Forget the last question, if it is `question`, and its answer: it is asked anew, or in other words."""
        self._parts.chats.retract(id, question.strip())
        self._bulletin.tell(Changed("chats"))

    def remove(self, id: str) -> None:
        """Delete a conversation for good. Raises `errors.BadRequest` for an unknown id."""
        self._parts.chats.remove(id)
        self._parts.worker.forget(id)
        self._bulletin.tell(Changed("chats"))

"""Conversations in chats.db: precious, never rebuilt.

A message's value is one JSON of `core.types.Message`, so that a field added later needs no migration.
"""

from __future__ import annotations

import time
import uuid
from datetime import date
from pathlib import Path
from typing import Any

from core import errors, lossless
from core.store import schema
from core.store.backup import Backups
from core.store.restore import open_precious
from core.types import Conversation, ConversationRow, Message

TITLE_CHARACTERS = 60


class Chats:
    """Conversations and their messages, with a copy of all of them each day there is a new one. `note` says when a copy
    had to take the place of a damaged file."""

    def __init__(self, path: Path, backups: Path) -> None:
        self._backups = Backups(backups, path.stem)
        self.database, self.note = open_precious(path, schema.CHATS, self._backups, date.today())
        if self.rows():
            self.back_up()

    def back_up(self) -> None:
        """Make today's copy unless there is one."""
        self._backups.daily(self.database.copy_to, date.today())

    def start(self, first_question: str) -> str:
        """A new conversation, named by its first question; returns its id."""
        self.back_up()
        id, now = uuid.uuid4().hex[:12], time.time()
        with self.database.write() as c:
            c.execute("INSERT INTO conversation VALUES(?, ?, ?, ?)", (id, _title(first_question), now, now))
        return id

    def add(self, conversation: str, *messages: Message) -> None:
        """Append turns to a conversation. Raises `errors.BadRequest` when it is not there any more."""
        with self.database.write() as c:
            if not c.execute("SELECT 1 FROM conversation WHERE id = ?", (conversation,)).fetchone():
                raise _missing(conversation)
            for message in messages:
                c.execute(
                    "INSERT INTO message(conversation, created, value) VALUES(?, ?, ?)",
                    (conversation, message.created, lossless.encode(message).decode()),
                )
                c.execute("UPDATE conversation SET updated = ? WHERE id = ?", (message.created, conversation))

    def rows(self, containing: str = "") -> tuple[ConversationRow, ...]:
        """Conversations, the latest first; all, or those whose title or messages hold a text."""
        like = "%" + containing.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        rows: list[Any] = self.database.read(
            "SELECT c.id, c.title, c.created, c.updated, count(m.id) FROM conversation c"
            " LEFT JOIN message m ON m.conversation = c.id"
            " WHERE c.title LIKE :like ESCAPE '\\' OR EXISTS (SELECT 1 FROM message x WHERE x.conversation = c.id"
            " AND json_extract(x.value, '$.text') LIKE :like ESCAPE '\\')"
            " GROUP BY c.id ORDER BY c.updated DESC",
            {"like": like},
        )
        return tuple(ConversationRow(*r) for r in rows)

    def conversation(self, id: str) -> Conversation:
        """One conversation with its messages, oldest first. Raises `errors.BadRequest` for an unknown id."""
        rows: list[Any] = self.database.read("SELECT id, title, created, updated FROM conversation WHERE id = ?", (id,))
        if not rows:
            raise _missing(id)
        values: list[Any] = self.database.read("SELECT value FROM message WHERE conversation = ? ORDER BY id", (id,))
        id, title, created, updated = rows[0]
        turns = tuple(lossless.decode(v[0], Message) for v in values)
        return Conversation(id, title, created, updated, turns)

    def rename(self, id: str, title: str) -> None:
        """Give a conversation another title. Raises `errors.BadRequest` for an unknown id or an empty title."""
        if not title.strip():
            raise errors.BadRequest("A conversation needs a title.", "Nothing was changed.")
        with self.database.write() as c:
            named = c.execute("UPDATE conversation SET title = ? WHERE id = ?", (_title(title), id))
            if not named.rowcount:
                raise _missing(id)

    def retract(self, id: str, question: str) -> None:
        """Forget the last question and what came after it, when it is `question`; else nothing is changed, so that
        doing it twice, or after an answer that was never stored, costs nothing."""
        with self.database.write() as c:
            last = c.execute(
                "SELECT id, json_extract(value, '$.text') FROM message"
                " WHERE conversation = ? AND json_extract(value, '$.role') = 'user' ORDER BY id DESC LIMIT 1",
                (id,),
            ).fetchone()
            if last and last[1] == question:
                c.execute("DELETE FROM message WHERE conversation = ? AND id >= ?", (id, last[0]))

    def remove(self, id: str) -> None:
        """Delete a conversation for good. Raises `errors.BadRequest` for an unknown id."""
        with self.database.write() as c:
            if not c.execute("DELETE FROM conversation WHERE id = ?", (id,)).rowcount:
                raise _missing(id)


def _title(text: str) -> str:
    title = " ".join(text.split())
    return title if len(title) <= TITLE_CHARACTERS else title[: TITLE_CHARACTERS - 1] + "…"


def _missing(id: str) -> errors.BadRequest:
    return errors.BadRequest(f"There is no conversation {id!r}.", "See `moa chats list`.")

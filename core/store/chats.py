"""Conversations in chats.db: precious, never rebuilt.

A message's value is one JSON of `core.types.Message`, so that a field added later needs no migration. Turns that the
file does not take (disk full, folder read-only) are held in memory: the conversation goes on, and they are written as
soon as that is possible.
"""

from __future__ import annotations

import threading
import time
import uuid
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from core import errors, lossless
from core.store import schema
from core.store.backup import Backups
from core.store.restore import open_precious, open_precious_frozen
from core.types import Conversation, ConversationRow, Message

TITLE_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class _Held:
    """What is not written of one conversation; `begun`: its title and when, where not even that is."""

    begun: tuple[str, float] | None
    messages: tuple[Message, ...] = ()


class Chats:
    """Conversations and their messages, with a copy of all of them each day there is a new one. `away`: where a copy
    may lie that is needed to read them, when the data folder can only be read."""

    def __init__(self, path: Path, backups: Path, away: Path | None = None) -> None:
        self._backups = Backups(backups, path.stem)
        self._held: dict[str, _Held] = {}
        self._holding = threading.RLock()
        self._problem = ""
        if away is not None:
            self.database, self._note = open_precious_frozen(path, schema.CHATS, self._backups, away)
            return
        self.database, self._note = open_precious(path, schema.CHATS, self._backups, date.today())
        if self.rows():
            self.back_up()

    @property
    def note(self) -> str:
        """A sentence when a copy had to take the place of a damaged file, or when turns wait to be written."""
        waits = self._held and not self.database.frozen
        return f"What was said last is not saved yet: {self._problem}" if waits else self._note

    def back_up(self) -> None:
        """Make today's copy unless there is one."""
        self._backups.daily(self.database.copy_to, date.today())

    def start(self, first_question: str) -> str:
        """A new conversation, named by its first question; returns its id."""
        if not self.database.frozen:
            self.back_up()
        id = uuid.uuid4().hex[:12]
        self._write(id, _Held((_title(first_question), time.time())))
        return id

    def add(self, conversation: str, *messages: Message) -> bool:
        """Append turns to a conversation; False when they are held in memory for the time being. Raises
        `errors.BadRequest` when it is not there any more."""
        with self._holding:
            before = self._held.get(conversation, _Held(None))
            kept = self._write(conversation, _Held(before.begun, before.messages + messages))
        if kept:
            self.catch_up()
        return kept

    def catch_up(self) -> None:
        """Write what could not be written before, if that is possible now."""
        with self._holding:
            for id, held in list(self._held.items()):
                try:
                    if not self._write(id, held):
                        return
                except errors.BadRequest:  # removed meanwhile
                    self._held.pop(id, None)

    def _write(self, id: str, new: _Held) -> bool:
        with self._holding:
            try:
                self._put(id, new)
            except errors.SetupProblem as problem:
                self._held[id], self._problem = new, str(problem)
                return False
            self._held.pop(id, None)
            return True

    def _put(self, id: str, new: _Held) -> None:
        with self.database.write() as c:
            if new.begun:
                title, now = new.begun
                c.execute("INSERT INTO conversation VALUES(?, ?, ?, ?)", (id, title, now, now))
            elif not c.execute("SELECT 1 FROM conversation WHERE id = ?", (id,)).fetchone():
                raise _missing(id)
            for message in new.messages:
                c.execute(
                    "INSERT INTO message(conversation, created, value) VALUES(?, ?, ?)",
                    (id, message.created, lossless.encode(message).decode()),
                )
                c.execute("UPDATE conversation SET updated = ? WHERE id = ?", (message.created, id))

    def rows(self, containing: str = "") -> tuple[ConversationRow, ...]:
        """Conversations, the latest first; all, or those whose title or messages hold a text."""
        like = "%" + containing.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        rows: list[Any] = self.database.read(
            "SELECT c.id, c.title, c.created, c.updated, count(m.id) FROM conversation c"
            " LEFT JOIN message m ON m.conversation = c.id"
            " WHERE c.title LIKE :like ESCAPE '\\' OR EXISTS (SELECT 1 FROM message x WHERE x.conversation = c.id"
            " AND json_valid(x.value) AND json_extract(x.value, '$.text') LIKE :like ESCAPE '\\')"
            " GROUP BY c.id ORDER BY c.updated DESC",
            {"like": like},
        )
        return tuple(ConversationRow(*r) for r in rows)

    def conversation(self, id: str) -> Conversation:
        """One conversation with its messages, oldest first. Raises `errors.BadRequest` for an unknown id."""
        with self._holding:
            held = self._held.get(id, _Held(None))
            rows: list[Any] = self.database.read("SELECT title, created, updated FROM conversation WHERE id = ?", (id,))
            values: list[Any] = self.database.read(
                "SELECT value FROM message WHERE conversation = ? ORDER BY id", (id,)
            )
        if held.begun:
            rows = [(*held.begun, held.begun[1])]
        if not rows:
            raise _missing(id)
        title, created, updated = rows[0]
        turns = tuple(_message(v[0], created) for v in values) + held.messages
        return Conversation(id, title, created, max([updated, *(m.created for m in held.messages)]), turns)

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
        if self._retract_held(id, question):
            return
        with self.database.write() as c:
            last = c.execute(
                "SELECT id, json_extract(value, '$.text') FROM message"
                " WHERE conversation = ? AND json_valid(value) AND json_extract(value, '$.role') = 'user'"
                " ORDER BY id DESC LIMIT 1",
                (id,),
            ).fetchone()
            if last and last[1] == question:
                c.execute("DELETE FROM message WHERE conversation = ? AND id >= ?", (id, last[0]))

    def _retract_held(self, id: str, question: str) -> bool:
        with self._holding:
            held = self._held.get(id, _Held(None))
            asked = [n for n, m in enumerate(held.messages) if m.role == "user"]
            if asked and held.messages[asked[-1]].text == question:
                self._held[id] = _Held(held.begun, held.messages[: asked[-1]])
            return bool(asked)

    def remove(self, id: str) -> None:
        """Delete a conversation for good. Raises `errors.BadRequest` for an unknown id."""
        with self._holding:
            held = self._held.get(id)
            if held is None or not held.begun:
                with self.database.write() as c:
                    if not c.execute("DELETE FROM conversation WHERE id = ?", (id,)).rowcount:
                        raise _missing(id)
            self._held.pop(id, None)

    def close(self) -> None:
        """Write what is held, if that is possible, and close the file."""
        self.catch_up()
        self.database.close()


def _message(value: str, created: float) -> Message:
    """A message as kept; one that a damaged disk has changed does not hide the others."""
    try:
        return lossless.decode(value, Message)
    except (ValueError, msgspec.MsgspecError):
        return Message("assistant", "This message is damaged and cannot be shown.", created)


def _title(text: str) -> str:
    title = " ".join(text.split())
    return title if len(title) <= TITLE_CHARACTERS else title[: TITLE_CHARACTERS - 1] + "…"


def _missing(id: str) -> errors.BadRequest:
    return errors.BadRequest(f"There is no conversation {id!r}.", "See `moa chats list`.")

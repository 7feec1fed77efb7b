"""Conversations and their messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.types.answers import AnswerMode, Citation
from core.types.found import Passage


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One turn as the model sees it."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """A conversation in the list. Times are seconds since the epoch."""

    id: str
    title: str
    created: float
    updated: float
    messages: int


@dataclass(frozen=True, slots=True)
class Prompted:
    """What a model was given for a stored turn, so that the next prompt can repeat it letter for letter."""

    first: int
    """Index of the conversation's first message that the prompt held."""
    given: tuple[int, ...]
    """For each of the turn's passages, how many characters of its text the prompt held; 0: left out."""
    reply: str = ""
    """What the model wrote, where the stored text is not the same."""
    doubtful: bool = False
    """It was told that the passages may not answer."""


@dataclass(frozen=True, slots=True)
class Message:
    """One stored turn; `citations`, `passages`, `mode` and `prompted` only on answers."""

    role: Literal["user", "assistant"]
    text: str
    created: float
    mode: AnswerMode | None = None
    model: str | None = None
    answerable: bool | None = None
    citations: tuple[Citation, ...] = ()
    passages: tuple[Passage, ...] = ()
    prompted: Prompted | None = None
    """None when no model took part."""
    unsupported: tuple[str, ...] = ()
    """As in the answer's event."""
    meant: str = ""
    """A question that leaned on the turns before it, as one that stands alone."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation with its turns, oldest first."""

    id: str
    title: str
    created: float
    updated: float
    messages: tuple[Message, ...]

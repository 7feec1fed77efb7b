"""What the engine tells while it works. `event` names the kind on the wire.

Two streams: an answer's events in order (understood?, passages, notice*, token*, then answer or error), and the
engine's own (status, changed) that every window follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.types import AnswerMode, Citation, Coverage, Filter, Passage, Status, Timings

What = Literal["folders", "files", "models", "embedders", "downloads", "chats"]


@dataclass(frozen=True, slots=True)
class Understood:
    """How the question was read, when there is more to it than its words; comes first, and again when a filter left
    nothing.

    `question` is the one that stands alone; `rewritten` says that it differs from what was typed. `parts` are the
    questions that are searched apart, when there are several.
    """

    question: str
    filters: tuple[Filter, ...] = ()
    rewritten: bool = False
    parts: tuple[str, ...] = ()
    qid: str | None = None
    event: Literal["understood"] = "understood"


@dataclass(frozen=True, slots=True)
class PassagesFound:
    """The passages an answer will rest on; comes before any model starts."""

    passages: tuple[Passage, ...]
    qid: str | None = None
    event: Literal["passages"] = "passages"


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence on what is being waited for or is degraded."""

    text: str
    qid: str | None = None
    event: Literal["notice"] = "notice"


@dataclass(frozen=True, slots=True)
class Token:
    """The next piece of a written answer; not necessarily one token of the model."""

    text: str
    qid: str | None = None
    event: Literal["token"] = "token"


@dataclass(frozen=True, slots=True)
class Answered:
    """The finished answer. `text` is final and may differ from the tokens (dropped citations)."""

    text: str
    mode: AnswerMode
    answerable: bool
    citations: tuple[Citation, ...]
    coverage: Coverage | None
    model: str | None
    conversation: str
    timings: Timings
    stopped: bool = False
    """The user stopped it: `text` is what had been written."""
    unsupported: tuple[str, ...] = ()
    """Sentences of `text` that the passages they name do not bear out, or that no passage does."""
    qid: str | None = None
    event: Literal["answer"] = "answer"


@dataclass(frozen=True, slots=True)
class Failed:
    """The question could not be answered; the engine lives and takes the next one."""

    title: str
    advice: str
    qid: str | None = None
    event: Literal["error"] = "error"


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """A new status; sent at most four times a second."""

    status: Status
    event: Literal["status"] = "status"


@dataclass(frozen=True, slots=True)
class Changed:
    """A list changed and should be fetched again."""

    what: What
    event: Literal["changed"] = "changed"


AnswerEvent = Understood | PassagesFound | Notice | Token | Answered | Failed
EngineEvent = StatusChanged | Changed

BY_NAME: dict[str, type[AnswerEvent] | type[EngineEvent]] = {
    "understood": Understood,
    "passages": PassagesFound,
    "notice": Notice,
    "token": Token,
    "answer": Answered,
    "error": Failed,
    "status": StatusChanged,
    "changed": Changed,
}

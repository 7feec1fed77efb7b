"""What comes out of the model's process and goes into it, as values. Knows neither the process nor llama.cpp."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from core.errors import ModelProblem
from core.types import ChatMessage


@dataclass(frozen=True, slots=True)
class Piece:
    """The next part of an answer, whole characters."""

    text: str


@dataclass(frozen=True, slots=True)
class Finish:
    """How an answer ended: the model had finished, the room was used up, or the user stopped it.

    All figures are zero when a child that did not react had to be killed for the stop.
    """

    reason: Literal["stop", "length", "stopped"]
    prompt_tokens: int
    cached_tokens: int
    """Tokens of the prompt that did not have to be computed again."""
    first_token_ms: float
    tokens_per_s: float


class ForGood(ModelProblem):
    """llama.cpp refused the file, and always will."""


def done(reply: dict[str, Any]) -> Any:
    """What a reply brings. Raises ModelProblem for one that tells of an error."""
    if "error" in reply:
        title, advice, for_good = reply["error"]
        raise (ForGood if for_good else ModelProblem)(title, advice)
    return reply["done"]


def pairs(messages: Sequence[ChatMessage]) -> list[list[str]]:
    """Messages as JSON carries them."""
    return [[m.role, m.text] for m in messages]

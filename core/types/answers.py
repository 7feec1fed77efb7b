"""What an answer rests on and what it took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.types.documents import Location

AnswerMode = Literal["model", "extract", "catalogue", "exhaustive", "compute"]


@dataclass(frozen=True, slots=True)
class Citation:
    """`[n]` in an answer, resolved by code to the passage it stands for."""

    n: int
    path: str
    location: Location
    quote: str
    supported: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of the matching files an answer has read."""

    read: int
    of: int


@dataclass(frozen=True, slots=True)
class Timings:
    """Durations in milliseconds, rates in tokens per second; None where no model took part."""

    retrieval_ms: float
    first_token_ms: float | None = None
    tokens_per_s: float | None = None
    prompt_tokens: int | None = None
    cached_tokens: int | None = None

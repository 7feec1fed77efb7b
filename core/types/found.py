"""What a search found, and how its question was read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from core.types.documents import Location, Part


@dataclass(frozen=True, slots=True)
class Why:
    """How a passage came to its place. Ranks count from 1; None: that leg did not find it. `via`: the title of a better
    passage that names this file, "question" when the question does, or "counterpart" when the file is on the subject
    of the best one, in another language."""

    dense_rank: int | None = None
    lexical_rank: int | None = None
    rerank: float | None = None
    dense_weight: float = 0.0
    via: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """One search hit, best first by `n` (from 1). `also`: other files that hold the same text."""

    n: int
    path: str
    title: str
    location: Location
    text: str
    score: float
    why: Why = field(default_factory=Why)
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Placed(Passage):
    """One that knows the places of its paragraphs. Inside the engine only: what is told and stored is `bare`."""

    parts: tuple[Part, ...] = ()


def bare(passages: Iterable[Passage]) -> tuple[Passage, ...]:
    """Without the places of paragraphs."""
    return tuple(Passage(p.n, p.path, p.title, p.location, p.text, p.score, p.why, p.also) for p in passages)


@dataclass(frozen=True, slots=True)
class Filter:
    """A limit that a question was taken to set. It is asked again without it when `phrase` is sent along as `without`:
    those words are then only words.

    `since` and `until` are the first and the last day, YYYY-MM-DD, of kind date; empty: open on that side. `applied`
    False: nothing was found within it, and everything was searched. `only` False: a date that notes may as well tell
    of, so notes of that time take turns with others.
    """

    kind: Literal["path", "tag", "field", "date"]
    phrase: str
    label: str
    since: str = ""
    until: str = ""
    applied: bool = True
    only: bool = True


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits, the filters read out of the question, and sentences on anything that made the hits less than they could
    be."""

    hits: tuple[Passage, ...]
    notes: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()

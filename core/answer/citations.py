"""`[n]` in an answer → the passage it stands for, the quote that bears it, and whether it does. Pure.

The model writes numbers; only code decides what they mean. Numbers of no passage are dropped from the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.answer.sentences import sentences
from core.index.terms import content_terms
from core.types import Citation, Passage

_CITED = re.compile(r"\s?\[(\d+(?:\s*[,;]\s*\d+)*)\]")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
# A claim counts as borne by its quote from this share of common terms on, with all of its numbers in the passage.
SUPPORTED_FROM = 0.3
QUOTE_CHARACTERS = 300


def resolve(text: str, passages: Sequence[Passage]) -> tuple[str, tuple[Citation, ...]]:
    """(the text without numbers of no passage, one citation a number, in the order they come first)."""
    by_number = {p.n: p for p in passages}
    claims: dict[int, str] = {}

    def keep(match: re.Match[str]) -> str:
        numbers = [int(d) for d in re.findall(r"\d+", match[1]) if int(d) in by_number]
        for n in numbers:
            claims.setdefault(n, _claim_before(text, match.start()))
        lead = " " if match[0][0].isspace() else ""
        return lead + "".join(f"[{n}]" for n in numbers) if numbers else ""

    return _CITED.sub(keep, text), tuple(_citation(by_number[n], claim) for n, claim in claims.items())


def _claim_before(text: str, end: int) -> str:
    """The sentence a citation stands at the end of."""
    before = list(sentences(_CITED.sub("", text[:end])))
    return before[-1] if before else ""


def _citation(passage: Passage, claim: str) -> Citation:
    wanted = set(content_terms(claim))

    def shared(sentence: str) -> float:
        return len(wanted & set(content_terms(sentence))) / len(wanted) if wanted else 0.0

    quote = max(sentences(passage.text), key=shared, default=passage.text)
    numbers = set(_NUMBER.findall(claim))
    borne = shared(passage.text) >= SUPPORTED_FROM and numbers <= set(_NUMBER.findall(passage.text))
    return Citation(passage.n, passage.path, passage.location, quote[:QUOTE_CHARACTERS], borne)

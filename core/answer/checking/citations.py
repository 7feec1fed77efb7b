"""`[n]` in an answer → the passage it stands for, the quote that bears it, its place, and whether it does. Pure.

The model writes numbers; only code decides what they mean. Numbers of no passage are dropped from the text. Each
sentence that states something is held against the passages it names (support.py); one that names none gets the
number of the passage that bears it out, if one does. What no passage bears out is told sentence by sentence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.answer.checking.links import tame
from core.answer.checking.places import locate
from core.answer.checking.support import Source, Verdict, check
from core.answer.checking.values import values
from core.answer.words.sentences import spans
from core.answer.words.stems import stems
from core.types import Citation, Passage

_CITED = re.compile(r"\s?\[(\d+(?:\s*[,;]\s*\d+)*)\]")
_LEADING = re.compile(r"^(?:\s?\[\d+\])+")
QUOTE_CHARACTERS = 300
# A sentence of fewer words that carry meaning, and no number, states nothing that could be checked.
FEWEST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Resolved:
    """An answer with its citations as code sees them."""

    text: str
    citations: tuple[Citation, ...]
    """One a quote, in the order of the text; `supported` when the sentence it stands under is borne out."""
    unsupported: tuple[str, ...]
    """Sentences that no passage they name bears out, without their numbers."""


def resolve(text: str, passages: Sequence[Passage]) -> Resolved:
    """Check an answer against the passages it was written from."""
    sources = {p.n: Source(p) for p in passages}
    text = tame(_known_only(text, sources), [p.text for p in passages])
    pieces: list[str] = []
    citations: dict[tuple[int, str], Citation] = {}
    unsupported: list[str] = []
    at = 0
    for start, end in _sentences(text):
        sentence = text[start:end]
        claim = _CITED.sub("", sentence).strip()
        numbers = [int(n) for m in _CITED.finditer(sentence) for n in re.findall(r"\d+", m[1])]
        added = ""
        if not numbers and _states(claim):
            numbers = _bearing(claim, sources)
            added = "".join(f"[{n}]" for n in numbers)
            if not numbers and sources:
                unsupported.append(claim)
        verdicts = {n: _held(claim, n, numbers, sources) for n in dict.fromkeys(numbers)}
        for n, verdict in verdicts.items():
            citation = _citation(sources[n].passage, verdict)
            before = citations.get((n, citation.quote))
            if before is None or (before.supported and not citation.supported):
                citations[n, citation.quote] = citation
        if verdicts and not any(v.supported for v in verdicts.values()) and _states(claim):
            unsupported.append(claim)
        pieces += [text[at:end], f" {added}" if added else ""]
        at = end
    pieces.append(text[at:])
    return Resolved("".join(pieces), tuple(citations.values()), tuple(dict.fromkeys(unsupported)))


def _known_only(text: str, known: Mapping[int, Source]) -> str:
    """Without numbers of no passage, the others one a bracket."""

    def keep(match: re.Match[str]) -> str:
        numbers = [n for d in re.findall(r"\d+", match[1]) if (n := int(d)) in known]
        lead = " " if match[0][0].isspace() else ""
        return lead + "".join(f"[{n}]" for n in numbers) if numbers else ""

    return _CITED.sub(keep, text)


def _sentences(text: str) -> list[tuple[int, int]]:
    """Sentences with the numbers that follow their full stop: models write `It was so. [1]` as well as `so [1].`"""
    found: list[tuple[int, int]] = []
    for start, end in spans(text):
        numbers = _LEADING.match(text[start:end])
        if numbers and found and "\n" not in text[found[-1][1] : start]:
            found[-1] = (found[-1][0], start + numbers.end())
            start += numbers.end()
            start += len(text[start:end]) - len(text[start:end].lstrip())
        if start < end:
            found.append((start, end))
    return found


def _states(claim: str) -> bool:
    """Whether a sentence claims something about the world that a note could bear out."""
    if claim.endswith(("?", ":", "：")) or claim.startswith(("#", "```")):
        return False
    return bool(values(claim)) or len(stems(claim)) >= FEWEST_WORDS


def _held(claim: str, n: int, named: Sequence[int], sources: Mapping[int, Source]) -> Verdict:
    """One cited passage's verdict: a better one that is not named speaks against it; a sentence may also rest on two
    passages, each of which bears its part."""
    others = [s for m, s in sources.items() if m not in named]
    verdict = check(claim, sources[n], others)
    if verdict.supported or len(named) < 2:
        return verdict
    missing = [v for m in named if m != n for v in (sources[m].check(claim),)]
    if all(any(part not in v.missing for v in missing) for part in verdict.missing) and verdict.score >= PART:
        return Verdict(True, verdict.score, verdict.start, verdict.end)
    return verdict


# Of a sentence that rests on several passages each must bear this share of the words.
PART = 0.25


def _bearing(claim: str, sources: Mapping[int, Source]) -> list[int]:
    """The number of the passage that bears a sentence best; empty when none does."""
    verdicts = {n: source.check(claim) for n, source in sources.items()}
    best = max(verdicts, key=lambda n: (verdicts[n].supported, verdicts[n].score), default=None)
    return [best] if best is not None and verdicts[best].supported else []


def _citation(passage: Passage, verdict: Verdict) -> Citation:
    end = min(verdict.end, verdict.start + QUOTE_CHARACTERS)
    return cite(passage, verdict.start, end, verdict.supported)


def cite(passage: Passage, start: int, end: int, supported: bool = True) -> Citation:
    """The citation of `passage.text[start:end]`, word for word and with its own lines."""
    quote = passage.text[start:end].strip()
    return Citation(passage.n, passage.path, locate(passage, start, end), quote, supported)

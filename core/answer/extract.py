"""An answer without a language model: the statements of the passages that answer best, quoted with their numbers.

Never passed off as written prose: each is a quotation. What a passage states, and what each statement leans on, is told
by statements.py; a question that wants a date, a number, a name, steps or a list is answered by what holds one
(asked.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.answer import asked
from core.answer.citations import cite
from core.answer.links import tame
from core.answer.statements import Span, Statement, statements
from core.retrieval.evidence import Evidence
from core.types import Citation, Passage

MOST_QUOTES = 3
# A further quote must carry at least this share of what the best one carries.
NEARLY_AS_GOOD = 0.75
# What a passage's rank is worth beside the words of its sentence: the first outweighs the fifth by .16.
RANK_PENALTY = 0.04
_LISTED = re.compile(r"\s*(?:[-*+]|\d{1,2}[.)])\s")
_MARK = re.compile(r"^\s*[-*+•·]\s+")
_ANCHOR = re.compile(r"\s*\{#[^}]*\}$")
_NUMBER = re.compile(r"\[(\d[\d,; ]*)\]")
# Worth of what a statement leans on, of title and heading path, and of holding the kind of answer that is wanted.
UNDER, BEFORE, HEAD, FITS = 0.8, 0.5, 0.6, 0.25
SHORT_CHARACTERS = 12


@dataclass(frozen=True, slots=True)
class _Candidate:
    score: float
    passage: Passage
    stated: Statement

    @property
    def text(self) -> str:
        return self.passage.text[self.stated.start : self.stated.end]


def extract(passages: Sequence[Passage], evidence: Evidence) -> tuple[str, tuple[Citation, ...]]:
    """(quotes as Markdown, their citations), best first; empty without passages."""
    wanted = asked.wanted(evidence.question)
    found = [
        _Candidate(_worth(passage, stated, evidence, wanted) - RANK_PENALTY * (passage.n - 1), passage, stated)
        for passage in passages
        for stated in statements(passage.text)
        # A list of which one item would do is shown whole only where it says of itself what it lists.
        if stated.kind != "list" or stated.announced or wanted.kinds & {"steps", "list"}
    ]
    chosen = _chosen(found)
    shown: dict[tuple[int, Span | None], list[_Candidate]] = {}
    for c in chosen:
        lead = c.stated.lead
        shown.setdefault((c.passage.n, lead or (c.stated.start, c.stated.end)), []).append(c)
    quotes = [f"{_quoted(several)} [{n}]" for (n, _), several in shown.items()]
    return "\n\n".join(quotes), tuple(cite(c.passage, c.stated.start, c.stated.end) for c in chosen)


def _worth(passage: Passage, stated: Statement, evidence: Evidence, wanted: asked.Wanted) -> float:
    """How well a statement answers: by its own words, by those of what it leans on, by what it holds."""

    def said(*spans: Span | None) -> str:
        return "\n".join(passage.text[a:b] for a, b in dict.fromkeys(s for s in spans if s))

    text = passage.text[stated.start : stated.end]
    under = said((stated.start, stated.end), stated.lead, stated.heading)
    leant = said((stated.start, stated.end), stated.lead, stated.heading, stated.before)
    own, over, near = evidence.coverage(text), evidence.coverage(under), evidence.coverage(leant)
    whole = evidence.coverage(f"{passage.title}\n{passage.location.heading or ''}\n{leant}")
    # What shares no word with the question does not answer it, whatever it holds.
    fit = wanted.fit(text) if near else 0.0
    worth = own + UNDER * (over - own) + BEFORE * (near - over) + HEAD * (whole - near) + FITS * fit
    # A scrap says little by itself, however well its words fit.
    return worth if fit or len(text) >= SHORT_CHARACTERS else 0.5 * worth


def _chosen(found: Sequence[_Candidate]) -> list[_Candidate]:
    """The best, none of which is said again by another."""
    ranked = sorted(found, key=lambda c: -c.score)
    chosen: list[_Candidate] = []
    for candidate in ranked:
        if chosen and candidate.score < NEARLY_AS_GOOD * chosen[0].score:
            break
        if not any(candidate.text in c.text or c.text in candidate.text for c in chosen):
            chosen.append(candidate)
        if len(chosen) == MOST_QUOTES:
            break
    return chosen


def _quoted(several: Sequence[_Candidate]) -> str:
    """Statements that lean on the same line, under that line, as a quotation in Markdown."""
    first = several[0]
    lead = first.stated.lead
    lines = [_tamed(first.passage.text[slice(*lead)])] if lead else []
    for c in several:
        # What is quoted after the line it leans on is an item beside it, whatever it was in the note.
        said = _tamed(c.text).split("\n")
        if c.stated.kind == "sentence":
            said = [" ".join(line.strip() for line in said)]
        lines += [line if not lines else _item(line) for line in said if line.strip()]
    if len(lines) == 1:
        lines = [_MARK.sub("", lines[0])]
    return "\n".join(f"> {line.rstrip()}" for line in lines) or ">"


def _tamed(text: str) -> str:
    """Numbers in brackets are the note's own, not citations; pictures and HTML are not a quotation's to show."""
    return _ANCHOR.sub("", _NUMBER.sub(r"\\[\1\\]", tame(text, [text])))


def _item(line: str) -> str:
    return line if _LISTED.match(line) else f"- {line}"

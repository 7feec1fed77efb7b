"""An answer without a language model: the sentences of the passages that answer best, quoted with their numbers.

Never passed off as written prose: each is a quotation. A sentence that announces a list takes its items along; a
question that wants a date, a number, a name, steps or a list is answered by what holds one (asked.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.answer import asked
from core.answer.citations import cite
from core.answer.links import tame
from core.answer.sentences import spans
from core.retrieval.evidence import Evidence
from core.types import Citation, Passage

MOST_QUOTES = 3
# A further quote must carry at least this share of what the best one carries.
NEARLY_AS_GOOD = 0.6
# What a passage's rank is worth beside the words of its sentence: the first outweighs the fifth by .16.
RANK_PENALTY = 0.04
_NUMBER = re.compile(r"\[(\d[\d,; ]*)\]")
# Worth of title and heading, of the sentence before, and of holding the kind of answer that is wanted.
HEAD, BEFORE, FITS = 0.25, 0.15, 0.25
SHORT_CHARACTERS = 12
MOST_ITEMS = 6
MOST_CHARACTERS = 600


@dataclass(frozen=True, slots=True)
class _Candidate:
    score: float
    passage: Passage
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.passage.text[self.start : self.end]


def extract(passages: Sequence[Passage], evidence: Evidence) -> tuple[str, tuple[Citation, ...]]:
    """(quotes as Markdown, their citations), best first; empty without passages."""
    wanted, measured = asked.kinds(evidence.question), asked.dimension(evidence.question)
    found: list[_Candidate] = []
    for passage in passages:
        head = evidence.coverage(f"{passage.title}\n{passage.location.heading or ''}")
        before = 0.0
        for start, end in statements(passage.text):
            text = passage.text[start:end]
            own = evidence.coverage(text)
            score = own + HEAD * head + BEFORE * before - RANK_PENALTY * (passage.n - 1)
            # What shares no word with the question does not answer it, whatever it holds.
            fit = asked.fits(text, wanted, measured) if own or before else 0.0
            score += FITS * fit
            # A heading or a scrap says little by itself, however well its words fit.
            if not fit and (end - start < SHORT_CHARACTERS or _is_heading(passage.text, start, end)):
                score *= 0.5
            found.append(_Candidate(score, passage, start, end))
            before = own
    chosen = _chosen(found)
    quotes = [f"{_quoted(c.text)} [{c.passage.n}]" for c in chosen]
    return "\n\n".join(quotes), tuple(cite(c.passage, c.start, c.end) for c in chosen)


def statements(text: str) -> Iterator[tuple[int, int]]:
    """Where the sentences of a text stand; one that ends in a colon goes on over the lines it announces."""
    found = list(spans(text))
    for n, (start, end) in enumerate(found):
        if text[end - 1] in ":：":
            stop = end
            lines = 0
            for a, b in found[n + 1 :]:
                lines += "\n" in text[stop:a]
                if lines > MOST_ITEMS or text[b - 1] in ":：" or b - start > MOST_CHARACTERS:
                    break
                stop = b
            end = stop
        yield start, min(end, start + MOST_CHARACTERS)


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


def _is_heading(text: str, start: int, end: int) -> bool:
    """A line of its own before an empty one, without a full stop."""
    alone = (start == 0 or text[start - 1] in "\n# ") and text[end : end + 2] == "\n\n"
    return alone and text[end - 1] not in ".!?:다요" and "|" not in text[start:end]


def _quoted(text: str) -> str:
    # Numbers in brackets are the note's own, not citations; pictures and HTML are not a quotation's to show.
    text = _NUMBER.sub(r"\\[\1\\]", tame(text, [text]))
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if not lines:
        return ">"
    first, rest = lines[0], lines[1:]
    return "\n".join([f"> {first}", *(f"> {line if line[0] in '-*0123456789' else f'- {line}'}" for line in rest)])

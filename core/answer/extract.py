"""An answer without a language model: the sentences of the passages that answer best, quoted with their numbers.

Never passed off as written prose: each line is a quotation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from core.answer.citations import QUOTE_CHARACTERS
from core.answer.sentences import sentences
from core.retrieval.evidence import Evidence
from core.types import Citation, Passage

MOST_QUOTES = 3
# A further quote must carry at least this share of what the best one carries.
NEARLY_AS_GOOD = 0.6
# What a passage's rank is worth beside the words of its sentence: the first outweighs the fifth by .16.
RANK_PENALTY = 0.04
SHORT_CHARACTERS = 12
# Who asks how much or when wants a sentence with a figure in it.
_WANTS_FIGURE = re.compile(
    r"얼마|몇|언제|며칠|\bhow (?:much|many|long|old|far|often)\b|\bwhen\b|\bwhat (?:date|year|time)\b", re.I
)
FIGURE_BONUS = 0.2
MOST_ITEMS = 5


def extract(passages: Sequence[Passage], evidence: Evidence) -> tuple[str, tuple[Citation, ...]]:
    """(quotes as Markdown, their citations), best first; empty without passages."""
    wants_figure = bool(_WANTS_FIGURE.search(evidence.question))
    scored: list[tuple[float, Passage, str]] = []
    seen: set[str] = set()
    for passage in passages:
        context = evidence.coverage(f"{passage.title}\n{passage.location.heading or ''}")
        for sentence in _statements(passage.text):
            if sentence in seen:
                continue
            seen.add(sentence)
            score = evidence.coverage(sentence) + 0.25 * context - RANK_PENALTY * (passage.n - 1)
            if wants_figure and any(c.isdigit() for c in sentence):
                score += FIGURE_BONUS
            # A heading or a scrap says little by itself, however well its words fit.
            elif len(sentence) < SHORT_CHARACTERS:
                score *= 0.5
            scored.append((score, passage, sentence[:QUOTE_CHARACTERS]))
    if not scored:
        return "", ()
    scored.sort(key=lambda s: -s[0])
    best = scored[0][0]
    chosen = [s for s in scored[:MOST_QUOTES] if s[0] >= NEARLY_AS_GOOD * best or s is scored[0]]
    text = "\n\n".join(f"> {sentence} [{passage.n}]" for _, passage, sentence in chosen)
    citations = {p.n: Citation(p.n, p.path, p.location, sentence, True) for _, p, sentence in reversed(chosen)}
    return text, tuple(citations[n] for n in dict.fromkeys(p.n for _, p, _ in chosen))


def _statements(text: str) -> list[str]:
    """The sentences of a text; one that ends in a colon takes along the items it announces."""
    parts = list(sentences(text))
    whole = []
    for n, part in enumerate(parts):
        after = takewhile(lambda p: not p.endswith(":"), parts[n + 1 : n + 1 + MOST_ITEMS])
        items = list(after) if part.endswith(":") else []
        whole.append(f"{part} {' · '.join(items)}" if items else part)
    return whole

"""Which words of a sentence belong to which of its numbers or dates: whether a claim took the wrong one. Pure.

`rose 50% in 2017 and 33% in 2018`: between two values of a kind the words up to the conjunction belong to the first,
those after it to the second; in Korean, which puts its modifiers first, all of them to the second where no conjunction
stands. What stands before the first value is the subject of all, but for the last clause or noun before it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.answer.checking.values import Value, values
from core.answer.words.stems import Wording, stems
from core.index.terms import has_hangul

_BREAK = re.compile(
    r"[,;()/|·\n]\s*|\s(?:and|but|while|whereas|then)\s|(?<=[가-힣\d])(?:와|과|고|며|지만|으나|하여|되어|해서|였고)\s"
)
# A Korean word that ends a phrase of its own before a counted noun.
_PHRASE = re.compile(r"(?<![\d가-힣])[가-힣]+(?:은|는|이|가|을|를|에|에서|에는|로|으로|부터|까지|도)\s")
_RANK = re.compile(r"차|호|조|항|위|번째|st\b|nd\b|rd\b|th\b")
# The part of a Korean stem that is its noun: 선고 of 선고되었.
HALF = 0.5
YEARS = range(1000, 2200)
# What is counted is often written without its unit the second time: 7 people came, 6 of them stayed.
COUNTED = ("person", "piece", "turn")


@dataclass(frozen=True, slots=True)
class Owned:
    """A value and what belongs to it alone: words and values of other kinds."""

    value: Value
    start: int
    words: str
    beside: tuple[Value, ...]


def kind(value: Value) -> tuple[str, str]:
    """Values of one kind can be taken for one another."""
    if value.kind == "number" and value.number in YEARS and (not value.unit or value.factor == 31556952):
        return ("date", "")
    return (value.kind, "" if value.unit in COUNTED else value.unit)


def owned(text: str) -> list[Owned]:
    """What belongs to which value of a sentence, for kinds of which it holds several."""
    found = values(text)
    return [o for k in dict.fromkeys(map(kind, found)) for o in _owned(text, found, k)]


def _owned(text: str, found: Sequence[Value], wanted: tuple[str, str]) -> list[Owned]:
    several = [v for v in found if kind(v) == wanted and not _RANK.match(text, v.at + len(v.written))]
    if len(several) < 2:
        return []
    korean = has_hangul(text)
    result = []
    for n, value in enumerate(several):
        end = value.at + len(value.written)
        left = several[n - 1].at + len(several[n - 1].written) if n else 0
        right = several[n + 1].at if n + 1 < len(several) else len(text)
        # What stands in brackets belongs to what is before them.
        opened = value.at - 1 if text[value.at - 1 : value.at] == "(" else value.at
        before = [m.end() for m in _BREAK.finditer(text, left, opened) if m.end() < value.at]
        if n == 0 and korean:
            before += [m.end() for m in _PHRASE.finditer(text, left, value.at)]
        # Without a conjunction: Korean words belong to what follows, English ones to nobody.
        whole = opened < value.at or (korean and n and wanted[0] == "number")
        start = max(before, default=left if whole else value.at)
        after = min(
            (m.start() for m in _BREAK.finditer(text, end, right)),
            default=end if korean and wanted[0] == "number" else right,
        )
        if not korean and n + 1 < len(several) and after == right:
            after = end
        words = text[start : value.at] + " " + text[end:after]
        beside = tuple(v for v in found if kind(v) != wanted and start <= v.at < after)
        result.append(Owned(value, start, words, beside))
    return result


def taken(value: Value, words: str, beside: Sequence[Value], sentence: str) -> bool:
    """Whether a claim's clause (`words`, with the values `beside`) says of `value` what the sentence says of another
    value of its kind: of that one's own words it has more, and none of this one's own that the other lacks."""
    every = owned(sentence)
    mine = [o for o in every if value.same(o.value)]
    if not mine:
        return False
    shared = Wording(sentence[: min(o.start for o in every if kind(o.value) == kind(mine[0].value))])
    wanted = [s for s in stems(words) if shared.holds(s) < HALF]

    def met(o: Owned) -> set[str]:
        said = Wording(o.words)
        return {s for s in wanted if said.holds(s) >= HALF} | {
            b.written for b in beside if any(b.same(other) for other in o.beside)
        }

    own = set[str]().union(*map(met, mine))
    others = [met(o) for o in every if kind(o.value) == kind(mine[0].value) and not value.same(o.value)]
    return any(own < other and (own or len(other) > 1) for other in others)

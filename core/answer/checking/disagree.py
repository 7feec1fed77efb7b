"""Notes that contradict each other about what is asked: two files, the same words, another value. Pure.

Only for questions that want a number or a date, and only where nothing else explains the difference: both sentences
hold nearly all that is asked, share most of their words, name the same names, and each has just one value of the kind.
Which of them is right is not ours to say: both are told with the dates of their notes, newest first.
On 2,127 questions of KorQuAD, XQuAD and LoCoMo, 388 of which want a number or a date, it never speaks up.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

from core.answer.checking.names import names
from core.answer.checking.values import Value, values, with_unit
from core.answer.question import asked
from core.answer.words.sentences import spans
from core.answer.words.stems import stems
from core.retrieval.evidence import Evidence
from core.types import Passage

# Of what is asked, in the sentence with its title and heading; of the words of the shorter sentence, in the other.
ASKED_FROM = 0.75
SHARED_FROM = 0.6
FEWEST_SHARED = 2
JUDGED = 6


@dataclass(frozen=True, slots=True)
class Claim:
    """One note's value: how it writes it, where, and how old the note is."""

    passage: Passage
    start: int
    end: int
    value: Value
    written: str
    dated: date | None


def disagreement(passages: Sequence[Passage], evidence: Evidence, dated: Mapping[str, date]) -> tuple[Claim, ...]:
    """What the notes say differently about the question, newest first; empty when they do not. `dated`: by path."""
    wanted = asked.kinds(evidence.question) & {"when", "number"}
    if not wanted:
        return ()
    measured = asked.dimensions(evidence.question)
    claims = [c for p in passages[:JUDGED] if (c := _claim(p, evidence, wanted, measured, dated.get(p.path)))]
    if not claims:
        return ()
    first, apart = claims[0], [claims[0]]
    for other in claims[1:]:
        new = all(other.passage.path != c.passage.path and not other.value.same(c.value) for c in apart)
        if new and _same_subject(first, other):
            apart.append(other)
    if len(apart) < 2:
        return ()
    return tuple(sorted(apart, key=lambda c: c.dated or date.min, reverse=True))


def day_of(passage: Passage, changed: float | None) -> date | None:
    """The day of a note: the one in its name or title, else that of its last change (seconds since the epoch)."""
    for text in (PurePath(passage.path).stem, passage.title):
        for value in values(text):
            year, month, day = value.date
            if year and month and day:
                with suppress(ValueError):  # 2024-02-31
                    return date(year, month, day)
    return date.fromtimestamp(changed) if changed else None


def _claim(
    passage: Passage, evidence: Evidence, wanted: frozenset[str], measured: frozenset[str], dated: date | None
) -> Claim | None:
    """The sentence of a passage that answers, when it has exactly one value that could be the answer."""
    head = f"{passage.title}\n{passage.location.heading or ''}\n"
    best: tuple[float, Claim] | None = None
    for start, end in spans(passage.text):
        text = unicodedata.normalize("NFC", passage.text[start:end])
        fitting = [v for v in values(text) if _fits(v, wanted, measured)]
        if len(fitting) != 1:
            continue
        share = evidence.coverage(head + text)
        if share >= ASKED_FROM and (best is None or share > best[0]):
            best = share, Claim(passage, start, end, fitting[0], with_unit(text, fitting[0]), dated)
    return best[1] if best else None


def _fits(value: Value, wanted: frozenset[str], measured: frozenset[str]) -> bool:
    if measured:
        return asked.of_dimension(value, measured)
    return ("when" in wanted and value.kind in ("date", "time")) or (
        "when" not in wanted and value.kind == "number" and value.unit not in ("", "time")
    )


def _same_subject(one: Claim, other: Claim) -> bool:
    a, b = (unicodedata.normalize("NFC", c.passage.text[c.start : c.end]) for c in (one, other))
    if one.value.kind != other.value.kind or one.value.unit != other.value.unit:
        return False
    if set(names(a)) != set(names(b)) or not _same_rest(values(a), one.value, values(b), other.value):
        return False
    words = [set(stems(text)) - set(stems(c.written)) for text, c in ((a, one), (b, other))]
    shared = len(words[0] & words[1])
    return shared >= FEWEST_SHARED and shared >= SHARED_FROM * min(map(len, words))


def _same_rest(mine: Sequence[Value], value: Value, others: Sequence[Value], other: Value) -> bool:
    """The values beside those in question say of what they are (in which month, which size): they must not differ."""
    rest, beside = [v for v in mine if v is not value], [v for v in others if v is not other]
    return all(any(a.same(b) for b in beside) for a in rest if a != value) and all(
        any(b.same(a) for a in rest) for b in beside if b != other
    )

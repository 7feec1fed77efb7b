"""An answer without a language model: the statements of the passages that answer best, quoted with their numbers.

Never passed off as written prose: each is a quotation. What a passage states, and what each statement leans on, is told
by statements.py; a question that wants a date, a number, a name, steps or a list is answered by what holds one
(asked.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.answer.checking.citations import cite
from core.answer.checking.links import tame
from core.answer.question import asked
from core.answer.quoting.statements import Span, Statement, statements
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
# What is inside of a callout's or a nested quotation's mark, not of its text.
_CALLOUT = re.compile(r"^[>\s]*\[![\w-]+\][+-]?\s*|^(?:>\s?)+")
# A sentence about what the one before it names, and one that goes on from it.
_POINTS = re.compile(
    r"(?:이는|이것은|이를|이로|이런|이러한|이 경우|이때|그는|그녀는|그의|그것"
    r"|(?:This|These|Those|It|He|She|They|His|Her|Their|Its)\b)"
)
_GOES_ON = re.compile(
    r"(?:그러나|그런데|그리고|그래서|그러므로|또한|또|하지만|따라서|아울러|예를 들어|반면|특히|여기서"
    r"|(?:However|But|And|Or|So|Then|Also|Thus|Therefore|For example|Otherwise|Unfortunately|Instead|In this case)\b)"
)
# What stands under such a heading points elsewhere.
_ELSEWHERE = re.compile(
    r"^(?:links?|references?|see also|related|참고|참고 ?문헌|참고 ?자료|함께 읽기|관련 링크|링크|주석)$", re.I
)
_SPEAKER = re.compile(r"^(?:\[[^\]\n]{1,20}\] \[[^\]\n]{1,20}\] |[A-Z가-힣][\w.' ]{0,20}?: )")
_NUMBER = re.compile(r"\[(\d[\d,; ]*)\]")
# Worth of what a statement leans on, of title and heading path, and of holding the kind of answer that is wanted.
UNDER, BEFORE, HEAD, FITS = 0.8, 0.5, 0.6, 0.25
SHORT_CHARACTERS = 12
# A further quotation that goes on from what is not shown, or holds no answer of the kind wanted where the first does,
# must be worth so much more.
LEANING, UNFIT = 0.85, 0.8
# A longer sentence is not quoted for what the next one points to.
MOST_BEFORE = 250
# The part of a list's or table's worth that one of its lines must have to stand for it.
ONE_LINE = 0.85
# And what the next best line may have of it at most.
AHEAD = 0.9


@dataclass(frozen=True, slots=True)
class _Candidate:
    score: float
    fit: float
    passage: Passage
    stated: Statement

    @property
    def text(self) -> str:
        return self.passage.text[self.stated.start : self.stated.end]

    def holds(self, other: _Candidate) -> bool:
        """Whether the other is a line of this one."""
        a, b = self.stated, other.stated
        return self.passage is other.passage and a.start <= b.start and b.end <= a.end


def extract(passages: Sequence[Passage], evidence: Evidence) -> tuple[str, tuple[Citation, ...]]:
    """(quotes as Markdown, their citations), best first; empty without passages."""
    wanted = asked.wanted(evidence.question)
    found = [
        _Candidate(worth - RANK_PENALTY * (passage.n - 1), fit, passage, stated)
        for passage in passages
        for stated in statements(passage.text)
        # A list of which one item would do is shown whole only where it says of itself what it lists.
        if stated.kind != "list" or stated.announced or wanted.kinds & {"steps", "list"}
        for worth, fit in [_worth(passage, stated, evidence, wanted)]
    ]
    chosen = _chosen(found)
    if not wanted.kinds & {"steps", "list"}:
        chosen = [_one_line(c, found) for c in chosen]
    shown: dict[tuple[int, Span | None], list[_Candidate]] = {}
    for c in chosen:
        lead = c.stated.lead
        shown.setdefault((c.passage.n, lead or (c.stated.start, c.stated.end)), []).append(c)
    quotes = [f"{_quoted(several)} [{n}]" for (n, _), several in shown.items()]
    return "\n\n".join(quotes), tuple(cite(c.passage, c.stated.start, c.stated.end) for c in chosen)


def _worth(passage: Passage, stated: Statement, evidence: Evidence, wanted: asked.Wanted) -> tuple[float, float]:
    """How well a statement answers: by its own words, by those of what it leans on, by what it holds; and the latter
    alone."""

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
    # A scrap says little by itself, however well its words fit; so does what only its speaker has in common with the
    # question, and a list of links.
    speaker = _SPEAKER.match(text)
    pointing = stated.heading is not None and _ELSEWHERE.match(passage.text[slice(*stated.heading)].strip(" #:"))
    if (speaker and own and not evidence.coverage(text[speaker.end() :])) or pointing:
        return 0.5 * worth, fit
    return (worth if fit or len(text) >= SHORT_CHARACTERS else 0.5 * worth), fit


def _chosen(found: Sequence[_Candidate]) -> list[_Candidate]:
    """The best, none of which is said again by another. What is shown beside the best must stand by itself."""
    ranked = map(_standing, sorted(found, key=lambda c: -c.score))
    chosen: list[_Candidate] = []
    for candidate in ranked:
        if not chosen:
            chosen.append(candidate)
            continue
        best = chosen[0]
        score = candidate.score * (LEANING if _GOES_ON.match(candidate.text) else 1.0)
        if score < NEARLY_AS_GOOD * best.score:
            continue
        if candidate.fit < best.fit and score < UNFIT * best.score:
            continue
        if not any(candidate.text in c.text or c.text in candidate.text for c in chosen):
            chosen.append(candidate)
        if len(chosen) == MOST_QUOTES:
            break
    return chosen


def _standing(candidate: _Candidate) -> _Candidate:
    """A sentence about "it" or "그는" with the one before it, which says what that is."""
    stated, before = candidate.stated, candidate.stated.before
    if stated.kind != "sentence" or before is None or not _POINTS.match(candidate.text):
        return candidate
    near = 0 <= stated.start - before[1] <= 1 and before[1] - before[0] <= MOST_BEFORE
    return replace(candidate, stated=replace(stated, start=before[0])) if near else candidate


def _one_line(whole: _Candidate, found: Sequence[_Candidate]) -> _Candidate:
    """The line of a list or table that answers alone, or the whole."""
    if whole.stated.kind != "list":
        return whole
    lines = [c for c in found if c.stated.kind in ("item", "row") and whole.holds(c)]
    best, second, *_ = [*sorted(lines, key=lambda c: -c.score), whole, whole]
    alone = best.score >= ONE_LINE * whole.score and second.score < AHEAD * best.score
    return best if alone and best.fit >= whole.fit and len(lines) > 1 else whole


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
        for line in filter(str.strip, said):
            if lines and c.stated.kind in ("list", "item") and line[0].isspace() and not _LISTED.match(line):
                # A line of a note that was broken goes on with its item.
                lines[-1] = f"{lines[-1]} {line.strip()}"
            else:
                lines.append(_item(line) if lines else line)
    if len(lines) == 1:
        lines = [_MARK.sub("", lines[0])]
    return "\n".join(f"> {line.rstrip()}" for line in lines) or ">"


def _tamed(text: str) -> str:
    """Numbers in brackets are the note's own, not citations; pictures and HTML are not a quotation's to show."""
    text = "\n".join(_CALLOUT.sub("", line) for line in tame(text, [text]).split("\n"))
    return _ANCHOR.sub("", _NUMBER.sub(r"\\[\1\\]", text))


def _item(line: str) -> str:
    return line if _LISTED.match(line) else f"- {line}"

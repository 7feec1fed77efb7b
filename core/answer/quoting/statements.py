"""A passage → what it states, each with what it leans on: the heading over it, the line that announces it. Pure.

A passage is plain text (core/text): headings stand on lines of their own between empty ones, list items begin with a
mark, table rows carry their column names, long lines may be broken. A sentence, a list item, a table row or a line of
code can answer a question; a heading, a question and a list of other names cannot. An item says little without the line
that announces the list, nor a line of code without its heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from core.answer.words.sentences import spans

Kind = Literal["sentence", "item", "row", "fragment", "list"]
Span = tuple[int, int]

HEADING_CHARACTERS = 80
# A line of prose that is narrower ends where its writer ended it; a wider one may go on in the next. Hangul is twice as
# wide as Latin letters.
BROKEN_FROM = 40
MOST_CHARACTERS = 600
MOST_ITEMS = 8
_ITEM = re.compile(r"\s*(?:[-*+•·▪‣]|\(?\d{1,2}[.)]|[①-⑳])\s+(?=\S)")
_ROW = re.compile(r"^.{1,200}? \| .")
_ENDS = re.compile(r"[.!?…。:：;]['\"”’)\]*_]*$|(?:[가-힣][다요죠]|[가-힣](?:니다|니까))['\"”’)\]*_]*$")
_ANNOUNCES = re.compile(r"[:：]['\"”’)\]*_]*$|다음|아래|\d+\s?가지|\b(?:following|below|as follows)\b")
_COLON = re.compile(r"[:：]['\"”’)\]*_]*$")
_ASKS = re.compile(r"[?？]['\"”’)\]*_]*$")
_PROMPT = re.compile(r"^[$%>] \S")
_COMMENT = re.compile(r"^(?:#|//|--) \S")
_SPOKEN = re.compile(r"(?:\[[^\]\n]{1,20}\] \[[^\]\n]{1,20}\] |[A-Z가-힣][\w.']{0,20}: )")
_CODE = re.compile(r"\S {2,}(?:#|//) |[={}<>|\\`$;]|\w\([^가-힣]*\)|(?<!\S)--?\w|\w/\w+/|://")
_ANCHOR = re.compile(r"\s*\{#[^}]*\}$")
# What front matter says of itself beside its sentences (core/text/notes/frontmatter.py), and where a quotation is from.
_NAMES = re.compile(r"^(?:aliases|tags?|cssclasses|keywords): |^(?:--|—) ")
_FIELD = re.compile(r"^(?:description|summary|excerpt|abstract|subtitle): ")


@dataclass(frozen=True, slots=True)
class Statement:
    """`text[start:end]` states something. `lead` announces it, `heading` stands over it, `before` is what was said or
    asked just before it in the same paragraph: spans of the same text, or None."""

    start: int
    end: int
    kind: Kind
    lead: Span | None = None
    heading: Span | None = None
    before: Span | None = None
    announced: bool = False
    """A list that begins with the line that announces it."""


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence, list item, table row or fragment; `block` counts the runs of lines between empty ones."""

    start: int
    end: int
    kind: Kind
    block: int


def statements(text: str) -> Iterator[Statement]:
    """What a passage states, in reading order: a list first whole, from the line that announces it, then item by item.
    Every span is word for word."""
    units = list(_units(text))
    heading: Span | None = None
    n = 0
    while n < len(units):
        unit = units[n]
        beside = units[n - 1] if n and units[n - 1].block == unit.block else None
        before = (beside.start, beside.end) if beside and beside.kind != "item" else None
        following = units[n + 1].kind if n + 1 < len(units) else None
        n += 1
        if unit.kind in ("item", "row"):
            several = _run(units, n - 1)
            yield from _listed(several, None, heading)
            n += len(several) - 1
        elif _is_heading(text, units, n - 1) or (unit.kind == "sentence" and _ASKS.search(text[unit.start : unit.end])):
            # A question is answered by what stands under it.
            heading = (unit.start, unit.end)
        elif unit.kind == "sentence" and following in ("fragment", "sentence") and _COLON.search(text[: unit.end]):
            # What is announced is one line: a formula, a command, a sentence.
            end = min(units[n].end, unit.start + MOST_CHARACTERS)
            yield Statement(unit.start, end, "list", None, heading, before, announced=True)
        elif following in ("item", "row") and units[n].block - unit.block <= 1 and unit.kind == "sentence":
            announces = bool(_ANNOUNCES.search(text[unit.start : unit.end]))
            if not announces:
                yield from _stated(unit, heading, before)
            several = _run(units, n)
            yield from _listed(several, unit, heading, announces)
            n += len(several)
        else:
            yield from _stated(unit, heading, before)


def _units(text: str) -> Iterator[_Unit]:
    """The units of a text in order."""
    for start, end, kind, block in _lines(text):
        if kind != "sentence":
            yield _Unit(start, end, kind, block)
            continue
        # Broken lines are one: only the place of the break is no place of a sentence's end.
        flat = text[start:end].replace("\n", " ")
        for a, b in spans(flat):
            yield _Unit(start + a, min(start + b, start + a + MOST_CHARACTERS), "sentence", block)


def _lines(text: str) -> list[tuple[int, int, Kind, int]]:
    """(start, end, kind, block) of each line, broken ones put together."""
    found: list[tuple[int, int, Kind, int]] = []
    block = 0
    for match in re.finditer(r"[^\n]*\n?", text):
        line = match[0].rstrip()
        start, end = match.start() + len(line) - len(line.lstrip()), match.start() + len(line)
        if not found and (field := _FIELD.match(line)):
            start += field.end()
        last = found[-1] if found and found[-1][3] == block else None
        if start == end:
            block += 1
        elif _NAMES.match(line.strip()):
            continue
        elif _ITEM.match(line):
            found.append((start, end, "item", block))
        elif _ROW.match(line):
            found.append((start, end, "row", block))
        elif (
            last
            and not _SPOKEN.match(line)
            and (
                (last[2] == "item" and line.startswith("  "))
                or (last[2] != "row" and _goes_on(text[last[0] : last[1]]))
            )
        ):
            found[-1] = (last[0], end, "item" if last[2] == "item" else "sentence", block)
        else:
            whole = (
                not _is_code(line)
                and not _COMMENT.match(line.lstrip())
                and (_ENDS.search(line) or len(line) > HEADING_CHARACTERS)
            )
            found.append((start, end, "sentence" if whole else "fragment", block))
    return found


def _is_code(line: str) -> bool:
    """A line for a computer: it begins with a prompt, or has a program's marks and ends no sentence."""
    return bool(_PROMPT.match(line.lstrip()) or (_CODE.search(line) and not _ENDS.search(line)))


def _goes_on(text: str) -> bool:
    """Whether a line of prose was broken before its sentence ended."""
    last = text[text.rfind("\n") + 1 :]
    return not _ENDS.search(last) and not _is_code(last) and (_width(last) >= BROKEN_FROM or last.endswith(","))


def _width(line: str) -> int:
    return len(line) + sum("가" <= c <= "힣" for c in line)


def _is_heading(text: str, units: Sequence[_Unit], n: int) -> bool:
    """A short line without a full stop that stands alone, or over the sentences of its paragraph; not the last."""
    unit = units[n]
    line = _ANCHOR.sub("", text[unit.start : unit.end])
    if unit.kind != "fragment" or n + 1 == len(units):
        return False
    if _COMMENT.match(line) or _is_code(line):
        # What a remark in code is about are the lines under it.
        return bool(_COMMENT.match(line)) and units[n + 1].block == unit.block
    first = n == 0 or units[n - 1].block != unit.block
    return first and (units[n + 1].block != unit.block or units[n + 1].kind == "sentence")


def _run(units: Sequence[_Unit], n: int) -> list[_Unit]:
    """The units of the same kind from the n-th on: one list, one table."""
    end = n
    while end + 1 < len(units) and units[end + 1].kind == units[n].kind:
        end += 1
    return list(units[n : end + 1])


def _stated(unit: _Unit, heading: Span | None, before: Span | None) -> Iterator[Statement]:
    yield Statement(unit.start, unit.end, unit.kind, heading if unit.kind == "fragment" else None, heading, before)


def _listed(
    several: Sequence[_Unit], leading: _Unit | None, heading: Span | None, announced: bool = False
) -> Iterator[Statement]:
    """A list whole, as far as it fits, then its items."""
    before = (leading.start, leading.end) if leading else None
    begin = leading.start if leading else several[0].start
    shown = [u for u in several[:MOST_ITEMS] if u.end - begin <= MOST_CHARACTERS]
    if len(shown) > 1:
        yield Statement(begin, shown[-1].end, "list", None if leading else heading, heading, None, announced)
    for unit in several:
        lead = None if unit.kind == "row" else before if announced else heading if not leading else None
        yield Statement(unit.start, min(unit.end, unit.start + MOST_CHARACTERS), unit.kind, lead, heading, before)

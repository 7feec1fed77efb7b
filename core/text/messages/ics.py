"""Calendars (ICS): each appointment and task with its time, place and notes.

Knows nothing of time zones: times are shown as they are written, "(UTC)" where they say so; what repeats is told in
words, once. RFC 5545.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

from core.text.encoding import decode
from core.text.structure import short
from core.types import Block, Document, Location

_ENTRIES = frozenset(["VEVENT", "VTODO", "VJOURNAL"])
_LABELS = {"LOCATION": "Where", "ORGANIZER": "Organizer", "ATTENDEE": "With", "CATEGORIES": "Categories", "URL": "Link"}
_TIMES = {"DTSTART": "When", "DTEND": "Until", "DUE": "Due", "COMPLETED": "Completed"}
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?")
_UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
_DAYS = {"MO": "Mon", "TU": "Tue", "WE": "Wed", "TH": "Thu", "FR": "Fri", "SA": "Sat", "SU": "Sun"}
_LINE = re.compile(r'([\w-]+)((?:;[\w-]+=(?:"[^"]*"|[^;:"]*))*):(.*)', re.DOTALL)
_PARAMETER = re.compile(r';([\w-]+)=(?:"([^"]*)"|([^;:"]*))')
_ESCAPED = re.compile(r"\\([\\;,nN])")


class _Line(NamedTuple):
    number: int
    last: int
    name: str
    parameters: dict[str, str]
    value: str


def read(data: bytes, password: str | None = None) -> Document:
    """Places are lines and the entry with its day. Title: the calendar's own name."""
    source, numbers = _unfolded(data)
    decoded = decode(source)
    if decoded.problem:
        return Document("unsupported", "calendar", reason=decoded.problem)
    blocks: list[Block] = []
    title = ""
    entry: list[_Line] = []
    kind = ""
    for line in _lines(decoded.text, numbers):
        if line.name == "BEGIN" and line.value.upper() in _ENTRIES and not kind:
            kind, entry = line.value.upper(), [line]
        elif kind:
            entry.append(line)
            if line.name == "END" and line.value.upper() == kind:
                blocks.extend(_block(entry))
                kind = ""
        elif line.name == "X-WR-CALNAME":
            title = " ".join(line.value.split())
    return Document("ok", "calendar", title=title, blocks=tuple(blocks), warnings=decoded.warnings)


def _unfolded(data: bytes) -> tuple[bytes, list[tuple[int, int]]]:
    """One line each, with its first and last number in the file: a line that begins with a blank goes on with the one
    before. In bytes, since many programs fold between the bytes of one letter."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        data = decode(data).text.encode()
    lines: list[list[bytes]] = []
    numbers: list[tuple[int, int]] = []
    for number, line in enumerate(data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"), 1):
        if line[:1] in (b" ", b"\t") and lines:
            lines[-1].append(line[1:])
            numbers[-1] = (numbers[-1][0], number)
        else:
            lines.append([line])
            numbers.append((number, number))
    return b"\n".join(b"".join(parts) for parts in lines), numbers


def _lines(text: str, numbers: list[tuple[int, int]]) -> Iterator[_Line]:
    for line, (start, last) in zip(text.split("\n"), numbers, strict=False):
        match = _LINE.match(line)
        if match:
            parameters = {m[1].upper(): m[2] or m[3] or "" for m in _PARAMETER.finditer(match[2])}
            value = _ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], match[3])
            yield _Line(start, last, match[1].upper(), parameters, value)


def _block(entry: list[_Line]) -> Iterator[Block]:
    summary = day = ""
    lines: list[str] = []
    inner = 0
    for line in entry[1:-1]:
        # An alarm inside an appointment has a description of its own.
        inner += {"BEGIN": 1, "END": -1}.get(line.name, 0)
        if inner or line.name in ("BEGIN", "END") or not line.value.strip():
            continue
        if line.name == "SUMMARY":
            summary = " ".join(line.value.split())
        elif line.name in _TIMES:
            shown = _shown(line)
            day = day or shown[:10]
            lines.append(f"{_TIMES[line.name]}: {shown}")
        elif line.name == "RRULE":
            lines.append(f"Repeats: {_repeats(line.value)}")
        elif line.name in _LABELS:
            person = line.parameters.get("CN") or re.sub(r"(?i)^mailto:", "", line.value)
            lines.append(f"{_LABELS[line.name]}: {person if line.name in ('ORGANIZER', 'ATTENDEE') else line.value}")
        elif line.name in ("DESCRIPTION", "COMMENT"):
            lines.append(line.value.strip())
    heading = " ".join(filter(None, (day, short(summary).replace(" > ", " › "))))
    text = "\n".join(filter(None, (summary, *lines)))
    if text:
        yield Block(text, Location(line_from=entry[0].number, line_to=entry[-1].last, heading=heading or None))


def _repeats(rule: str) -> str:
    """`every 2 weeks on Mon, Wed, 10 times`; parts of a rule that have no plain words are left out."""
    parts = dict(part.upper().split("=", 1) for part in rule.split(";") if "=" in part)
    unit = _UNITS.get(parts.get("FREQ", ""), "")
    if not unit:
        return rule
    every = parts.get("INTERVAL", "1")
    said = f"every {unit}" if every == "1" else f"every {every} {unit}s"
    if days := [_day(day) for day in parts.get("BYDAY", "").split(",") if day]:
        said += f" on {', '.join(days)}"
    if dates := parts.get("BYMONTHDAY"):
        said += f" on day {dates.replace(',', ', ')}"
    if times := parts.get("COUNT"):
        said += f", {times} times"
    until = _TIME.match(parts.get("UNTIL", ""))
    return said + (f", until {until[1]}-{until[2]}-{until[3]}" if until else "")


def _day(rule: str) -> str:
    """`2TU` is the second Tuesday of the month, `-1FR` the last Friday."""
    name, number = _DAYS.get(rule[-2:], rule[-2:]), rule[:-2].lstrip("+")
    return f"{'the last' if number == '-1' else number + '.'} {name}" if number else name


def _shown(line: _Line) -> str:
    match = _TIME.match(line.value)
    if not match:
        return line.value
    day = f"{match[1]}-{match[2]}-{match[3]}"
    zone = "UTC" if match[6] else line.parameters.get("TZID", "")
    return f"{day} {match[4]}:{match[5]}" + (f" ({zone})" if zone else "") if match[4] else day

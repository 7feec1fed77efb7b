"""Data as JSON, and one record a line (JSON, JSONL): values with the names that lead to them.

Knows nothing of schemas. Values are read rather than the file's own text, which often spells Korean as \\uXXXX; a file
that is no JSON is read as it stands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from core.text.encoding import decode, sound
from core.text.notes.plain import paragraphs
from core.text.structure import SEPARATOR, short
from core.types import Block, Document, Location

_MAX_VALUES = 500_000
_BLOCK = 800
"""Characters of one block; a record longer than this is divided."""
_SPACE = re.compile(r"\s*,?\s*")
_CUT = f"It holds more than {_MAX_VALUES:,} values; only the first were read."
_BROKEN = "It is not valid JSON{where}; its text from there on was read as it stands."


def read(data: bytes, password: str | None = None) -> Document:
    """Places are names of values, `people > 3`, and lines for records that stand one after the other."""
    decoded = decode(data)
    if decoded.problem:
        return Document("unsupported", "json", reason=decoded.problem)
    warnings = list(decoded.warnings)
    blocks = tuple(_blocks(decoded.text, warnings))
    return Document("ok", "json", blocks=blocks, warnings=tuple(warnings))


def _blocks(text: str, warnings: list[str]) -> Iterator[Block]:
    decoder = json.JSONDecoder(strict=False, parse_int=str, parse_float=str)
    at = _SPACE.match(text).end()  # type: ignore[union-attr]  # it matches anywhere
    line, counted = 1, 0
    left = _MAX_VALUES
    while at < len(text):
        line += text.count("\n", counted, at)
        counted = at
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            warnings.append(_BROKEN.format(where=f" at line {line}" if line > 1 else ""))
            for block in paragraphs(text[at:]):
                place = block.location
                first, last = (place.line_from or 1) + line - 1, (place.line_to or 1) + line - 1
                yield Block(block.text, Location(line_from=first, line_to=last), "code")
            return
        last = line + text.count("\n", at, end)
        for heading, group in _grouped(_values(value, warnings)):
            left -= 1
            yield Block(sound(group), Location(line_from=line, line_to=last, heading=heading or None))
        if left < 0:
            warnings.append(_CUT)
            return
        at = _SPACE.match(text, end).end()  # type: ignore[union-attr]


def _values(value: object, warnings: list[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """(names that lead to it, value) of everything that says something, in order; without recursion."""
    waiting: list[tuple[tuple[str, ...], object]] = [((), value)]
    for _ in range(_MAX_VALUES):
        if not waiting:
            return
        names, found = waiting.pop()
        if isinstance(found, dict):
            waiting.extend(((*names, str(key)), item) for key, item in reversed(found.items()))
        elif isinstance(found, list) and all(isinstance(item, str) and len(item) < 60 for item in found):
            yield names, ", ".join(found)
        elif isinstance(found, list):
            items = list(enumerate(found, 1))
            waiting.extend(((*names, str(number)), item) for number, item in reversed(items))
        elif found is not None:
            yield names, found if isinstance(found, str) else json.dumps(found).strip('"')
    warnings.append(_CUT)


def _grouped(values: Iterator[tuple[tuple[str, ...], str]]) -> Iterator[tuple[str, str]]:
    """(place, lines `name: value`) of each record: what shares its names up to a number, or the first name."""
    place: tuple[str, ...] = ()
    lines: list[str] = []
    size = 0
    for names, value in values:
        here = _record(names)
        if lines and (here != place or size > _BLOCK):
            yield SEPARATOR.join(map(short, place)), "\n".join(lines)
            lines, size = [], 0
        place = here
        name = ".".join(names[len(here) :])
        if value.strip():
            lines.append(f"{name}: {value}" if name else value)
            size += len(lines[-1])
    if lines:
        yield SEPARATOR.join(map(short, place)), "\n".join(lines)


def _record(names: tuple[str, ...]) -> tuple[str, ...]:
    """The record a value belongs to: down to the first numbered one, else its first name when it lies deeper."""
    for at, name in enumerate(names[:-1] if len(names) > 1 else names):
        if name.isdecimal():
            return names[: at + 1]
    return names[:1] if len(names) > 2 else ()

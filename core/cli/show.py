"""Values as a person or a script reads them: JSON lines, tables, sizes, colour. Knows no verb and no engine."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence

import msgspec

from core.types import Location

LINES_AT_ONCE = 2000


def line(value: object) -> str:
    """`value` as one line of JSON. A file name that is no text keeps its odd bytes as `\\udcXX`."""
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(value), separators=(",", ":"))


def lines(values: Iterable[object]) -> None:
    """`values` on standard output, one JSON object a line; a hundred thousand take a fraction of a second."""
    waiting: list[str] = []
    for value in values:
        waiting.append(line(value) + "\n")
        if len(waiting) == LINES_AT_ONCE:
            sys.stdout.write("".join(waiting))
            waiting.clear()
    sys.stdout.write("".join(waiting))
    sys.stdout.flush()


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows under a heading in aligned columns; Hangul takes two places."""
    every = [head, *rows]
    widths = [max(width(row[i]) for row in every) for i in range(len(head))]
    text = "".join(
        "  ".join(cell + " " * (widths[i] - width(cell)) for i, cell in enumerate(row)).rstrip() + "\n" for row in every
    )
    first, _, rest = text.partition("\n")
    return f"{dim(first)}\n{rest}"


def width(text: str) -> int:
    """How many places `text` takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def size(n: int) -> str:
    """Bytes in words: 812 B, 3.4 kB, 1.2 GB."""
    if n < 1000:
        return f"{n} B"
    units = ("kB", "MB", "GB")
    step = next((i for i in range(len(units) - 1) if n < 1000 ** (i + 2)), len(units) - 1)
    return f"{n / 1000 ** (step + 1):.1f} {units[step]}"


def place(path: str, location: Location) -> str:
    """Where to look: file:line or file, p. page; then the heading."""
    where = path
    if location.page is not None:
        where += f", p. {location.page}"
    elif location.line_from is not None:
        where += f":{location.line_from}"
    return f"{where}  {location.heading}" if location.heading else where


def snippet(text: str, places: int) -> str:
    """`text` on one line, at most `places` wide."""
    flat = " ".join(text.split())
    if width(flat) <= places:
        return flat
    kept, used = 0, 1
    for c in flat:
        used += width(c)
        if used > places:
            break
        kept += 1
    return flat[:kept].rstrip() + "…"


def bold(text: str) -> str:
    """Emphasis, on a terminal only."""
    return _styled("1", text)


def dim(text: str) -> str:
    """Set back, on a terminal only."""
    return _styled("2", text)


def good(text: str) -> str:
    """Green, on a terminal only."""
    return _styled("32", text)


def bad(text: str) -> str:
    """Red, on a terminal only."""
    return _styled("31", text)


def _styled(code: str, text: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if sys.stdout.isatty() else text

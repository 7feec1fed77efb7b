"""Values as a person or a script reads them: JSON lines, tables, sizes, colour. Knows no verb and no engine.

What comes from files must not drive the terminal: names and texts may hold escape sequences, line ends and marks that
turn the direction of writing, with which they could pass for lines of Moa's own. They are shown as `\\x1b`, `\\n`, ...
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence

from core import lossless
from core.types import Location

LINES_AT_ONCE = 2000

# C0 and C1 controls; for names line ends, too, and what turns the direction of writing (Unicode TR 36, 3.9).
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_IN_NAMES = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def line(value: object) -> str:
    """`value` as one line of JSON. A file name that is no text keeps its odd bytes as `\\udcXX`."""
    return lossless.encode(value).decode()


def name(text: str) -> str:
    """A path, title or other short text on one line, exactly as it is but for what could forge one."""
    return _IN_NAMES.sub(_escape, text)


def words(text: str) -> str:
    """A longer text with its lines and tabs; other control characters are shown, not obeyed."""
    return _CONTROLS.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    return ascii(found.group())[1:-1]


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
    every = [head, *([name(cell) for cell in row] for row in rows)]
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
    return sum(_places(c) for c in text)


def _places(c: str) -> int:
    # Vowels and finals of decomposed Hangul stand in their syllable's two places.
    if unicodedata.combining(c) or "\u1160" <= c <= "\u11ff" or "\ud7b0" <= c <= "\ud7ff":
        return 0
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1


def size(n: int) -> str:
    """Bytes in words: 812 B, 3.4 kB, 1.2 GB."""
    if n < 1000:
        return f"{n} B"
    units = ("kB", "MB", "GB")
    step = next((i for i in range(len(units) - 1) if n < 1000 ** (i + 2)), len(units) - 1)
    return f"{n / 1000 ** (step + 1):.1f} {units[step]}"


def place(path: str, location: Location) -> str:
    """Where to look: file:line or file, p. page; then the heading."""
    where = name(path)
    if location.page is not None:
        where += f", p. {location.page}"
    elif location.line_from is not None:
        where += f":{location.line_from}"
    return f"{where}  {name(location.heading)}" if location.heading else where


def snippet(text: str, places: int) -> str:
    """`text` on one line as `name` shows it, at most `places` wide."""
    flat = name(" ".join(text.split()))
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

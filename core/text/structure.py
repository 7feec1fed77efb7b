"""Heading paths and table rows, written the same way for every format.

Knows nothing of any format.
"""

from __future__ import annotations

from itertools import zip_longest

SEPARATOR = " > "
_LONGEST = 160
"""Characters of a heading in a path; a paragraph set as a heading by mistake must not swallow every passage below."""


class HeadingPath:
    """The headings above the present place, by level (1 to 6)."""

    def __init__(self) -> None:
        self._open: list[tuple[int, str]] = []

    def enter(self, level: int, text: str) -> None:
        """Go under a heading; those of the same or a deeper level end."""
        text = " ".join(text.split())
        short = text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
        self._open = [*((at, name) for at, name in self._open if at < level), (level, short)]

    def __str__(self) -> str:
        return SEPARATOR.join(name for _, name in self._open)


def row_text(header: list[str], cells: list[str]) -> str:
    """One table row that can be read alone: `Name: Ada | Born: 1815`; empty cells are left out."""
    pairs = zip_longest(header, cells, fillvalue="")
    return " | ".join(f"{name}: {cell}" if name else cell for name, cell in pairs if cell)

"""Plain text with headings: what reStructuredText, Org and AsciiDoc have in common.

Knows none of them; each gives a function that finds its headings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from core.text.encoding import decode
from core.text.notes.plain import paragraphs
from core.text.structure import HeadingPath
from core.types import Block, Document, Location

Heading = tuple[int, int, str]
"""(level, lines it takes, text)."""


def outlined(data: bytes, find: Callable[[list[str], int], Heading | None]) -> Document:
    """Paragraphs under heading paths, with lines. `find` looks for a heading at a line (from 0). Title: the first
    heading of level one."""
    decoded = decode(data)
    if decoded.problem:
        return Document("unsupported", "text", reason=decoded.problem)
    lines = decoded.text.split("\n")
    path, blocks, title = HeadingPath(), [], ""
    start = number = 0
    while number < len(lines):
        heading = find(lines, number) if lines[number].strip() else None
        if heading is None:
            number += 1
            continue
        blocks += _between(lines, start, number, path)
        level, taken, text = heading
        path.enter(min(level, 6), text)
        title = title or (text if level == 1 else "")
        place = Location(line_from=number + 1, line_to=number + taken, heading=str(path))
        blocks.append(Block(text, place, "heading"))
        number = start = number + taken
    blocks += _between(lines, start, len(lines), path)
    return Document("ok", "text", title=title, blocks=tuple(blocks), warnings=decoded.warnings)


def _between(lines: list[str], start: int, end: int, path: HeadingPath) -> list[Block]:
    found = []
    for block in paragraphs("\n".join(lines[start:end])):
        first, last = (block.location.line_from or 1) + start, (block.location.line_to or 1) + start
        found.append(replace(block, location=Location(line_from=first, line_to=last, heading=str(path) or None)))
    return found

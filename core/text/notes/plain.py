"""Plain text, logs and light markup read as it stands: paragraphs between blank lines.

Knows nothing of any markup.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.text.encoding import decode
from core.types import Block, Document, Location


def read(data: bytes, password: str | None = None) -> Document:
    """One block a paragraph, with its lines."""
    decoded = decode(data)
    if decoded.problem:
        return Document("unsupported", "text", reason=decoded.problem)
    return Document("ok", "text", blocks=tuple(paragraphs(decoded.text)), warnings=decoded.warnings)


def paragraphs(text: str) -> Iterator[Block]:
    """Runs of lines that are not blank; lines count from 1."""
    lines = text.split("\n")
    start: int | None = None
    for number, line in enumerate([*lines, ""]):
        if line.strip():
            start = number if start is None else start
        elif start is not None:
            run = "\n".join(part.rstrip() for part in lines[start:number])
            yield Block(run, Location(line_from=start + 1, line_to=number))
            start = None

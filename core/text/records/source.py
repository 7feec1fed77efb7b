"""Source code and configuration, word for word, with lines.

Knows no language: comments and names are what a person looks for, and both stand in the text.
"""

from __future__ import annotations

from dataclasses import replace

from core.text.encoding import decode
from core.text.notes.plain import paragraphs
from core.types import Document

_LONGEST_LINE = 5_000


def read(data: bytes, password: str | None = None) -> Document:
    """One block for each run of lines without an empty one between."""
    decoded = decode(data)
    if decoded.problem:
        return Document("unsupported", "code", reason=decoded.problem)
    longest = max(map(len, decoded.text.split("\n")))
    if longest > _LONGEST_LINE and longest > 0.5 * len(decoded.text):
        return Document("unsupported", "code", reason="It is packed for machines, not written for people.")
    blocks = tuple(replace(block, kind="code") for block in paragraphs(decoded.text))
    return Document("ok", "code", blocks=blocks, warnings=decoded.warnings)

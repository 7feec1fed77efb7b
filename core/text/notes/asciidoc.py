"""AsciiDoc: text under its headings.

Knows nothing of includes and macros; nothing is fetched.
"""

from __future__ import annotations

import re

from core.text.notes.outline import Heading, outlined
from core.types import Document

_HEADING = re.compile(r"(={1,6}) +(\S.*?)(?: +=+)?[ \t]*$")


def read(data: bytes, password: str | None = None) -> Document:
    """Title: the document's heading. Places are lines and heading paths."""
    return outlined(data, _find)


def _find(lines: list[str], at: int) -> Heading | None:
    match = _HEADING.match(lines[at])
    return (len(match[1]), 1, match[2]) if match else None

"""Org notes (Emacs): text under its headings.

Knows nothing of agendas and code execution.
"""

from __future__ import annotations

import re

from core.text.notes.outline import Heading, outlined
from core.types import Document

_HEADING = re.compile(r"(\*+) +(\S.*?)(?:[ \t]+:[\w@#%:]+:)?[ \t]*$")
_TITLE = re.compile(r"(?i)#\+title:[ \t]*(\S.*)")


def read(data: bytes, password: str | None = None) -> Document:
    """Title: `#+title:`, else the first heading. Places are lines and heading paths."""
    return outlined(data, _find)


def _find(lines: list[str], at: int) -> Heading | None:
    titled = _TITLE.match(lines[at])
    if titled:
        return 1, 1, titled[1].strip()
    match = _HEADING.match(lines[at])
    return (len(match[1]), 1, match[2]) if match else None

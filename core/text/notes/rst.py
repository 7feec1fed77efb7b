"""reStructuredText: text under its headings.

Knows nothing of directives; nothing is included or fetched.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from core.text.notes.outline import Heading, outlined
from core.types import Document

_RULE = re.compile(r"([!-/:-@\[-`{-~])\1{2,}[ \t]*$")


def read(data: bytes, password: str | None = None) -> Document:
    """Title: the first heading. Places are lines and heading paths; levels in the order the adornments appear."""
    return outlined(data, _finder())


def _finder() -> Callable[[list[str], int], Heading | None]:
    styles: list[str] = []

    def level(style: str) -> int:
        if style not in styles:
            styles.append(style)
        return styles.index(style) + 1

    def find(lines: list[str], at: int) -> Heading | None:
        after = lines[at + 1] if at + 1 < len(lines) else ""
        below = lines[at + 2] if at + 2 < len(lines) else ""
        rule = _RULE.match(lines[at])
        if rule:
            # The same rule above and below.
            framed = after.strip() and below.rstrip() == lines[at].rstrip()
            return (level("over" + rule[1]), 3, after.strip()) if framed else None
        rule = _RULE.match(after)
        if rule and not lines[at][:1].isspace() and (at == 0 or not lines[at - 1].strip()):
            # Shorter than the text (Hangul counts double) it is no heading but a mistake or a table.
            return (level(rule[1]), 2, lines[at].strip()) if len(after.rstrip()) >= len(lines[at].rstrip()) else None
        return None

    return find

"""Rich Text Format: the text of its paragraphs.

Knows nothing of headings and pictures. Read by striprtf (BSD, a single file, well kept), which follows the code pages
of Korean and Japanese fonts.
"""

from __future__ import annotations

import re

from core.text.encoding import sound
from core.text.notes.plain import paragraphs
from core.text.quality import usable_title
from core.text.unreadable import damaged
from core.types import Block, Document, Location

_SYMBOL = re.compile("[\uf000-\uf0ff]")
"""Characters of symbol fonts (Wingdings), which Word puts here for bullets."""
_TITLE = re.compile(r"\{\\title ([^{}]{1,400})\}")


def read(data: bytes, password: str | None = None) -> Document:
    """Paragraphs, without places. Title: the document's properties."""
    source = data.decode("latin-1")
    found = _TITLE.search(source[:20_000])
    try:
        text = _text(source)
        title = usable_title(_text("{\\rtf1 " + found[1] + "}")) if found else ""
    except (UnicodeError, ValueError, LookupError, IndexError) as problem:
        raise damaged("a word processor") from problem
    text = _SYMBOL.sub("•", text)
    # Cells of a table row come divided by "|".
    rows = sound(text).replace("\r", "\n").split("\n")
    lines = "\n".join(row.strip().rstrip("|").replace("|", " | ") for row in rows)
    blocks = tuple(
        Block(line, Location()) for run in paragraphs(lines) for line in run.text.split("\n") if line.strip()
    )
    return Document("ok", "rtf", title=title, blocks=blocks)


def _text(source: str) -> str:
    from striprtf.striprtf import rtf_to_text

    text: str = rtf_to_text(source, encoding="cp1252", errors="replace")  # type: ignore[no-untyped-call]
    return text

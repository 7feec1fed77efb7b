"""Rich Text Format: the text of its paragraphs.

Knows nothing of headings and pictures. Read by striprtf (BSD, a single file, well kept), which follows the code pages
of Korean and Japanese fonts.
"""

from __future__ import annotations

import re

from core.text.encoding import sound
from core.text.plain import paragraphs
from core.text.quality import usable_title
from core.text.unreadable import damaged
from core.types import Block, Document, Location

_SYMBOL = re.compile("[\uf000-\uf0ff]")
"""Characters of symbol fonts (Wingdings), which Word puts here for bullets."""
_TITLE = re.compile(r"\{\\title ([^{}]{1,400})\}")


def read(data: bytes, password: str | None = None) -> Document:
    """Paragraphs, without places. Title: the document's properties."""
    from striprtf.striprtf import rtf_to_text

    source = data.decode("latin-1")
    try:
        text = rtf_to_text(source, encoding="cp1252", errors="replace")
        found = _TITLE.search(source[:20_000])
        title = usable_title(rtf_to_text("{\\rtf1 " + found[1] + "}", errors="replace")) if found else ""
    except (UnicodeError, ValueError, LookupError, IndexError) as problem:
        raise damaged("a word processor") from problem
    text = _SYMBOL.sub("•", text)
    # Cells of a table row come divided by "|".
    lines = "\n".join(line.strip().rstrip("|").replace("|", " | ") for line in sound(text).replace("\r", "\n").split("\n"))
    blocks = tuple(
        Block(line, Location()) for run in paragraphs(lines) for line in run.text.split("\n") if line.strip()
    )
    return Document("ok", "rtf", title=title, blocks=blocks)

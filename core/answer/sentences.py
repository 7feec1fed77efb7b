"""Text → sentences, Korean and English. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

# A full stop ends a sentence when white space follows and no digit or single capital comes before it ("3. item",
# "J. Kim"); Korean sentences end the same way. Line breaks end list items and table rows.
_END = re.compile(r"(?<=[.!?。…])(?<!\b\d\.)(?<!\b[A-Z]\.)[\"')\]\u201d\u2019]*\s+|\n+")
_MARKUP = re.compile(r"^[\s>*\-+•]+|^\s*#+\s*")


def sentences(text: str) -> Iterator[str]:
    """The sentences, list items and table rows of a text, without list marks, empty ones left out."""
    for part in _END.split(text):
        clean = _MARKUP.sub("", part or "").strip()
        if clean:
            yield clean

"""Text → sentences, Korean and English. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

# A full stop ends a sentence when white space follows and no digit or single capital comes before it ("3. item",
# "J. Kim"), nor a usual short form; Korean sentences end the same way. Line breaks end list items and table rows.
_END = re.compile(
    r"(?<=[.!?。…])(?<!\b\d\.)(?<!\b[A-Z]\.)(?<!\b(?:Dr|Mr|Ms|St|No|vs|pp)\.)(?<!\b(?:Mrs|e\.g|i\.e|etc)\.)(?<!\bp\.)"
    r"[\"')\]\u201d\u2019]*\s+|\n+"
)
_MARKUP = re.compile(r"^[\s>*\-+•]+|^\s*#+\s*")


def sentences(text: str) -> Iterator[str]:
    """The sentences, list items and table rows of a text, without list marks, empty ones left out."""
    for start, end in spans(text):
        yield text[start:end]


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Where the sentences of a text begin and end in it: `text[start:end]` is one, word for word."""
    at = 0
    for match in [*_END.finditer(text), None]:
        end = match.start() if match else len(text)
        # Closing quotes and brackets belong to the sentence, the white space after them does not.
        if match:
            end += len(match[0].rstrip())
        part = text[at:end]
        lead = len(part) - len(_MARKUP.sub("", part).lstrip())
        start, stop = at + lead, at + len(part.rstrip())
        if stop > start:
            yield start, stop
        at = match.end() if match else end

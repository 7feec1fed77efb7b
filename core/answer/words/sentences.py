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
# 2024. 3. 5. 선고: the points of a date end nothing.
_DATED = re.compile(r"\b\d{4}\.\s?(?:\d{1,2}\.\s?)?(?:\d{1,2}\.)?$")
_MARKUP = re.compile(r"^[\s>*\-+•]+|^\s*#+\s*")


def sentences(text: str) -> Iterator[str]:
    """The sentences, list items and table rows of a text, without list marks, empty ones left out."""
    for start, end in spans(text):
        yield text[start:end]


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Where the sentences of a text begin and end in it: `text[start:end]` is one, word for word."""
    at = 0
    for match in [*(m for m in _END.finditer(text) if not _in_date(text, m)), None]:
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


def _in_date(text: str, end: re.Match[str]) -> bool:
    if end[0] != " " or not text[end.start() - 2 : end.start() - 1].isdigit():
        return False
    dated = _DATED.search(text, max(0, end.start() - 16), end.start())
    # A year alone may end a sentence, unless a month follows.
    return dated is not None and (dated[0].count(".") > 1 or text[end.end() : end.end() + 1].isdigit())

"""What a note says of itself, as it is stored: a document and its path → date, tags, fields, check boxes, links.

Knows no database. The day comes from the front matter (or a mail's head), then from the file's name; a file that has
neither goes by when it was last written, which is looked up when it is asked for.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from core.store.notes import Fact, Said
from core.types import Document

LONGEST = 500
MOST_FACTS = 5_000

_YEAR = r"(?<!\d)((?:19|20)\d\d)"
_DAYS = (
    re.compile(_YEAR + r"([-._ /])(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])(?!\d)"),
    re.compile(_YEAR + r"(\s*년\s*)(0?[1-9]|1[0-2])\s*월\s*(0?[1-9]|[12]\d|3[01])(?!\d)"),
    re.compile(_YEAR + r"()(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)"),
)
# 2024-03 and 2024년 3월 stand for their first day; 240305 only beside letters, since many numbers have six digits.
_MONTH = re.compile(_YEAR + r"(?:\s*년\s*(0?[1-9]|1[0-2])\s*월|[-._](0[1-9]|1[0-2])(?![\d.]))")
_SHORT = re.compile(r"(?<![\d.])([0-3]\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?![\d.])")


def said(document: Document, name: str) -> Said:
    """`name` is the file's name without its ending, as text."""
    facts: list[Fact] = []
    facts += (Fact("tag", "", tag) for tag in dict.fromkeys(document.tags))
    facts += (Fact("alias", "", alias) for alias in document.aliases)
    facts += (Fact("field", field, value[:LONGEST]) for field, value in document.fields)
    facts += (Fact("task", "done" if t.done else "open", t.text[:LONGEST], t.line) for t in document.tasks)
    facts += (Fact("link", "", link[:LONGEST]) for link in document.links)
    return Said(document.date[:10] or date_in(name), tuple(facts[:MOST_FACTS]))


def date_in(name: str) -> str:
    """The day in a file's name as YYYY-MM-DD, or nothing."""
    name = unicodedata.normalize("NFC", name)
    for pattern in _DAYS:
        if (match := pattern.search(name)) and (day := _day(match[1], match[3], match[4])):
            return day
    if match := _MONTH.search(name):
        return _day(match[1], match[2] or match[3], "1")
    if (match := _SHORT.search(name)) and re.search(r"[^\W\d]", name):
        return _day(f"20{match[1]}", match[2], match[3])
    return ""


def _day(year: str, month: str, day: str) -> str:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""

"""Where in its file a quotation stands: the lines of the quote, not those of the whole passage. Pure.

Nothing is stored for it: readers leave lines out (fences, rules, empty lines) and join them (paragraphs), but never
split one or change their order. So with d lines less in the passage than in its place, the quote's line i is one of
the file's i to i + d: exactly one where d is 0 (four fifths of all passages), a few else. A passage of more lines than
its place has keeps its own place: too wide rather than wrong.
"""

from __future__ import annotations

from dataclasses import replace

from core.types import Location, Passage


def locate(passage: Passage, start: int, end: int) -> Location:
    """The place of `passage.text[start:end]`."""
    place = passage.location
    if place.line_from is None or place.line_to is None:
        return place
    less = place.line_to - place.line_from - passage.text.count("\n")
    if less < 0:
        return place
    first = place.line_from + passage.text.count("\n", 0, start)
    return replace(place, line_from=first, line_to=first + passage.text[start:end].rstrip().count("\n") + less)

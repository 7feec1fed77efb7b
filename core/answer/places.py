"""Where in its file a quotation stands: the lines of the quote, not those of the whole passage. Pure.

Exact only where the passage says so: when it has as many line breaks as its place has lines, each of its lines is one
of the file's (a reader that joins or leaves out lines breaks that, packing.py keeps it otherwise). Else the place is
the passage's own: too wide rather than wrong.
"""

from __future__ import annotations

from dataclasses import replace

from core.types import Location, Passage


def locate(passage: Passage, start: int, end: int) -> Location:
    """The place of `passage.text[start:end]`."""
    place = passage.location
    if place.line_from is None or place.line_to is None:
        return place
    if passage.text.count("\n") != place.line_to - place.line_from:
        return place
    first = place.line_from + passage.text.count("\n", 0, start)
    return replace(place, line_from=first, line_to=first + passage.text[start:end].rstrip().count("\n"))

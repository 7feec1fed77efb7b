"""Where in its file a quotation stands: the place of the quote, not that of the whole passage. Pure.

A passage knows the place of each of its paragraphs (types.Part); older ones and those of stored conversations know only
their own. Within a paragraph readers leave lines out (fences, rules, empty lines) and join them, but never split one or
change their order. So with d lines less in the text than in its place, the quote's line i is one of the file's i to
i + d: exactly one where d is 0, a few else. A text of more lines than its place has keeps that place: too wide rather
than wrong.
"""

from __future__ import annotations

from dataclasses import replace

from core.types import Location, Part, Passage, Placed


def locate(passage: Passage, start: int, end: int) -> Location:
    """The place of `passage.text[start:end]`."""
    text = passage.text
    known = passage.parts if isinstance(passage, Placed) else ()
    parts = known or (Part(0, passage.location),)
    ends = [*(p.start for p in parts[1:]), len(text)]
    # A part of a passage that was cut for the prompt may begin behind its end.
    met = [(p, stop) for p, stop in zip(parts, ends, strict=True) if p.start < end and start < stop]
    places = [_lines(text[p.start : stop], p.location, start - p.start, end - p.start) for p, stop in met]
    if not places:
        return passage.location
    first, last = places[0], places[-1]
    headings = {place.heading for place in places}
    heading = first.heading if len(headings) == 1 else passage.location.heading
    return Location(first.page, first.line_from, last.line_to, heading)


def _lines(text: str, place: Location, start: int, end: int) -> Location:
    """The place of `text[start:end]` in a text that stands at `place`; what lies outside of it is left out."""
    if place.line_from is None or place.line_to is None:
        return place
    text = text.rstrip()
    less = place.line_to - place.line_from - text.count("\n")
    if less < 0:
        return place
    start, end = max(0, start), min(len(text), end)
    first = place.line_from + text.count("\n", 0, start)
    return replace(place, line_from=first, line_to=first + text[start:end].rstrip().count("\n") + less)

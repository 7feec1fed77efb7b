"""XML of any kind: the text between its tags, with lines.

Knows no vocabulary. What does not parse is read without its tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.text.encoding import decode, sound
from core.text.markup import BROKEN, events
from core.text.notes.plain import paragraphs
from core.text.unreadable import Unreadable
from core.text.web.html import bare
from core.types import Block, Document, Location

_DECLARED = re.compile(rb"<\?xml[^>]{0,100}?encoding=[\"']([\w.:-]+)")
_PAGE_TAG = re.compile(r"<(?:p|br|div|a|b|i|em|img|span|ul|li|table|blockquote)\b[^<>]*>", re.IGNORECASE)
_SAYING = ("title", "name", "label", "summary", "description", "text")


def read(data: bytes, password: str | None = None) -> Document:
    """Title: the first element called title. Places are lines."""
    found = _DECLARED.search(data[:200])
    decoded = decode(data, found[1].decode("ascii") if found else None)
    if decoded.problem:
        return Document("unsupported", "xml", reason=decoded.problem)
    warnings: list[str] = []
    try:
        runs = list(_runs(decoded.text.lstrip(), warnings, decoded.text.count("\n", 0, _indent(decoded.text))))
    except Unreadable:
        runs = []
    if warnings or not runs:
        blocks = tuple(paragraphs(bare(decoded.text)))
        said = ("It is not well-formed XML; it was read without its tags.",) if warnings else ()
        return Document("ok", "xml", blocks=blocks, warnings=(*decoded.warnings, *said))
    title = next((text for name, text, _, _ in runs if name == "title" and "\n" not in text), "")
    blocks = tuple(Block(text, Location(line_from=first, line_to=last)) for _, text, first, last in runs)
    return Document("ok", "xml", title=title[:200], blocks=blocks, warnings=decoded.warnings)


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _runs(text: str, warnings: list[str], above: int) -> Iterator[tuple[str, str, int, int]]:
    """(element, text, first line, last line) of every run of text between two tags."""
    open_names = [""]
    parts: list[str] = []
    first = 0
    for event in events(text, warnings):
        if event.what == "text":
            if not parts:
                first = event.line
            parts.append(event.text)
            continue
        run, parts = "".join(parts), []
        if run.strip():
            lines = run.lstrip()
            shift = run[: len(run) - len(lines)].count("\n")
            seen = bare(lines) if _PAGE_TAG.search(lines) else lines
            seen = sound("\n".join(filter(None, (" ".join(line.split()) for line in seen.split("\n")))))
            start = first + shift + above
            yield open_names[-1], seen, start, start + lines.rstrip().count("\n")
        if event.what == "start":
            open_names.append(event.name)
            said = " ".join(sound(event.get(name)) for name in _SAYING if " " in event.get(name).strip())
            if said:
                yield "", said, event.line + above, event.line + above
        elif len(open_names) > 1:
            open_names.pop()
    if warnings:
        warnings[:] = [BROKEN]

"""Hangul documents as XML (HWPX): paragraphs, headings by outline style, tables, notes, page headers and text boxes.

Knows nothing of layout. A zip with Contents/section0.xml and so on (KS X 6101, OWPML). Read here: python-hwpx forbids
commercial use.
"""

from __future__ import annotations

import re

from core.text.markup import Event, events, one_text
from core.text.office import odfcrypt
from core.text.quality import usable_title
from core.text.structure import Builder
from core.text.unreadable import damaged
from core.types import Document

_OUTLINE = re.compile(r"(?i)^(?:개요|outline)\s*(\d+)$")
_BREAKS = {"lineBreak": "\n", "tab": " ", "nbSpace": " ", "fwSpace": " ", "hyphen": "-"}
_UNSEEN = frozenset(["deleteBegin", "shapeComment", "dutmal"])


def read(data: bytes, password: str | None = None) -> Document:
    """Places are heading paths. Title: the package's. Files locked with a password open with it."""
    archive = odfcrypt.package(data, password)
    sections = archive.matching("Contents/section", ".xml")
    if not sections:
        raise damaged("Hangul")
    warnings: list[str] = []
    body = _Body(_styles(archive.read("Contents/header.xml")))
    for name in sections:
        body.walk(archive.read(name), warnings)
    title = usable_title(one_text(archive.read("Contents/content.hpf"), "title"))
    return Document("ok", "hwpx", title=title, blocks=tuple(body.built.blocks), warnings=tuple(dict.fromkeys(warnings)))


def _styles(data: bytes) -> dict[str, int]:
    """{style id: heading level} of the outline styles."""
    levels: dict[str, int] = {}
    for event in events(data, []) if data else ():
        if event.what == "start" and event.name == "style":
            named = _OUTLINE.match(event.get("name"))
            if named:
                levels[event.get("id")] = int(named[1])
    return levels


class _Body:
    """Walks a section. A table or a text box stands inside a paragraph, so both nest."""

    def __init__(self, styles: dict[str, int]) -> None:
        self.built = Builder()
        self._styles = styles
        self._open: list[tuple[list[str], int]] = []
        self._in_text = 0

    def walk(self, data: bytes, warnings: list[str]) -> None:
        unseen = 0
        for event in events(data, warnings):
            if event.name in _UNSEEN:
                unseen += {"start": 1, "end": -1}.get(event.what, 0)
            elif unseen:
                continue
            elif event.what == "text":
                if self._in_text and self._open:
                    self._open[-1][0].append(event.text)
            elif event.what == "start":
                self._start(event)
            else:
                self._end(event.name)
        while self._open:
            self._end("p")

    def _start(self, event: Event) -> None:
        match event.name:
            case "p":
                self._open.append(([], self._styles.get(event.get("styleIDRef"), 0)))
            case "t":
                self._in_text += 1
            case "tbl":
                self.built.open_table()
            case "tr":
                self.built.open_row()
            case "tc":
                self.built.open_cell()
            case name if self._in_text and self._open:
                self._open[-1][0].append(_BREAKS.get(name, ""))

    def _end(self, name: str) -> None:
        match name:
            case "t":
                self._in_text -= 1
            case "p" if self._open:
                parts, level = self._open.pop()
                self.built.paragraph("".join(parts), level)
            case "tbl":
                self.built.close_table()

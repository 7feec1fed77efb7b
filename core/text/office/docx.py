"""Word documents (DOCX): headings, paragraphs, lists, tables, text boxes, notes, comments, headers and footers.

Knows nothing of pages (Word decides them when it shows a document). Read here rather than with python-docx, which
leaves out text boxes, content controls and footnotes and unpacks without bounds. Elements: ECMA-376, part 1.
"""

from __future__ import annotations

import re

from core.text.archive import Archive
from core.text.markup import Event, events, one_text
from core.text.office.ooxml import main_part, relations
from core.text.quality import usable_title
from core.text.structure import Builder
from core.text.unreadable import damaged
from core.text.web import html
from core.types import Block, Document, Location

_HEADING = re.compile(r"(?i)^(?:heading|제목|개요)\s*(\d)$")
_UNSEEN = frozenset(["Fallback", "moveFrom", "rt", "del", "instrText", "delText"])
"""Copies for older programs, text that was deleted or moved away, reading aids above characters, field codes."""
_BREAKS = {"br": "\n", "cr": "\n", "tab": " ", "noBreakHyphen": "-", "ptab": " "}
_PARTS = (
    ("footnotes", "Footnotes"),
    ("endnotes", "Endnotes"),
    ("comments", "Comments"),
    ("header", "Page header"),
    ("footer", "Page footer"),
)


def read(data: bytes, password: str | None = None) -> Document:
    """Places are heading paths. Title: the document's properties, else its title or first heading."""
    archive = Archive(data)
    main = main_part(archive, "word/document.xml")
    if main not in archive:
        raise damaged("a word processor")
    warnings: list[str] = []
    folder = main.rpartition("/")[0]
    styles = _styles(archive.read(f"{folder}/styles.xml"))
    body = _Part(styles)
    body.walk(archive.read(main), warnings)
    links = relations(archive, main)
    for target in (links.get(id, ("", ""))[1] for id in body.inserted):
        body.built.blocks.extend(_inserted(archive.read(target)))
    body.built.under = ""
    for name, said in _PARTS:
        for part in archive.matching(f"{folder}/{name}", ".xml"):
            other = _Part(styles)
            other.built.under = said
            other.walk(archive.read(part), warnings)
            body.built.blocks.extend(other.built.blocks)
    for part in archive.matching(f"{folder}/diagrams/data", ".xml"):
        other = _Part({})
        other.built.under = "Diagram"
        other.walk(archive.read(part), warnings)
        body.built.blocks.extend(other.built.blocks)
    title = usable_title(one_text(archive.read("docProps/core.xml"), "title")) or body.title or body.built.first_title
    return Document("ok", "docx", title=title, blocks=_once(body.built.blocks), warnings=tuple(dict.fromkeys(warnings)))


def _once(blocks: list[Block]) -> tuple[Block, ...]:
    """Each page header and footer once: a document of many sections repeats them."""
    seen: set[str] = set()
    kept: list[Block] = []
    for block in blocks:
        if block.location.heading in ("Page header", "Page footer"):
            if block.text in seen:
                continue
            seen.add(block.text)
        kept.append(block)
    return tuple(kept)


def _styles(data: bytes) -> dict[str, int]:
    """{style id: heading level}, 0 for a document's title."""
    levels: dict[str, int] = {}
    based: dict[str, str] = {}
    style = ""
    for event in events(data, []) if data else ():
        if event.what != "start":
            continue
        if event.name == "style":
            style = event.get("styleId")
        elif event.name == "basedOn":
            based[style] = event.get("val")
        elif event.name == "outlineLvl" and event.get("val").isdecimal() and int(event.get("val")) < 9:
            levels.setdefault(style, int(event.get("val")) + 1)
        elif event.name == "name" and style:
            named = _HEADING.match(event.get("val"))
            if named:
                levels[style] = int(named[1])
            elif event.get("val").lower() == "title":
                levels[style] = 0
    for style, parent in based.items():
        if style not in levels and levels.get(parent):
            levels[style] = levels[parent]
    return levels


def _inserted(data: bytes) -> tuple[Block, ...]:
    """A page of HTML that the document takes in (altChunk)."""
    return tuple(Block(b.text, Location(heading=b.location.heading), b.kind) for b in html.read(data).blocks)


class _Paragraph:
    __slots__ = ("level", "listed", "parts", "titled")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.level = 0
        self.listed = False
        self.titled = False


class _Part:
    """Walks one part. Paragraphs nest (text boxes stand inside one), and so do tables."""

    def __init__(self, styles: dict[str, int]) -> None:
        self.built = Builder()
        self.title = ""
        self.inserted: list[str] = []
        self._styles = styles
        self._open: list[_Paragraph] = []
        self._in_text = False

    def walk(self, data: bytes, warnings: list[str]) -> None:
        unseen = 0
        for event in events(data, warnings):
            if event.name in _UNSEEN:
                unseen += 1 if event.what == "start" else -1
            elif unseen:
                continue
            elif event.what == "text":
                if self._in_text and self._open:
                    self._open[-1].parts.append(event.text)
            elif event.what == "start":
                self._start(event)
            else:
                self._end(event.name)
        while self._open:
            self._end("p")

    def _start(self, event: Event) -> None:
        name = event.name
        if name == "p":
            self._open.append(_Paragraph())
        elif name == "t":
            self._in_text = True
        elif name == "tbl":
            self.built.open_table()
        elif name == "tr":
            self.built.open_row()
        elif name == "tc":
            self.built.open_cell()
        elif name == "tblHeader":
            self.built.mark_header()
        elif name == "altChunk":
            self.inserted.append(event.get("id", "relationships"))
        elif self._open:
            self._property(event, self._open[-1])

    def _property(self, event: Event, paragraph: _Paragraph) -> None:
        if event.name in _BREAKS:
            paragraph.parts.append(_BREAKS[event.name])
        elif event.name == "pStyle":
            level = self._styles.get(event.get("val"))
            paragraph.level, paragraph.titled = level or 0, level == 0
        elif event.name == "outlineLvl" and event.get("val") in tuple("012345"):
            paragraph.level = int(event.get("val")) + 1
        elif event.name == "numPr":
            paragraph.listed = True

    def _end(self, name: str) -> None:
        if name == "t":
            self._in_text = False
        elif name == "p" and self._open:
            paragraph = self._open.pop()
            text = "".join(paragraph.parts)
            if paragraph.titled and not self.title:
                self.title = " ".join(text.split())
            self.built.paragraph(text, paragraph.level, paragraph.listed)
        elif name == "tbl":
            self.built.close_table()

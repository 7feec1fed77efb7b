"""Books (EPUB 2 and 3): the chapters in reading order, each read as a web page.

Knows nothing of pages: a book has none until it is shown. The package is unpacked within bounds by core.text.archive
(EbookLib is AGPL).
"""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote

from core.text.archive import Archive, resolve
from core.text.markup import events, one_text
from core.text.quality import usable_title
from core.text.structure import SEPARATOR, short
from core.text.unreadable import Unreadable, damaged
from core.text.web import html
from core.types import Block, Document

_PAGES = ("application/xhtml+xml", "text/html", "application/xml")
_FONT_MASKS = re.compile(rb'Algorithm="http://(?:www\.idpf\.org/2008/embedding|ns\.adobe\.com/pdf/enc#RC)"')


def read(data: bytes, password: str | None = None) -> Document:
    """Places are chapters: their headings, else "Chapter 3". Title: the book's."""
    archive = Archive(data)
    _refuse_protected(archive)
    opf = _package(archive)
    warnings: list[str] = []
    blocks: list[Block] = []
    source = archive.read(opf)
    for number, chapter in enumerate(_spine(source, opf, warnings), 1):
        page = html.read(archive.read(chapter))
        name = short(page.title) or f"Chapter {number}"
        for block in page.blocks:
            # Headings inside the chapter name the place; a chapter without them goes by its title.
            place = block.location
            place = place if place.heading else replace(place, heading=name.replace(SEPARATOR, " › "))
            blocks.append(replace(block, location=place))
        warnings.extend(page.warnings)
    title = usable_title(one_text(source, "title"))
    return Document("ok", "epub", title=title, blocks=tuple(blocks), warnings=tuple(dict.fromkeys(warnings)))


def _refuse_protected(archive: Archive) -> None:
    listed = archive.read("META-INF/encryption.xml")
    if listed.count(b"EncryptionMethod") > len(_FONT_MASKS.findall(listed)):
        reason = "The book is locked by the shop it was bought from; only the shop's own reading program opens it."
        raise Unreadable("protected", reason)


def _package(archive: Archive) -> str:
    container = archive.read("META-INF/container.xml")
    for event in events(container, []) if container else ():
        if event.what == "start" and event.name == "rootfile" and event.get("full-path") in archive:
            return event.get("full-path")
    found = [name for name in archive.names if name.endswith(".opf")]
    if not found:
        raise damaged("a reading program")
    return found[0]


def _spine(source: bytes, opf: str, warnings: list[str]) -> list[str]:
    """The chapters' members in reading order; those outside the order (notes) after them."""
    pages: dict[str, str] = {}
    order: list[str] = []
    for event in events(source, warnings):
        if event.what != "start":
            continue
        if event.name == "item" and event.get("media-type") in _PAGES and "nav" not in event.get("properties").split():
            pages[event.get("id")] = resolve(opf, unquote(event.get("href").partition("#")[0]))
        elif event.name == "itemref" and event.get("idref") in pages:
            order.append(pages[event.get("idref")])
    return list(dict.fromkeys([*order, *pages.values()]))

"""OpenDocument text and presentations (ODT, ODP): headings, paragraphs, lists, tables, notes, headers and footers.

Knows nothing of styles. In a presentation the page of a place is the slide's number.
"""

from __future__ import annotations

from core.text.markup import Event, events
from core.text.office import odf
from core.text.structure import Builder
from core.types import Document


def read(data: bytes, password: str | None = None) -> Document:
    """Places are heading paths, and slides. Title: the document's properties, else its first heading."""
    archive = odf.package(data, password)
    warnings: list[str] = []
    body = _Body()
    body.walk(archive.read("content.xml"), warnings)
    blocks = (*body.built.blocks, *odf.margins(archive, warnings).blocks)
    title = odf.title(archive) or body.built.first_title
    return Document("ok", "odt", title=title, blocks=blocks, pages=body.built.page, warnings=tuple(warnings))


class _Body:
    """Walks content.xml. A note or a text box stands inside a paragraph, so paragraphs nest."""

    def __init__(self) -> None:
        self.built = Builder()
        self._open: list[tuple[list[str], int]] = []
        self._lists = 0

    def walk(self, data: bytes, warnings: list[str]) -> None:
        unseen = 0
        for event in events(data, warnings):
            if event.name in odf.UNSEEN:
                unseen += {"start": 1, "end": -1}.get(event.what, 0)
            elif unseen:
                continue
            elif event.what == "text":
                if self._open:
                    self._open[-1][0].append(event.text)
            elif event.what == "start":
                self._start(event)
            else:
                self._end(event.name)
        while self._open:
            self._end("p")

    def _start(self, event: Event) -> None:
        match event.name:
            case "p" | "h":
                level = event.get("outline-level") if event.name == "h" else ""
                self._open.append(([], int(level) if level.isdecimal() else int(event.name == "h")))
            case "list":
                self._lists += 1
            case "table":
                self.built.open_table()
            case "table-header-rows":
                self.built.mark_header()
            case "table-row":
                self.built.open_row()
            case "table-cell":
                self.built.open_cell()
            case "page" if event.get("name", "drawing"):
                self.built.page = (self.built.page or 0) + 1
            case "notes":
                self.built.under = "Notes"
            case "note-citation":
                self._open.append(([], 0))
            case _ if self._open:
                self._open[-1][0].append(odf.inline(event))

    def _end(self, name: str) -> None:
        match name:
            case "p" | "h" if self._open:
                parts, level = self._open.pop()
                self.built.paragraph("".join(parts), level, listed=self._lists > 0)
            case "note-citation" if self._open:
                self._open.pop()
            case "list":
                self._lists -= 1
            case "notes":
                self.built.under = ""
            case "table":
                self.built.close_table()

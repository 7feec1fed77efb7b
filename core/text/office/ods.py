"""OpenDocument spreadsheets (ODS): each row with the names of its columns, cells as they are shown.

Knows nothing of formulas. Read here rather than with python-calamine, which gives neither the shown text nor page
headers and footers; repeated empty cells (a sheet's whole rest is one) take no room here.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.text.markup import events
from core.text.office import odf
from core.text.structure import row_blocks
from core.types import Block, Document

_MAX_COLUMNS = 16_384
_REPEATED = 100
"""A filled cell repeated oftener than this is a pattern, not data."""


def read(data: bytes, password: str | None = None) -> Document:
    """Places are sheets and rows. Title: the file's properties."""
    archive = odf.package(data, password)
    warnings: list[str] = []
    blocks: list[Block] = []
    for sheet, rows in _sheets(archive.read("content.xml"), warnings):
        blocks.extend(row_blocks(sheet, rows))
    blocks.extend(odf.margins(archive, warnings).blocks)
    return Document("ok", "sheet", title=odf.title(archive), blocks=tuple(blocks), warnings=tuple(warnings))


def _sheets(data: bytes, warnings: list[str]) -> Iterator[tuple[str, list[tuple[int, list[str]]]]]:
    name = ""
    rows: list[tuple[int, list[str]]] = []
    number, height, width = 1, 1, 1
    cells: list[str] = []
    text: list[str] | None = None
    unseen = 0
    for event in events(data, warnings):
        if event.name in odf.UNSEEN or event.name == "annotation":
            unseen += {"start": 1, "end": -1}.get(event.what, 0)
        elif unseen:
            continue
        elif event.what == "text":
            if text is not None:
                text.append(event.text)
        elif event.name == "table":
            if event.what == "start":
                name, rows, number = event.get("name"), [], 1
            else:
                yield name, rows
        elif event.name == "table-row":
            if event.what == "start":
                cells, height = [], odf.repeats(event, "number-rows-repeated")
            else:
                if any(cells):
                    rows.append((number, cells))
                number += height
        elif event.name in ("table-cell", "covered-table-cell"):
            if event.what == "start":
                text, width = [], odf.repeats(event, "number-columns-repeated")
            else:
                shown = "".join(text or ()).strip()
                room = _MAX_COLUMNS - len(cells)
                cells.extend([shown] * min(width, room, _REPEATED if shown else room))
                text = None
        elif text is not None:
            text.append(odf.inline(event) if event.what == "start" else "\n" if event.name == "p" else "")

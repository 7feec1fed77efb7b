"""Spreadsheets of Excel (XLSX, XLSM, XLSB, XLS): each row with the names of its columns.

Knows nothing of formulas, formats and charts: values are read as they were last calculated. Read by python-calamine
(MIT; 50,000 rows in half a second, openpyxl takes 8). It lays a sheet out as one full rectangle, so sheets with a cell
far out are refused before it sees them.
"""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Iterator

from core.text.archive import Archive
from core.text.markup import one_text
from core.text.office.merged import spread
from core.text.quality import usable_title
from core.text.structure import row_blocks
from core.text.unreadable import Unreadable, damaged, trap
from core.types import Block, Document

MAX_CELLS = 20_000_000
_MAX_ROWS = 200_000
"""Rows of one sheet that are read."""
_MAX_TEXT = 20_000_000
_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')


class _Full(Exception):
    """The most text that one file may have is reached."""


def read(data: bytes, password: str | None = None) -> Document:
    """Places are sheets and rows. Title: the workbook's properties."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    title = _check_package(data) if data.startswith(b"PK") else ""
    warnings: list[str] = []
    blocks: list[Block] = []
    room = _MAX_TEXT
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in book.sheet_names:
            for block in row_blocks(name, _rows(book, name, warnings)):
                room -= len(block.text)
                if room < 0:
                    raise _Full
                blocks.append(block)
    except _Full:
        warnings.append(f"Only the first {_MAX_TEXT // 1_000_000} million characters were read.")
    except PasswordError as problem:
        raise Unreadable("password", "It asks for a password; give it to read the file.") from problem
    except (CalamineError, ValueError, OSError) as problem:
        if not blocks:
            raise damaged("a spreadsheet program") from problem
        warnings.append("It is damaged; the sheets up to the damage were read.")
    return Document("ok", "sheet", title=title, blocks=tuple(blocks), warnings=tuple(warnings))


def _rows(book: object, name: str, warnings: list[str]) -> Iterator[tuple[int, list[str]]]:
    from python_calamine import CalamineWorkbook, WorksheetNotFound

    assert isinstance(book, CalamineWorkbook)
    try:
        sheet = book.get_sheet_by_name(name)
    except WorksheetNotFound:  # a sheet that is only a chart
        return
    first, left = sheet.start or (0, 0)
    merged = [(r - first, c - left, to - first, last - left) for (r, c), (to, last) in sheet.merged_cell_ranges or ()]
    rows = sheet.to_python(skip_empty_area=True, nrows=_MAX_ROWS)
    for number, row in spread(([_shown(cell) for cell in row] for row in rows), merged):
        if any(row):
            yield number + first + 1, row
    if sheet.height > _MAX_ROWS:
        warnings.append(f"Only the first {_MAX_ROWS:,} rows of the sheet {name} were read.")


def _shown(value: object) -> str:
    """A cell as a person would write it: whole numbers without a point, days without midnight."""
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case float():
            return f"{value:.12g}" if abs(value) < 1e15 else repr(value)
        case datetime.datetime():
            midnight = value.time() == datetime.time()
            return value.date().isoformat() if midnight else value.isoformat(" ", "minutes")
        case datetime.time():
            return value.isoformat("minutes")
        case _:
            return str(value)


def _check_package(data: bytes) -> str:
    """Unpack everything once within the bounds, look how far out the cells lie; the workbook's title."""
    archive = Archive(data)
    cells = 0
    for name in archive.names:
        part = archive.read(name)
        if name.endswith(".xml") and "worksheets/" in name:
            cells += _extent(part)
            if cells > MAX_CELLS:
                raise trap("spans more cells than memory holds")
        if b"<!ENTITY" in part[:4096]:
            raise trap("defines XML entities of its own")
        if name == "docProps/core.xml":
            title = usable_title(one_text(part, "title"))
            continue
    return title if "docProps/core.xml" in archive else ""


def _extent(part: bytes) -> int:
    """Cells in the rectangle around all cells of a sheet."""
    rows, columns = [0], [0]
    for match in _CELL.finditer(part):
        rows.append(int(match[2]))
        columns.append(_column(match[1]))
    return max(rows) * max(columns)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number

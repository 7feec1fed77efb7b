"""Tables as text (CSV, TSV): each row with the names of its columns.

Knows nothing of types: a cell is what is written.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from core.text.encoding import decode
from core.text.structure import sheet_rows
from core.types import Block, Document, Location

_DELIMITERS = ",\t;|"
_SAMPLE = 50
_LARGEST_CELL = 100_000
"""Characters; spreadsheets take a third of it. What is longer is a quotation mark that nobody closed."""


def read(data: bytes, password: str | None = None) -> Document:
    """Places are lines; a quoted cell may run over several."""
    decoded = decode(data)
    if decoded.problem:
        return Document("unsupported", "table", reason=decoded.problem)
    csv.field_size_limit(_LARGEST_CELL)
    warnings = list(decoded.warnings)
    lines: dict[int, tuple[int, int]] = {}
    rows = _rows(decoded.text, lines, warnings)
    blocks = tuple(
        Block(text, Location(line_from=lines[number][0], line_to=lines[number][1]), "table")
        for number, text in sheet_rows(rows)
    )
    return Document("ok", "table", blocks=blocks, warnings=tuple(warnings))


def _rows(text: str, lines: dict[int, tuple[int, int]], warnings: list[str]) -> Iterator[tuple[int, list[str]]]:
    """(number of the row, its cells); `lines` gets {number: (first line, last line)}."""
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True)
    source = text.split("\n")
    before = 0
    try:
        for number, cells in enumerate(reader, 1):
            if reader.line_num > before + 1 and sum(s.count('"') for s in source[before : reader.line_num]) % 2:
                raise csv.Error
            lines[number] = (before + 1, reader.line_num)
            before = reader.line_num
            yield number, cells
        return
    except csv.Error:
        warnings.append(f"A quotation mark after line {before} is never closed; the rest was read without them.")
    for place, line in enumerate(source[before:], before + 1):
        number = len(lines) + 1
        lines[number] = (place, place)
        yield number, line.split(delimiter)


def _delimiter(text: str) -> str:
    """The one that divides most of the first rows into the same number of cells."""
    best, most = ",", 0
    sample = text.split("\n", _SAMPLE)[:_SAMPLE]
    for delimiter in _DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(sample, delimiter=delimiter) if row]
        except csv.Error:
            continue
        common = max(widths.count(w) * (w > 1) for w in set(widths)) if widths else 0
        if common > most:
            best, most = delimiter, common
    return best

"""Heading paths and table rows, written the same way for every format.

Knows nothing of any format.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest

from core.text.encoding import sound
from core.types import Block, Location

SEPARATOR = " > "
_LONGEST = 160
"""Characters of a heading in a path; a paragraph set as a heading by mistake must not swallow every passage below."""
_CELL = 20_000
"""Characters of one cell that are kept."""
GROUP = 600
"""Characters of rows or cues that share one place: about a passage, so that a citation names few of them."""


class HeadingPath:
    """The headings above the present place, by level (1 to 6)."""

    def __init__(self) -> None:
        self._open: list[tuple[int, str]] = []

    def enter(self, level: int, text: str) -> None:
        """Go under a heading; those of the same or a deeper level end."""
        self._open = [*((at, name) for at, name in self._open if at < level), (level, short(text))]

    def __str__(self) -> str:
        return SEPARATOR.join(name for _, name in self._open)


def short(text: str) -> str:
    """A heading as it stands in a path: one line, not too long."""
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"


def row_text(header: list[str], cells: list[str]) -> str:
    """One table row that can be read alone: `Name: Ada | Born: 1815`; empty cells are left out."""
    pairs = zip_longest(header, cells, fillvalue="")
    return " | ".join(f"{name}: {cell}" if name else cell for name, cell in pairs if cell)


def table_rows(rows: list[list[str]], marked: bool = False) -> Iterator[str]:
    """The rows of a table inside a document. The first names the columns when it is `marked` as a header, or looks
    like one; in small tables and forms it does not, since there the first *column* tells what a row is."""
    rows = [[" ".join(cell[:_CELL].split()) for cell in row] for row in rows]
    rows = [row for row in rows if any(row)]
    if not rows:
        return
    first = rows[0]
    distinct = all(first) and len(set(first)) == len(first) and not any(cell[:1].isdigit() for cell in first)
    alike = sum(len(row) == len(first) for row in rows) > len(rows) // 2
    header = first if (marked and len(rows) > 1) or (len(first) > 2 and len(rows) > 2 and distinct and alike) else []
    if header:
        yield " | ".join(filter(None, header))
    for row in rows[1:] if header else rows:
        text = row_text(header, row) if header else " | ".join(filter(None, row))
        if text:
            yield text


def sheet_rows(rows: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, str]]:
    """The rows of a sheet as (number, text), each with the names of its columns.

    A header is the first row of an area with two or more cells that are all words; an area ends at an empty row, but
    keeps its header when no new one follows.
    """
    header: list[str] = []
    fresh = True
    last = 0
    for number, cells in rows:
        cells = [" ".join(cell[:_CELL].split()) for cell in cells]
        filled = [cell for cell in cells if cell]
        if not filled:
            fresh = True
            continue
        fresh, last = fresh or number > last + 1, number
        if len(filled) > 1 and fresh:
            fresh = False
            if all(map(_is_word, filled)) and len(set(filled)) == len(filled):
                header = cells
                yield number, " | ".join(filled)
                continue
        yield number, row_text(header, cells) if len(filled) > 1 else filled[0]


def _is_word(cell: str) -> bool:
    return len(cell) <= 60 and any(c.isalpha() for c in cell) and not cell[:1].isdigit()


def row_blocks(sheet: str, rows: Iterable[tuple[int, list[str]]]) -> Iterator[Block]:
    """Blocks of a sheet: rows in groups of about a passage, whose place is `Sheet Budget > rows 2 to 9`."""
    group: list[tuple[int, str]] = []
    size = 0
    for number, text in sheet_rows(rows):
        if group and size + len(text) > GROUP:
            yield from _group(sheet, group)
            group, size = [], 0
        group.append((number, sound(text)))
        size += len(text)
    if group:
        yield from _group(sheet, group)


def _group(sheet: str, group: list[tuple[int, str]]) -> Iterator[Block]:
    first, last = group[0][0], group[-1][0]
    rows = f"row {first}" if first == last else f"rows {first} to {last}"
    place = Location(heading=SEPARATOR.join(filter(None, (sheet and f"Sheet {short(sheet)}", rows))))
    for _, text in group:
        yield Block(text, place, "table")


class Builder:
    """Collects the blocks of a document that has paragraphs, headings, lists and tables, but no lines.

    Between `open_cell` and the end of its table paragraphs go into the cell; tables nest.
    """

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.first_title = ""
        self.page: int | None = None
        self.path = HeadingPath()
        self.under = ""
        """Said after the heading path: "Notes", "Footnotes"."""
        self._tables: list[list[list[str]]] = []
        self._marked = False

    def paragraph(self, text: str, level: int = 0, listed: bool = False) -> None:
        """A paragraph; a heading when it has a level. Long "headings" are paragraphs that someone styled."""
        lines = (" ".join(line.split()) for line in sound(text).split("\n"))
        text = "\n".join(line for line in lines if line)
        if not text:
            return
        if self._tables and self._tables[-1] and self._tables[-1][-1]:
            self._tables[-1][-1][-1] += f"\n{text}"
        elif level and len(text) <= _LONGEST:
            self.path.enter(min(level, 6), text)
            if level == 1 and not self.first_title:
                self.first_title = " ".join(text.split())
            self.blocks.append(Block(text, self._place(), "heading"))
        elif listed:
            self.blocks.append(Block(f"- {text}", self._place(), "list"))
        else:
            self.blocks.append(Block(text, self._place()))

    def open_table(self) -> None:
        """A table begins, perhaps inside a cell of another."""
        self._tables.append([])

    def open_row(self) -> None:
        """A row of the innermost table begins."""
        if self._tables:
            self._tables[-1].append([])

    def open_cell(self) -> None:
        """A cell of the innermost row begins."""
        if self._tables and self._tables[-1]:
            self._tables[-1][-1].append("")

    def mark_header(self) -> None:
        """The document says that the outermost table's first row names its columns."""
        self._marked = self._marked or len(self._tables) == 1

    def close_table(self) -> None:
        """The innermost table ends. Inside a cell it becomes that cell's text."""
        rows = self._tables.pop() if self._tables else []
        marked, self._marked = self._marked, self._marked and bool(self._tables)
        if self._tables and self._tables[-1] and self._tables[-1][-1]:
            lines = (" | ".join(" ".join(cell.split()) for cell in row if cell.strip()) for row in rows)
            self._tables[-1][-1][-1] += "\n" + "\n".join(filter(None, lines))
        elif max(map(len, rows), default=0) == 1:
            # One column is a box around paragraphs.
            for line in "\n".join(cell for row in rows for cell in row).split("\n"):
                self.paragraph(line)
        else:
            found = table_rows(rows, marked)
            self.blocks.extend(Block(sound(text), self._place(), "table") for text in found)

    def _place(self) -> Location:
        heading = SEPARATOR.join(filter(None, (str(self.path), self.under)))
        return Location(page=self.page, heading=heading or None)

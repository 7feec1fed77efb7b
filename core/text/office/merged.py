"""Merged cells of a sheet, as a person reads them: what stands beside or above several cells is said of each.

Knows nothing of files. A cell merged downwards says the same of each of its rows. A row of names that are merged over
others ("first half" over two quarters) and the row below it are one header: "first half Q1". Any other merged cell is
said once: a title over a whole table is no part of its rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

Range = tuple[int, int, int, int]
"""First row, first column, last row, last column, from 0."""


def spread(rows: Iterable[list[str]], merged: Iterable[Range]) -> Iterator[tuple[int, list[str]]]:
    """The rows with their numbers from 0; of a header in two rows the first."""
    tall: dict[int, list[Range]] = {}
    wide: dict[int, list[Range]] = {}
    for place in merged:
        if place[2] > place[0]:
            tall.setdefault(place[0], []).append(place)
        elif place[3] > place[1]:
            wide.setdefault(place[0], []).append(place)
    above: tuple[int, list[str]] | None = None
    begun = False
    for number, cells in enumerate(_filled(rows, tall)):
        if above is not None:
            names = _joined(above[1], cells, wide[above[0]])
            yield above[0], names or above[1]
            above = None
            if names:
                continue
        several = sum(map(bool, cells)) > 1
        if several and not begun and number in wide:
            above = (number, cells)
        else:
            yield number, cells
        begun = begun or several
    if above is not None:
        yield above


def _filled(rows: Iterable[list[str]], tall: dict[int, list[Range]]) -> Iterator[list[str]]:
    carried: dict[int, tuple[int, str]] = {}
    for number, row in enumerate(rows):
        cells = list(row)
        for column, (last, value) in list(carried.items()):
            if number > last:
                del carried[column]
            elif column < len(cells):
                cells[column] = cells[column] or value
        for _, column, last, _ in tall.get(number, ()):
            if 0 <= column < len(cells):
                carried[column] = (last, cells[column])
        yield cells


def _joined(above: list[str], below: list[str], wide: list[Range]) -> list[str]:
    """One header of two rows; nothing when the second has no name for each cell of the first, or holds numbers."""
    names = list(above)
    for _, first, _, last in wide:
        if not 0 <= first < len(above):  # beside everything that is written
            continue
        if not above[first] or not all(below[first : last + 1]):
            return []
        names[first : last + 1] = [above[first]] * len(names[first : last + 1])
    if any(not any(c.isalpha() for c in cell) for cell in below if cell):
        return []
    return [n if n == b else f"{n} {b}".strip() for n, b in zip(names, below, strict=True)]

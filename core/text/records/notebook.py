"""Jupyter notebooks: text cells as Markdown, code cells as code, and short printed results.

Knows nothing of kernels; nothing is run. nbformat 4, and 3 as far as it looks alike.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from core.text.encoding import decode, sound
from core.text.notes import markdown
from core.text.structure import SEPARATOR
from core.text.unreadable import damaged
from core.types import Block, Document, Location

_LONGEST_OUTPUT = 10_000
"""Characters of a result; longer ones are data, not something a person wrote or will look for."""


def read(data: bytes, password: str | None = None) -> Document:
    """Places: the heading above, then `cell 3`. Title: the first level-one heading."""
    decoded = decode(data)
    try:
        book = json.loads(decoded.text)
        cells = book.get("cells") or [c for sheet in book.get("worksheets", []) for c in sheet.get("cells", [])]
    except (ValueError, AttributeError, TypeError) as problem:
        raise damaged("Jupyter") from problem
    blocks: list[Block] = []
    title = heading = ""
    for number, cell in enumerate(cells, 1):
        if not isinstance(cell, dict):
            continue
        source = _text(cell.get("source", cell.get("input", "")))
        if cell.get("cell_type") in ("markdown", "heading"):
            prefix = "#" * int(cell.get("level", 1)) + " " if cell.get("cell_type") == "heading" else ""
            note = markdown.read((prefix + source).encode("utf-8", "replace"))
            title = title or note.title
            for block in note.blocks:
                heading = block.location.heading or heading
                blocks.append(replace(block, location=_place(heading, number)))
        elif source.strip():
            kind = "code" if cell.get("cell_type") == "code" else "prose"
            blocks.append(Block(sound(source).strip("\n"), _place(heading, number), kind))  # type: ignore[arg-type]
        for output in _outputs(cell.get("outputs")):
            blocks.append(Block(sound(output).strip("\n"), _place(heading, number), "code"))
    return Document("ok", "notebook", title=title, blocks=tuple(b for b in blocks if b.text.strip()))


def _place(heading: str, number: int) -> Location:
    return Location(heading=SEPARATOR.join(filter(None, (heading, f"cell {number}"))))


def _outputs(outputs: object) -> Iterator[str]:
    for output in outputs if isinstance(outputs, list) else ():
        if not isinstance(output, dict):
            continue
        shown = output.get("data") if isinstance(output.get("data"), dict) else output
        text = _text(output.get("text") or (shown or {}).get("text/plain"))
        if text.strip() and len(text) <= _LONGEST_OUTPUT:
            yield text


def _text(value: object) -> str:
    """Notebooks keep text as one string or as a list of lines."""
    return "".join(map(str, value)) if isinstance(value, list) else value if isinstance(value, str) else ""

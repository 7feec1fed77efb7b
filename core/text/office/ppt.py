"""PowerPoint presentations of before 2007 (PPT): the text of slides and notes.

Knows nothing of what a slide looks like, nor which slide a text is on. Records: [MS-PPT] 2.3.1.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from core.text.office.ole import Compound
from core.text.quality import usable_title
from core.text.structure import Builder
from core.text.unreadable import damaged, trap
from core.types import Document

_CHARS, _BYTES, _LIST_WITH_TEXT, _SLIDE_PERSIST, _NOTES = 0x0FA0, 0x0FA8, 0x0FF0, 0x03F3, 0x03F0
_MASTER = 0x03F8
_MAX_DEPTH = 50
_PROMPTS = ("Click to edit Master", "마스터 제목 스타일", "마스터 텍스트 스타일")


def read(data: bytes, password: str | None = None) -> Document:
    """Paragraphs, each once; places tell only slides from notes. Title: the file's properties."""
    with Compound(data) as file:
        stream = file.read("PowerPoint Document")
        title = file.properties("\x05SummaryInformation").get(2)
    if not stream:
        raise damaged("a presentation program")
    built = Builder()
    seen: set[str] = set()
    for text, notes in _texts(stream, 0, len(stream), False, 0):
        if text in seen or text.lstrip().startswith(_PROMPTS):
            continue
        seen.add(text)
        built.under = "Notes" if notes else ""
        for paragraph in text.replace("\v", "\n").split("\r"):
            built.paragraph(paragraph)
    named = title.decode("cp1252", "replace") if isinstance(title, bytes) else str(title or "")
    return Document("ok", "ppt", title=usable_title(named), blocks=tuple(built.blocks))


def _texts(data: bytes, at: int, end: int, notes: bool, depth: int) -> Iterator[tuple[str, bool]]:
    if depth > _MAX_DEPTH:
        raise trap(f"nests its parts more than {_MAX_DEPTH} deep")
    while at + 8 <= end:
        version, kind, size = struct.unpack_from("<HHI", data, at)
        at += 8
        stop = min(at + size, end)
        if kind == _CHARS:
            yield data[at:stop].decode("utf-16-le", "replace"), notes
        elif kind == _BYTES:
            yield data[at:stop].decode("latin-1"), notes
        elif version & 0x0F == 0x0F and kind != _MASTER:
            yield from _texts(data, at, stop, notes or kind == _NOTES, depth + 1)
        at = stop

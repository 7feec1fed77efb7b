"""Word documents of before 2007 (DOC): paragraphs, table rows, notes, headers, text boxes.

Knows nothing of styles: which paragraph is a heading lies in formatting that takes a reader many times this size.
Structures: [MS-DOC] 2.4.1 (the text, in pieces), 2.5 (where they are told), 2.8.35.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from core.text.office.ole import Compound
from core.text.quality import usable_title
from core.text.structure import Builder
from core.text.unreadable import Unreadable, damaged
from core.types import Document

_IDENTITY, _FIRST_OF_97 = 0xA5EC, 0x00C1
_SECOND_TABLE = 0x0200
_FLAGS, _LENGTHS, _CLX = 0x0A, 0x4C, 0x01A2
_COMPRESSED = 1 << 30
_MOST_CHARACTERS = 50_000_000
# Parts of the text in their order, by what is said after the heading path; the fourth is not used.
_PARTS = ("", "Footnotes", "Page header", None, "Comments", "Endnotes", "Text boxes", "Text boxes")
# Between 19 and 20 stands what a field computes, between 20 and 21 what it shows.
_CODE = re.compile("\x13[^\x13\x14\x15]*(?:\x14|(?=\x15))|\x15")
_SIGNS = {0x0B: "\n", 0x0C: "\r", 0x0E: "\r", 0x1E: "-", 0x1F: "", 0xA0: " ", **dict.fromkeys((1, 2, 3, 4, 5, 8), "")}


def read(data: bytes, password: str | None = None) -> Document:
    """Places tell only the parts of the document. Title: the file's properties."""
    with Compound(data) as file:
        main = file.read("WordDocument")
        if len(main) < _CLX + 8 or struct.unpack_from("<H", main)[0] != _IDENTITY:
            raise damaged("a word processor")
        if struct.unpack_from("<H", main, 2)[0] < _FIRST_OF_97:
            reason = "It is of an old kind (Word 6 or 95); open it in a word processor and save it as DOCX."
            raise Unreadable("unsupported", reason)
        flags = struct.unpack_from("<H", main, _FLAGS)[0]
        table = file.read("1Table" if flags & _SECOND_TABLE else "0Table")
        title = file.properties("\x05SummaryInformation").get(2)
    start, size = struct.unpack_from("<II", main, _CLX)
    warnings: list[str] = []
    text = "".join(_pieces(main, table[start : start + size], warnings))
    built = Builder()
    at = 0
    for name, length in zip(_PARTS, struct.unpack_from("<8i", main, _LENGTHS), strict=True):
        if name is not None and length > 0:
            built.under = name
            _paragraphs(text[at : at + length], built)
        at += max(length, 0)
    named = title.decode("cp1252", "replace") if isinstance(title, bytes) else str(title or "")
    return Document("ok", "doc", title=usable_title(named), blocks=tuple(built.blocks), warnings=tuple(warnings[:1]))


def _pieces(main: bytes, clx: bytes, warnings: list[str]) -> Iterator[str]:
    """The text in order. Formatting comes before the list of pieces (2.9.38)."""
    at = 0
    while clx[at : at + 1] == b"\x01":
        at += 3 + int(struct.unpack_from("<H", clx, at + 1)[0])
    if clx[at : at + 1] != b"\x02":
        raise damaged("a word processor")
    size = struct.unpack_from("<I", clx, at + 1)[0]
    plan = clx[at + 5 : at + 5 + size]
    count = (len(plan) - 4) // 12
    room = min(_MOST_CHARACTERS, len(main))
    for n in range(count):
        first, after = struct.unpack_from("<II", plan, 4 * n)
        where = struct.unpack_from("<I", plan, 4 * (count + 1) + 8 * n + 2)[0]
        length = after - first
        room -= length
        if length < 0 or room < 0:
            raise damaged("a word processor")
        if where & _COMPRESSED:
            where, encoding, width = (where & (_COMPRESSED - 1)) // 2, "cp1252", 1
        else:
            encoding, width = "utf-16-le", 2
        piece = main[where : where + width * length]
        if len(piece) < width * length:
            warnings.append("It is damaged; the text up to the damage was read.")
        yield piece.decode(encoding, "replace")


def _paragraphs(text: str, built: Builder) -> None:
    """Paragraphs end with 13, cells and rows of a table with 7; a row ends with an empty cell."""
    while "\x13" in text and (shorter := _CODE.sub("", text)) != text:
        text = shorter
    cells: list[str] = []
    for part in re.findall("[^\r\x07]*[\r\x07]|[^\r\x07]+$", text.translate(_SIGNS)):
        said = part.rstrip("\r\x07").strip("\x13\x14\x15")
        if part.endswith("\x07") and said.strip():
            cells.append(" ".join(said.split()))
            continue
        if cells:
            built.paragraph(" | ".join(cells))
            cells = []
        built.paragraph(said)
    if cells:
        built.paragraph(" | ".join(cells))

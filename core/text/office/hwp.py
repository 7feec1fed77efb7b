"""Hangul documents (HWP 5): paragraphs, headings by outline style, tables, notes, page headers, text boxes.

Knows nothing of layout. Read here: its records are few and public (Hancom, "한글 문서 파일 형식 5.0", 1.3), and
pyhwp is AGPL. Says plainly which files stay closed: those with a password (what Hancom published leaves out how they
are encrypted, and a guess would call right passwords wrong), distribution copies, rights-management wrappers, and those
of before 2000 (HWP 3).
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

from core.text.office.ole import Compound
from core.text.quality import usable_title
from core.text.structure import Builder
from core.text.unreadable import Unreadable, damaged, trap
from core.types import Document

_COMPRESSED, _PASSWORD, _DISTRIBUTION, _DRM = 0x01, 0x02, 0x04, 0x10
_STYLE, _PARA_HEADER, _PARA_TEXT, _CTRL_HEADER, _LIST_HEADER, _TABLE = 26, 66, 67, 71, 72, 77
_MAX_BYTES = 200_000_000
_OUTLINE = re.compile(r"(?i)^(?:개요|outline)\s*(\d+)$")
# Of the codes below 32 these take one UTF-16 unit; all others carry seven more with them (specification, table 6).
_SINGLE = {0: "", 10: "\n", 13: "", 24: "-", 25: "", 26: "", 27: "", 28: "", 29: "", 30: " ", 31: " "}
_TAB = 9
_BROKEN = "It is damaged; the text up to the damage was read."


def read(data: bytes, password: str | None = None) -> Document:
    """Places are heading paths. Title: the document's properties."""
    if data.startswith(b"HWP Document File V"):
        reason = "It is of an old kind (HWP 3, before 2000); open it in Hangul and save it as HWP or HWPX."
        raise Unreadable("unsupported", reason)
    with Compound(data) as file:
        header = file.read("FileHeader")
        if not header.startswith(b"HWP Document File") or len(header) < 40:
            raise damaged("Hangul")
        flags = struct.unpack_from("<I", header, 36)[0]
        _refuse(flags)
        warnings: list[str] = []
        unpack = _Unpacker(bool(flags & _COMPRESSED), warnings)
        styles = _styles(unpack(file.read("DocInfo")))
        sections = [name for name in file.names if re.fullmatch(r"BodyText/Section\d+", name)]
        body = _Body(styles)
        for name in sorted(sections, key=lambda name: int(name[16:])):
            body.walk(unpack(file.read(name)))
        if not body.built.blocks and not any(map(file.read, sections)):
            _preview(file.read("PrvText"), body.built, warnings)
        properties = file.properties("\x05HwpSummaryInformation")
    title = properties.get(2)
    title = usable_title(title) if isinstance(title, str) else ""
    if warnings and not body.built.blocks:
        raise damaged("Hangul")
    warnings = list(dict.fromkeys(warnings))
    return Document("ok", "hwp", title=title, blocks=tuple(body.built.blocks), warnings=tuple(warnings))


def _refuse(flags: int) -> None:
    if flags & _PASSWORD:
        reason = "It is locked with a password, which Moa cannot use for Hangul files; save a copy without one."
        raise Unreadable("password", reason)
    if flags & _DISTRIBUTION:
        reason = "It is a copy for distribution (배포용 문서), whose text is locked; ask for the original document."
        raise Unreadable("protected", reason)
    if flags & _DRM:
        reason = "It is protected by rights management; open it in Hangul and save a copy without protection."
        raise Unreadable("protected", reason)


def _preview(data: bytes, built: Builder, warnings: list[str]) -> None:
    """What Hangul keeps of the first page for file managers; all there is when the body is lost."""
    for line in data.decode("utf-16-le", "replace").split("\n"):
        built.paragraph(line)
    warnings.append("It is damaged; only the preview of its first page was read.")


class _Unpacker:
    """Raw deflate within bounds; what stands before damage is kept."""

    def __init__(self, compressed: bool, warnings: list[str]) -> None:
        self._compressed = compressed
        self._warnings = warnings
        self._room = _MAX_BYTES

    def __call__(self, data: bytes) -> bytes:
        if not self._compressed:
            return data
        inflate = zlib.decompressobj(-15)
        parts: list[bytes] = []
        for start in range(0, len(data), 1 << 16):
            try:
                parts.append(inflate.decompress(data[start : start + (1 << 16)], self._room + 1))
            except zlib.error:
                self._warnings.append(_BROKEN)
                break
            self._room -= len(parts[-1])
            if self._room < 0 or inflate.unconsumed_tail:
                raise trap("unpacks to a very large size")
        else:
            if data and not inflate.eof:
                self._warnings.append(_BROKEN)
        return b"".join(parts)


def _records(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(tag, level, payload) of each record (specification, 4.1)."""
    at, end = 0, len(data)
    while at + 4 <= end:
        head = struct.unpack_from("<I", data, at)[0]
        at += 4
        size = head >> 20
        if size == 0xFFF:
            if at + 4 > end:
                return
            size = struct.unpack_from("<I", data, at)[0]
            at += 4
        yield head & 0x3FF, (head >> 10) & 0x3FF, data[at : at + size]
        at += size


def _styles(data: bytes) -> dict[int, int]:
    """{number of a style: heading level} of the outline styles."""
    levels: dict[int, int] = {}
    number = 0
    for tag, _, payload in _records(data):
        if tag != _STYLE:
            continue
        length = struct.unpack_from("<H", payload)[0] if len(payload) >= 2 else 0
        named = _OUTLINE.match(payload[2 : 2 + 2 * length].decode("utf-16-le", "replace"))
        if named:
            levels[number] = int(named[1])
        number += 1
    return levels


def _characters(payload: bytes) -> str:
    """The text of a paragraph: UTF-16 with control codes taken out (specification, table 6)."""
    parts: list[str] = []
    at, start, end = 0, 0, len(payload) // 2
    units = struct.unpack_from(f"<{end}H", payload)
    while at < end:
        unit = units[at]
        if unit >= 32:
            at += 1
            continue
        parts.append(payload[2 * start : 2 * at].decode("utf-16-le", "replace"))
        parts.append(_SINGLE.get(unit, " " if unit == _TAB else ""))
        at += 1 if unit in _SINGLE else 8
        start = at
    parts.append(payload[2 * start : 2 * end].decode("utf-16-le", "replace"))
    return "".join(parts)


class _Body:
    """Walks the records of a section. Levels say what stands inside what."""

    def __init__(self, styles: dict[int, int]) -> None:
        self.built = Builder()
        self._styles = styles
        self._heading = 0
        self._tables: list[tuple[int, int]] = []
        """(level of the control, row under way) of the tables around the present place; -2 before the table proper,
        whose caption comes first, and -1 before its first row."""

    def walk(self, data: bytes) -> None:
        for tag, level, payload in _records(data):
            while self._tables and level <= self._tables[-1][0]:
                self._close()
            if tag == _PARA_TEXT:
                self.built.paragraph(_characters(payload), self._heading)
            elif tag == _PARA_HEADER:
                self._heading = self._styles.get(payload[10], 0) if len(payload) > 10 else 0
            elif tag == _CTRL_HEADER and payload[:4] == b" lbt":
                self._tables.append((level, -2))
            elif self._tables and level == self._tables[-1][0] + 1:
                self._part_of_table(tag, level - 1, payload)
        while self._tables:
            self._close()

    def _part_of_table(self, tag: int, level: int, payload: bytes) -> None:
        before = self._tables[-1][1]
        if tag == _TABLE and before == -2:
            self.built.open_table()
            self._tables[-1] = (level, -1)
        elif tag == _LIST_HEADER and before > -2 and len(payload) >= 12:
            # A cell; its row stands at byte 10 (specification, table 80). Cells come row by row.
            row = struct.unpack_from("<H", payload, 10)[0]
            if row != before:
                self.built.open_row()
            self.built.open_cell()
            self._tables[-1] = (level, row)

    def _close(self) -> None:
        _, row = self._tables.pop()
        if row > -2:
            self.built.close_table()

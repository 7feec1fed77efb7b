"""Word files of before 2007: text in pieces of two kinds, parts, tables, fields, and what is no such file."""

from __future__ import annotations

import struct
from pathlib import Path

from core.text import read
from tests.text.packages import compound, outcome, texts

NAME = Path("letter.doc")


def word(*pieces: tuple[str, bool], lengths: tuple[int, ...] = (), version: int = 0xC1, second: bool = True) -> bytes:
    """A Word file of these pieces of text, each as one byte a character or two ([MS-DOC] 2.9.38, 2.9.73)."""
    data = bytearray(2048)
    counts = (*lengths, *[0] * 8)[:8] if lengths else (sum(len(text) for text, _ in pieces), *[0] * 7)
    plan, places, at = struct.pack("<I", 0), b"", 0
    for text, narrow in pieces:
        begin = len(data)
        data += text.encode("cp1252" if narrow else "utf-16-le")
        at += len(text)
        plan += struct.pack("<I", at)
        places += struct.pack("<HIH", 0, 2 * begin | 1 << 30 if narrow else begin, 0)
    clx = b"\x01" + struct.pack("<H", 4) + b"\0" * 4 + b"\x02" + struct.pack("<I", len(plan + places)) + plan + places
    struct.pack_into("<HH", data, 0, 0xA5EC, version)
    struct.pack_into("<H", data, 0x0A, 0x0200 if second else 0)
    struct.pack_into("<8i", data, 0x4C, *counts)
    struct.pack_into("<II", data, 0x1A2, 16, len(clx))
    data += bytes(-len(data) % 4096)
    return compound({"WordDocument": bytes(data), "1Table" if second else "0Table": bytes(16) + clx + bytes(4096)})


def test_text_in_one_and_two_bytes_a_character() -> None:
    document = read(
        NAME, word(("Émile paid €92.\r", True), ("순환 펌프를 바꿨다.\r두 번째 문단\r", False), second=False)
    )
    assert outcome(document) == "ok" and document.kind == "doc"
    assert texts(document) == ["Émile paid €92.", "순환 펌프를 바꿨다.", "두 번째 문단"]


def test_tables_are_rows_and_fields_show_what_they_show() -> None:
    table = "이름\x07값\x07\x07Aurora\x0792\x07\x07After\r"
    field = 'See \x13 HYPERLINK "https://x.example" \x14the \x13 PAGE \x14page\x15\x15 for\x0bmore.\r'
    assert texts(read(NAME, word((table + field, False)))) == [
        "이름 | 값",
        "Aurora | 92",
        "After",
        "See the page for\nmore.",
    ]


def test_notes_and_headers_follow_the_text_under_their_names() -> None:
    parts = ("Body.\r", "A note.\r", "A header.\r", "A comment.\r")
    lengths = (6, 8, 10, 0, 11)
    found = read(NAME, word(("".join(parts), True), lengths=lengths)).blocks
    assert [(b.text, b.location.heading) for b in found] == [
        ("Body.", None), ("A note.", "Footnotes"), ("A header.", "Page header"), ("A comment.", "Comments")
    ]  # fmt: skip


def test_what_is_older_or_damaged_is_said() -> None:
    assert "Word 6" in read(NAME, word(("x", True), version=0x65)).reason
    whole = word(("Some text.\r" * 400, True))
    cut = read(NAME, whole[: len(whole) // 2])
    assert cut.outcome == "failed" or (cut.warnings and "Some text." in cut.text)
    for broken in (whole.replace(b"\x02\x10\0\0\0", b"\x07\x10\0\0\0"),
                   compound({"WordDocument": b"\0" * 5000})):  # fmt: skip
        document = read(NAME, broken)
        assert document.outcome == "failed" and document.reason


def test_a_word_file_under_another_name_is_known(tmp_path: Path) -> None:
    document = read(Path("sheet.xls"), word(("Hello there.\r", True)))
    assert document.kind == "doc" and texts(document) == ["Hello there."]

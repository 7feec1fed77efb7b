"""HWP 5 and HWPX, and how they say that they stay closed."""

from __future__ import annotations

import random
import struct
import zlib
from pathlib import Path

import pytest

from core.text import read
from tests.text.packages import compound, headings, outcome, package, texts, torture

NAME = Path("문서.hwp")
PARA_HEADER, PARA_TEXT, CTRL_HEADER, LIST_HEADER, TABLE, STYLE = 66, 67, 71, 72, 77, 26


def record(tag: int, level: int, data: bytes) -> bytes:
    size = min(len(data), 0xFFF)
    head = struct.pack("<I", tag | level << 10 | size << 20)
    return head + (struct.pack("<I", len(data)) if size == 0xFFF else b"") + data


def line(text: str, level: int = 1, style: int = 0) -> bytes:
    header = record(PARA_HEADER, level - 1, bytes(10) + bytes([style]) + bytes(11))
    return header + record(PARA_TEXT, level, text.encode("utf-16-le") + b"\r\0")


def cell(column: int, row: int, text: str) -> bytes:
    return record(LIST_HEADER, 2, bytes(8) + struct.pack("<HHHH", column, row, 1, 1) + bytes(18)) + line(text, 3)


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def hwp(*parts: bytes, flags: int = 1, cut: int | None = None) -> bytes:
    header = b"HWP Document File".ljust(32, b"\0") + struct.pack("<II", 0x05000300, flags)
    names = ("바탕글", "개요 1", "Outline 2")
    named = (struct.pack("<H", len(name)) + name.encode("utf-16-le") + bytes(12) for name in names)
    styles = b"".join(record(STYLE, 0, style) for style in named)
    body = deflated(b"".join(parts))[:cut]
    # Random filling behind a cut: zeros would read as the start of an empty deflate block.
    body = body if cut is None else body.ljust(4096, b"\xff")
    return compound({"FileHeader": header, "DocInfo": deflated(styles), "BodyText/Section0": body})


def test_paragraphs_headings_and_line_breaks() -> None:
    broken = "가\n나\x1e다"
    document = read(NAME, hwp(line("1장", style=1), line("가나다"), line("절", style=2), line(broken)))
    assert texts(document) == ["1장", "가나다", "절", "가\n나 다"]
    assert headings(document) == ["1장", "1장", "1장 > 절", "1장 > 절"]


def test_a_control_code_takes_eight_units() -> None:
    field = "\x03" + "a" * 6 + "\x03"
    tab = "\t" + "b" * 6 + "\t"
    assert texts(read(NAME, hwp(line(f"앞{field}뒤{tab}끝")))) == ["앞뒤 끝"]


def test_tables_in_rows() -> None:
    control = record(CTRL_HEADER, 1, b" lbt" + bytes(40))
    table = record(TABLE, 2, bytes(30))
    rows = [("이름", "국어", "영어"), ("모아", "89", "65"), ("다솜", "77", "70")]
    cells = b"".join(cell(x, y, text) for y, row in enumerate(rows) for x, text in enumerate(row))
    document = read(NAME, hwp(line("앞"), control, table, cells, line("뒤")))
    assert texts(document) == [
        "앞",
        "이름 | 국어 | 영어",
        "이름: 모아 | 국어: 89 | 영어: 65",
        "이름: 다솜 | 국어: 77 | 영어: 70",
        "뒤",
    ]


@pytest.mark.parametrize(
    ("data", "said", "word"),
    [
        (hwp(line("x"), flags=3), "password", "password"),
        (hwp(line("x"), flags=5), "protected", "배포용"),
        (hwp(line("x"), flags=17), "protected", "rights"),
        (b"<MARKANY_DOCUMENTSAFER>" + bytes(500), "protected", "rights-management"),
        (b"HWP Document File V3.00 \x1a" + bytes(200), "unsupported", "HWP 3"),
        (compound({"FileHeader": b"HWP Document File".ljust(32, b"\0") + bytes(8)})[:700], "failed", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(80), "failed", "damaged"),
    ],
)
def test_a_closed_file_says_why(data: bytes, said: str, word: str) -> None:
    document = read(NAME, data)
    assert outcome(document) == said
    assert word in document.reason


def test_damage_costs_only_what_comes_after_it() -> None:
    letters = random.Random(1)
    lines = [line("".join(chr(letters.randrange(0xAC00, 0xD7A3)) for _ in range(200))) for _ in range(60)]
    document = read(NAME, hwp(line("처음"), *lines, cut=9000))
    assert document.outcome == "ok"
    assert texts(document)[0] == "처음"
    assert "damaged" in document.warnings[0]


def test_a_section_that_explodes_is_refused() -> None:
    assert outcome(read(NAME, hwp(bytes(300_000_000)))) == "failed"


HP = 'xmlns:hp="http://www.hancom.co.kr/hwpml/2011/paragraph"'


def test_hwpx_with_tables_and_boxes() -> None:
    def p(text: str, style: int = 0) -> str:
        return f'<hp:p styleIDRef="{style}"><hp:run><hp:t>{text}</hp:t></hp:run></hp:p>'

    def row(*cells: str) -> str:
        return "<hp:tr>" + "".join(f"<hp:tc><hp:subList>{p(c)}</hp:subList></hp:tc>" for c in cells) + "</hp:tr>"

    table = "<hp:p><hp:run><hp:tbl>" + row("성명", "모아") + row("주소", "서울") + "</hp:tbl></hp:run></hp:p>"
    box = "<hp:rect><hp:shapeComment>사각형입니다.</hp:shapeComment>" + p("상자") + "</hp:rect>"
    body = p("1장", 2) + p(f"첫째<hp:lineBreak/>둘째{'</hp:t>' + box + '<hp:t>'}") + table
    document = read(
        Path("a.hwpx"),
        package(
            {
                "mimetype": "application/hwp+zip",
                "Contents/header.xml": '<h xmlns="x"><style id="2" name="개요 1"/></h>',
                "Contents/section0.xml": f"<s {HP}>{body}</s>",
                "Contents/section10.xml": f"<s {HP}>{p('끝')}</s>",
                "Contents/section2.xml": f"<s {HP}>{p('중간')}</s>",
            }
        ),
    )
    assert texts(document) == ["1장", "상자", "첫째\n둘째", "성명 | 모아", "주소 | 서울", "중간", "끝"]
    assert set(headings(document)) == {"1장"}


def test_a_locked_hwpx_says_so() -> None:
    manifest = '<m><odf:encryption-data xmlns:odf="x"/></m>'
    data = package({"META-INF/manifest.xml": manifest, "Contents/section0.xml": "x"})
    assert outcome(read(Path("a.hwpx"), data)) == "password"


@pytest.mark.parametrize(
    ("name", "said", "part"),
    [
        ("hwp/footnote-endnote.hwp", "ok", "각주 두 번째입니다."),
        ("hwp/headerfooter.hwp", "ok", "Header 이것은 머리말입니다."),
        ("hwp/textbox.hwp", "ok", "그림 캡션"),
        ("hwp/password-12345.hwp", "password", ""),
        ("hwp/한글문서파일형식_5.0_revision1.3.hwp", "protected", ""),
        ("hwp-real/010000000000147207.hwp", "protected", ""),
        ("hwp-real/000000000000575003.hwp", "ok", ""),
        ("hwpx/Table.hwpx", "ok", "이름: 개똥이 | 국어: 89 | 영어: 65 | 수학: 78"),
        ("hwpx/2022.hwpx", "empty", ""),
    ],
)
def test_collected_files(name: str, said: str, part: str) -> None:
    document = torture(name)
    assert outcome(document) == said
    assert part in document.text

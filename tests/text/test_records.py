"""Tables, data, calendars, subtitles, notebooks, code, XML, light markup, books and pictures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.text import read
from core.text.office.merged import Range, spread
from tests.text.packages import headings, outcome, package, texts, torture


def places(name: str, data: str) -> list[tuple[str, int | None, int | None]]:
    blocks = read(Path(name), data.encode()).blocks
    return [(b.text, b.location.line_from, b.location.line_to) for b in blocks]


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_rows_of_a_table_carry_their_header_and_lines(delimiter: str) -> None:
    data = '이름,비고\n모아,"두\n줄"\n다솜,끝\n'.replace(",", delimiter)
    assert places("a.csv", data) == [
        ("이름 | 비고", 1, 1),
        ("이름: 모아 | 비고: 두 줄", 2, 3),
        ("이름: 다솜 | 비고: 끝", 4, 4),
    ]


def test_json_shows_values_with_their_names() -> None:
    moa = {"name": "모아", "tags": ["a", "b"], "at": {"city": "서울"}}
    document = read(Path("a.json"), json.dumps({"title": "여행", "people": [moa, {"n": 2}]}).encode())
    assert texts(document) == ["title: 여행", "name: 모아\ntags: a, b\nat.city: 서울", "n: 2"]
    assert headings(document) == [None, "people > 1", "people > 2"]


def test_json_lines_know_their_line() -> None:
    assert places("a.jsonl", '{"q": "하나"}\n{"q": "둘"}\n\n{"q": 3}\n') == [
        ("q: 하나", 1, 1),
        ("q: 둘", 2, 2),
        ("q: 3", 4, 4),
    ]


def test_broken_json_is_read_as_it_stands() -> None:
    document = read(Path("a.json"), '{"a": 1}\n{"b": \n 봄'.encode())
    assert "봄" in document.text
    assert "line 2" in document.warnings[0]


def test_appointments() -> None:
    data = (
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:봄 \r\n 모임\r\nDTSTART;TZID=Asia/Seoul:20240105T103000\r\n"
        'DTEND:20240105T020000Z\r\nATTENDEE;CN="Kim, Moa":mailto:moa@example.org\r\nLOCATION:Seoul\\, Korea\r\n'
        "BEGIN:VALARM\r\nDESCRIPTION:Reminder\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    (block,) = read(Path("a.ics"), data.encode()).blocks
    assert block.text == (
        "봄 모임\nWhen: 2024-01-05 10:30 (Asia/Seoul)\nUntil: 2024-01-05 02:00 (UTC)\n"
        "With: Kim, Moa\nWhere: Seoul, Korea"
    )
    assert (block.location.line_from, block.location.line_to, block.location.heading) == (2, 12, "2024-01-05 봄 모임")


def test_subtitles_know_their_time() -> None:
    cues = "".join(f"{n}\n00:0{n}:04,000 --> 00:0{n}:05,000\n<i>봄</i> {'word ' * 50}\n\n" for n in range(1, 6))
    document = read(Path("a.srt"), cues.encode())
    assert headings(document) == ["00:01:04", "00:01:04", "00:03:04", "00:03:04", "00:05:04"]
    assert texts(document)[0].startswith("봄 word")
    assert document.blocks[1].location.line_from == 7
    voice = read(Path("a.vtt"), b"WEBVTT\n\n01:02.000 --> 01:03.000\n<v Moa>Hello &amp; bye</v>\n")
    assert texts(voice) == ["Moa: Hello & bye"]


def test_notebooks() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# 분석\n", "Why"]},
        {
            "cell_type": "code",
            "source": "x = 1\n",
            "outputs": [{"text": ["42\n"]}, {"data": {"text/plain": "y" * 20_000}}],
        },
    ]
    document = read(Path("a.ipynb"), json.dumps({"cells": cells}).encode())
    assert document.title == "분석"
    assert [(b.text, b.kind, b.location.heading) for b in document.blocks] == [
        ("분석", "heading", "분석 > cell 1"),
        ("Why", "prose", "분석 > cell 1"),
        ("x = 1", "code", "분석 > cell 2"),
        ("42", "code", "분석 > cell 2"),
    ]


def test_code_with_lines_and_nothing_packed() -> None:
    assert places("a.py", "# 주석\nx = 1\n\n\ndef f():\n    pass\n") == [
        ("# 주석\nx = 1", 1, 2),
        ("def f():\n    pass", 5, 6),
    ]
    assert outcome(read(Path("a.min.js"), b"a=1;" * 5_000)) == "unsupported"
    assert outcome(read(Path("a.ts"), bytes(range(256)) * 40)) == "unsupported"


def test_xml_in_any_encoding_with_lines() -> None:
    data = '<?xml version="1.0" encoding="euc-kr"?>\n<rss>\n<title>블로그</title>\n'
    data += "<d>&lt;p&gt;봄 &lt;b&gt;비&lt;/b&gt;</d></rss>"
    document = read(Path("a.xml"), data.encode("cp949"))
    assert document.title == "블로그"
    assert [(b.text, b.location.line_from) for b in document.blocks] == [("블로그", 3), ("봄\n비", 4)]
    broken = read(Path("a.xml"), b"<a><b>left &nbsp;over</b><c>")
    assert ("over" in broken.text, len(broken.warnings)) == (True, 1)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.rst", "제목입니다\n==========\n\nfirst\n\nPart\n----\n\nsecond\n"),
        ("a.org", "* 제목입니다 :tag:\n\nfirst\n\n** TODO Part\n\nsecond\n".replace("TODO ", "")),
        ("a.adoc", "= 제목입니다\n\nfirst\n\n== Part\n\nsecond\n"),
    ],
)
def test_headings_of_light_markup(name: str, data: str) -> None:
    document = read(Path(name), data.encode())
    assert document.title == "제목입니다"
    assert texts(document) == ["제목입니다", "first", "Part", "second"]
    assert headings(document) == ["제목입니다", "제목입니다", "제목입니다 > Part", "제목입니다 > Part"]
    assert data.split("\n")[(document.blocks[-1].location.line_from or 0) - 1] == "second"


def epub(**more: str | bytes) -> bytes:
    opf = (
        '<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>어린 왕자</dc:title></metadata>'
        "<manifest>"
        '<item id="b" href="b%20b.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="a"/><itemref idref="b"/></spine></package>'
    )
    members: dict[str, str | bytes] = {
        "META-INF/container.xml": '<container><rootfile full-path="OEBPS/c.opf"/></container>',
        "OEBPS/c.opf": opf,
        "OEBPS/a.xhtml": "<html><body><h1>1장</h1><p>여우</p></body></html>",
        "OEBPS/b b.xhtml": "<html><body><p>장미</p></body></html>",
    }
    return package(members | more)


def test_books_in_reading_order() -> None:
    document = read(Path("a.epub"), epub())
    assert document.title == "어린 왕자"
    assert list(zip(texts(document), headings(document), strict=True)) == [
        ("1장", "1장"),
        ("여우", "1장"),
        ("장미", "Chapter 2"),
    ]
    locked = "<encryption><EncryptedData><EncryptionMethod Algorithm='aes'/></EncryptedData></encryption>"
    assert outcome(read(Path("a.epub"), epub(**{"META-INF/encryption.xml": locked}))) == "protected"


def test_pictures_say_that_they_are_not_read_yet() -> None:
    document = read(Path("a.JPG"), b"\xff\xd8\xff")
    assert (document.kind, outcome(document)) == ("image", "unsupported")
    assert "picture" in document.reason


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("text-encodings/cp949/ricanet.com.xml", "구라치다 걸리면"),
        ("text/undeclared_entity.xml", "START"),
        ("text/testCSV.csv", "Number: 15 | Square: 225"),
        ("books-misc/testEPUB.epub", "Plus a simple div"),
        ("books-misc/testEPUB_xml_ext.epub", "It was a bright cold day in April"),
        ("books-misc/testICalendar.ics", "Montréal"),
        ("books-misc/test.json", "myid-1"),
    ],
)
def test_collected_files(name: str, part: str) -> None:
    document = torture(name)
    assert outcome(document) == "ok"
    assert part in document.text


def test_appointments_that_repeat_and_lines_folded_inside_a_letter() -> None:
    word = "주간 회의".encode()
    source = (
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:"
        + word[:4]
        + b"\r\n "
        + word[4:]
        + b"\r\nRRULE:%b\r\nEND:VEVENT\r\n"
    )
    for rule, said in {
        b"FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=10": "Repeats: every 2 weeks on Mon, Wed, 10 times",
        b"FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20251231T000000Z": "Repeats: every month on the last Fri, until 2025-12-31",
        b"FREQ=MONTHLY;BYDAY=2TU": "Repeats: every month on 2. Tue",
        b"FREQ=YEARLY;BYMONTHDAY=15": "Repeats: every year on day 15",
        b"FREQ=SECONDLY": "Repeats: FREQ=SECONDLY",
        b"nonsense": "Repeats: nonsense",
    }.items():
        found = read(Path("a.ics"), source % rule)
        assert "주간 회의" in found.text and said in found.text.split("\n")
        assert found.blocks[0].location.line_from == 2 and found.blocks[0].location.line_to == 6


def test_sami_subtitles_in_cp949() -> None:
    source = (
        "<SAMI><HEAD><TITLE>영화</TITLE></HEAD><BODY>\n<SYNC Start=1000><P Class=KRCC>\n첫 <b>자막</b><br>둘째 줄\n"
        '<SYNC Start="3000"><P Class=KRCC>&nbsp;\n<sync start=3723000><P>한 시간 뒤 &amp; 끝\n</BODY></SAMI>\n'
    )
    found = read(Path("a.smi"), source.encode("cp949"))
    assert outcome(found) == "ok" and found.text.split() == ["첫", "자막", "둘째", "줄", "한", "시간", "뒤", "&", "끝"]
    assert [b.location.line_from for b in found.blocks] == [2, 5]
    assert headings(found) == ["00:00:01", "00:00:01"]


def test_merged_cells_are_said_of_each_cell_they_stand_for() -> None:
    rows = [
        ["2025년 실적", "", "", "", ""],
        ["구분", "상반기", "", "하반기", ""],
        ["", "1분기", "2분기", "3분기", "4분기"],
        ["매출", "11", "22", "33", "44"],
        ["", "55", "66", "77", "88"],
        ["합계", "1", "", "3", "4"],
    ]
    merged = [(0, 0, 0, 4), (1, 0, 2, 0), (1, 1, 1, 2), (1, 3, 1, 4), (3, 0, 4, 0), (5, 1, 5, 2)]
    assert list(spread(rows, merged)) == [
        (0, ["2025년 실적", "", "", "", ""]),
        (1, ["구분", "상반기 1분기", "상반기 2분기", "하반기 3분기", "하반기 4분기"]),
        (3, ["매출", "11", "22", "33", "44"]),
        (4, ["매출", "55", "66", "77", "88"]),
        (5, ["합계", "1", "", "3", "4"]),
    ]


@pytest.mark.parametrize(
    ("rows", "merged"),
    [
        ([["A", "B", ""], ["x", "1", "2"]], [(0, 1, 0, 2)]),
        ([["A", "B", ""], ["x", "y", ""]], [(0, 1, 0, 2)]),
        ([["A", "B", ""]], [(0, 1, 0, 2)]),
        ([["A", "", ""], ["x", "y", "z"]], [(0, 1, 0, 2)]),
        ([["A", "B"], ["x", "y"]], [(0, 1, 0, 9), (0, 7, 3, 7), (-1, -2, 5, -2), (4, 0, 9_999_999, 0)]),
        ([["A", "B"], ["x", "y"]], [(0, 7, 0, 9), (0, -3, 0, -1)]),
        ([], [(0, 0, 5, 5)]),
    ],
)
def test_other_merged_cells_change_nothing(rows: list[list[str]], merged: list[Range]) -> None:
    found = list(spread(rows, merged))
    assert [number for number, _ in found] in (list(range(len(rows))), [0])
    if len(found) == len(rows):
        assert [cells for _, cells in found] == rows


def test_a_quotation_mark_that_nobody_closed_costs_no_rows() -> None:
    rows = "".join(f"{n},zqrow{n}\n" for n in range(2_000))
    for source in (
        f'id,name\n1,"open\n{rows}',
        f'id,name\n1,"open\n{rows * 10}',
        f"id,name\n{'x' * 200_000},y\n{rows}",
    ):
        found = read(Path("a.csv"), source.encode())
        assert outcome(found) == "ok" and "zqrow0" in found.text and "zqrow1999" in found.text
        assert found.blocks[-1].location.line_to == source.count("\n")
    assert not read(Path("a.csv"), b'id,name\n1,"two\nlines, ""quoted"""\n2,pipe 5" wide\n').warnings

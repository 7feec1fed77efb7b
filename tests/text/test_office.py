"""Word, PowerPoint, Excel, OpenDocument, RTF and old Office files."""

from __future__ import annotations

import io
import random
import struct
from pathlib import Path

import pytest

from core.text import read
from tests.text.packages import compound, headings, outcome, package, texts, torture

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def relations(**targets: str) -> str:
    """Relations `id="kind target"`."""
    rows = "".join(
        f'<Relationship Id="{id}" Type="{TYPE}{said.split()[0]}" Target="{said.split()[1]}"/>'
        for id, said in targets.items()
    )
    xmlns = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{xmlns}">{rows}</Relationships>'


def paragraph(text: str, style: str = "", more: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r>{more}</w:p>"


def docx(body: str, **parts: str) -> bytes:
    styles = (
        '<w:style w:styleId="1"><w:name w:val="heading 1"/></w:style>'
        '<w:style w:styleId="T"><w:name w:val="Title"/></w:style>'
        '<w:style w:styleId="own"><w:basedOn w:val="2"/></w:style>'
        '<w:style w:styleId="2"><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>'
    )
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": relations(a="officeDocument word/document.xml"),
        "word/document.xml": f"<w:document {W} {R}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": f"<w:styles {W}>{styles}</w:styles>",
    }
    members |= {f"word/{name}.xml": f"<w:x {W}>{text}</w:x>" for name, text in parts.items()}
    return package(members)


def table(*rows: str) -> str:
    cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row.split("|")) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def test_word_headings_lists_tables_and_what_libraries_miss() -> None:
    box = f"<w:r><w:txbxContent>{paragraph('In a box')}</w:txbxContent></w:r>"
    removed = "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
    listed = "<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>point</w:t></w:r></w:p>"
    body = (
        paragraph("봄 보고서", "T") + paragraph("Plan", "1") + paragraph("Around", more=box)
        + paragraph("Detail", "own") + listed + table("이름|국어|영어", "모아|89|65", "다솜|77|70")
        + f"<w:sdt><w:sdtContent>{paragraph('Controlled')}</w:sdtContent></w:sdt>"
        + f"<w:p>{removed}<w:r><w:t>a</w:t><w:br/><w:t>b</w:t></w:r></w:p>"
    )  # fmt: skip
    document = read(Path("a.docx"), docx(body, footnotes=paragraph("A note"), header1=paragraph("Top")))
    assert document.title == "봄 보고서"
    assert [(b.text, b.kind, b.location.heading) for b in document.blocks] == [
        ("봄 보고서", "prose", None),
        ("Plan", "heading", "Plan"),
        ("In a box", "prose", "Plan"),
        ("Around", "prose", "Plan"),
        ("Detail", "heading", "Plan > Detail"),
        ("- point", "list", "Plan > Detail"),
        ("이름 | 국어 | 영어", "table", "Plan > Detail"),
        ("이름: 모아 | 국어: 89 | 영어: 65", "table", "Plan > Detail"),
        ("이름: 다솜 | 국어: 77 | 영어: 70", "table", "Plan > Detail"),
        ("Controlled", "prose", "Plan > Detail"),
        ("a\nb", "prose", "Plan > Detail"),
        ("A note", "prose", "Footnotes"),
        ("Top", "prose", "Page header"),
    ]


def test_a_table_of_one_cell_is_a_box_and_a_form_has_no_header() -> None:
    inner = f"<w:tbl><w:tr><w:tc>{paragraph('one')}{paragraph('two')}{table('a|b')}</w:tc></w:tr></w:tbl>"
    document = read(Path("a.docx"), docx(inner + table("성명|홍길동", "주소|서울")))
    assert texts(document) == ["one", "two", "a | b", "성명 | 홍길동", "주소 | 서울"]


def test_a_word_file_that_breaks_off_keeps_what_came_before() -> None:
    data = package({"word/document.xml": f"<w:document {W}><w:body>{paragraph('Before')}<w:p><w:r"})
    document = read(Path("a.docx"), data)
    assert (texts(document), len(document.warnings)) == (["Before"], 1)


@pytest.fixture(scope="module")
def locked() -> bytes:
    from msoffcrypto.format.ooxml import OOXMLFile

    # The library that locks it here garbles files below 4 kB.
    large = docx(paragraph("Hidden words"), comments=f"<!-- {random.Random(1).randbytes(8_000).hex()} -->")
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(large)).encrypt("봄비", out)
    return out.getvalue()


def test_a_locked_office_file_asks_refuses_and_opens(locked: bytes) -> None:
    asked, wrong = read(Path("a.docx"), locked), read(Path("a.docx"), locked, "no")
    assert (outcome(asked), outcome(wrong)) == ("password", "password")
    assert ("wrong" in asked.reason, "wrong" in wrong.reason) == (False, True)
    assert read(Path("a.docx"), locked, "봄비").text == "Hidden words"


def shape(text: str, kind: str = "") -> str:
    placeholder = f'<p:nvSpPr><p:nvPr><p:ph type="{kind}"/></p:nvPr></p:nvSpPr>' if kind else ""
    return f"<p:sp>{placeholder}<p:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"


def test_slides_in_their_order_with_notes() -> None:
    ids = '<p:sldIdLst><p:sldId id="256" r:id="r2"/><p:sldId id="257" r:id="r1"/></p:sldIdLst>'
    data = package(
        {
            "ppt/presentation.xml": f"<p:presentation {P} {R}>{ids}</p:presentation>",
            "ppt/_rels/presentation.xml.rels": relations(r1="slide slides/slide1.xml", r2="slide slides/slide2.xml"),
            "ppt/slides/slide1.xml": f"<p:sld {P} {A}>{shape('끝', 'title')}{shape('7', 'sldNum')}</p:sld>",
            "ppt/slides/slide2.xml": f"<p:sld {P} {A}>{shape('시작', 'ctrTitle')}{shape('Hello')}</p:sld>",
            "ppt/slides/_rels/slide2.xml.rels": relations(n="notesSlide ../notesSlides/notesSlide1.xml"),
            "ppt/notesSlides/notesSlide1.xml": f"<p:notes {P} {A}>{shape('Say this', 'body')}</p:notes>",
        }
    )
    document = read(Path("a.pptx"), data)
    assert (document.title, document.pages) == ("시작", 2)
    assert [(b.text, b.location.page, b.location.heading) for b in document.blocks] == [
        ("시작", 1, "시작"),
        ("Hello", 1, "시작"),
        ("Say this", 1, "시작 > Notes"),
        ("끝", 2, "끝"),
    ]


def xlsx(rows: str) -> bytes:
    sheet = '<sheet name="예산" sheetId="1" r:id="r1"/>'
    return package(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
            "_rels/.rels": relations(a="officeDocument xl/workbook.xml"),
            "xl/workbook.xml": f"<workbook {S} {R}><sheets>{sheet}</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": relations(r1="worksheet worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml": f"<worksheet {S}><sheetData>{rows}</sheetData></worksheet>",
        }
    )


def sheet_row(number: int, *cells: str | float) -> str:
    shown = []
    for column, cell in enumerate(cells):
        place = f'r="{"ABCDEF"[column]}{number}"'
        text = isinstance(cell, str)
        shown.append(
            f'<c {place} t="inlineStr"><is><t>{cell}</t></is></c>' if text else f"<c {place}><v>{cell}</v></c>"
        )
    return f'<row r="{number}">{"".join(shown)}</row>'


def test_rows_of_a_sheet_carry_their_header_and_place() -> None:
    rows = sheet_row(1, "가계부") + sheet_row(3, "항목", "금액")
    rows += sheet_row(4, "커피", 4500) + sheet_row(5, "책", 0.5)
    document = read(Path("a.xlsx"), xlsx(rows))
    assert texts(document) == ["가계부", "항목 | 금액", "항목: 커피 | 금액: 4500", "항목: 책 | 금액: 0.5"]
    assert set(headings(document)) == {"Sheet 예산 > rows 1 to 5"}


def test_long_sheets_are_placed_by_groups_of_rows() -> None:
    rows = "".join(sheet_row(n, "이름 " * 20, n) for n in range(1, 30))
    places = list(dict.fromkeys(headings(read(Path("a.xlsx"), xlsx(rows)))))
    assert places[0] is not None
    assert places[0].startswith("Sheet 예산 > rows 1 to ")
    assert len(places) > 3


def test_a_cell_far_out_is_refused_before_memory_is_taken() -> None:
    cell = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert outcome(read(Path("a.xlsx"), xlsx(cell))) == "failed"


ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:'
    'text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:style="urn:oasis:names:tc:'
    'opendocument:xmlns:style:1.0"'
)


def test_opendocument_text() -> None:
    body = (
        '<text:h text:outline-level="1">제목</text:h><text:p>a<text:s text:c="2"/>b<text:note><text:note-citation>1'
        "</text:note-citation><text:note-body><text:p>A note</text:p></text:note-body></text:note></text:p>"
        "<text:list><text:list-item><text:p>point</text:p></text:list-item></text:list>"
    )
    footer = "<style:footer><text:p>Bottom</text:p></style:footer>"
    members: dict[str, str | bytes] = {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": f"<office:document-content {ODF}>{body}</office:document-content>",
        "styles.xml": f"<office:document-styles {ODF}>{footer}</office:document-styles>",
    }
    document = read(Path("a.odt"), package(members))
    assert document.title == "제목"
    assert sorted(texts(document)) == sorted(["제목", "A note", "a b", "- point", "Bottom"])
    members["META-INF/manifest.xml"] = "<manifest:encryption-data/>"
    assert outcome(read(Path("a.odt"), package(members))) == "password"


def test_opendocument_sheets_as_they_are_shown() -> None:
    def cells(*shown: str) -> str:
        return "".join(f"<table:table-cell><text:p>{s}</text:p></table:table-cell>" for s in shown)

    rows = (
        f"<table:table-row>{cells('항목', '금액')}</table:table-row>"
        f'<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
        f'<table:table-row>{cells("커피", "4,500원")}<table:table-cell table:number-columns-repeated="16382"/>'
        "</table:table-row>"
    )
    sheet = f'<table:table table:name="예산">{rows}</table:table>'
    data = package({"content.xml": f"<office:document-content {ODF}>{sheet}</office:document-content>"})
    document = read(Path("a.ods"), data)
    assert texts(document)[-1] == "항목: 커피 | 금액: 4,500원"
    assert headings(document) == ["Sheet 예산 > rows 1 to 5"] * 2


def test_rich_text_in_korean_code_pages() -> None:
    data = rb"{\rtf1\ansi\ansicpg949{\fonttbl{\f0\fcharset129 Batang;}}{\info{\title Spring}}"
    data += rb"\f0 \'ba\'bd\'ba\'f1\par two\par}"
    document = read(Path("a.rtf"), data)
    assert (document.title, texts(document)) == ("Spring", ["봄비", "two"])


def test_old_presentations() -> None:
    def record(kind: int, data: bytes, container: bool = False) -> bytes:
        return struct.pack("<HHI", 0x0F if container else 0, kind, len(data)) + data

    text = record(0x0FA0, "봄 발표\r둘째".encode("utf-16-le")) + record(0x0FA8, b"Plain")
    stream = record(0x03E8, text, container=True) + record(0x03F0, record(0x0FA8, b"A note"), container=True)
    document = read(Path("a.ppt"), compound({"PowerPoint Document": stream}))
    assert texts(document) == ["봄 발표", "둘째", "Plain", "A note"]
    assert headings(document)[-1] == "Notes"


@pytest.mark.parametrize(
    ("name", "data", "kind", "part"),
    [
        ("report.hwp", b"<!DOCTYPE html><html><body><p>404 not found</p></body></html>", "html", "404"),
        ("bank.xls", "<html><table><tr><th>날짜<th>금액<tr><td>1일<td>5원</table>".encode(), "html", "금액: 5원"),
        ("paper.pdf", b"<html><body>Please sign in</body></html>", "html", "sign in"),
        ("old.docx", b"{\\rtf1 Rich}", "rtf", "Rich"),
        ("note.odt", b"Just a text.", "text", "Just a text."),
        ("wrong.hwpx", docx(paragraph("Word inside")), "docx", "Word inside"),
    ],
)
def test_a_file_with_a_wrong_name_is_read_as_what_it_is(name: str, data: bytes, kind: str, part: str) -> None:
    document = read(Path(name), data)
    assert (document.outcome, document.kind) == ("ok", kind)
    assert part in document.text
    assert "name" in document.warnings[0]


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("office/testWORD_various.docx", "This is the header"),
        ("office/testWORD_missing_text.docx", "BigCompany"),
        ("office/testAltChunkHTML.docx", "Example of a table"),
        ("office/testPPT_diagramData.pptx", "President"),
        ("office/testPPT.ppt", "Sample Powerpoint Slide"),
        ("office/testEXCEL.strict.xlsx", "Test spreadsheet"),
        ("office/testEXCEL_dateFormats.xlsx", "2018-09-20"),
        ("office/testFooter.ods", "Here is a footer in the center area"),
        ("office/testODT-TIKA-6000.odt", "Utilisation de ce document"),
        ("office/testRTFJapanese.rtf", "（ＧＨＱ）"),
        ("office/testPages.pages", "Sample pages document"),
        ("office/testNumbers.numbers", "Category"),
        ("office/testOneNote3.one", "awesome information about sports"),
    ],
)
def test_collected_files(name: str, part: str) -> None:
    document = torture(name)
    assert outcome(document) == "ok"
    assert part in document.text


def test_collected_locked_files() -> None:
    assert "Encrypted Excel" in torture("office-encrypted/testEXCEL_protected_passtika.xlsx", "tika").text
    assert "encrypted PowerPoint" in torture("office-encrypted/testPPT_protected_passtika.pptx", "tika").text

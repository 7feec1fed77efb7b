"""PDF: pages, paragraphs, and each way a file can withhold its text."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from core.text import read
from core.types import Document
from tests.text.packages import torture

NAME = Path("paper.pdf")


def make_pdf(*pages: str, font: str = "/Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding") -> bytes:
    """A valid PDF, one string of lines a page, written by hand."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    kids = []
    for page in pages:
        lines = [line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)") for line in page.split("\n")]
        body = "BT /F1 12 Tf 14 TL 50 750 Td " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
        stream = body.encode("cp1252")
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents %d 0 R /Resources << /Font << /F1 << "
            b"/Type /Font /Subtype %s >> >> >> >>" % (len(objects) + 2, font.encode())
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    out = io.BytesIO(b"")
    out.write(b"%PDF-1.7\n")
    places = []
    for number, data in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, data))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start))
    return out.getvalue()


def encrypted(password: str, owner: str | None = None, algorithm: str = "AES-256") -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(make_pdf("The secret garden."))))
    writer.encrypt(password, owner, algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def outcome(document: Document) -> str:
    assert document.outcome == "ok" or document.reason
    return document.outcome


def test_pages_and_paragraphs() -> None:
    first = (
        "Winter came early that year and the har-\nbour froze over before the ships could leave\nit.\nNext paragraph."
    )
    document = read(NAME, make_pdf(first, "Second page."))
    assert outcome(document) == "ok"
    assert document.pages == 2
    assert [(b.location.page, b.text) for b in document.blocks] == [
        (1, "Winter came early that year and the harbour froze over before the ships could leave it."),
        (1, "Next paragraph."),
        (2, "Second page."),
    ]


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_password_is_asked_for_refused_and_taken(algorithm: str) -> None:
    data = encrypted("봄비-spring" if algorithm == "AES-256" else "spring", algorithm=algorithm)
    asked, wrong = read(NAME, data), read(NAME, data, "summer")
    assert (outcome(asked), outcome(wrong)) == ("password", "password")
    assert "wrong" in wrong.reason
    assert "wrong" not in asked.reason
    opened = read(NAME, data, "봄비-spring" if algorithm == "AES-256" else "spring")
    assert "secret garden" in opened.text


def test_an_owner_password_alone_does_not_close_a_file() -> None:
    assert "secret garden" in read(NAME, encrypted("", "owner")).text


def test_no_text_is_empty() -> None:
    assert outcome(read(NAME, make_pdf(""))) == "empty"


@pytest.mark.parametrize("data", [b"%PDF-1.7 nonsense", b"hello", make_pdf("x" * 50)[:200]])
def test_damaged_files_fail_in_one_sentence(data: bytes) -> None:
    document = read(NAME, data)
    assert outcome(document) in ("failed", "empty")
    assert "Traceback" not in document.reason


def test_a_rights_management_wrapper_is_named() -> None:
    assert outcome(read(NAME, b"<MARKANY_DOCUMENTSAFER>" + bytes(100))) == "protected"


def test_asian_bytes_shown_as_latin_are_low_quality() -> None:
    assert outcome(read(NAME, make_pdf("Ä¿ ¹Ø ÓÚ ºì ¾ü ×÷ Õ½ µÄ Ôò £± Ò» ¾Å Èý Æß Äê °Ë"))) == "low-quality"
    assert outcome(read(NAME, make_pdf("Café déjà vu, naïve façade à côté."))) == "ok"


def test_pages_that_the_first_reader_cannot_read_come_from_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    from pypdf import PageObject

    first = PageObject.extract_text

    def broken(page: PageObject) -> str:
        text = first(page)
        if "harbour" in text:
            raise KeyError("a damaged font")
        return text

    monkeypatch.setattr(PageObject, "extract_text", broken)
    document = read(NAME, make_pdf("Winter came.", "The harbour froze.", "Spring."))
    assert [(b.location.page, b.text) for b in document.blocks] == [
        (1, "Winter came."),
        (2, "The harbour froze."),
        (3, "Spring."),
    ]
    assert not document.warnings


def test_a_file_too_damaged_for_the_first_reader_comes_from_the_second() -> None:
    whole = make_pdf("Still here.")
    document = read(NAME, whole.replace(b"/Type /Pages", b"/Type /Pagas").replace(b"startxref", b"startxxxx"))
    assert document.text == "Still here."


def test_a_few_gibberish_pages_cost_only_themselves() -> None:
    strange = "Ä¿ ¹Ø ÓÚ ºì ¾ü ×÷ Õ½ µÄ Ôò £± Ò» ¾Å Èý Æß Äê °Ë ÔÂ ÈÕ"
    document = read(NAME, make_pdf("Winter came early that year. " * 8, strange, "Spring was late that year. " * 8))
    assert (document.outcome, {b.location.page for b in document.blocks}) == ("ok", {1, 3})
    assert "gibberish" in document.warnings[0]


@pytest.mark.parametrize(
    ("name", "said", "part"),
    [
        ("pdf/XiaoBiaoSong.pdf", "ok", "关 于 红 军"),
        ("pdf/two_pages.pdf", "empty", ""),
        ("pdf-malformed/xref_command_missing.pdf", "ok", "Reduced test-case"),
        ("pdf-malformed/scan-bad.pdf", "ok", "pdf.js"),
        ("pdf-encrypted/issue3371.pdf", "password", ""),
    ],
)
def test_collected_files(name: str, said: str, part: str) -> None:
    document = torture(name)
    assert outcome(document) == said
    assert part in document.text

"""Mail, mailboxes, Outlook messages and saved web pages."""

from __future__ import annotations

import struct
from email.message import EmailMessage
from pathlib import Path

import pytest

from core.text import read
from tests.text.packages import compound, headings, outcome, package, texts, torture


def message(subject: str = "봄 모임", text: str = "Hello.\n\n둘째 문단") -> EmailMessage:
    made = EmailMessage()
    made["From"] = "모아 <moa@example.org>"
    made["To"] = "you@example.org"
    made["Subject"] = subject
    made["Date"] = "Fri, 05 Jan 2024 10:30:00 +0900"
    made.set_content(text)
    return made


def test_headers_text_and_text_attachments() -> None:
    made = message()
    made.add_alternative("<p>Hello in HTML</p>", subtype="html")
    made.add_attachment("이름,금액\n커피,4500\n", subtype="csv", filename="../../예산.csv")
    made.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="photo.png")
    document = read(Path("a.eml"), made.as_bytes())
    assert (document.title, document.date) == ("봄 모임", "2024-01-05T10:30:00")
    assert texts(document)[0].split("\n")[0] == "From: 모아 <moa@example.org>"
    assert texts(document)[1:] == [
        "Hello.",
        "둘째 문단",
        "Attachment: 예산.csv",
        "이름 | 금액",
        "이름: 커피 | 금액: 4500",
        "Attachment: photo.png",
    ]
    assert headings(document)[4] == "Attachment 예산.csv"


def test_only_html_and_a_message_inside_a_message() -> None:
    made = EmailMessage()
    made["Subject"] = "Fwd"
    made.set_content("<h1>Top</h1><p>Words</p>", subtype="html")
    made.add_attachment(message("Inner", "Deep"))
    document = read(Path("a.eml"), made.as_bytes())
    assert "Words" in texts(document)
    assert [b.location.heading for b in document.blocks if b.text == "Deep"] == ["Attached message Inner"]


def test_plain_text_that_only_points_elsewhere_gives_way() -> None:
    made = message("News", "Please view this in your browser.")
    made.add_alternative("<p>" + "봄 소식 " * 60 + "</p>", subtype="html")
    assert "봄 소식" in read(Path("a.eml"), made.as_bytes()).text


@pytest.mark.parametrize("charset", ["euc-kr", "cp949", "iso-2022-kr", "utf-8", "unknown", "us-ascii"])
def test_korean_in_any_declared_character_set(charset: str) -> None:
    known = charset if charset not in ("unknown", "us-ascii") else "cp949"
    head = f"Subject: x\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n"
    assert texts(read(Path("a.eml"), head.encode() + "봄비가 내린다".encode(known)))[-1] == "봄비가 내린다"


@pytest.mark.parametrize(
    "head", ["Subject: =?utf-8?B?67SE7KCA?=", "Subject: 봄저", "Subject: =?euc-kr?B?uri6+w==?=", "Subject: =?x?Q?=="]
)
def test_odd_subjects_do_no_harm(head: str) -> None:
    document = read(Path("a.eml"), f"{head}\nFrom: a@b\n\nbody\n".encode())
    assert document.outcome == "ok"
    assert "body" in texts(document)


def test_a_mailbox_places_its_messages() -> None:
    parts = [b"From moa Fri Jan  5 10:30:00 2024\n" + message(f"No {n}", f"Body {n}").as_bytes() for n in (1, 2)]
    document = read(Path("a.mbox"), b"\n".join(parts))
    places = {b.text: b.location.heading for b in document.blocks}
    assert (places["Body 1"], places["Body 2"]) == ("message 1 > No 1", "message 2 > No 2")


def test_a_saved_web_page() -> None:
    made = EmailMessage()
    made["Subject"] = "A page"
    made.set_content("<title>A page</title><h1>Top</h1><p>봄비</p>", subtype="html")
    made.add_related(b"\x89PNG", maintype="image", subtype="png", cid="<a>")
    document = read(Path("a.mhtml"), made.as_bytes())
    assert texts(document) == ["Top", "봄비"]


def test_outlook_messages_with_their_code_page() -> None:
    properties = bytes(32) + struct.pack("<IIII", 0x3FFD0003, 6, 949, 0)
    streams = {
        "__properties_version1.0": properties,
        "__substg1.0_0037001F": "봄 모임".encode("utf-16-le"),
        "__substg1.0_0C1A001E": "보낸이".encode("cp949"),
        "__substg1.0_1000001F": "첫째\r\n\r\n둘째".encode("utf-16-le"),
        "__substg1.0_007D001F": "Date: Fri, 05 Jan 2024 10:30:00 +0900".encode("utf-16-le"),
        "__attach_version1.0_#00000000/__substg1.0_3707001F": "note.md".encode("utf-16-le"),
        "__attach_version1.0_#00000000/__substg1.0_37010102": b"# Inside\ntext\n".ljust(4096, b"\n"),
    }
    document = read(Path("a.msg"), compound(streams))
    assert (document.title, document.date) == ("봄 모임", "2024-01-05T10:30:00")
    assert texts(document) == [
        "From: 보낸이\nSubject: 봄 모임\nDate: 2024-01-05T10:30:00",
        "첫째",
        "둘째",
        "Attachment: note.md",
        "Inside",
        "text",
    ]


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("mail/japanese_shift_jis.eml", "あいうえお"),
        ("mail/attachment_nonascii_filename.eml", "ciële.txt"),
        ("mail/raw_email_encoded_stack_level_too_deep.eml", "Nicolas Fouché"),
        ("mail/utf8_headers.eml", "Säying Hello"),
        ("mail/complex.mbox", "When a Mapper completes"),
        ("mail/testMSG_chinese.msg", "張毓倫"),
        ("books-misc/testMHTMLFirefox.mhtml", "Aperture"),
    ],
)
def test_collected_files(name: str, part: str) -> None:
    document = torture(name)
    assert outcome(document) == "ok"
    assert part in document.text


@pytest.mark.parametrize("charset", ["cp949", "utf-8"])
def test_korean_headers_that_nobody_encoded(charset: str) -> None:
    source = (
        "Subject: 회의 안내\r\nFrom: 홍길동 <a@b.kr>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b"
        "\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n본문이다.\r\n--b\r\nContent-Type: text/plain\r\n"
        'Content-Disposition: attachment; filename="붙임.txt"\r\n\r\n붙인 글.\r\n--b--\r\n'
    )
    found = read(Path("a.eml"), source.encode(charset))
    assert outcome(found) == "ok" and found.title == "회의 안내"
    assert "홍길동" in found.text and "본문이다." in found.text and "붙인 글." in found.text
    assert "Attachment 붙임.txt" in headings(found)


def test_documents_that_come_with_a_mail_are_read() -> None:
    message = EmailMessage()
    message["Subject"] = "Report"
    message.set_content("See the report.")
    ods = package({
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": '<o:c xmlns:o="urn:o" xmlns:table="urn:t" xmlns:text="urn:x"><table:table table:name="S">'
        "<table:table-row><table:table-cell><text:p>zqsheetword</text:p></table:table-cell></table:table-row></table:table></o:c>",
    })  # fmt: skip
    for n in range(12):
        message.add_attachment(ods, maintype="application", subtype="octet-stream", filename=f"보고 {n}.ods")
    message.add_attachment(b"%PDF-1.7 broken", maintype="application", subtype="pdf", filename="broken.pdf")
    found = read(Path("a.eml"), message.as_bytes())
    assert outcome(found) == "ok" and found.text.count("zqsheetword") == 10
    assert "Attachment: broken.pdf" in found.text and "Attachment: 보고 11.ods" in found.text

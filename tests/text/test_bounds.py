"""Hostile files end soon, take bounded memory, and say what they are."""

from __future__ import annotations

import json
import random
import time
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from core.text import read
from core.text.archive import MAX_MEMBERS
from tests.text.packages import TORTURE, outcome, package

SECONDS = 15  # of this process's work: a busy machine is not the readers' fault


def timed(name: str, data: bytes) -> str:
    start = time.process_time()
    said = outcome(read(Path(name), data))
    assert time.process_time() - start < SECONDS
    return said


@pytest.mark.parametrize(
    ("name", "member"),
    [("a.docx", "word/document.xml"), ("a.odt", "content.xml"), ("a.xlsx", "xl/worksheets/sheet1.xml"),
     ("a.hwpx", "Contents/section0.xml")],
)  # fmt: skip
def test_a_zip_bomb_is_refused(name: str, member: str) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as zipped, zipped.open(member, "w") as file:
        file.write(b"<a>")
        for _ in range(300):
            file.write(bytes(1_000_000).replace(b"\0", b" "))
    assert timed(name, out.getvalue()) == "failed"


def test_a_header_that_lies_about_its_size_is_not_believed() -> None:
    data = package({"word/document.xml": b"<a>" + b" " * 40_000_000})
    size = (40_000_003).to_bytes(4, "little")
    assert data.count(size) == 2
    assert timed("a.docx", data.replace(size, (100).to_bytes(4, "little"))) == "failed"


def test_too_many_members_are_refused() -> None:
    assert timed("a.epub", package({f"{n}.xml": "x" for n in range(MAX_MEMBERS + 1)})) == "failed"


def test_paths_that_lead_out_and_archives_inside_archives_are_only_names(tmp_path: Path) -> None:
    inner = package({"word/document.xml": "<a/>"})
    data = package(
        {"../../evil.xml": "x", "/etc/evil": "x", "word/inner.docx": inner, "word/document.xml": "<a><b/></a>"}
    )
    assert timed("a.docx", data) == "empty"
    assert not list(tmp_path.iterdir())


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
DOCTYPE = f'<!DOCTYPE w [<!ENTITY a0 "ha">{LAUGHS}<!ENTITY file SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("reference", ["&a11;", "&file;"])
@pytest.mark.parametrize(("name", "member"), [("a.docx", "word/document.xml"), ("a.odt", "content.xml")])
def test_xml_entities_are_refused_in_documents(name: str, member: str, reference: str) -> None:
    xml = f"{DOCTYPE}<w:p xmlns:w='w' xmlns:text='w'><w:r><w:t>{reference}</w:t></w:r></w:p>"
    assert timed(name, package({member: xml})) == "failed"


def test_xml_entities_are_not_expanded_in_plain_xml() -> None:
    document = read(Path("a.xml"), f"{DOCTYPE}<a>before &a11; &file; after</a>".encode())
    assert "after" in document.text
    assert ("root:" in document.text, len(document.text) < 5_000) == (False, True)


DEEP = 200_000


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.xml", b"<a>" * DEEP + b"text"),
        ("a.docx", package({"word/document.xml": b"<p>" * DEEP})),
        ("a.json", b"[" * DEEP),
        ("a.json", b'{"a":' * DEEP + b"1" + b"}" * DEEP),
        ("a.rtf", b"{\\rtf1 " + b"{" * DEEP + b"text"),
        ("a.ipynb", b"[" * DEEP),
        ("a.eml", b"Content-Type: message/rfc822\n\n" * 2_000 + b"text"),
        ("a.eml", b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3_000))),
        ("a.csv", b'"' + b"x" * 5_000_000),
        ("a.csv", b"a," * 2_000_000),
        ("a.srt", b"00:00:01,000 --> 00:00:02,000\n" * 100_000),
        ("a.ics", b"BEGIN:VEVENT\n" * 200_000),
        ("a.org", b"* x\n" * 200_000),
        ("a.rst", b"x\n=\n" * 200_000),
        ("a.py", b"x = 1\n\n" * 500_000),
        ("a.mbox", b"From a 10:00\n\nx\n\n" * 20_000),
        ("a.one", bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3") + b"\x08\0\0\0some text" * 20_000),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)}",
)
def test_depth_and_width_do_not_hang(name: str, data: bytes) -> None:
    timed(name, data)


def test_a_json_of_many_values_is_cut() -> None:
    document = read(Path("a.json"), json.dumps([{"n": 1}] * 400_000).encode())
    assert document.outcome == "ok"
    assert "500,000" in document.warnings[0]


@pytest.mark.slow
def test_mutated_files_cost_only_themselves() -> None:
    if not TORTURE.is_dir():
        pytest.skip("the collection of difficult files (../shared/data/torture) is not beside the project")
    letters = random.Random(7)
    kinds = (
        ".docx",
        ".pptx",
        ".xlsx",
        ".odt",
        ".ods",
        ".rtf",
        ".epub",
        ".hwp",
        ".hwpx",
        ".msg",
        ".ppt",
        ".eml",
        ".mbox",
    )
    files = [f for f in sorted(TORTURE.rglob("*")) if f.suffix in kinds and f.stat().st_size < 300_000]
    for _ in range(200):
        path = letters.choice(files)
        data = bytearray(path.read_bytes())
        for _ in range(letters.randrange(1, 20)):
            at = letters.randrange(len(data))
            data[at] = letters.randrange(256)
        cut = letters.randrange(len(data)) if letters.random() < 0.3 else len(data)
        timed(path.name, bytes(data[:cut]))

"""Plain text, HTML and the table of formats."""

from __future__ import annotations

import sys
import time
from importlib import import_module
from pathlib import Path

import pytest

from core.text import kind_of, read
from core.text.formats import FORMATS


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.MD", "markdown"), ("a.log", "text"), ("a.htm", "html"), ("a.pdf", "pdf"), ("a.exe", None), ("Makefile", None)],
)
def test_kind_is_told_by_the_suffix(name: str, kind: str | None) -> None:
    assert kind_of(Path(name)) == kind


@pytest.mark.parametrize("name", ["server.txt", "notes.md", "backup.conf"])
def test_a_private_key_is_left_alone_whatever_its_name(name: str) -> None:
    key = "\n-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk=\n-----END OPENSSH PRIVATE KEY-----\n"
    document = read(Path(name), key.encode())
    assert document.outcome == "unsupported" and "private key" in document.reason and not document.blocks
    quoted = read(Path(name), f"How keys look:{key}".encode())
    assert quoted.outcome == "ok" and "How keys look" in quoted.text


def test_every_row_has_its_reader_and_no_suffix_stands_twice() -> None:
    suffixes = [suffix for row in FORMATS for suffix in row.suffixes]
    assert len(suffixes) == len(set(suffixes))
    assert len({row.kind for row in FORMATS}) == len(FORMATS)
    for row in FORMATS:
        assert callable(import_module(f"core.text.{row.module}").read)


def test_a_missing_library_is_not_called_a_damaged_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "striprtf.striprtf", None)
    document = read(Path("a.rtf"), b"{\\rtf1 text}")
    assert (document.outcome, "install" in document.reason) == ("failed", True)


def test_plain_paragraphs_with_lines() -> None:
    document = read(Path("a.txt"), b"\none\ntwo\n\n\nthree")
    assert [(b.text, b.location.line_from, b.location.line_to) for b in document.blocks] == [
        ("one\ntwo", 2, 3),
        ("three", 6, 6),
    ]


def test_outcomes_that_are_not_ok_say_why() -> None:
    cases = {
        "empty": read(Path("a.txt"), b""),
        "unsupported": read(Path("a.xyz"), b"data"),
        "binary": read(Path("a.txt"), bytes(range(256)) * 9),
        "large": read(Path("a.txt"), b"x" * 20_000_001),
    }
    assert {name: d.outcome for name, d in cases.items()} == {
        "empty": "empty",
        "unsupported": "unsupported",
        "binary": "unsupported",
        "large": "unsupported",
    }
    assert all(d.reason for d in cases.values())


def test_html_blocks_headings_tables_and_lists() -> None:
    page = """<html><head><title>여행 &amp; More</title><style>p{}</style></head><body><h1>A</h1>Loose <b>bold</b> text
      <p>One<br>two</p><script>bad()</script><h2>B</h2><ul><li>x<ul><li>y</li></ul></li><li>z</li></ul>
      <ol><li>first</ol><table><tr><th>Name<th>Year<tr><td>Moa<td>2024</table><pre>a
  b</pre></body></html>"""
    document = read(Path("p.html"), page.encode())
    assert document.title == "여행 & More"
    assert [b.text for b in document.blocks] == [
        "A",
        "Loose bold text",
        "One\ntwo",
        "B",
        "- x",
        "  - y",
        "- z",
        "1. first",
        "Name | Year",
        "Name: Moa | Year: 2024",
        "a\n  b",
    ]
    assert document.blocks[-1].location.heading == "A > B"
    assert document.blocks[-1].kind == "code"


def test_html_in_a_declared_korean_charset() -> None:
    page = '<meta charset="euc-kr"><p>똠방각하 café</p>'.encode("cp949", "xmlcharrefreplace")
    assert "똠방각하 café" in read(Path("p.html"), page).text


@pytest.mark.parametrize(
    "page",
    ["<div>" * 200_000 + "deep text", "<div " + " ".join(f"a{n}=1" for n in range(300_000)) + ">deep text</div>"],
)
def test_hostile_html_does_not_hang(page: str) -> None:
    start = time.process_time()
    document = read(Path("p.html"), page.encode())
    assert time.process_time() - start < 5
    assert "deep text" in document.text
    assert document.warnings

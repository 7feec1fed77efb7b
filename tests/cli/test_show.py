"""Text on a terminal: columns that line up in Hangul too, sizes, places, snippets, and JSON of odd names."""

from __future__ import annotations

import json
import unicodedata

from core.cli import show
from core.types import FolderRow, Location


def test_columns_line_up_when_a_cell_is_in_hangul() -> None:
    assert show.table(("A", "B"), [("회의", "1"), ("abc", "2")]) == "A     B\n회의  1\nabc   2\n"


def test_sizes() -> None:
    assert [show.size(n) for n in (0, 999, 1000, 3_400_000, 1_200_000_000, 5_000_000_000_000)] == [
        "0 B", "999 B", "1.0 kB", "3.4 MB", "1.2 GB", "5000.0 GB",
    ]  # fmt: skip


def test_places() -> None:
    assert show.place("/a.md", Location(line_from=3, heading="A > B")) == "/a.md:3  A > B"
    assert show.place("/a.pdf", Location(page=2, line_from=1)) == "/a.pdf, p. 2"
    assert show.place("/a.txt", Location()) == "/a.txt"


def test_a_snippet_fits_its_places() -> None:
    assert show.snippet("two\n words", 20) == "two words"
    assert show.snippet("겨울에는 눈이 온다", 10) == "겨울에는…"


def test_a_file_name_that_is_no_text_is_still_valid_json() -> None:
    assert json.loads(show.line(FolderRow("/a\udcff", "watched", 0, "")))["path"] == "/a\udcff"


def test_what_comes_from_files_cannot_forge_a_line() -> None:
    evil = "a\n5  \x1b[2J\u202egpj.exe\x9b"
    shown = "a\\n5  \\x1b[2J\\u202egpj.exe\\x9b"
    assert show.name(evil) == shown and show.place(evil, Location()) == shown
    assert show.table(("A",), [(evil,)]).splitlines()[1:] == [shown]
    assert show.words("one\ntwo\tthree\x1b[0m") == "one\ntwo\tthree\\x1b[0m"
    assert show.name("한글 é 👩‍🚀 עברית") == "한글 é 👩‍🚀 עברית"


def test_decomposed_hangul_takes_the_places_of_its_syllables() -> None:
    assert show.width(unicodedata.normalize("NFD", "회의록")) == show.width("회의록") == 6

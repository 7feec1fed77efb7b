"""Markdown: what a person sees, with headings, lines and properties."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from core.text import read
from core.types import Block, Document


def note(text: str, name: str = "My note.md") -> Document:
    return read(Path(name), text.encode())


def texts(text: str) -> list[str]:
    return [block.text for block in note(text).blocks]


def find(document: Document, part: str) -> Block:
    return next(block for block in document.blocks if part in block.text)


def test_front_matter_gives_title_tags_aliases_and_date() -> None:
    document = note(
        "---\ntitle: 겨울 여행\ntags: [travel, '#snow']\naliases: [Winter]\ndate: 2024-1-5 10:30\n"
        "summary: What we saw there\npublish: true\n---\nText #inline/tag and `#code` and #1.\n"
    )
    assert (document.title, document.aliases, document.date) == ("겨울 여행", ("Winter",), "2024-01-05T10:30:00")
    assert document.tags == ("travel", "snow", "inline/tag")
    assert document.blocks[0].text == "summary: What we saw there\naliases: Winter"
    assert document.blocks[-1].location.line_from == 9


def test_broken_front_matter_is_a_warning_and_its_text_stays_findable() -> None:
    document = note("---\ntitle: [unclosed\nplace: Jeju\n---\nBody\n")
    assert document.outcome == "ok"
    assert "YAML" in document.warnings[0]
    assert "Jeju" in document.text
    assert find(document, "Body").location.line_from == 5


@pytest.mark.parametrize(
    ("text", "title"), [("# One\n# Two", "One"), ("no heading", ""), ("---\ntitle: T\n---\n# One", "T")]
)
def test_title_is_the_property_else_the_first_heading_never_the_file_name(text: str, title: str) -> None:
    assert note(text).title == title


def test_headings_become_paths_and_blocks_know_their_lines() -> None:
    document = note("# A\n\none\ntwo\n\n## B\n\n### C\nthree\n\n## D\nfour\n")
    assert find(document, "one").location.heading == "A"
    assert (find(document, "one").location.line_from, find(document, "one").location.line_to) == (3, 4)
    assert find(document, "three").location.heading == "A > B > C"
    assert find(document, "four").location.heading == "A > D"
    assert find(document, "four").location.line_from == 12


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("See [[Target note|the note]].", "See the note."),
        ("See [[Target#Part]].", "See Target > Part."),
        ("![[picture.png|300]] Caption", "Caption"),
        ("![[Other note]]", "Other note"),
        ("![[Other note#^block-1]]", "Other note"),
        ("![[picture.png|A red door]]", "A red door"),
        ("![[picture.png|300x200]] Caption", "Caption"),
        ("- [ ] open", "- [ ] open"),
        ("- [x] done [[Plan]]", "- [x] done Plan"),
        ("1. [-] dropped ^task-1", "1. [-] dropped"),
        ("A [link](https://example.org/x) and **bold** _it_.", "A link and bold it."),
        ("Kept. ^block-1", "Kept."),
        ("One <!-- hidden --> two <b>three</b>", "One  two three"),
        ("One %%hidden%% two", "One  two"),
        ("**[[Settings]]**을 열고 **닫기** `a**b**`", "Settings을 열고 닫기 a**b**"),
        ("==marked== and ~~gone~~", "marked and gone"),
        ("`a * b` and $x_1 * y_2$", "a * b and $x_1 * y_2$"),
        ("> [!note] Careful\n> with this", "Careful\nwith this"),
        ("> [!warning]\n> Hot", "Warning\nHot"),
        ("[^1]: https://example.org a footnote", "https://example.org a footnote"),
        ("![A red door](door.png)", "A red door"),
    ],
)
def test_text_is_what_a_person_sees(source: str, seen: str) -> None:
    assert texts(source) == [seen]


def test_check_boxes_inside_a_folded_callout() -> None:
    assert texts("> [!todo]- Folded\n> - [ ] inside\n> - [x] done") == ["Folded", "- [ ] inside", "- [x] done"]


def test_code_is_kept_literally_with_its_lines() -> None:
    block = find(note("Intro\n\n```python\n# no heading\nx = [[1|2]]\n```\n"), "x =")
    assert block.text == "# no heading\nx = [[1|2]]"
    assert (block.kind, block.location.line_from, block.location.line_to) == ("code", 4, 5)


def test_table_rows_carry_their_column_names() -> None:
    document = note("| 이름 | Year |\n|---|---|\n| 모아 | 2024 |\n| [[a\\|Ada]] | |\n")
    assert [b.text for b in document.blocks] == ["이름: 모아 | Year: 2024", "이름: Ada"]
    assert [b.location.line_from for b in document.blocks] == [3, 4]


def test_lists_keep_markers_and_depth() -> None:
    assert texts("- one\n  - deep\n- two\n\n3. three\n") == ["- one", "  - deep", "- two", "3. three"]


def test_comments_over_several_blocks_are_not_read() -> None:
    assert texts("a\n\n%%\nhidden\n\nhidden too\n%%\n\nb") == ["a", "b"]
    assert texts("a\n\n<!--\nhidden\n\nhidden too\n-->\n\nb") == ["a", "b"]


@pytest.mark.parametrize("text", ["", "---\ntitle: x\n---\n", "\n\n", "<!-- only -->"])
def test_nothing_to_read_is_empty_with_a_reason(text: str) -> None:
    document = note(text)
    assert (document.outcome, bool(document.reason)) == ("empty", True)


@pytest.mark.parametrize(
    "text", ["[" * 20_000, "> " * 5_000 + "x", "*a " * 20_000, "`" * 20_000, "[[" * 10_000, "$" * 9_999]
)
def test_hostile_notes_end_soon(text: str) -> None:
    start = time.process_time()
    note(text)
    assert time.process_time() - start < 10


def test_deep_outlines_keep_their_items() -> None:
    source = "".join("  " * depth + f"- item{depth}\n" for depth in range(35))
    text = read(Path("a.md"), source.encode()).text
    assert all(f"item{depth}" in text.split() for depth in range(35))


def test_which_check_boxes_are_ones_own() -> None:
    tasks = note(
        "- [ ] open\n    - [x] nested\n- [X] done\n- [-] given up\n- [1] a reference\n\n> - [ ] quoted\n\n"
        "> [!todo] Mine\n> - [ ] callout\n\n```\n- [ ] code\n```\n\n[ ] no list\n\n1. [ ] numbered\n"
    ).tasks
    assert [(t.text, t.done) for t in tasks] == [
        ("open", False), ("nested", True), ("done", True), ("callout", False), ("numbered", False),
    ]  # fmt: skip


def test_a_link_among_the_properties_and_the_id_of_a_heading() -> None:
    document = note("---\nparent: [[vim]]\n---\n# Books {#book}\n\nA #novel.\n")
    assert document.fields == (("parent", "vim"),) and document.tags == ("novel",)

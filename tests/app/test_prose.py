from __future__ import annotations

import pytest

from app import prose


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("no code", "no code"),
        ("```py\nx = 1", "```py\nx = 1\n```"),
        ("```py\nx = 1\n", "```py\nx = 1\n```"),
        ("~~~~\n```\n", "~~~~\n```\n~~~~"),
        ("```\na\n```\nb", "```\na\n```\nb"),
        ("a ``` b", "a ``` b"),
        ("    ```\nindented code", "    ```\nindented code"),
    ],
)
def test_an_open_fence_is_closed(text: str, closed: str) -> None:
    assert prose.close_fences(text) == closed


def link(n: int) -> str:
    return rf"[\[{n}\]](note:{n})"


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("먹었다 [1].", f"먹었다 {link(1)}."),
        ("both [1, 2]", f"both {link(1)}{link(2)}"),
        ("[1][2]", f"{link(1)}{link(2)}"),
        ("unknown [7] stays", "unknown [7] stays"),
        ("a list[1] is cited", f"a list{link(1)} is cited"),
        ("`x[1]` and [2]", f"`x[1]` and {link(2)}"),
        ("[1](https://evil.example)", "[1](https://evil.example)"),
        ("[1]: https://evil.example", f"{link(1)}: https://evil.example"),
        ("```\n[1]\n```\n[2]", f"```\n[1]\n```\n{link(2)}"),
        ("![나무](file:///dev/zero)", r"\[image: 나무\]"),
        ("![x][ref]", r"\[image: x\]"),
        ("![[나무]]", r"!\[\[나무\]\]"),
        ("![[1]]", r"!\[\[1\]\]"),
    ],
)
def test_numbers_of_known_passages_become_links(text: str, linked: str) -> None:
    assert prose.link_citations(text, {1, 2}) == linked


def test_a_long_answer_is_cut_at_a_whole_character() -> None:
    text, cut = prose.cap("가" * 40_000)
    assert cut
    assert len(text.encode()) <= prose.MOST_BYTES
    assert set(text) == {"가"}
    assert prose.cap("short") == ("short", False)


def test_headings_in_quotations_stay_in_them() -> None:
    quoted = "> 1. Copy this:\n>   # Sharpen your thinking.\n> - ## and this\n\n# A heading of the answer's own"
    shown, _ = prose.ready(quoted, ())
    assert shown.split("\n") == [
        "> 1. Copy this:", ">   \\# Sharpen your thinking.", "> - \\## and this", "", "# A heading of the answer's own",
    ]  # fmt: skip
    assert prose.ready("> #tag stays", ())[0] == "> #tag stays"

"""Chunking: nothing lost, nothing too large, sections kept together."""

from __future__ import annotations

import random
import re
import time
from itertools import pairwise
from pathlib import Path

import pytest

from core.chunks import split
from core.text import read
from core.types import Block, Document, Location

WORDS = "모아 노트 겨울여행을 갔다. 눈이 왔다! winter note index harbour it froze. Was it cold? 값진 하루 a b".split()  # noqa: SIM905


def count(text: str) -> int:
    """Two special tokens, words in pieces of four characters, punctuation apart: a word-piece tokenizer's shape."""
    return 2 + sum(-(-len(word) // 4) for word in re.findall(r"\w+|[^\w\s]", text))


def letters(text: str) -> list[str]:
    return list("".join(text.split()))


def random_note(seed: int) -> str:
    rng = random.Random(seed)
    lines = []
    for _ in range(rng.randrange(1, 60)):
        text = " ".join(rng.choices(WORDS, k=rng.choice([1, 3, 8, 20, 200])))
        kind = rng.choice(["#", "##", "###", "", "", "- ", "```", "|"])
        if kind.startswith("#"):
            lines += [f"{kind} {text[:60]}", ""]
        elif kind == "```":
            lines += ["```", text.replace(". ", ".\n"), "```", ""]
        elif kind == "|":
            lines += ["| a | b |", "|---|---|", *[f"| {w} | {text[:40]} |" for w in WORDS[:5]], ""]
        else:
            lines += [kind + text, ""]
    return "\n".join(lines)


@pytest.mark.parametrize("limit", [16, 40, 128, 256])
@pytest.mark.parametrize("seed", range(12))
def test_no_word_is_lost_and_every_chunk_fits(seed: int, limit: int) -> None:
    document = read(Path("노트.md"), random_note(seed).encode())
    chunks = split(document, count, limit)
    assert letters("".join(c.text for c in chunks)) == letters("".join(b.text for b in document.blocks))
    assert all(count(c.embed_text) <= limit for c in chunks)
    assert [c.ordinal for c in chunks] == list(range(len(chunks)))
    assert all(c.embed_text.endswith(c.text) and c.text.strip() for c in chunks)
    assert split(document, count, limit) == chunks


def test_sections_stay_apart_unless_tiny() -> None:
    long = "The harbour froze early that winter. " * 6
    document = read(Path("n.md"), f"# A\n{long}\n## B\n{long}\n## C\none line\n## D\nanother line\n".encode())
    chunks = split(document, count, 128)
    assert [c.location.heading for c in chunks] == ["A", "A > B", "A"]
    assert chunks[2].text == "C\n\none line\n\nD\n\nanother line"
    assert chunks[1].embed_text.startswith("A > B\n")
    assert (chunks[1].location.line_from, chunks[1].location.line_to) == (3, 4)


def test_a_long_block_is_cut_at_sentences_and_knows_its_lines() -> None:
    korean = "\n".join(f"{n}번째 겨울에는 항구가 얼었다. 배는 떠나지 못했다." for n in range(1, 41))
    chunks = split(read(Path("n.txt"), korean.encode()), count, 64)
    assert all(c.text.endswith("못했다.") for c in chunks)
    assert chunks[0].location.line_from == 1
    assert chunks[-1].location.line_to == 40
    for before, after in pairwise(chunks):
        assert after.location.line_from == (before.location.line_to or 0) + 1


def test_pages_are_those_of_the_first_block() -> None:
    blocks = tuple(Block(f"Page {n} says something. " * 12, Location(page=n)) for n in (1, 2, 3))
    chunks = split(Document("ok", "pdf", title="T", blocks=blocks), count, 128)
    assert [c.location.page for c in chunks] == [1, 2, 3]


def test_short_pages_share_no_passage() -> None:
    blocks = tuple(Block(f"Page {n}.", Location(page=n)) for n in (1, 2))
    chunks = split(Document("ok", "pdf", blocks=blocks), count, 128)
    assert [c.location.page for c in chunks] == [1, 2]


def test_a_word_without_end_is_cut_anywhere() -> None:
    document = read(Path("n.txt"), b"A" * 100_000)
    chunks = split(document, lambda text: 3 if text else 2, 64)
    assert "".join(c.text for c in chunks) == "A" * 100_000
    assert max(len(c.text) for c in chunks) <= 2 * 12 * 64


def test_a_long_title_takes_a_quarter_at_most() -> None:
    document = Document("ok", "text", title="word " * 500, blocks=(Block("body", Location()),))
    (chunk,) = split(document, count, 64)
    assert count(chunk.embed_text.split("\n")[0]) - 2 <= 16
    assert chunk.text == "body"


def test_a_limit_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="no room"):
        split(Document("ok", "text"), count, 8)


def test_a_megabyte_is_counted_only_a_few_times() -> None:
    seen = 0

    def counting(text: str) -> int:
        nonlocal seen
        seen += len(text)
        return len(text) // 4 + 2

    data = ("The harbour froze early that winter and nobody came. " * 30 + "\n\n") * 600
    start = time.process_time()
    split(read(Path("n.md"), data.encode()), counting, 256)
    assert seen < 6 * len(data)
    assert time.process_time() - start < 5


def test_a_line_without_end_is_cut_with_few_counts_after_words() -> None:
    words = random.Random(7).choices(("tomato", "river", "회의", "budget", "여행", "a1b2"), k=40_000)
    text = " ".join(words)
    counted = 0

    def count(part: str) -> int:
        nonlocal counted
        counted += len(part)
        return len(part.split()) + len(part) // 7

    chunks = split(Document("ok", "text", blocks=(Block(text, Location(line_from=1, line_to=1)),)), count, 256)
    assert " ".join(c.text.strip() for c in chunks).split() == words
    assert all(count(c.embed_text) <= 256 for c in chunks)
    assert counted < 6 * len(text)


@pytest.mark.parametrize("seed", range(12))
def test_each_paragraph_of_a_passage_knows_its_place(seed: int) -> None:
    note = random_note(seed)
    lines = note.split("\n")
    several = 0
    for chunk in split(read(Path("n.md"), note.encode()), count, 64):
        starts = [part.start for part in chunk.parts]
        several += len(starts) > 1
        assert starts == sorted(starts) and (not starts or starts[0] == 0)
        for part, end in zip(chunk.parts, [*starts[1:], len(chunk.text)][: len(starts)], strict=True):
            place = part.location
            assert place.line_from and place.line_to
            there = letters("".join(lines[place.line_from - 1 : place.line_to]))
            # The rows of the table carry the names of its columns, a and b.
            assert set(letters(chunk.text[part.start : end])) <= {*there, *"|:ab"}
    assert several

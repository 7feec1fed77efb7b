"""Packs a document's blocks into chunks, by section.

Knows the shape of a Document; how a single text is cut is cutting.py's.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from core.chunks.cutting import cut
from core.types import Block, Chunk, Document, Location, Part

_SEPARATOR = " > "
_SMALLEST_LIMIT = 16
_CHARACTERS_PER_TOKEN = 12
_SEAM = 2
"""Tokens that two texts may cost more when they are joined."""
_TINY = 0.25
"""Share of the limit below which a section may join its neighbour."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A block or a part of one. `glue` stands before it when another piece comes first in the chunk."""

    text: str
    place: Location
    glue: str
    price: int


def split(document: Document, count: Callable[[str], int], limit: int) -> tuple[Chunk, ...]:
    """Chunks in reading order, numbered from 0, each with `count(chunk.embed_text) <= limit`.

    `count` gives tokens, special ones included, as the embedder will see them. Raises ValueError for a limit below 16.
    """
    if limit < _SMALLEST_LIMIT:
        raise ValueError(f"a limit of {limit} tokens leaves no room for text")
    return tuple(_Packer(document, count, limit).chunks())


def heading_line(title: str, heading: str, count: Callable[[str], int], limit: int) -> str:
    """What `split` puts before a passage under a heading path in a document with this title; may be empty."""
    return _Packer(Document("ok", "", title=title), count, limit)._prefix(heading)[0]


class _Packer:
    def __init__(self, document: Document, count: Callable[[str], int], limit: int) -> None:
        self._document = document
        # What was just cut is priced once more as a piece.
        self._count = lru_cache(maxsize=16)(count)
        self._limit = limit
        self._special = count("")
        self._prefixes: dict[str, tuple[str, int]] = {}
        self._done: list[Chunk] = []

    def chunks(self) -> list[Chunk]:
        current: list[_Piece] = []
        held = 0
        for (_, heading), blocks in groupby(
            self._document.blocks, lambda b: (b.location.page, b.location.heading or "")
        ):
            room = self._room(heading)
            section = list(self._pieces(blocks, room))
            if current and not self._may_share(current, section):
                self._finish(current)
                current, held = [], 0
            whole = held + _price(section)
            # An even share of the section each, not full chunks and a scrap.
            share = math.ceil(whole / math.ceil(whole / room)) if whole > room else room
            for piece in section:
                if current and (held + piece.price > room or (held >= share and whole > room)):
                    self._finish(current)
                    current, held = [], 0
                current.append(piece)
                held += piece.price
        self._finish(current)
        return self._done

    def _room(self, heading: str) -> int:
        """Tokens for text under a heading path; one spare for the line break after the prefix."""
        return self._limit - self._special - self._prefix(heading)[1] - 1

    def _prefix(self, heading: str) -> tuple[str, int]:
        """Title and heading path as one line of at most a quarter of the limit, and its tokens."""
        if heading not in self._prefixes:
            title = " ".join(self._document.title.split())
            names = [title, *(name for name in heading.split(_SEPARATOR) if name != title)]
            most = self._limit // 4
            line = _SEPARATOR.join(filter(None, names))
            if self._cost(line) > most and len(names) > 2:
                line = _SEPARATOR.join((names[0], names[-1]))
            if self._cost(line) > most:
                line = next(cut(line, self._cost, most), "").rstrip()
            price = self._cost(line)
            self._prefixes[heading] = (line, price) if price <= most else ("", 0)
        return self._prefixes[heading]

    def _cost(self, text: str) -> int:
        ceiling = math.ceil(len(text) / _CHARACTERS_PER_TOKEN)
        if ceiling > self._limit:
            return ceiling
        return max(self._count(text) - self._special, ceiling)

    def _pieces(self, blocks: Iterator[Block], room: int) -> Iterator[_Piece]:
        before: Block | None = None
        for block in blocks:
            close = before is not None and before.kind == block.kind and block.kind in ("list", "table")
            glue = "\n" if close else "\n\n"
            before = block
            # One token spare: a tokenizer that knows line breaks spends one on the glue.
            price = self._cost(block.text) + 1
            if price <= room:
                yield _Piece(block.text, block.location, glue, price)
                continue
            line = 0
            for text in cut(block.text, self._cost, room - 1):
                yield _Piece(text, _within(block, line, text), glue, self._cost(text) + 1)
                line += text.count("\n")
                glue = ""

    def _may_share(self, current: list[_Piece], section: list[_Piece]) -> bool:
        here, there = current[-1].place.heading or "", section[0].place.heading or ""
        # A passage has one page: of two, its citation would name the wrong one for half of it.
        if current[-1].place.page != section[0].place.page or not _related(here, there):
            return False
        tiny = _TINY * self._limit
        # A heading's own line or two introduce what is below it; siblings share only when neither is worth a place
        # of its own, since a shared chunk is found under their parent's heading.
        below = _names(there)[: len(_names(here))] == _names(here)
        return _price(current) < tiny and (below or _price(section) < tiny)

    def _finish(self, pieces: list[_Piece]) -> None:
        """Make the chunk; what turns out too large once counted as a whole goes into further ones."""
        waiting = deque([pieces])
        while waiting:
            part = waiting.popleft()
            text = _joined(part)
            if not text.strip():
                continue
            chunk = self._chunk(part, text)
            if self._fits(part, chunk):
                self._done.append(chunk)
            elif len(part) > 1:
                middle = len(part) // 2
                waiting.extendleft((part[middle:], part[:middle]))
            else:
                middle = len(text) // 2
                only = part[0]
                halves = (_Piece(half, only.place, "", only.price) for half in (text[:middle], text[middle:]))
                waiting.extendleft(reversed([[half] for half in halves]))

    def _fits(self, pieces: list[_Piece], chunk: Chunk) -> bool:
        if len(chunk.text) > 2 * _CHARACTERS_PER_TOKEN * self._limit:
            return False
        expected = self._special + self._prefix(chunk.location.heading or "")[1] + 1 + _price(pieces)
        # Tokenizers differ from their sum at the seams only; counting every chunk again would double the work.
        return expected + _SEAM * (len(pieces) + 1) <= self._limit or self._count(chunk.embed_text) <= self._limit

    def _chunk(self, pieces: list[_Piece], text: str) -> Chunk:
        first, last = pieces[0].place, pieces[-1].place
        heading = _common([piece.place.heading or "" for piece in pieces])
        prefix = self._prefix(heading)[0]
        place = Location(first.page, first.line_from, last.line_to, heading or None)
        return Chunk(len(self._done), text, place, f"{prefix}\n{text}" if prefix else text, _parts(pieces))


def _price(pieces: list[_Piece]) -> int:
    return sum(piece.price for piece in pieces)


def _joined(pieces: list[_Piece]) -> str:
    parts = [piece.glue + piece.text if number else piece.text for number, piece in enumerate(pieces)]
    return "".join(parts).strip("\n").rstrip()


def _parts(pieces: list[_Piece]) -> tuple[Part, ...]:
    """Where each piece begins in what `_joined` makes of them; none for a single one, whose place is the chunk's."""
    whole = pieces[0].text + "".join(piece.glue + piece.text for piece in pieces[1:])
    # Empty lines before the text are left out.
    at = len(whole.lstrip("\n")) - len(whole)
    found = []
    for number, piece in enumerate(pieces):
        at += len(piece.glue) if number else 0
        found.append(Part(max(0, at), piece.place))
        at += len(piece.text)
    return tuple(found) if len(found) > 1 else ()


def _within(block: Block, line: int, text: str) -> Location:
    """The lines of a part, where the block's line breaks are the file's; else the block's own."""
    place = block.location
    if place.line_from is None or place.line_to is None:
        return place
    if block.text.count("\n") != place.line_to - place.line_from:
        return place
    start = place.line_from + line
    return Location(place.page, start, start + text.rstrip("\n").count("\n"), place.heading)


def _related(here: str, there: str) -> bool:
    """Same parent, or one above the other."""
    a, b = _names(here), _names(there)
    return a[:-1] == b[:-1] or a == b[: len(a)] or b == a[: len(b)]


def _common(headings: list[str]) -> str:
    shared = _names(headings[0])
    for heading in headings[1:]:
        names = _names(heading)
        shared = [a for n, a in enumerate(shared) if names[: n + 1] == shared[: n + 1]]
    return _SEPARATOR.join(shared)


def _names(heading: str) -> list[str]:
    return heading.split(_SEPARATOR) if heading else []

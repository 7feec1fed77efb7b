"""What a reader saw in a file, and the passages it is cut into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["ok", "empty", "low-quality", "password", "protected", "unsupported", "failed"]


@dataclass(frozen=True, slots=True)
class Location:
    """A place inside a file that a person can find again. Lines and pages count from 1."""

    page: int | None = None
    line_from: int | None = None
    line_to: int | None = None
    heading: str | None = None
    """The heading path, outermost first, joined by " > "."""


@dataclass(frozen=True, slots=True)
class Part:
    """Where the text of a passage from character `start` on comes from, up to the next part."""

    start: int
    location: Location


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text a reader never wants cut from its place: a paragraph, a list item, a table row."""

    text: str
    location: Location
    kind: Literal["prose", "heading", "code", "table", "list"] = "prose"


@dataclass(frozen=True, slots=True)
class Task:
    """A check box in a note."""

    text: str
    line: int
    done: bool


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader saw in one file. `blocks` is empty unless `outcome` is ok or low-quality."""

    outcome: Outcome
    kind: str
    """The format it was read as, as core/text/formats.py names it: markdown, pdf, docx, hwp, mail, …"""
    reason: str = ""
    """One sentence for a person; never empty when `outcome` is not ok."""
    title: str = ""
    blocks: tuple[Block, ...] = ()
    pages: int | None = None
    tags: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    date: str = ""
    """The note's own date as ISO 8601, when it states one."""
    fields: tuple[tuple[str, str], ...] = ()
    """(name, value) of its front matter, names in lower case; a list is one pair an item."""
    tasks: tuple[Task, ...] = ()
    links: tuple[str, ...] = ()
    """What it links to, as written: names of notes, addresses."""
    warnings: tuple[str, ...] = ()
    scanned: tuple[int, ...] = ()
    """Pages (from 1) that hold no text but may be pictures of it; a picture has one, or as many as it has frames."""

    @property
    def text(self) -> str:
        """All blocks joined by blank lines."""
        return "\n\n".join(block.text for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage sized for the embedder."""

    ordinal: int
    text: str
    location: Location
    embed_text: str
    """The exact text that is embedded: title and heading path, then `text`. Vectors are kept by its hash."""
    parts: tuple[Part, ...] = ()
    """The places of its paragraphs, where there are several."""

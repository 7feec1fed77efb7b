"""Markdown notes: front matter, headings as paths, and blocks with the lines they come from.

Knows the token stream, not the syntax (markdown_syntax.py) nor YAML (frontmatter.py).
"""

from __future__ import annotations

import re
from typing import Literal

from markdown_it.token import Token

from core.text.encoding import decode
from core.text.notes.frontmatter import FrontMatter, parse
from core.text.notes.markdown_syntax import html_text, inline_text, link_targets, parser
from core.text.structure import HeadingPath, row_text
from core.types import Block, Document, Location, Task

Kind = Literal["prose", "heading", "code", "table", "list"]
_CALLOUT = re.compile(r"\[!([^\]\n]+)\][+-]?[ \t]*([^\n]*)")
_BLOCK_ID = re.compile(r"(?:^|[ \t]+|\n)\^[A-Za-z0-9-]+[ \t]*$")
_BOX = re.compile(r"\[([ xX])\](?=\s|$)\s*")
_TOC = re.compile(r"\{:toc\}|^\[toc\]$", re.IGNORECASE)


def read(data: bytes, password: str | None = None) -> Document:
    """Title: the front matter's, else the first level-one heading, else the file's name."""
    decoded = decode(data)
    if decoded.problem:
        return Document("unsupported", "markdown", reason=decoded.problem)
    lines = decoded.text.split("\n")
    front = parse(lines)
    note = _Note(front)
    # Blank lines in place of the front matter keep every line map in the numbers of the file.
    note.walk(parser().parse("\n" * front.lines + "\n".join(lines[front.lines :])))
    return Document(
        "ok",
        "markdown",
        title=front.title or note.first_title,
        blocks=tuple(note.blocks),
        tags=tuple(dict.fromkeys([*front.tags, *note.tags])),
        aliases=front.aliases,
        date=front.date,
        fields=front.fields,
        tasks=tuple(note.tasks),
        links=tuple(note.links),
        warnings=(*decoded.warnings, *front.warnings),
    )


class _Note:
    """Turns a token stream into blocks."""

    def __init__(self, front: FrontMatter) -> None:
        self.blocks: list[Block] = list(front.blocks)
        self.tags: dict[str, None] = {}
        self.tasks: list[Task] = []
        self.links: dict[str, None] = {}
        self.first_title = ""
        self._path = HeadingPath()
        self._level = 0
        self._depth = 0
        self._marker = ""
        self._callout = False
        self._quotes: list[bool] = []
        """For each quotation around a line whether it is a callout."""
        self._header: list[str] = []
        self._cells: list[str] = []
        self._in_cell = False
        self._rows = 0
        self._row = Token("tr_open", "tr", 1)

    def walk(self, tokens: list[Token]) -> None:
        for token in tokens:
            kind = token.type
            if kind == "inline":
                self._inline(token)
            elif kind in ("fence", "code_block"):
                self._code(token)
            elif kind == "html_block":
                self._add(html_text(token.content), token, "prose")
            elif kind.startswith(("bullet_list", "ordered_list")):
                self._depth += token.nesting
            elif kind == "list_item_open":
                number = f"{token.info}{token.markup}" if token.info else "-"
                self._marker = f"{number} "
            elif kind == "heading_open":
                self._level = int(token.tag[1])
            elif kind == "blockquote_open":
                self._callout = True
                self._quotes.append(False)
            elif kind == "blockquote_close":
                self._quotes.pop()
            else:
                self._table(token)

    def _table(self, token: Token) -> None:
        match token.type:
            case "tr_open":
                self._cells, self._row = [], token
            case "td_open" | "th_open":
                self._cells.append("")
                self._in_cell = True
            case "td_close" | "th_close":
                self._in_cell = False
            case "thead_close":
                self._header, self._rows = self._cells, 0
            case "tr_close" if self._header:
                self._add(row_text(self._header, self._cells), self._row, "table")
                self._rows += 1
            case "table_close":
                if self._header and not self._rows:
                    self._add(" | ".join(filter(None, self._header)), self._row, "table")
                self._header = []

    def _inline(self, token: Token) -> None:
        text = inline_text(token.children or [], self.tags)
        self.links.update(dict.fromkeys(link_targets(token.children or [])))
        if self._in_cell:
            self._cells[-1] = " ".join(text.split())
            return
        text = _BLOCK_ID.sub("", text).strip()
        if self._level:
            self._heading(text, token)
            return
        if self._callout and text.startswith("[!"):
            text = _CALLOUT.sub(lambda m: m[2] or m[1].capitalize(), text, count=1)
            self._quotes[-1:] = [True]
        self._callout = False
        # Only the paragraph that opens a list item still has its marker to come.
        if self._depth and self._marker and all(self._quotes) and (box := _BOX.match(token.content)):
            # Other marks are one's own: [-] given up, [1] a reference. What is quoted is not one's own, a callout is.
            self.tasks.append(Task(_BOX.sub("", text).split("\n")[0], (token.map or [0])[0] + 1, box[1] != " "))
        if not _TOC.search(token.content):
            self._add(text, token, "list" if self._depth else "prose")

    def _heading(self, text: str, token: Token) -> None:
        if text:
            self._path.enter(self._level, text)
            self._add(text, token, "heading")
            if self._level == 1 and not self.first_title:
                self.first_title = " ".join(text.split())
        self._level = 0

    def _code(self, token: Token) -> None:
        if token.content.strip():
            start = (token.map or [0, 0])[0] + (2 if token.type == "fence" else 1)
            lines = token.content.rstrip("\n").count("\n")
            self._block(token.content.rstrip(), start, start + lines, "code")

    def _add(self, text: str, token: Token, kind: Kind) -> None:
        if not text:
            return
        if kind == "list":
            indent = "  " * (self._depth - 1)
            hanging = "  " if not self._marker else self._marker
            text = indent + hanging + text.replace("\n", f"\n{indent}  ")
            self._marker = ""
        start, end = token.map or [0, 1]
        self._block(text, start + 1, end, kind)

    def _block(self, text: str, line_from: int, line_to: int, kind: Kind) -> None:
        place = Location(line_from=line_from, line_to=max(line_from, line_to), heading=str(self._path) or None)
        self.blocks.append(Block(text, place, kind))

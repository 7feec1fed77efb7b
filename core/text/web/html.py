"""Web pages: title, headings as paths, paragraphs, lists, tables and code.

Knows nothing of Markdown or the network; nothing a page links to is fetched. Parsed by selectolax's lexbor (MIT),
which takes time quadratic in nesting depth and in attributes (200,000 nested <div>: over a minute), so both are
bounded before it sees the page; beyond the bounds a page is read without its structure.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Literal

from selectolax.lexbor import LexborHTMLParser, LexborNode

from core.text.encoding import decode, sound
from core.text.notes.plain import paragraphs
from core.text.structure import HeadingPath, row_text
from core.types import Block, Document, Location

Kind = Literal["prose", "heading", "code", "table", "list"]
_MAX_DEPTH = 1_000
_MAX_TAG = 50_000
"""Characters of one tag; 5,000 attributes take lexbor 40 ms, 300,000 over a minute."""
_CHARSET = re.compile(
    rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]+)|<\?xml[^>]{0,100}?encoding=[\"']([\w.:-]+)", re.I
)
_UNSEEN_SOURCE = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<(/?)([A-Za-z][\w:-]*)[^<>]*>")
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
# A new one of these ends the last, so they do not nest by being left open.
_SELF_CLOSING = frozenset(["p", "li", "dt", "dd", "tr", "td", "th", "option"])
_UNSEEN = frozenset(
    ["head", "script", "style", "noscript", "template", "svg", "iframe", "object", "select", "button", "nav"]
)
_HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
_TABLE = ["table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"]
_FRAMES = [
    "html",
    "body",
    "address",
    "article",
    "aside",
    "blockquote",
    "center",
    "details",
    "dialog",
    "div",
    "fieldset",
]
_MORE_FRAMES = ["figcaption", "figure", "footer", "form", "header", "hr", "main", "p", "pre", "section", "summary"]
_BLOCKS = frozenset([*_FRAMES, *_MORE_FRAMES, *_HEADINGS, *_TABLE, "dl", "dt", "dd", "ol", "ul", "li"])


def read(data: bytes, password: str | None = None) -> Document:
    """Title: <title>, else the first <h1>, else the file's name. Places are heading paths."""
    found = _CHARSET.search(data[:4096])
    declared = (found[1] or found[2]).decode("ascii", "replace") if found else None
    decoded = decode(data, declared)
    if decoded.problem:
        return Document("unsupported", "html", reason=decoded.problem)
    if _too_deep(decoded.text):
        warning = "The page nests its elements too deeply; it was read without headings and tables."
        blocks = tuple(paragraphs(bare(decoded.text)))
        return Document("ok", "html", blocks=blocks, warnings=(*decoded.warnings, warning))
    tree = LexborHTMLParser(decoded.text)
    page = _Page()
    if tree.root is not None:
        page.walk(tree.root)
    title = tree.css_first("title")
    named = " ".join(title.text(deep=True).split()) if title is not None else ""
    blocks = tuple(page.blocks)
    return Document("ok", "html", title=sound(named) or page.first_title, blocks=blocks, warnings=decoded.warnings)


def _too_deep(source: str) -> bool:
    depth = deepest = 0
    for match in _TAG.finditer(source):
        if match.end() - match.start() > _MAX_TAG:
            return True
        if match[2].lower() not in _VOID | _SELF_CLOSING and not match[0].endswith("/>"):
            depth = max(0, depth - 1) if match[1] else depth + 1
            deepest = max(deepest, depth)
    return deepest > _MAX_DEPTH


def bare(source: str) -> str:
    """Markup without its tags, scripts and comments, whatever its shape."""
    text = unescape(_TAG.sub("\n", _UNSEEN_SOURCE.sub("", source)))
    return sound("\n".join(line.strip() for line in text.split("\n")))


class _Page:
    """Collects blocks on one walk over the tree, without recursion (depth is the page's choice)."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.first_title = ""
        self._path = HeadingPath()
        self._inline: list[str] = []
        self._kind: Kind = "prose"
        self._lists: list[int | None] = []
        self._marker = ""
        self._pre = 0
        self._cells: list[str] | None = None
        self._header: list[str] = []
        self._header_row = False

    def walk(self, root: LexborNode) -> None:
        todo: list[tuple[LexborNode, bool]] = [(root, False)]
        while todo:
            node, leaving = todo.pop()
            tag = node.tag or ""
            if leaving:
                self._leave(tag)
                continue
            if node.next is not None and node is not root and tag != "html":
                todo.append((node.next, False))
            if tag == "-text":
                self._inline.append(node.text_content or "")
            elif tag not in _UNSEEN and not tag.startswith(("-", "_", "!")):
                self._enter(node, tag)
                todo.append((node, True))
                if node.child is not None:
                    todo.append((node.child, False))
        self._flush()

    def _enter(self, node: LexborNode, tag: str) -> None:
        if tag == "br":
            self._inline.append("\v")
        elif tag == "img":
            self._inline.append(f" {node.attributes.get('alt') or ''} ")
        elif tag in _BLOCKS and not (self._cells is not None and tag not in ("tr", "td", "th", "table")):
            self._flush()
            if tag in ("ul", "ol"):
                self._lists.append(1 if tag == "ol" else None)
            elif tag == "li":
                self._marker = self._next_marker()
            elif tag == "pre":
                self._pre += 1
            elif tag == "table":
                self._header = []
            elif tag == "tr":
                self._cells, self._header_row = [], True
            elif tag in ("td", "th") and self._cells is not None:
                self._header_row &= tag == "th"
        elif self._cells is not None and tag in _BLOCKS:
            self._inline.append(" ")

    def _leave(self, tag: str) -> None:
        if tag in ("td", "th") and self._cells is not None:
            self._cells.append(" ".join("".join(self._inline).split()))
            self._inline = []
        elif tag == "tr" and self._cells is not None:
            self._row(self._cells)
            self._cells = None
        elif self._cells is not None and tag in _BLOCKS:
            self._inline.append(" ")
        elif tag in _BLOCKS:
            level = int(tag[1]) if tag in _HEADINGS else 0
            self._flush(level)
            if tag in ("ul", "ol") and self._lists:
                self._lists.pop()
            elif tag == "pre":
                self._pre -= 1

    def _next_marker(self) -> str:
        number = self._lists[-1] if self._lists else None
        if number is None:
            return "- "
        self._lists[-1] = number + 1
        return f"{number}. "

    def _row(self, cells: list[str]) -> None:
        if self._header_row and not self._header:
            self._header = cells
            self._put(" | ".join(filter(None, cells)), "table")
        else:
            self._put(row_text(self._header, cells), "table")

    def _flush(self, level: int = 0) -> None:
        raw, self._inline = "".join(self._inline), []
        if self._pre:
            self._put(raw.replace("\v", "\n").strip("\n").rstrip(), "code")
            return
        lines = (" ".join(part.split()) for part in raw.split("\v"))
        text = "\n".join(line for line in lines if line)
        if not text:
            return
        if level:
            self._path.enter(level, sound(text))
            self.first_title = self.first_title or (" ".join(sound(text).split()) if level == 1 else "")
            self._put(text, "heading")
        elif self._lists:
            indent = "  " * (len(self._lists) - 1)
            self._put(indent + (self._marker or "  ") + text.replace("\n", f"\n{indent}  "), "list")
            self._marker = ""
        else:
            self._put(text, "prose")

    def _put(self, text: str, kind: Kind) -> None:
        if text.strip():
            self.blocks.append(Block(sound(text), Location(heading=str(self._path) or None), kind))

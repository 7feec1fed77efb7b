"""The Markdown dialect of notes: CommonMark, tables, and what Obsidian and wikis add.

Knows nothing of documents; it yields tokens with line maps. Parsing is markdown-it-py's (MIT, well kept, CommonMark
compliant); the rules here keep wikilinks, formulas and comments from being read as something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.reference import reference
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

_WIKILINK = re.compile(r"(!?)\[\[([^\[\]|\n]*)(?:\\?\|([^\[\]\n]*))?\]\]")
_FORMULA = re.compile(r"\$\$[^$]+\$\$|\$(?!\s)[^$\n]+?(?<![\s\\])\$(?!\d)")
_COMMENT = re.compile(r"%%.*?%%", re.DOTALL)
_FOOTNOTE = re.compile(r"\[\^[^\]\s]+\]:? ?")
_HIGHLIGHT = re.compile(r"==(?=\S)([^=\n]+)(?<=\S)==")
# Emphasis that CommonMark leaves as it is where Korean follows it (`**[[설정]]**을`): no person means the marks.
_MARK = "\ue000"
_BOLD = re.compile(rf"(?<![\w{_MARK}]){_MARK}(?=\S)([^{_MARK}\n]+)(?<=\S){_MARK}(?=[가-힣])")
_ATTRIBUTES = re.compile(r"^[ \t]*\{:[^}\n]*\}[ \t]*$\n?|\{:[^}\n]*\}$", re.MULTILINE)
_TAG = re.compile(r"(?<![\w/&#;{])#([\w/-]*[^\W\d_][\w/-]*)")
_MEDIA = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|bmp|avif|mp3|mp4|m4a|wav|ogg|webm|mov|mkv)$", re.IGNORECASE)
_SIZE = re.compile(r"\s*(?:\d+\s*(?:x\s*\d+)?|left|right|center)\s*$")
_HTML_UNSEEN = re.compile(r"<!--.*?(?:-->|$)|<(script|style)\b.*?(?:</\1\s*>|$)", re.DOTALL | re.IGNORECASE)
_HTML_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


_DEEPEST = 80
"""What is nested deeper is left out; a list takes two levels. The parser's own 20 loses half of an outliner's notes."""


@cache
def parser() -> MarkdownIt:
    """One parser for all notes; it keeps nothing between them."""
    markdown = MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable(["table", "strikethrough"])
    markdown.inline.ruler.before("link", "wikilink", _wikilink)
    markdown.inline.ruler.before("escape", "formula", _formula)
    markdown.inline.ruler.before("escape", "comment", _comment)
    markdown.block.ruler.before("fence", "comment_block", _comment_block, {"alt": ["paragraph", "blockquote", "list"]})
    markdown.block.ruler.at("reference", _reference)
    return markdown


def inline_text(tokens: list[Token], tags: dict[str, None]) -> str:
    """What a person sees of a line: link texts, code, image descriptions. Tags met on the way go into `tags`."""
    parts: list[str] = []
    for token in tokens:
        if token.type == "text":
            tags.update(dict.fromkeys(tag.strip("/-") for tag in _TAG.findall(token.content)))
            text = _HIGHLIGHT.sub(r"\1", _FOOTNOTE.sub("", token.content))
            parts.append(text.replace("**", _MARK))
        elif token.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif token.type == "image":
            parts.append(inline_text(token.children or [], tags))
        elif token.type == "html_inline":
            parts.append("\n" if token.content.lower().startswith("<br") else "")
        else:
            parts.append(token.content)
    return _ATTRIBUTES.sub("", _BOLD.sub(r"\1", "".join(parts)).replace(_MARK, "**"))


def link_targets(tokens: list[Token]) -> Iterator[str]:
    """What a line links to: the notes and addresses, as written, without the place in them."""
    for token in tokens:
        if token.type == "wikilink":
            target = str(token.meta["target"])
        elif token.type == "link_open":
            target = unquote(str(token.attrGet("href") or ""))
        else:
            continue
        if "://" not in target:
            target = target.split("#")[0]
        if target:
            yield target


def html_text(source: str) -> str:
    """HTML inside a note without its tags, scripts and comments."""
    bare = unescape(_HTML_TAG.sub("", _HTML_UNSEEN.sub("", source)))
    return "\n".join(line.strip() for line in bare.split("\n") if line.strip())


def _wikilink(state: StateInline, silent: bool) -> bool:
    match = _WIKILINK.match(state.src, state.pos, state.posMax) if state.src[state.pos] in "![" else None
    if not match:
        return False
    if not silent:
        token = state.push("wikilink", "", 0)
        token.content = _seen(bool(match[1]), match[2].strip(), match[3])
        token.meta["target"] = match[2].strip().rstrip("\\")
    state.pos = match.end()
    return True


def _seen(embed: bool, target: str, label: str | None) -> str:
    if embed and _MEDIA.search(target.split("#")[0]):
        # What stands there is a caption, unless it is a width.
        return "" if _SIZE.match(label or "") else (label or "").strip()
    if label and label.strip():
        return label.strip()
    note, _, place = target.partition("#")
    place = "" if place.startswith("^") else place.replace("#", " > ")
    return " > ".join(part for part in (note.rstrip("\\"), place) if part)


def _formula(state: StateInline, silent: bool) -> bool:
    return _literal(state, silent, "$", _FORMULA, keep=True)


def _comment(state: StateInline, silent: bool) -> bool:
    return _literal(state, silent, "%", _COMMENT, keep=False)


def _literal(state: StateInline, silent: bool, first: str, pattern: re.Pattern[str], keep: bool) -> bool:
    match = pattern.match(state.src, state.pos, state.posMax) if state.src[state.pos] == first else None
    if not match:
        return False
    if not silent:
        state.push("literal", "", 0).content = match[0] if keep else ""
    state.pos = match.end()
    return True


def _comment_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Obsidian's `%%` … `%%` over several blocks."""
    first = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    if not first.startswith("%%") or "%%" in first[2:] or state.is_code_block(start):
        return False
    for line in range(start + 1, end):
        if "%%" in state.src[state.bMarks[line] : state.eMarks[line]]:
            if not silent:
                state.line = line + 1
            return True
    return False


def _reference(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    # CommonMark takes `[^1]: https://example.org` for a link definition and would drop a footnote's text.
    if state.src.startswith("[^", state.bMarks[start] + state.tShift[start]):
        return False
    return reference(state, start, end, silent)

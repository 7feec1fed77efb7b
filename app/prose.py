"""An answer's Markdown made ready to be shown: capped, fences closed, images named, `[n]` linked.

Pure text in, text out: knows nothing of Qt. What a document may do is text_view.py's business.
"""

from __future__ import annotations

import re
from collections.abc import Collection

# Qt needs 2.4 s for 400,000 words of Markdown; 64 KB of text stay below 60 ms a parse.
MOST_BYTES = 64 * 1024
CITATION_SCHEME = "note"
DOUBTFUL_SCHEME = "doubtful-note"

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$")
_INLINE_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
# ![[Note]] is how some notes embed others; only with an address is it a picture.
_EMBEDDED = re.compile(r"!\[\[([^\[\]\n]+)\]\](?![(\[])")
_IMAGE = re.compile(r"!\[([^\]\n]*)\](?:\([^)\n]*\)|\[[^\]\n]*\])?")
# In a quotation words stand as the note has them; a heading would also fall out of the quotation's bar.
_QUOTED_HEADING = re.compile(r"^( {0,3}>[>\s]*(?:\d+[.)]\s+|[-*+]\s+)?)(#{1,6})(?=\s|$)")
_NUMBERS = re.compile(r"(?<![\\!])\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\](?!\()")


def cap(text: str) -> tuple[str, bool]:
    """`text` cut to the most that is shown, and whether something was cut."""
    data = text.encode()
    if len(data) <= MOST_BYTES:
        return text, False
    return data[:MOST_BYTES].decode(errors="ignore"), True


def open_fence(text: str) -> str:
    """The fence that `text` leaves open, or nothing."""
    fence = ""
    for line in text.splitlines():
        found = _FENCE.match(line)
        if not found:
            continue
        marks, after = found.groups()
        if not fence:
            if marks[0] == "~" or "`" not in after:
                fence = marks
        elif marks[0] == fence[0] and len(marks) >= len(fence) and not after.strip():
            fence = ""
    return fence


def close_fences(text: str) -> str:
    """`text` with an open code fence closed, so that half an answer does not flicker."""
    fence = open_fence(text)
    return f"{text.rstrip(chr(10))}\n{fence}" if fence else text


def _linked(line: str, known: Collection[int], doubtful: Collection[int]) -> str:
    """One line outside a fence: images named, numbers of known passages linked, inline code left alone."""

    def citation(found: re.Match[str]) -> str:
        numbers = [int(n) for n in found.group(1).split(",")]
        if not all(n in known for n in numbers):
            return found.group(0)
        return "".join(
            rf"[\[{n} ?\]]({DOUBTFUL_SCHEME}:{n})" if n in doubtful else rf"[\[{n}\]]({CITATION_SCHEME}:{n})"
            for n in numbers
        )

    def prose(piece: str) -> str:
        piece = _EMBEDDED.sub(r"!\\[\\[\1\\]\\]", piece)
        return _NUMBERS.sub(citation, _IMAGE.sub(lambda m: rf"\[image: {m.group(1)}\]", piece))

    out, at = [], 0
    for code in _INLINE_CODE.finditer(line):
        out += [prose(line[at : code.start()]), code.group(0)]
        at = code.end()
    return "".join([*out, prose(line[at:])])


def link_citations(text: str, known: Collection[int], doubtful: Collection[int] = ()) -> str:
    """`text` with `[n]` and `[n, m]` turned into links, outside code and only where every number is in `known`; those
    in `doubtful` as `[n ?]`, to a link of their own.
    """
    out, fence = [], ""
    for line in text.split("\n"):
        was = fence
        fence = open_fence(f"{fence}\n{line}" if fence else line)
        out.append(line if was or fence else _linked(_QUOTED_HEADING.sub(r"\1\\\2", line), known, doubtful))
    return "\n".join(out)


def ready(text: str, known: Collection[int], doubtful: Collection[int] = ()) -> tuple[str, bool]:
    """Markdown to hand to the document, and whether the end was cut off."""
    short, cut = cap(text)
    return close_fences(link_citations(short, known, doubtful)), cut

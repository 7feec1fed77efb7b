"""No link and no picture follows from a note: what a written answer may point to. Pure.

A note can ask a model to write `![](https://…?q=what it knows)`, and whoever shows that has sent it. So pictures lose
their address, and a link stays one only when exactly that address stands in a passage the answer was written from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_IMAGE = re.compile(
    r"(?P<embedded>!\[\[[^\[\]\n]+\]\](?![(\[]))"  # ![[Note]] has no address, and in no Markdown is it a picture
    r"|!\[(?P<words>[^\]]*)\](?:\([^)\n]*\)|\[[^\]\n]*\])?"
)
_LINK = re.compile(r"\[([^\]\n]+)\]\(\s*<?([^)\s>]+)[^)\n]*\)")
_DEFINITION = re.compile(r"^ {0,3}\[[^\]\n]+\]:\s*\S+.*$", re.M)
_BARE = re.compile(r"<?\b(?:[a-z][a-z0-9+.-]{1,15}://|www\.|mailto:)[^\s<>)\]\"'`]+>?", re.I)
# What is left of a link whose words hold brackets of their own.
_LEFT = re.compile(r"\]\((?=\s*<?`)")
_HTML = re.compile(r"<(?=[a-z/!])", re.I)


def tame(text: str, passages: Iterable[str]) -> str:
    """`text` with every address that stands in none of these passages made unclickable, and without HTML."""
    known = "\n".join(passages)

    def bare(match: re.Match[str]) -> str:
        address = match[0].strip("<>").rstrip(".,;:!?")
        return match[0] if _stands(address, known) else f"`{address}`{match[0].strip('<>')[len(address) :]}"

    def link(match: re.Match[str]) -> str:
        if match[1].isdigit():
            return f"[{match[1]}]"  # a citation; what is in brackets behind it is not ours
        return match[0] if _stands(match[2], known) else match[1]

    text = _DEFINITION.sub("", _IMAGE.sub(lambda m: m["embedded"] or m["words"], text))
    parts = re.split(r"(`+[^`]*`+)", text)
    for at in range(0, len(parts), 2):
        prose = _LINK.sub(link, parts[at])
        kept = _LINK.split(prose)
        # Addresses inside the links that were kept are left alone: split gives text, label, address in turn.
        for n in range(0, len(kept), 3):
            kept[n] = _HTML.sub("&lt;", _BARE.sub(bare, kept[n]))
        links = [m[0] for m in _LINK.finditer(prose)]
        parts[at] = "".join(piece for pair in zip(kept[::3], [*links, ""], strict=True) for piece in pair)
    return _LEFT.sub("] (", "".join(parts))


def _stands(address: str, known: str) -> bool:
    """Whether exactly this address stands there, and not only its beginning."""
    return re.search(rf"{re.escape(address)}(?![\w/?&=%#+-])", known) is not None

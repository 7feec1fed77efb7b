"""OneNote sections (ONE): the paragraphs typed on their pages.

Knows nothing of pages and outlines: the file is a log of revisions, whose full grammar ([MS-ONESTORE]) is not followed.
A paragraph is found by its shape, a length in bytes followed by exactly that much text (RichEditTextUnicode and
TextExtendedAscii, [MS-ONE] 2.3); the newest stands last, and each is taken once.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from core.text.structure import Builder
from core.text.unreadable import damaged
from core.types import Document

_MAGIC = bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3")
_SHORTEST = 4
_MAX_PARAGRAPHS = 5_000
# Printable ASCII; UTF-16 of Latin, Hangul, Chinese, Japanese and common signs.
_NARROW = re.compile(rb"[\t\n\r\x20-\x7e]{4,}")
_WIDE = re.compile(rb"(?:[\t\n\r\x20-\xff]\x00|[\x00-\xff][\x01-\x06\x11\x20-\x22\x30-\x31\x4e-\x9f\xac-\xd7\xff]){4,}")
_SENTENCE = re.compile(r"\S\s+\S|[가-힣぀-ヿ一-鿿]")
"""Fonts, languages and the like are single words in Latin letters."""
_STRANGE = re.compile("[\ud800-\uf8ff\ufff0-\uffff]")


def read(data: bytes, password: str | None = None) -> Document:
    """Paragraphs, without places."""
    if not data.startswith(_MAGIC):
        raise damaged("OneNote")
    built = Builder()
    # Quadratic, so bounded.
    found = list(dict.fromkeys(text for _, text in sorted(_texts(data))))[:_MAX_PARAGRAPHS]
    for text in found:
        # What was typed so far is kept at every pause; only the last of it counts.
        if not any(other.startswith(text) and other != text for other in found):
            built.paragraph(text)
    warning = "Its paragraphs may stand in another order than on the page."
    return Document("ok", "onenote", blocks=tuple(built.blocks), warnings=(warning,))


def _texts(data: bytes) -> Iterator[tuple[int, str]]:
    for pattern, encoding in ((_WIDE, "utf-16-le"), (_NARROW, "latin-1")):
        for run in pattern.finditer(data):
            # The run may begin within the length before it, whose bytes can look like letters.
            for start in range(run.start(), min(run.start() + 5, run.end())):
                size = struct.unpack_from("<I", data, start - 4)[0] if start >= 4 else 0
                if _SHORTEST <= size <= run.end() - start:
                    found = data[start : start + size]
                    text = found.decode(encoding, "replace").rstrip("\x00")
                    letters = encoding == "latin-1" or not _NARROW.fullmatch(found)
                    if letters and _SENTENCE.search(text) and not _STRANGE.search(text):
                        yield start, text
                    break

"""Whether a text is words or gibberish, and whether a title says anything.

Knows nothing of formats.
"""

from __future__ import annotations

import re

from core.text.encoding import sound

_STRANGE = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f\x80-\x9f]")
_LATIN_SUPPLEMENT = re.compile("[\xa1-\xbf\xc0-\xff]")
_LETTER = re.compile(r"[^\W\d_]")
_SAMPLE = 200_000
_NO_TITLE = re.compile(r"(?i)untitled|^microsoft (?:word|powerpoint)|^제목 ?없음|^powerpoint |\.\w{2,4}$|^[\W_]*$")

GIBBERISH = (
    "Much of its text is gibberish (fonts that hide their letters, or damage); run text recognition (OCR) on it."
)


def gibberish(text: str) -> bool:
    """Unknown characters, or Asian bytes shown as accented Latin."""
    text = text[:_SAMPLE]
    solid = sum(not c.isspace() for c in text)
    letters = len(_LETTER.findall(text))
    return len(_STRANGE.findall(text)) > 0.1 * solid or len(_LATIN_SUPPLEMENT.findall(text)) > 0.4 * max(letters, 1)


def usable_title(title: str) -> str:
    """A title as stored in a file's properties, or nothing: programs leave their own names and file names there."""
    text = " ".join(sound(title).split())
    return "" if not 3 <= len(text) <= 200 or _STRANGE.search(text) or _NO_TITLE.search(text) else text

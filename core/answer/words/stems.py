"""The words of a text that say what it is about, by their stems, to compare two wordings. Pure.

Korean words lose their particle and ending, Latin ones their suffix. No dictionary: a stem stands in a text when
the text holds its beginning (Korean) or the same stem (Latin).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache

from core.index.terms import STOPWORDS, has_hangul

_WORD = re.compile(r"[^\W_]+(?:['’][a-z]+)?")
# Longest first: 에서는 before 는.
_listed = str.split
_ENDINGS = sorted(
    _listed(
        "에서는 으로는 에게서 이라는 까지는 부터는 에서도 으로도 이라고 입니다 습니다 합니다 됩니다 됐습니다 했습니다"
        " 에서 에게 까지 부터 으로"
        " 이나 처럼 보다 라는 라고 이다 였다 이었다 했다 한다 하는 하고 해서 하면 하여 하지"
        " 하기 된다 되는 되고 되어 됐다 되었다 하였다 해요"
        " 예요 이에요 이며 이고 은 는 이 가 을 를 의 에 로 와 과 도 만 다 요 께서 께 한테 마다 씩 며 고"
    ),
    key=len,
    reverse=True,
)
# Words of both languages that hold a sentence together and may stand in any.
EMPTY = STOPWORDS | frozenset(
    _listed(
        "also both each been being were any all some most more very just only then them him us its own such same other "
        "according notes note one made make makes get gets got says said say states mentions there's it's while "
        "및 등 또 또는 그리고 그러나 하지만 그 이 저 것 수 때 더 약 총 모두 각각 대해 대한 관한 위해 통해 따르면 있다"
        " 있는 있고 있습니다 있으며"
        " 없다 없습니다 한다 합니다 했다 했습니다 된다 됩니다 됐다 이다 입니다 하는 하고 할 한 된 될 노트 정도"
        " 경우 라고 위한 해야 되어 있어요"
        " 해요 돼요 이며 에는 가장 매우 함께 다시 이후 동안 "
        # Numbers are compared by what they are worth, not by how they are written (values.py).
        "two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty seventy"
        " eighty ninety "
        "hundred thousand million billion am pm"
    )
)
_LATIN_ENDINGS = ("ingly", "edly", "ment", "ing", "ies", "ied", "ed", "es", "ly", "s")


def stems(text: str) -> list[str]:
    """The stems of the words that carry meaning, in order, each once; numbers are left out."""
    words = _WORD.findall(unicodedata.normalize("NFC", text).lower())
    found = [stem(w) for w in words if w not in EMPTY and not w[0].isdigit()]
    return list(dict.fromkeys(s for s in found if s and s not in EMPTY))


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """One word (lower case, NFC) without its endings; at least two characters are left."""
    if has_hangul(word):
        for ending in _ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= 2:
                return word[: -len(ending)]
        return word
    word = re.sub("['’](s|ll|re|ve|d|m|t)?$", "", word)
    if word.isalpha() and word.isascii() and len(word) > 3:
        for ending in _LATIN_ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= 3:
                return word[: -len(ending)].rstrip("eyi")
        return word.rstrip("eyi")
    return word


class Wording:
    """A text, ready to be asked how far stems stand in it."""

    def __init__(self, text: str) -> None:
        self._text = unicodedata.normalize("NFC", text).lower()
        self._stems = frozenset(map(stem, _WORD.findall(self._text)))
        self._starts = frozenset(s[:5] for s in self._stems)

    def holds(self, wanted: str) -> float:
        """0 to 1: how much of a stem stands here. Of a Korean one the longest beginning counts, two syllables at
        least."""
        if wanted in self._stems:
            return 1.0
        if wanted.isascii() or not has_hangul(wanted):
            # Beginnings of five letters and more: decision/decided differ only behind them.
            return 0.7 if len(wanted) > 5 and wanted[:5] in self._starts else 0.0
        longest = next((n for n in range(len(wanted), 1, -1) if wanted[:n] in self._text), 0)
        return longest / len(wanted) if longest >= 2 or longest == len(wanted) else 0.0

    def compound(self, wanted: str) -> bool:
        """Whether a Korean word stands here in parts: 간편 결제 for 간편결제."""
        return has_hangul(wanted) and wanted in self._text.replace(" ", "")

    def share(self, wanted: Collection[str]) -> float:
        """The part of these stems that stands here, 0 to 1; 1 when there are none."""
        return sum(map(self.holds, wanted)) / len(wanted) if wanted else 1.0

"""Whether what is asked stands in a text word after word, as in the question.

Knows nothing of rankings or databases; what the words weigh is evidence.py's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from itertools import pairwise

from core.index.terms import has_hangul, without_particle, words_of

# What may follow a word before the next one: the ending of a Latin one, particles of a Korean one, which may also be
# written together.
_LATIN_END, _KOREAN_END = r"\w{0,4}\W+", r"[가-힣]{0,3}[\W_]*"


class Closeness:
    """`weights`: the words of the question that say what it is about, as they are compared, and what each counts."""

    def __init__(self, question: str, weights: Mapping[str, float]) -> None:
        words = [without_particle(word) for word in words_of(question)]
        pairs = {(a, b) for a, b in pairwise(words) if a in weights and b in weights}
        self._pairs = [(re.compile(_after(a, b)), min(weights[a], weights[b])) for a, b in sorted(pairs)]
        self._all_pairs = sum(weight for _, weight in self._pairs)

    def in_order(self, text: str) -> float:
        """The share of the question's neighbouring words that are neighbours in the text, 0 to 1."""
        if not self._all_pairs:
            return 0.0
        return sum(weight for pattern, weight in self._pairs if pattern.search(text)) / self._all_pairs


def compared(text: str) -> str:
    """`text` as it is compared: NFC, lower case."""
    return unicodedata.normalize("NFC", text).lower()


def word_stem(term: str) -> str:
    """A Latin word without its ending, enough to match plan/plans/planned; anything else as it is."""
    if not term.isascii() or not term.isalpha() or len(term) < 4:
        return term
    for ending in ("ingly", "edly", "ing", "ies", "ed", "es", "ly", "s"):
        if term.endswith(ending) and len(term) - len(ending) >= 3:
            return term[: -len(ending)].rstrip("ey")
    return term.rstrip("ey")


def _after(a: str, b: str) -> str:
    if has_hangul(a + b):
        return re.escape(a) + _KOREAN_END + re.escape(b)
    # Without a word boundary before it: letters to begin with are searched for several times faster.
    return re.escape(word_stem(a)) + _LATIN_END + re.escape(word_stem(b))

"""Keyword search: BM25 over chunks, lifted by BM25 over the files they stand in."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

from core.index.terms import STOPWORDS, content_terms, has_hangul, indexed, match_any, terms, words_of
from core.store.passages import Passages

POOL = 400
# Measured on eight sets with weights 0, 1, 2, 4 and infinity: 4 is best or within .002 of it on all (store/__init__).
FILE_WEIGHT = 4.0
# Beginnings of Korean words that ask, or hold a sentence together, and say nothing of what it is about.
ASKING = (
    "얼마", "무엇", "무슨", "뭐", "뭔", "뭘", "언제", "어디", "어느", "누구", "누가", "어떻게", "어떤", "왜", "몇",
    "있는", "있어", "있나", "있을", "있지", "없는", "없어", "했", "해줘", "하나요", "알려", "대해", "대한", "관해",
)  # fmt: skip
# Longest first: 에서는 before 는.
PARTICLES = (
    "에서는", "으로는", "에게서", "이라는", "까지는", "입니까", "인가요", "이었지", "에서", "에게", "까지", "부터",
    "으로", "이나", "처럼", "보다", "라는", "이야", "였지", "이지", "인가", "은", "는", "이", "가", "을", "를", "의",
    "에", "로", "와", "과", "도", "만", "야", "요",
)  # fmt: skip


def rank(passages: Passages, question: str, within: str | None) -> dict[int, tuple[int, float]]:
    """{chunk id: (file id, score)} of the chunks that hold at least one of the question's terms."""
    wanted = content_terms(question)
    if not wanted:
        return {}
    expression = match_any(wanted)
    files = passages.match_files(expression, POOL, within)
    return {
        chunk: (file, score + FILE_WEIGHT * files.get(file, 0.0))
        for chunk, file, score in passages.match_chunks(expression, POOL, within)
    }


class Evidence:
    """How much of what a question asks about stands in a text, word by word, rare words counting most (by their inverse
    document frequency).

    Korean words count by their stem: particles and endings follow it, so the longest beginning that stands in the
    text decides. Words that only ask (얼마, 언제, who, when) count for nothing.
    """

    def __init__(self, passages: Passages, question: str, files: int) -> None:
        self.question = question
        self._weights = {
            word: math.log(1 + (files - df + 0.5) / (df + 0.5))
            for word in _asked(question)
            for df in [min(files, passages.document_frequency(indexed(word)))]
        }
        self._total = sum(self._weights.values())

    def coverage(self, text: str) -> float:
        """The share of the question's weight that stands in `text`, 0 to 1."""
        if not self._total:
            return 0.0
        text = unicodedata.normalize("NFC", text).lower()
        have = {_stem(t) for t in terms(text)}
        return sum(w * _stands(word, text, have) for word, w in self._weights.items()) / self._total

    def best(self, texts: Sequence[str]) -> float:
        """The largest coverage among texts; 0 without any."""
        return max(map(self.coverage, texts), default=0.0)


def _asked(question: str) -> list[str]:
    """The words of a question that say what it is about: Korean ones without their particle."""
    words = []
    for word in words_of(question):
        if not has_hangul(word):
            words += [] if word in STOPWORDS else [word]
        elif not word.startswith(ASKING):
            words.append(
                next((word[: -len(p)] for p in PARTICLES if word.endswith(p) and len(word) > len(p) + 1), word)
            )
    return list(dict.fromkeys(words))


def _stands(word: str, text: str, have: set[str]) -> float:
    """How far a word stands in a text: 0 or 1, for Korean also the part of it that does (two syllables at least)."""
    if not has_hangul(word):
        return float(_stem(word) in have)
    longest = next((n for n in range(len(word), 0, -1) if word[:n] in text), 0)
    return longest / len(word) if longest >= min(2, len(word)) else 0.0


def _stem(term: str) -> str:
    """A Latin word without its ending, enough to match plan/plans/planned; anything else as it is."""
    if not term.isascii() or not term.isalpha() or len(term) < 4:
        return term
    for ending in ("ingly", "edly", "ing", "ies", "ed", "es", "ly", "s"):
        if term.endswith(ending) and len(term) - len(ending) >= 3:
            return term[: -len(ending)].rstrip("ey")
    return term.rstrip("ey")

"""What a question asks about, and how much of it stands in a text.

Used to tell passages that answer from passages that merely match, and to pick sentences.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence

from core.index.terms import STOPWORDS, has_hangul, indexed, terms, without_asking, without_particle, words_of
from core.retrieval.closeness import Closeness, word_stem
from core.store.passages import Passages

# What a Korean word counts for that stands only inside another (사각 in 정사각형, 예산 in 추가예산).
INSIDE = 0.6
ASKING_ENGLISH = frozenset(["much", "many", "often"])


# Words that say what kind of answer is wanted or what is done with it rather than what it is about: an answer seldom
# repeats them. They count this part of their weight.
_listed = str.split
GENERIC = frozenset(
    _listed(
        "방법 종류 이유 뜻 의미 차이 차이점 이름 사람 필요 필요해 꼭 사용 쓰는 쓸 쓰려면 하는 하려면 가능 가능해"
        " 경우 예 예시 설명 kind kinds type types way ways name names difference differences mean means called use used"
        " using need possible example examples person people explain"
    )
)
GENERIC_SHARE = 0.3


class Evidence:
    """How much of what a question asks about stands in a text, word by word, rare words counting most (by their inverse
    document frequency).

    Korean words count by their stem: particles and endings follow it, so the longest beginning that stands in the
    text decides. Words that only ask (얼마, 언제, who, when) count for nothing.
    """

    def __init__(self, passages: Passages, question: str) -> None:
        self.question = question
        files = passages.file_count()
        self._weights = {
            word: math.log(1 + (files - df + 0.5) / (df + 0.5)) * (GENERIC_SHARE if word in GENERIC else 1.0)
            for word in _asked(question)
            for df in [min(files, passages.document_frequency(indexed(word)))]
        }
        self._total = sum(self._weights.values())
        self._latin = not all(map(has_hangul, self._weights))

    def coverage(self, text: str) -> float:
        """The share of the question's weight that stands in `text`, 0 to 1."""
        if not self._total:
            return 0.0
        text = unicodedata.normalize("NFC", text).lower()
        have = {word_stem(t) for t in terms(text)} if self._latin else set()
        return sum(w * _stands(word, text, have) for word, w in self._weights.items()) / self._total

    def closeness(self) -> Closeness:
        """What judges how close together the words of the question stand."""
        return Closeness(self.question, self._weights)

    @property
    def words(self) -> int:
        """How many words say what the question is about."""
        return len(self._weights)

    def best(self, texts: Sequence[str]) -> float:
        """The largest coverage among texts; 0 without any."""
        return max(map(self.coverage, texts), default=0.0)


def _asked(question: str) -> list[str]:
    """The words of a question that say what it is about: Korean ones without their particle."""
    words = []
    for word in without_asking(words_of(question)):
        if has_hangul(word):
            words.append(without_particle(word))
        elif word not in STOPWORDS and word not in ASKING_ENGLISH:
            words.append(word)
    return list(dict.fromkeys(words))


def _stands(word: str, text: str, have: set[str]) -> float:
    """How far a word stands in a text: 0 or 1, for Korean also the part of it that does (two syllables at least)."""
    if not has_hangul(word):
        return float(word_stem(word) in have)
    longest = next((n for n in range(len(word), 0, -1) if word[:n] in text), 0)
    if longest < min(2, len(word)):
        return 0.0
    # The last two syllables of a longer word are its ending more often than not (구매하고, 환불받을).
    part = min(1.0, longest / (len(word) if len(word) < 4 else len(word) - 2))
    return part if re.search(rf"(?<![가-힣]){re.escape(word[:longest])}", text) else INSIDE * part

"""Words that stand in no file → the nearest ones that do.

One slip of the keyboard: a letter (in Hangul a jamo) wrong, missing, too many, or two exchanged; those are four in five
of all misspellings (Damerau, "A technique for computer detection and correction of spelling errors", 1964). All such
neighbours of a word are made and looked up (as in Norvig, "How to Write a Spelling Corrector", 2007), groups of them
in one look-up each, so that the cost does not grow with the vocabulary.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Sequence

from core.index.terms import STOPWORDS, asks, has_hangul, indexed, without_particle, words_of
from core.store.lexicon import Lexicon

SHORTEST_LATIN = 4
SHORTEST_HANGUL = 2
LONGEST = 24
"""A longer word is several without the spaces between, and has neighbours by the thousand."""
MOST_MENDED = 3
MOST_TRIED = 12
"""Words looked for in vain: what has more of them is a pasted text in other words than the notes', no misspelling."""
COUNTED = 200
_LATIN = re.compile(r"[a-z]+")
_HANGUL = re.compile(r"[가-힣]+")
_FIRST, _LEADS, _VOWELS, _TAILS = ord("가"), 19, 21, 28


def mend(lexicon: Lexicon, question: str) -> tuple[str, tuple[str, ...]]:
    """(the question with each word that stands nowhere replaced by its nearest neighbour, the words put in)."""
    put: dict[str, str] = {}
    tried = 0
    for word in dict.fromkeys(words_of(question)):
        bare = without_particle(word)
        if len(put) == MOST_MENDED or tried == MOST_TRIED:
            break
        if _may_be_wrong(word) and not _known(lexicon, word, bare):
            tried += 1
            better = _nearest(lexicon, bare)
            if better:
                put[bare] = better
    for wrong, better in put.items():
        question = re.sub(re.escape(wrong), better, question, flags=re.IGNORECASE)
    return question, tuple(put.values())


def _may_be_wrong(word: str) -> bool:
    if len(word) > LONGEST:
        return False
    if _LATIN.fullmatch(word):
        return len(word) >= SHORTEST_LATIN and word not in STOPWORDS
    return bool(_HANGUL.fullmatch(word)) and len(word) >= SHORTEST_HANGUL and not asks(word)


def _known(lexicon: Lexicon, word: str, bare: str) -> bool:
    """Whether the word stands somewhere; of a Korean one, any beginning of two syllables: endings follow it."""
    tried = [word] if not has_hangul(word) else [bare[:n] for n in range(len(bare), 1, -1)]
    return any(lexicon.holding(f'"{indexed(t)}"', 1) for t in tried)


def _nearest(lexicon: Lexicon, word: str) -> str:
    """The neighbour that stands in most files; empty when none stands anywhere."""
    neighbours = sorted(set(_hangul(word) if has_hangul(word) else _latin(word)) - {word})
    standing = _standing(lexicon, [n for n in neighbours if n not in STOPWORDS])
    return max(standing, key=lambda n: (lexicon.holding(f'"{indexed(n)}"', COUNTED), -len(n), n), default="")


def _standing(lexicon: Lexicon, words: Sequence[str]) -> list[str]:
    """Those of the words that stand somewhere, found by halving."""
    if not words or not lexicon.holding(" OR ".join(f'"{indexed(w)}"' for w in words), 1):
        return []
    if len(words) == 1:
        return list(words)
    middle = len(words) // 2
    return _standing(lexicon, words[:middle]) + _standing(lexicon, words[middle:])


def _latin(word: str) -> Iterator[str]:
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        yield from (head + c + tail for c in string.ascii_lowercase)
        if tail:
            yield head + tail[1:]
            yield from (head + c + tail[1:] for c in string.ascii_lowercase)
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]


def _hangul(word: str) -> Iterator[str]:
    """Words with one jamo of one syllable changed, put in or left out, or with two syllables exchanged."""
    for at, syllable in enumerate(word):
        head, tail = word[:at], word[at + 1 :]
        yield from (head + other + tail for other in _syllables(syllable))
        if tail:
            yield head + tail[0] + syllable + tail[1:]


def _syllables(syllable: str) -> Iterator[str]:
    lead, rest = divmod(ord(syllable) - _FIRST, _VOWELS * _TAILS)
    vowel, tail = divmod(rest, _TAILS)
    every = [(other, vowel, tail) for other in range(_LEADS)]
    every += [(lead, other, tail) for other in range(_VOWELS)]
    every += [(lead, vowel, other) for other in range(_TAILS)]
    yield from (chr(_FIRST + (a * _VOWELS + b) * _TAILS + c) for a, b, c in every)

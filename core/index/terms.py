"""Text → the terms that keyword search matches: Hangul as overlapping pairs of syllables, the rest as words.

Knows nothing of SQLite beyond its query syntax. Why pairs: Korean glues particles and compounds to its
nouns (예산 → 예산을, 예산안), so whole words miss and morphological analysers cost more than they find;
pairs keep recall@5 at .98 on 5,774 Korean questions where words reach .89. FTS5's `porter` stems the
Latin words afterwards and leaves Hangul alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

_WORD = re.compile(r"[^\W_]+")
_HANGUL = re.compile(r"[가-힣]+")
_HANGUL_OR_NOT = re.compile(r"[가-힣]+|[^가-힣]+")

# Question words and particles that carry no content: they only slow the search and blur its ranking.
_STOPWORDS = """
a an the and or but of to in on at by for with from as is are was were be been do does did has have had what
which who whom whose when where why how that this these those it its i my me we our you your they their he
she his her can could would should will shall may might there about into than then so if not no
"""
STOPWORDS = frozenset(_STOPWORDS.split())

# Beginnings of Korean words that ask, or hold a sentence together, and say nothing of what it is about.
ASKING = (
    "얼마", "무엇", "무슨", "뭐", "뭔", "뭘", "언제", "어디", "어느", "누구", "누가", "어떻게", "어떤", "왜", "몇",
    "며칠", "안에", "있는", "있어", "있나", "있을", "있지", "없는", "없어", "했", "해줘", "하나요", "알려",
    "대해", "대한", "관해", "어떠", "설명하", "설명해", "서술하", "인해", "통해", "위해", "따라",
)  # fmt: skip
# Words of a syllable or two that end a Korean question, or hold its words together.
_ENDING = frozenset(["해", "해요", "하지", "하나", "할까", "돼", "되나", "될까", "봐", "줘", "수", "것", "거", "좀"])
# Longest first: 에서는 before 는.
PARTICLES = (
    "에서는", "으로는", "에게서", "이라는", "까지는", "입니까", "인가요", "이었지", "에서", "에게", "까지", "부터",
    "으로", "이나", "처럼", "보다", "라는", "이야", "였지", "이지", "인가", "은", "는", "이", "가", "을", "를", "의",
    "에", "로", "와", "과", "도", "만", "야", "요",
)  # fmt: skip

# A word written as one may be several: getUserName, HTTPServer.
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
NAME_WORDS = 6
_QUALIFIER = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")


def words_of(text: str) -> list[str]:
    """The words of `text` in order, whole: lower case, NFC."""
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())


def terms(text: str) -> Iterator[str]:
    """The terms of `text` in order: lower case, NFC. `2024년 예산안` → `2024 년 예산 산안`,

    `getName` → `getname get name`. An identifier gives itself and its parts, so that it is found by either.
    """
    for word in _WORD.findall(unicodedata.normalize("NFC", text)):
        for run in _HANGUL_OR_NOT.findall(word):
            if not _HANGUL.match(run):
                yield run.lower()
                yield from _parts(run)
            elif len(run) < 3:
                yield run
            else:
                yield from (run[i : i + 2] for i in range(len(run) - 1))


def _parts(run: str) -> Iterator[str]:
    """The parts of an identifier in camel case, or of a number with its unit; nothing of any other word."""
    plain = run.isalpha() and (run.islower() or run.isupper() or run.istitle())
    if not run.isascii() or plain or run.isdecimal():
        return
    parts = _PARTS.findall(run)
    # Of lower case with digits only what is one number and one word: 50mb, mp3, not a hash such as 3f2a9c.
    if len(parts) == 2 or (len(parts) > 2 and not (run.islower() or run.isupper())):
        yield from (part.lower() for part in parts)


def name_keys(*names: str) -> tuple[str, ...]:
    """What a file called so may be called in other texts: its words, and those without a qualifier in brackets at the
    end (`Mercury (planet)`). Numbers alone, single letters and names of many words are left out."""
    keys: dict[str, None] = {}
    for name in names:
        for form in (name, _QUALIFIER.sub("", name)):
            words = words_of(form)
            key = " ".join(words)
            if len(key) > 1 and len(words) <= NAME_WORDS and not key.replace(" ", "").isdecimal():
                keys[key] = None
    return tuple(keys)


def asks(word: str) -> bool:
    """Whether a Korean word only asks, or holds a sentence together."""
    return word.startswith(ASKING)


def without_particle(word: str) -> str:
    """A Korean word without its particle where two syllables are left; any other as it is."""
    if not has_hangul(word):
        return word
    return next((word[: -len(p)] for p in PARTICLES if word.endswith(p) and len(word) > len(p) + 1), word)


def indexed(text: str) -> str:
    """`text` as FTS5 is to store it: its terms with spaces between."""
    return " ".join(terms(text))


def content_terms(question: str) -> tuple[str, ...]:
    """The terms of a question that say what it is about, each once; all of them when none does."""
    every = tuple(dict.fromkeys(terms(question)))
    telling = " ".join(without_asking(_WORD.findall(unicodedata.normalize("NFC", question))))
    return tuple(dict.fromkeys(t for t in terms(telling) if t not in STOPWORDS)) or every


def without_asking(words: Sequence[str]) -> list[str]:
    """A question's words without the Korean ones that only ask, and without the verb of one syllable that ends it."""
    kept = [w for w in words if not (has_hangul(w) and (asks(w) or w in _ENDING))]
    if len(kept) > 1 and kept[-1] == words[-1] and len(kept[-1]) == 1 and has_hangul(kept[-1]):
        kept.pop()
    return kept


def match_any(wanted: Iterable[str]) -> str:
    """An FTS5 expression that matches rows with at least one of the terms (BM25 ranks them)."""
    return " OR ".join(f'"{term}"' for term in wanted)


def has_hangul(text: str) -> bool:
    """Whether the text is (partly) Korean: decomposed Hangul of macOS file names counts."""
    return bool(_HANGUL.search(unicodedata.normalize("NFC", text)))

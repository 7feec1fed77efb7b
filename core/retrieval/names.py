"""Files called by name: in the question itself, or in the passages that answer half of it.

A two-hop question (Thumb Wrestling Federation is on a network founded by whom?) finds the first note by its words; the
second one is named in it (Cartoon Network) and shares no word with the question. People link their notes the same way.
Names are titles, file names and aliases, matched word for word in any text, so that wikilinks need no special care.
Measured on 100 two-hop questions: both notes among the first five .82 → .95; no other set falls.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.index.terms import NAME_WORDS, PARTICLES, STOPWORDS, has_hangul, indexed, words_of
from core.store.lexicon import Lexicon

# Shares of the way up to the best passage: a file the question names, one that the best file names, one that the
# second names. On the two-hop set .7/.5 gives .955 and .4/.3 .905: rather less, since not every question has two hops.
IN_QUESTION = 0.8
IN_BEST = (0.6, 0.4)
MOST_LIFTED = 4
# A name says little when many files bear it or it stands in very many (`Index`, `Meeting`).
BEARERS = 3
COMMON_SHARE = 0.05
COMMON_FEWEST = 3
MOST_NAMES = 40


@dataclass(frozen=True, slots=True)
class Mention:
    """A file named somewhere; `share` of the way up, `via` the title of the file that names it, or "question"."""

    file: int
    share: float
    via: str


def mentions(lexicon: Lexicon, question: str, best: Iterable[tuple[str, str]], files: int) -> list[Mention]:
    """Files named in the question and in the best passages (title and text each, best first), each once with its
    largest share; `files` is how many the library has."""
    found: dict[int, Mention] = {}
    most = max(COMMON_FEWEST, int(COMMON_SHARE * files))
    sources = [(question, IN_QUESTION, "question")]
    sources += [(text, share, title) for (title, text), share in zip(best, IN_BEST, strict=False)]
    for text, share, via in sources:
        for file in _named(lexicon, text, most):
            if file not in found or found[file].share < share:
                found[file] = Mention(file, share, via)
    return list(found.values())


def _named(lexicon: Lexicon, text: str, most: int) -> list[int]:
    called = lexicon.files_named(_windows(text))
    names = [key for key, files in called.items() if len(files) <= BEARERS][:MOST_NAMES]
    telling = (key for key in names if lexicon.holding(f'"{indexed(key)}"', most + 1) <= most)
    return list(dict.fromkeys(file for key in telling for file in called[key]))


def _windows(text: str) -> list[str]:
    """Every run of words that could be a name, longest first; the last word of a Korean one also without particle."""
    words = words_of(text)
    endings = [[p for p in PARTICLES if w.endswith(p) and w != p] if has_hangul(w) else [] for w in words]
    keys: dict[str, None] = {}
    for size in range(NAME_WORDS, 0, -1):
        for at in range(len(words) - size + 1):
            if size == 1 and words[at] in STOPWORDS:
                continue
            key = " ".join(words[at : at + size])
            keys[key] = None
            for particle in endings[at + size - 1]:
                keys[key[: -len(particle)]] = None
    return list(keys)

"""The note on the same subject in the other language, found by the names that both languages spell alike.

A question in Korean finds the Korean page by its words; the English one it finds only where the embedder knows both
languages. But a page found tells what to look for: products, abbreviations, commands, addresses and years stand in both
as they are. So the rarer Latin words and numbers of the best file are asked for among the files of the other language
(after Ballesteros, Croft: "Phrasal Translation and Query Expansion Techniques for Cross-Language Information
Retrieval", 1997: feedback before translation, only that names need none). Knows neither questions nor ranks.

Each must be the other's best: a list of everything is alike to much, and nothing to it. Of a help collection of 338
pages in both languages 134 are given a counterpart, all of them the right one; of Korean developer notes, few of which
have one, 2 % are given one, and 9 % where the best need not be mutual.
"""

from __future__ import annotations

from core.index.terms import STOPWORDS
from core.store.lexicon import Lexicon
from core.store.passages import Passages
from core.store.term_scores import WORDS

COUNTERPART = "counterpart"
# The share of the way up to the best passage, as in names.py.
IN_OTHER_LANGUAGE = 0.9

# How much of a file's terms is read, in characters, and of how many words it is asked how rare they are. Of another
# file the beginning tells its language.
READ, TRIED, BEGINNING = 12_000, 60, 400
NAMES = 12
# A word in more files names nothing; the second bound keeps the cost the same in a large library.
COMMON_SHARE, COMMON_MOST = 0.1, 200
CANDIDATES = 40
# The share that a counterpart has of the score of a file for its own names, and how many of them it must hold.
LIKENESS, SHARED = 0.2, 2
KOREAN = 0.2
# Words of nearly every note in a language tell at no cost whether a library has both.
_ENGLISH, _KOREAN = '"the" OR "and" OR "of" OR "to"', '"니다" OR "하는" OR "에서" OR "이다" OR "으로"'
BOTH_SHARE, BOTH_FEWEST = 0.02, 1
REMEMBERED = 1000


class Counterparts:
    """Looks for counterparts in one library. Safe to use from several threads."""

    def __init__(self, passages: Passages, lexicon: Lexicon) -> None:
        self._passages, self._lexicon = passages, lexicon
        self._known = _Known(-1, bilingual=False)

    def of(self, file: int) -> int | None:
        """The file of the other language that is on the same subject as `file`; None where none stands out. What it is
        does not depend on a question, so it is looked for once, until files are written."""
        now = self._passages.database.version_of(WORDS)
        known = self._known
        if known.version != now:
            known = self._known = _Known(now, self._both_languages())
        if not known.bilingual:
            return None
        if file not in known.counterparts:
            if len(known.counterparts) >= REMEMBERED:
                known.counterparts.clear()
            known.counterparts[file] = self._look(file, known.korean)
        return known.counterparts[file]

    def _look(self, file: int, korean: dict[int, bool]) -> int | None:
        names, own, others = self._alike(file, korean)
        if not others or others[0][0] < LIKENESS * own:
            return None
        best = others[0][1]
        if len(names.intersection(self._terms(best))) < SHARED:
            return None
        back = self._alike(best, korean)[2]
        return best if back and back[0][1] == file else None

    def _alike(self, file: int, korean: dict[int, bool]) -> tuple[set[str], float, list[tuple[float, int]]]:
        """(the names of a file, its own score for them, [(score, file)] of the best in the other language)."""
        terms = self._terms(file)
        names = self._names(terms)
        scores = dict(self._passages.file_scores.best(names, CANDIDATES))
        unknown = [f for f in scores if f not in korean]
        korean |= {f: _is_korean(beginning) for f, beginning in self._lexicon.terms_of(unknown, BEGINNING).items()}
        language = _is_korean(terms)
        others = [(score, f) for f, score in scores.items() if f != file and korean.get(f, language) != language]
        return set(names), scores.get(file, 0.0), sorted(others, key=lambda other: (-other[0], other[1]))

    def _terms(self, file: int) -> list[str]:
        return self._lexicon.terms_of([file], READ).get(file, [])

    def _names(self, terms: list[str]) -> list[str]:
        """The rarest of a file's Latin words and numbers that stand in other files too."""
        tried = [t for t in dict.fromkeys(terms) if t.isascii() and t not in STOPWORDS and _could_name(t)][:TRIED]
        most = max(3, min(COMMON_MOST, int(COMMON_SHARE * self._passages.file_count())))
        held = self._lexicon.holdings(tried, most + 1)
        return sorted((t for t in tried if 1 < held[t] <= most), key=lambda t: held[t])[:NAMES]

    def _both_languages(self) -> bool:
        fewest = max(BOTH_FEWEST, int(BOTH_SHARE * self._passages.file_count()))
        return all(self._lexicon.holding(words, fewest) >= fewest for words in (_ENGLISH, _KOREAN))


class _Known:
    """What was found out about a library at one version of its words."""

    def __init__(self, version: int, bilingual: bool) -> None:
        self.version, self.bilingual = version, bilingual
        self.counterparts: dict[int, int | None] = {}
        self.korean: dict[int, bool] = {}


def _could_name(term: str) -> bool:
    return len(term) > (2 if term.isdecimal() else 1)


def _is_korean(terms: list[str]) -> bool:
    return sum("가" <= term[0] <= "힣" for term in terms) >= KOREAN * len(terms)

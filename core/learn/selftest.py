"""`moa selftest`: how well the user's own notes are found, each way of searching alone and both together.

Knows nothing of the wire. Looks and reports; the one thing that is kept is, by language, whether the vectors of the
present embedder find what its keywords find, which speaks where a model's card says nothing (`fitness`).

A question counts as answered at the rank of the first passage of a file that holds it. `weights` says what another
weight of meaning would do, per language, also in one that the embedder has no say in: all of it by asking again, with
nothing re-indexed. These rankings are the two legs fused and nothing more; `fused` is search as it is.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from core.index.embedding.space import Space
from core.learn.known_items import KnownItem, known_items
from core.retrieval import lexical
from core.retrieval.fuse import fuse
from core.retrieval.search import DENSE_POOL, Search
from core.store.passages import Passages
from core.store.scope import EVERYTHING
from core.store.specimens import Specimens
from core.types import LanguageScores, Scores, SelfTest

WEIGHTS = (0.0, 0.5, 1.0)
K = 10
DEEP = 50
"""Ranks beyond this one count as not found."""
# Fewer questions say little: of 20, a leg that finds half is between .3 and .7 (95 %, binomial).
ENOUGH = 20
# The share of what keywords find first that meaning must find first. Of questions in English all-MiniLM-L6-v2 finds
# .95 of it, of those in Korean, which it does not know, .46 where the notes are full of English names, .04 elsewhere.
FIT = 0.7


@dataclass(slots=True)
class _Ranks:
    """The rank of the known item for each question, 0 for not found, by way of searching."""

    fused: int
    keywords: int
    meaning: int
    weights: dict[str, int] = field(default_factory=dict)


class SelfTester:
    """Asks a library questions made from it."""

    def __init__(self, passages: Passages, space: Space, search: Search) -> None:
        self._passages = passages
        self._embedder, self._exact = space.embedder, space.exact
        self._search = search

    def run(
        self, n: int, seed: int, dense: bool, told: Callable[[int, int], None], may_go_on: Callable[[], bool],
        write: Callable[[str], str],
    ) -> SelfTest:  # fmt: skip
        """Ask at most `n` questions. `dense`: the embedder is ready; `told` hears (asked, of all at most); `write`: as
        for `known_items`."""
        items = islice(known_items(self._passages, Specimens(self._passages.database), seed, write), n)
        results: list[tuple[KnownItem, _Ranks]] = []
        for number, item in enumerate(items):
            if not may_go_on():
                break
            told(number, n)
            results.append((item, self._ask(item, dense)))
        told(len(results), len(results))
        return self._report(results, dense)

    def _ask(self, item: KnownItem, dense: bool) -> _Ranks:
        hits = self._search.find(item.question, K, EVERYTHING, dense).passages
        words = {c: s for c, (_, s) in lexical.rank(self._passages, item.question, EVERYTHING).items()}
        near = self._meaning(item.question, list(words)) if dense else {}
        paths = {c: row.path for c, row in self._passages.stored([*words, *(near.keys() - words)]).items()}
        ranks = _Ranks(_rank(item, [h.path for h in hits]), self._place(item, words, paths), 0)
        if dense:
            ranks.meaning = self._place(item, near, paths)
            mixed = {w: near if w == 1 else fuse(words, near, w) for w in WEIGHTS}
            ranks.weights = {f"{w:g}": self._place(item, scores, paths) for w, scores in mixed.items()}
        return ranks

    def _meaning(self, question: str, pool: list[int]) -> dict[int, float]:
        vector = self._embedder.question(question)
        return dict(self._exact.search(vector, DENSE_POOL)) | dict(self._exact.search(vector, len(pool), pool))

    @staticmethod
    def _place(item: KnownItem, scores: Mapping[int, float], paths: Mapping[int, str]) -> int:
        ranked = sorted(scores, key=lambda c: (-scores[c], c))
        return _rank(item, [paths[c] for c in ranked if c in paths])

    def _report(self, results: Sequence[tuple[KnownItem, _Ranks]], dense: bool) -> SelfTest:
        languages = {}
        for name, part in _grouped(results, lambda item: item.language).items():
            weights = {w: _scores([r.weights[w] for r in part]) for w in map("{:g}".format, WEIGHTS)} if dense else {}
            languages[name] = LanguageScores(
                *_legs(part), weights, self._embedder.serves(name), _fits(part) if dense else None
            )
        kinds, sources = _grouped(results, lambda item: item.kind), _grouped(results, lambda item: item.source)
        return SelfTest(
            len(results), *_legs([ranks for _, ranks in results]), languages,
            {name: _scores([r.fused for r in part]) for name, part in kinds.items()},
            {name: _scores([r.fused for r in part]) for name, part in sources.items()},
            self._embedder.id if dense else "",
        )  # fmt: skip


def fitness(report: SelfTest) -> dict[str, bool]:
    """{language: do the embedder's vectors serve it}, for the languages that enough questions were asked in."""
    return {name: scores.fits for name, scores in report.languages.items() if scores.fits is not None}


def _grouped(results: Iterable[tuple[KnownItem, _Ranks]], key: Callable[[KnownItem], str]) -> dict[str, list[_Ranks]]:
    groups: dict[str, list[_Ranks]] = {}
    for item, ranks in results:
        groups.setdefault(key(item), []).append(ranks)
    return dict(sorted(groups.items()))


def _legs(part: Sequence[_Ranks]) -> tuple[Scores, Scores, Scores]:
    """Scores of both ways of searching together, of keywords, of meaning."""
    return _scores([r.fused for r in part]), _scores([r.keywords for r in part]), _scores([r.meaning for r in part])


def _fits(part: Sequence[_Ranks]) -> bool | None:
    if len(part) < ENOUGH:
        return None
    _, keywords, meaning = _legs(part)
    return meaning.hit1 >= FIT * keywords.hit1


def _rank(item: KnownItem, paths: Sequence[str]) -> int:
    """The rank of the first file that holds the item, files counted once; 0 for not found."""
    for n, path in enumerate(dict.fromkeys(paths), start=1):
        if n > DEEP:
            break
        if path in item.files:
            return n
    return 0


def _scores(ranks: Sequence[int]) -> Scores:
    if not ranks:
        return Scores(0, 0.0, 0.0, 0.0)
    first, five = statistics.fmean(r == 1 for r in ranks), statistics.fmean(0 < r <= 5 for r in ranks)
    mrr = statistics.fmean(1 / r if r else 0 for r in ranks)
    return Scores(len(ranks), round(first, 4), round(five, 4), round(mrr, 4))

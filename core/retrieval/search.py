"""A question → passages: both legs, fused, spread over files."""

from __future__ import annotations

from dataclasses import dataclass

from core.index.embedder import Embedder, language_of
from core.index.vectors import EXACT_LIMIT, ChromaIndex, ExactIndex
from core.retrieval import lexical
from core.retrieval.fuse import DENSE_WEIGHT, fuse, spread
from core.store.passages import Passages
from core.store.scope import Scope
from core.types import Passage, Why

DENSE_POOL = 100
PER_FILE = 2


@dataclass(frozen=True, slots=True)
class Found:
    """Passages, best first, and what is needed to judge them."""

    passages: tuple[Passage, ...]
    similarity: float | None
    """The largest inner product of the question with a passage; None when meaning had no vote."""


class Search:
    """Finds passages in one library. Safe to use from several threads."""

    def __init__(self, passages: Passages, embedder: Embedder, exact: ExactIndex, chroma: ChromaIndex) -> None:
        self._passages = passages
        self._embedder = embedder
        self._exact = exact
        self._chroma = chroma

    def find(self, question: str, k: int, within: Scope, dense: bool) -> Found:
        """The k best passages, of files in the scope `within`. `dense`: the embedder is ready to be used."""
        by_words = lexical.rank(self._passages, question, within)
        weight = DENSE_WEIGHT if dense and self._embedder.serves(language_of(question)) else 0.0
        by_meaning = self._dense(question, within, list(by_words)) if weight else {}
        scores = fuse({c: s for c, (_, s) in by_words.items()}, by_meaning, weight)
        ranked = sorted(scores, key=lambda c: (-scores[c], c))
        stored = self._passages.stored(ranked[: max(k * 8, 100)])
        order = spread([(c, stored[c].file) for c in ranked if c in stored], PER_FILE)[:k]
        lexical_rank = _ranks({c: s for c, (_, s) in by_words.items()})
        dense_rank = {c: r for c, r in _ranks(by_meaning).items() if r <= DENSE_POOL}
        hits = tuple(
            Passage(
                n, stored[c].path, stored[c].title, stored[c].location, stored[c].text, round(scores[c], 4),
                Why(dense_rank.get(c), lexical_rank.get(c), None, weight),
            )
            for n, c in enumerate(order, start=1)
        )  # fmt: skip
        return Found(hits, max(by_meaning.values(), default=None) if by_meaning else None)

    def _dense(self, question: str, within: Scope, pool: list[int]) -> dict[int, float]:
        """{chunk id: similarity} of the nearest chunks and of those the other leg has found."""
        vector = self._embedder.question(question)
        among = self._passages.chunk_ids(within) if within else None
        if among is None and len(self._exact) > EXACT_LIMIT and not self._chroma.broken:
            near = self._chroma.search(vector, DENSE_POOL) or self._exact.search(vector, DENSE_POOL)
        else:
            near = self._exact.search(vector, DENSE_POOL, among)
        return dict(near) | dict(self._exact.search(vector, len(pool), pool) if pool else [])


def _ranks(scores: dict[int, float]) -> dict[int, int]:
    return {c: n for n, c in enumerate(sorted(scores, key=lambda c: (-scores[c], c)), start=1)}

"""A question → passages: both legs, fused, files named in it or in the best passages lifted, made readable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import neg
from typing import TYPE_CHECKING

from core import errors
from core.index.embedding.embedder import language_of
from core.index.embedding.exact import View
from core.index.embedding.space import Space
from core.retrieval import lexical, spelling
from core.retrieval.counterpart import COUNTERPART, IN_OTHER_LANGUAGE, Counterparts
from core.retrieval.fuse import DENSE_WEIGHT, fuse
from core.retrieval.names import IN_BEST, MOST_LIFTED, Mention, mentions
from core.retrieval.query import Query, understand
from core.retrieval.readable import Group, gather
from core.store.lexicon import Lexicon
from core.store.passages import Passages, Stored
from core.store.scope import Scope
from core.types import Passage, Placed, Why

if TYPE_CHECKING:
    from core.index.embedding.exact import Vectors

DENSE_POOL = 100
PER_FILE = 2
# The question is moved a little towards the three passages found first (Rocchio's feedback, on vectors: Li et al.,
# "Pseudo Relevance Feedback with Deep Language Models and Dense Retrievers", 2022). nDCG@10 on Cranfield .440 → .448,
# LoCoMo .822 → .825, two-hop questions .849 → .851, XQuAD .981 → .980; with .5 and more XQuAD pays for it.
FEEDBACK = 3
FEEDBACK_SHARE = 0.3
TIE = 1e-6
READ_AHEAD = 4
"""Chunks looked at for each passage wanted: neighbours and copies of better ones take no place."""


@dataclass(frozen=True, slots=True)
class Found:
    """Passages, best first, and what is needed to judge them."""

    passages: tuple[Passage, ...]
    similarity: float | None
    """The largest inner product of the question with a passage; None when meaning had no vote."""
    question: str = ""
    """What was searched for: the question without its marks, misspelt words mended."""
    notes: tuple[str, ...] = ()
    """Sentences on what was searched for otherwise than typed."""


@dataclass(frozen=True, slots=True)
class _Limits:
    """Where a search may look: `among` are the chunks that the marks of the query leave, None for all in `within`;
    `space` is what meaning is searched in, from beginning to end."""

    space: Space
    within: Scope
    required: str
    excluded: str
    among: frozenset[int] | None


class Search:
    """Finds passages in one library, by meaning in the space that serves at the moment. Safe to use from several
    threads."""

    def __init__(self, passages: Passages, space: Callable[[], Space]) -> None:
        self._passages = passages
        self._lexicon = Lexicon(passages.database)
        self._counterparts = Counterparts(passages, self._lexicon)
        self._space = space

    def find(self, question: str, k: int, within: Scope, dense: bool) -> Found:
        """The k best passages, of files in the scope `within`. `dense`: the embedder is ready to be used."""
        query = understand(question)
        text, put = spelling.mend(self._lexicon, query.text)
        notes = [f"Searched for {' and '.join(f'“{word}”' for word in put)} too."] if put else []
        limits = self._limits(self._space(), query, within, notes)
        by_words = lexical.rank(self._passages, text, within, limits.required, limits.excluded)
        if limits.among is not None:
            by_words = {c: s for c, s in by_words.items() if c in limits.among}
        weight = DENSE_WEIGHT if dense and limits.space.embedder.serves(language_of(text)) else 0.0
        words = {c: s for c, (_, s) in by_words.items()}
        try:
            near, meaning, vector = self._meaning(text, limits, words, weight) if weight else ({}, {}, None)
        except errors.SetupProblem as problem:
            notes.append(str(problem))
            near, meaning, vector, weight = {}, {}, None, 0.0
        scores = fuse(words, meaning, weight)
        via = self._lift(text, scores, limits, vector) if scores else {}
        ranked = _ranked(scores)[: max(READ_AHEAD * k, 40)]
        stored = self._passages.stored(ranked)
        groups = gather([stored[c] for c in ranked if c in stored], PER_FILE, k)
        ranks = _ranks(words), {c: r for c, r in _ranks(meaning).items() if r <= DENSE_POOL}
        hits = tuple(_passage(n, g, scores[g.best.id], ranks, weight, via) for n, g in enumerate(groups, start=1))
        return Found(hits, max(near.values(), default=None), text, tuple(notes))

    def _limits(self, space: Space, query: Query, within: Scope, notes: list[str]) -> _Limits:
        required, excluded = (query.required if query.strict else ""), query.excluded
        if not required and not excluded:
            return _Limits(space, within, "", "", None)
        among = self._lexicon.chunks_with(required, excluded, within)
        if required and not among:
            notes.append(f"No passage says {' and '.join(f'“{p}”' for p in query.phrases)} word for word.")
            required, among = "", self._lexicon.chunks_with("", excluded, within)
        return _Limits(space, within, required, excluded, frozenset(among))

    # ---- meaning

    def _meaning(
        self, text: str, limits: _Limits, words: dict[int, float], weight: float
    ) -> tuple[dict[int, float], dict[int, float], Vectors | None]:
        """(similarities to the question as asked, similarities after feedback, the question's vector after it)."""
        space = limits.space
        vector = space.embedder.question(text)
        among = self._among(limits)
        exactly = among is None and not space.chroma.ready
        view = space.exact.view(vector) if exactly else None
        pool = space.exact.held(list(words))
        near = self._nearest(vector, among, pool, view, space)
        first = fuse(words, near, weight)
        best = _ranked(first)[:FEEDBACK]
        known = space.exact.vectors(best)
        if not len(known):
            return near, near, vector
        vector = vector + FEEDBACK_SHARE * known.mean(axis=0)
        vector /= max(1e-9, float((vector @ vector) ** 0.5))
        return near, self._nearest(vector, among, pool, view, space), vector

    def _among(self, limits: _Limits) -> Sequence[int] | None:
        if limits.among is not None:
            return list(limits.among)
        return self._passages.chunk_ids(limits.within) if limits.within else None

    def _nearest(
        self,
        vector: Vectors,
        among: Sequence[int] | None,
        pool: tuple[list[int], Vectors],
        view: View | None,
        space: Space,
    ) -> dict[int, float]:
        """{chunk id: similarity} of the nearest chunks and of those the other leg has found, `pool`, with vectors."""
        if view is not None:
            near = view.near(vector, DENSE_POOL)
        elif among is None:
            near = space.chroma.search(vector, DENSE_POOL) or space.exact.search(vector, DENSE_POOL)
        else:
            near = space.exact.search(vector, DENSE_POOL, among)
        ids, vectors = pool
        return dict(near) | dict(zip(ids, (vectors @ vector).tolist(), strict=True))

    # ---- files called by name

    def _lift(self, text: str, scores: dict[int, float], limits: _Limits, vector: Vectors | None) -> dict[int, str]:
        """Move files that are called by name up in `scores`, and the best one's counterpart in the other language;
        returns {chunk id: what names its file}."""
        best = self._leading(scores)
        named = mentions(
            self._lexicon, text, [(chunk.title, chunk.text) for chunk in best], self._passages.file_count()
        )
        other = self._counterparts.of(best[0].file) if best else None
        if other is not None:
            named = [m for m in named if m.file != other] + [Mention(other, IN_OTHER_LANGUAGE, COUNTERPART)]
        chunks = self._lexicon.chunks_of([m.file for m in named], limits.within) if named else {}
        top, worst = max(scores.values()), min(0.0, *scores.values())
        lifted: list[tuple[float, int, Mention]] = []
        for mention in named:
            ids = [c for c in chunks.get(mention.file, ()) if limits.among is None or c in limits.among]
            if ids:
                chunk = self._best_of(ids, scores, vector, limits.space)
                score = scores.get(chunk, worst)
                lifted.append((score + mention.share * (top - score), chunk, mention))
        lifted.sort(key=lambda row: (-row[0], row[1]))
        for score, chunk, _ in lifted[:MOST_LIFTED]:
            if scores.get(chunk) != top:
                scores[chunk] = min(score, top - TIE)
        return {chunk: mention.via for _, chunk, mention in lifted[:MOST_LIFTED]}

    def _leading(self, scores: dict[int, float]) -> list[Stored]:
        """The best chunk of each of the best files."""
        ranked = _ranked(scores)[:20]
        stored = self._passages.stored(ranked)
        of_file: dict[int, Stored] = {}
        for chunk in ranked:
            if chunk in stored:
                of_file.setdefault(stored[chunk].file, stored[chunk])
        return list(of_file.values())[: len(IN_BEST)]

    def _best_of(self, ids: list[int], scores: dict[int, float], vector: Vectors | None, space: Space) -> int:
        """The chunk of one file that is worth most: as ranked, else by meaning, else its first."""
        ranked = [c for c in ids if c in scores]
        if ranked:
            return max(ranked, key=lambda c: (scores[c], -c))
        near = space.exact.search(vector, 1, ids) if vector is not None else []
        return near[0][0] if near else ids[0]


def _passage(
    n: int, group: Group, score: float, ranks: tuple[dict[int, int], dict[int, int]], weight: float, via: dict[int, str]
) -> Passage:
    best = group.best
    by_words, by_meaning = ranks
    why = Why(by_meaning.get(best.id), by_words.get(best.id), None, weight, via.get(best.id, ""))
    return Placed(
        n, best.path, best.title, group.location, group.text, round(score, 4), why, tuple(group.also), group.parts
    )


def _ranked(scores: dict[int, float]) -> list[int]:
    """Chunks, best first; of equal ones the older."""
    return [c for _, c in sorted(zip(map(neg, scores.values()), scores, strict=True))]


def _ranks(scores: dict[int, float]) -> dict[int, int]:
    return {c: n for n, c in enumerate(_ranked(scores), start=1)}

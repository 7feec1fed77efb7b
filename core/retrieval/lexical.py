"""Keyword search: BM25 over chunks, lifted by BM25 over the files they stand in."""

from __future__ import annotations

from core.index.terms import content_terms, has_hangul, match_any
from core.retrieval.closeness import compared
from core.retrieval.evidence import Evidence
from core.store.passages import Passages
from core.store.scope import Scope

POOL = 400
# Measured on eight sets with weights 0, 1, 2, 4 and infinity: 4 is best or within .002 of it on all (store/__init__).
FILE_WEIGHT = 4.0
# How many of the best chunks are read again, and what that may add to their score, in shares of the best one's.
LIFTED, KOREAN_LIFTED = 20, 50
IN_ORDER, COVERED, BEGINNING = 0.2, 0.4, 0.1


def rank(
    passages: Passages, question: str, within: Scope, required: str = "", excluded: str = ""
) -> dict[int, tuple[int, float]]:
    """{chunk id: (file id, score)} of the chunks that hold at least one of the question's terms, all that `required`
    asks for and nothing of `excluded` (FTS5 expressions; empty: no such demand). In a large library
    the commonest terms do not count."""
    wanted = passages.common.left_out(content_terms(question))
    if not wanted:
        return {}
    if within or required or excluded:
        expression = match_any(wanted)
        files = passages.match_files(expression, POOL, within)
        demanded = (
            f"({expression})" + (f" AND ({required})" if required else "") + (f" NOT ({excluded})" if excluded else "")
        )
        chunks = passages.match_chunks(demanded, POOL, within)
    else:
        files = dict(passages.file_scores.best(wanted, POOL))
        chunks = passages.best_chunks(wanted, POOL)
    scores = {chunk: (file, score + FILE_WEIGHT * files.get(file, 0.0)) for chunk, file, score in chunks}
    return _lifted(passages, question, scores)


def _lifted(passages: Passages, question: str, scores: dict[int, tuple[int, float]]) -> dict[int, tuple[int, float]]:
    """The best chunks, lifted by how many of the question's neighbouring words are neighbours in them (Metzler, Croft:
    "A Markov Random Field Model for Term Dependencies", 2005).

    In Korean pairs of syllables also match across endings and inside other words, so there words compared by their stem
    count, wherever they stand, and a little more where a note begins.
    """
    korean = has_hangul(question)
    best = sorted(scores, key=lambda c: (-scores[c][1], c))[: KOREAN_LIFTED if korean else LIFTED]
    most = max((score for _, score in scores.values()), default=0.0)
    evidence = Evidence(passages, question)
    closeness = evidence.closeness()
    for id, chunk in passages.stored(best).items():
        text = compared(f"{chunk.title}\n{chunk.location.heading or ''}\n{chunk.text}")
        share = IN_ORDER * closeness.in_order(text)
        if korean:
            share += evidence.coverage(text) * (COVERED + BEGINNING * (chunk.ordinal == 0))
        file, score = scores[id]
        scores[id] = (file, score + most * share)
    return scores

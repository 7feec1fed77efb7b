"""Two rankings of chunks → one. Pure: scores in, scores out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import TypeVar

Key = TypeVar("Key")

# Between .4 and .6 nothing changes by more than .01 on XQuAD, Cranfield, SciFact and SQuADShifts (recall@5, nDCG@10).
DENSE_WEIGHT = 0.5


def standardised(scores: Sequence[float]) -> list[float]:
    """Scores with mean 0 and standard deviation 1; all 0 when they do not differ."""
    if not scores:
        return []
    mean = fmean(scores)
    deviation = math.sqrt(fmean([(s - mean) ** 2 for s in scores]))
    return [(s - mean) / deviation if deviation > 1e-9 else 0.0 for s in scores]


def fuse(lexical: Mapping[Key, float], dense: Mapping[Key, float], dense_weight: float) -> dict[Key, float]:
    """The convex combination of both standardised scores over the union of keys. A key that BM25 has not
    found counts 0 there; one that has no vector, as its language is not the model's or it is not embedded yet, is
    neither lifted nor lowered: it counts as the mean. Weight 0 returns `lexical`'s own scores.
    """
    if dense_weight <= 0 or not dense:
        return dict(lexical)
    keys = list(dict.fromkeys([*lexical, *dense]))
    middle = fmean(dense.values())
    lex = standardised([lexical.get(k, 0.0) for k in keys])
    den = standardised([dense.get(k, middle) for k in keys])
    return {k: dense_weight * d + (1 - dense_weight) * x for k, d, x in zip(keys, den, lex, strict=True)}

"""Vectors of texts that are longer than their embedder reads. Knows nothing of what embeds.

Passages are cut to the length of the embedder that served when they were read. Another one may read less at once: its
vector of a passage is then the mean of the vectors of its parts, so that no word is left out and the passages, which
people and answers cite, stay what they are. (What every library does by itself, cutting the end off, is silent.)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.chunks import pieces
from core.index.space import TextEmbedder

if TYPE_CHECKING:
    from core.index.vectors import Vectors

SPECIAL_TOKENS = 2


def whole(embedder: TextEmbedder, texts: Sequence[str]) -> Vectors:
    """Vectors of passages as `embedder.passages` gives them, whatever their length. Raises what that raises."""
    import numpy as np

    room = embedder.limit - SPECIAL_TOKENS
    parts = [pieces(text, embedder.count, room) for text in texts]
    vectors = embedder.passages([part for some in parts for part in some])
    if len(vectors) == len(texts):
        return vectors
    starts = np.cumsum([0, *(len(some) for some in parts)])[:-1]
    weights = np.array([len(part) for some in parts for part in some], np.float32)[:, None]
    summed = np.add.reduceat(vectors * weights, starts, axis=0)
    made: Vectors = (summed / np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), 1e-9)).astype(np.float32)
    return made

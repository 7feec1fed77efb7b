"""Vectors of texts that are longer than their embedder reads, or that it does not read. Knows nothing of what embeds.

**A passage in a language that the embedder does not know is not embedded.** Its vector would mean nothing, and making
it is nearly all that indexing costs. Zeros stand for it in library.db, so that whatever counts passages and vectors
need not know; search by meaning leaves it out, and it is found by its words.

Passages are cut to the length of the embedder that served when they were read. Another one may read less at once: its
vector of a passage is then the mean of the vectors of its parts, so that no word is left out and the passages, which
people and answers cite, stay what they are. (What every library does by itself, cutting the end off, is silent.)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.chunks import pieces
from core.index.embedding.space import TextEmbedder

if TYPE_CHECKING:
    from core.index.embedding.vectors import Vectors

SPECIAL_TOKENS = 2


def telling(embedder: TextEmbedder, texts: Sequence[str], cut: bool = True) -> Vectors:
    """Vectors of passages, zeros for those that the embedder does not read; `cut`: none is longer than it reads. Raises
    what `embedder.passages` raises."""
    import numpy as np

    embedder.load()
    read = [n for n, text in enumerate(texts) if embedder.reads(text)]
    vectors: Vectors = np.zeros((len(texts), embedder.dim), np.float32)
    if read:
        given = [texts[n] for n in read]
        vectors[read] = embedder.passages(given) if cut else whole(embedder, given)
    return vectors


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

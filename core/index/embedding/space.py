"""What search by meaning rests on at one moment: an embedder and the vectors it made, which only it can compare.

Knows nothing of how they came to be. The three are replaced together (`change.py`), so whoever searches takes hold of
one `Space` and stays with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from core.index.embedding.exact import ExactIndex
from core.index.embedding.vectors import ChromaIndex

if TYPE_CHECKING:
    from core.index.embedding.vectors import Vectors


class TextEmbedder(Protocol):
    """Text → vectors: float32 of shape (texts, `dim`) and length 1. `embedder.py` has one that reads models of
    sentence-transformers."""

    dim: int
    limit: int
    """The longest text it reads, in its own tokens, its special ones counted."""
    measured: dict[str, bool]
    """{language: whether its vectors proved fit}, from a self-test."""

    @property
    def id(self) -> str:
        """Names model and recipe: vectors of one id match each other."""

    @property
    def model_id(self) -> str:
        """Names the model alone."""

    @property
    def device(self) -> str:
        """cpu, cuda, mps or a name of llama.cpp's."""

    @property
    def languages(self) -> frozenset[str]:
        """Those it serves by its card, or by a guess."""

    def count(self, text: str) -> int:
        """Tokens of a text without the special ones. Never raises: files are cut by it."""

    def serves(self, language: str) -> bool:
        """Whether vectors of this language mean anything."""

    def reads(self, text: str) -> bool:
        """Whether the vector of a passage can mean anything."""

    def load(self) -> None:
        """Open what computes. Done once. Raises `errors.SetupProblem`."""

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages; what is longer than `limit` is cut off. Raises `errors.SetupProblem`."""

    def question(self, text: str) -> Vectors:
        """The vector of a question, shape (dim,)."""

    def close(self) -> None:
        """Give back what it holds; end what it has under way."""


@dataclass(frozen=True, slots=True)
class Space:
    """An embedder with its vectors, exact and approximate."""

    embedder: TextEmbedder
    exact: ExactIndex
    chroma: ChromaIndex

"""Embedding models, and what changing to another one costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class EmbedderInfo:
    """`state` is loading, ready or failed (then `detail` says why)."""

    id: str
    dim: int
    device: str
    state: Literal["loading", "ready", "failed"] = "loading"
    detail: str = ""


@dataclass(frozen=True, slots=True)
class EmbedderChange:
    """Another embedder that is being prepared: of `total` different passages `done` have its vectors. Until all have,
    the one before serves. `choice` is the setting; `id` is empty until it was opened."""

    choice: str
    id: str
    done: int
    total: int
    eta_s: float | None
    state: Literal["opening", "embedding", "failed"]
    detail: str = ""
    """Why it stands still."""


@dataclass(frozen=True, slots=True)
class EmbedderRow:
    """An embedding model that is on this machine. `dim` and `limit` (tokens) are 0 where its files do not tell."""

    id: str
    choice: str
    """What the setting `embedder` is for it: empty, a path, or an id of the local model cache."""
    kind: Literal["built-in", "folder", "cache", "gguf"]
    path: str
    size: int
    dim: int
    limit: int
    serving: bool
    next: bool
    """Whether it is being prepared."""
    languages: tuple[str, ...] = ()
    """As its card names them; empty where it does not."""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class EmbedderCost:
    """What another embedder would cost, measured on some of the user's own passages. Nothing was changed."""

    id: str
    dim: int
    limit: int
    korean: bool
    """Whether its vectors mean anything in Korean, by its card or its tokenizer."""
    english: bool
    passages: int
    """Different texts to be embedded."""
    known: int
    """Those that it embedded before."""
    longer: float
    """The share of passages (of the sample) that it does not read at once, but in parts."""
    rate: float
    """Passages a second on this machine, now; 0 where there was nothing to try it on."""
    seconds: float
    bytes: int
    """Disk space that the new vectors need."""
    free: int

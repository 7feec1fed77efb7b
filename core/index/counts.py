"""What indexing has done since the engine started. Knows nothing of how."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Counts:
    """`embedded` and `reused` count chunks, the rest files."""

    added: int = 0
    changed: int = 0
    moved: int = 0
    removed: int = 0
    failed: int = 0
    embedded: int = 0
    reused: int = 0

"""A lane that indexes nothing, since the data folder can only be read: it puts the vectors where search looks for them.

Knows not why it may not. What is asked of it that would change anything is refused in words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from core.index.lane.thread import Lane
from core.store.database import only_read

T = TypeVar("T")


class RestingLane(Lane):
    """As `Lane`, with nothing to do once the vectors are loaded."""

    def compare(self, folder: int | None = None) -> None:
        """Nothing: what differs could not be taken down."""

    def call(self, work: Callable[[], T]) -> T:
        """Raises `errors.OnlyRead`."""
        raise only_read()

    def wait_until_idle(self) -> None:
        """Raises `errors.OnlyRead`: what waits will wait on."""
        raise only_read()

    def _step(self) -> bool:
        if not self._loaded:
            self._indexer.show_vectors(self._indexer.space)
            self._loaded = True
        return False

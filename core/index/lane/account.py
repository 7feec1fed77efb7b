"""How far indexing is: what is shown of it, how fast it goes, how long it will still take.

Knows nothing of the steps. Filled by the thread that indexes, read by any.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from core.index.pace import Pace
from core.types import Progress

Stage = Literal["reading", "embedding", "recognising"]


class Account:
    """`changed` is called on the indexing thread whenever there is something new to show."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self.progress = Progress()
        self.pace = Pace()
        self.done: dict[Stage, int] = {}
        """Of each stage, since there was last nothing to do."""
        self.waiting = 0
        """Files still to be read."""
        self.rest()

    def looking(self, path: str) -> None:
        """A folder is being compared."""
        self.progress = Progress("looking", 0, 0, path)
        self._changed()

    def show(self, stage: Stage, left: int, path: str = "") -> None:
        """So much of a stage is left."""
        self.progress = Progress(stage, self.done[stage], self.done[stage] + left, path)
        self._changed()

    def prepare(self, done: int, total: int) -> None:
        """So many passages have the vectors of another embedder."""
        self.progress = Progress("preparing", done, total)
        self._changed()

    def pause(self) -> None:
        """Nothing is being done for now."""
        self.progress = Progress()

    def rest(self) -> None:
        """Nothing is left to do."""
        self.progress = Progress()
        self.done = {"reading": 0, "embedding": 0, "recognising": 0}

    def seconds_left(self, passages: int, pages: int) -> float | None:
        """Until nothing is left to read and these are embedded and recognised; None while unknown."""
        return self.pace.seconds_for(self.waiting, passages, pages)

    def rates(self) -> tuple[float | None, float | None]:
        """(files, passages) a second, as of late; None while unknown or while nothing is done."""
        files, passages = (round(r.per_second(), 1) or None for r in (self.pace.files, self.pace.passages))
        return (files, passages) if self.progress.stage else (None, None)

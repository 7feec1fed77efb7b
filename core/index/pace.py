"""How fast indexing goes, and so when it will be done. Knows nothing of what is done."""

from __future__ import annotations

from dataclasses import dataclass, field

WINDOW_S = 30.0
"""Seconds of work after which what came before counts half: files differ, and so does what else the computer does."""


LEAST = 32
"""What must have been done before a rate says anything: one batch of the embedder."""
LEAST_PAGES = 2
"""Recognising a page takes seconds."""


@dataclass(slots=True)
class Rate:
    """`amount` in `seconds` of work, the latest counting most; `ever` is all that was done."""

    amount: float = 0.0
    seconds: float = 0.0
    ever: float = 0.0

    def add(self, amount: float, seconds: float) -> None:
        """So much was done in so long."""
        if self.seconds > WINDOW_S:
            self.amount, self.seconds = self.amount / 2, self.seconds / 2
        self.amount, self.seconds = self.amount + amount, self.seconds + seconds
        self.ever += amount

    def per_second(self) -> float:
        """0 while nothing is known."""
        return self.amount / self.seconds if self.seconds > 0 else 0.0


@dataclass(slots=True)
class Pace:
    """Files read, the passages they gave, passages embedded, pages recognised."""

    files: Rate = field(default_factory=Rate)
    passages_a_file: Rate = field(default_factory=Rate)
    passages: Rate = field(default_factory=Rate)
    pages: Rate = field(default_factory=Rate)

    def seconds_for(self, files: int, passages: int, pages: int = 0) -> float | None:
        """For reading `files`, embedding `passages` and those the files will give, and recognising `pages`; None while
        a rate is unknown."""
        expected = passages + files * self.passages_a_file.per_second()
        seconds = 0.0
        kinds = ((files, self.files, LEAST), (expected, self.passages, LEAST), (pages, self.pages, LEAST_PAGES))
        for amount, rate, least in kinds:
            if amount and (rate.ever < least or not rate.per_second()):
                return None
            seconds += amount / rate.per_second() if amount else 0.0
        return seconds or None

"""A piece of long work that reports its progress and can be stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable

from core.errors import Cancelled


class Job:
    """Progress and cancel are one object: a step publishes and raises `Cancelled` when asked to stop.

    `clock` returns seconds (monotonic). Steps are published at most ten times a second, except the
    last one (`done == total`), so that a listener never drowns.
    """

    INTERVAL_S = 0.1

    def __init__(self, publish: Callable[[int, int], None], clock: Callable[[], float]) -> None:
        self._publish = publish
        self._clock = clock
        self._cancelled = threading.Event()
        self._last = float("-inf")

    def cancel(self) -> None:
        """Ask the work to stop at its next step; returns at once."""
        self._cancelled.set()

    def check(self) -> None:
        """Raise `Cancelled` if the work was asked to stop."""
        if self._cancelled.is_set():
            raise Cancelled

    def step(self, done: int, total: int) -> None:
        """Note that `done` of `total` is finished. Raises `Cancelled`."""
        self.check()
        now = self._clock()
        if done == total or now - self._last >= self.INTERVAL_S:
            self._last = now
            self._publish(done, total)

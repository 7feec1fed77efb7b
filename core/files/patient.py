"""Walks a folder that may never answer: a network share whose server is gone blocks whoever looks at it, for ever.

Knows nothing of what a walk finds. A blocked system call cannot be given up, only left to a thread of its own; until
that one returns, the folder is not looked at again.
"""

from __future__ import annotations

import threading
import time

from core.files.walk import Found, Walk

STALL_S = 30.0
"""A walk that finds nothing more for this long hangs: the slowest folder is listed in less."""


class _Walking(threading.Thread):
    def __init__(self, walk: Walk) -> None:
        super().__init__(name="walk", daemon=True)
        self.found: list[Found] = []
        self.problem: Exception | None = None
        self._walk = walk

    def run(self) -> None:
        try:
            for found in self._walk:
                self.found.append(found)
        except Exception as e:  # raised again where the walk is waited for
            self.problem = e

    def far(self) -> tuple[int, int]:
        return len(self.found), len(self._walk.folders)


class PatientWalks:
    """Walks of folders that may hang. For one thread."""

    def __init__(self) -> None:
        self._stuck: dict[str, _Walking] = {}

    def found(self, root: str, walk: Walk) -> list[Found] | None:
        """Everything `walk` finds in `root`; None when it hangs, or an earlier one still does."""
        stuck = self._stuck.pop(root, None)
        if stuck is not None and stuck.is_alive():
            self._stuck[root] = stuck
            return None
        walking = _Walking(walk)
        walking.start()
        far, since = walking.far(), time.monotonic()
        while walking.is_alive():
            walking.join(min(1.0, STALL_S))
            if walking.far() != far:
                far, since = walking.far(), time.monotonic()
            elif walking.is_alive() and time.monotonic() - since >= STALL_S:
                self._stuck[root] = walking
                return None
        if walking.problem is not None:
            raise walking.problem
        return walking.found

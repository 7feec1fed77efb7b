"""How many threads llama.cpp uses: as many as there are processors that nobody else wants at the moment.

Knows no model. A thread that waits for a busy core stalls all the others (measured: two threads on two cores, one of
them busy, fall to 1/34 of the speed of one), so fewer threads are faster than many that are in each other's way.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

LOOK_S = 0.2
"""How often others are looked for."""
LOOKS = 5
"""Looks whose median counts: a program that wakes up for a moment takes no processor away."""

_LOAD = Path("/proc/loadavg")
_OWN = Path("/proc/self/task")


class Threads:
    """Calls `use` with another number when it should change. Linux tells who runs; elsewhere the number stays."""

    def __init__(
        self, most: int, fixed: bool, use: Callable[[int], None], load: Path = _LOAD, own: Path = _OWN
    ) -> None:
        """`most`: threads with nobody else about, one processor left over; `fixed`: never fewer."""
        self.now = most
        self._most = most
        self._use = use
        self._load, self._own = load, own
        self._looks: deque[int] = deque(maxlen=LOOKS)
        self._last = 0.0
        self._follows = most > 1 and not fixed and load.exists()

    def look(self) -> None:
        """Look for others, at most every LOOK_S seconds."""
        now = time.monotonic()
        if not self._follows or now - self._last < LOOK_S:
            return
        if now - self._last > 5 * LOOK_S:
            self._looks.clear()  # what was before says nothing
        self._last = now
        self._looks.append(self._others())
        # One processor is left to others from the start.
        count = max(1, min(self._most, self._most + 1 - int(statistics.median(self._looks))))
        if count != self.now:
            self.now = count
            self._use(count)

    def _others(self) -> int:
        """How many threads of other programs run or wait for a processor right now."""
        try:
            running = int(self._load.read_text(encoding="ascii").split()[3].split("/")[0])
            return max(0, running - sum(map(_runs, self._own.iterdir())))
        except (OSError, ValueError, IndexError):
            return 0


def _runs(task: Path) -> bool:
    if task.name == str(threading.get_native_id()):
        return True
    try:
        return (task / "stat").read_text(encoding="utf-8", errors="replace").rsplit(")", 1)[1].split()[0] == "R"
    except (OSError, IndexError):
        return False

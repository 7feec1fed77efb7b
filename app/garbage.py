"""Collects Python's cyclic garbage on the main thread only.

Qt objects caught in a cycle die wherever the collector runs; on another thread that is a crash
(measured; Anki does the same for this reason).
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 5_000


class GarbageCollector(QObject):
    """Switches automatic collection off and looks every five seconds whether one is due."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._thresholds = gc.get_threshold()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._collect)
        self._timer.start(INTERVAL_MS)

    def _collect(self) -> None:
        due = [
            n for n, (count, limit) in enumerate(zip(gc.get_count(), self._thresholds, strict=True)) if count > limit
        ]
        if due:
            gc.collect(due[-1])

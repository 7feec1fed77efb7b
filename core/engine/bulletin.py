"""Who is told of what happens in the engine. Knows nothing of what is told."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from core.events import EngineEvent

log = logging.getLogger(__name__)


class Bulletin:
    """Listeners, called one after the other on the thread that tells."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[EngineEvent], None]] = []
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        return bool(self._listeners)

    def subscribe(self, listener: Callable[[EngineEvent], None]) -> Callable[[], None]:
        """Tell `listener` of every event, on the thread that meets it; returns what ends that."""
        with self._lock:
            self._listeners.append(listener)

        def end() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return end

    def tell(self, event: EngineEvent) -> None:
        """Every listener is told, also when one of them fails."""
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            try:
                listener(event)
            except Exception:  # whatever it is, it is the listener's: the others still have to be told
                log.exception("a listener failed")

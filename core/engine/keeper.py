"""Has the language model ready before the first question, and gives its memory back when nobody asks any more.

Decides when, not how. It waits until indexing rests, since both want the same processors, loads only what fits into
the memory that is free, and says nothing: a question that comes first loads the model as ever.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from core import errors
from core.engine.parts import Parts

WAKE_S = 3.0
"""How long after the start the first look is, and how often it looks again until the model is warm."""
LOOK_S = 5.0

log = logging.getLogger(__name__)


class Keeper:
    """A thread of its own, from `start` to `close`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._closed = threading.Event()
        self._warmed = ""
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def start(self) -> None:
        """Begin to look; nothing is loaded at once."""
        self._thread.start()

    def close(self) -> None:
        """Look no more. A model that is being loaded ends with its worker."""
        self._closed.set()

    def _run(self) -> None:
        while not self._closed.wait(WAKE_S if self._warmed != self._parts.settings.model else LOOK_S):
            try:
                self._look()
            except errors.Cancelled:
                log.info("another language model was chosen, or none, while one was made ready")
            except errors.MoaError as problem:
                # Whoever asks next hears of it; trying again and again would only cost time.
                log.info("the language model was not made ready: %s", problem)
                self._warmed = self._parts.settings.model
            except Exception:  # a bug of ours must not end the thread that gives memory back
                log.exception("looking after the language model failed")
                self._warmed = self._parts.settings.model

    def _look(self) -> None:
        p = self._parts
        p.chats.catch_up()
        chosen, minutes = p.settings.model, p.settings.unload_after_min
        if minutes > 0 and p.worker.unload_after(60.0 * minutes):
            log.info("nobody asked for %d minutes: the language model gave its memory back", minutes)
        if chosen == self._warmed or not p.embedder_done.is_set() or p.lane.progress.stage:
            return
        target = p.target(chosen) if chosen else None
        # What was loaded meanwhile was asked for, and is warm; what somebody stopped while it was loaded is not wanted.
        waits = not p.worker.loaded and p.worker.given_up != target
        if isinstance(target, Path) and waits and p.worker.fit(chosen, target, p.load_options()).fits:
            p.answerer.warm(target)
        self._warmed = chosen

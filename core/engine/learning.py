"""What the notes teach: the self-test. Knows nothing of how questions are made."""

from __future__ import annotations

import threading
from dataclasses import replace

import msgspec

from core import errors
from core.engine.parts import Parts
from core.index.embedding.space import TextEmbedder
from core.learn.selftest import SelfTester, fitness
from core.learn.written import Written
from core.types import SelfTest, SelfTestProgress

EMBEDDER_PATIENCE_S = 60.0
MOST = 5000


class Learning:
    """One self-test at a time."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._running = threading.Lock()
        self._stop = threading.Event()
        self.progress = SelfTestProgress()

    def selftest(self, n: int, seed: int = 0) -> SelfTest:
        """Ask the library at most `n` questions made from it, some of them written by the language model while one of
        this machine is loaded and free; indexing stands back meanwhile. Raises
        `errors.BadRequest` for an empty library, and while another self-test runs."""
        p = self._parts
        if not p.passages.file_count():
            raise errors.BadRequest("There are no notes to ask about yet.", "Add a folder: moa folders add PATH.")
        if not self._running.acquire(blocking=False):
            raise errors.BadRequest("A self-test is running already.", "Wait for it to end.")
        try:
            self._stop.clear()
            p.lane.asking(+1)
            p.wait_for_meaning(EMBEDDER_PATIENCE_S)
            asked = p.embedder
            written = Written(p.answerer.lent, self._stop)
            report = SelfTester(p.passages, p.space, p.search).run(
                min(max(n, 1), MOST), seed, p.dense(), self._told, lambda: not self._stop.is_set(), written.question
            )
            report = replace(report, refused=written.refused)
            if p.dense() and not p.data.frozen:
                self._learn(report, asked)
            return report
        finally:
            p.lane.asking(-1)
            self.progress = SelfTestProgress()
            self._running.release()

    def stop(self) -> None:
        """End the self-test that runs, if one does, with what was asked by then."""
        self._stop.set()

    def _told(self, asked: int, of: int) -> None:
        self.progress = SelfTestProgress(asked, of)

    def _learn(self, report: SelfTest, asked: TextEmbedder) -> None:
        p = self._parts
        found = asked.measured | fitness(report)
        p.catalogue.remember(p.fitness_key(asked), msgspec.json.encode(found).decode())
        asked.measured = found

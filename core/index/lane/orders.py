"""What everyone else wants of the indexing thread: folders to compare, calls to make, a pause, an end.

Knows nothing of indexing. One lock and one condition for both sides; nothing here takes longer than handing over.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from typing import TypeVar

from core.index.reconcile import Consent

# How long vectors wait for an answer that is being written, so that a model that hangs stops nothing else.
PATIENCE_S = 120.0

T = TypeVar("T")


class Orders:
    """Filled by any thread, followed by one."""

    def __init__(self) -> None:
        self._wake = threading.Condition()
        self._folders: set[int] = set()
        self._consent: dict[int, Consent] = {}
        self._calls: list[tuple[Callable[[], object], Future[object]]] = []
        self._askers = 0
        self._idle = False
        self._asked = False
        self.paused = False
        self.stopping = False
        self.problem = ""
        """Why indexing stands still, in words; empty when it does not."""

    # ---- for any thread

    def compare(self, folders: Iterable[int], consent: Mapping[int, Consent] | None = None) -> None:
        """These folders are to be compared with the disk as soon as possible."""
        with self._wake:
            self._folders |= set(folders)
            for id, given in (consent or {}).items():
                if given == "named":
                    self._consent[id] = given
                self._consent.setdefault(id, given)
            self._idle, self._asked = False, True
            self._wake.notify_all()

    def call(self, work: Callable[[], T]) -> T:
        """Have `work` run between two steps; returns what it returns or raises what it raises."""
        future: Future[object] = Future()
        with self._wake:
            self._calls.append((work, future))
            self._wake.notify_all()
        return future.result()  # type: ignore[return-value]

    def pause(self, paused: bool) -> None:
        """Nothing more is to be read or embedded, or again."""
        with self._wake:
            self.paused, self._idle, self._asked = paused, False, True
            self._wake.notify_all()

    def asking(self, delta: int) -> None:
        """A question begins (+1) or ends (-1)."""
        with self._wake:
            self._askers += delta
            self._wake.notify_all()

    def stop(self) -> None:
        """The thread is to end after the step under way."""
        with self._wake:
            self.stopping = True
            self._wake.notify_all()

    def notify(self) -> None:
        """Something that the thread waits for may have happened."""
        with self._wake:
            self._wake.notify_all()

    def wait_until_idle(self) -> None:
        """Return when nothing is left to do, a problem stands in the way, or the thread is to end."""
        self.wait(lambda: bool(self.stopping or self.problem or self._idle))

    # ---- for the thread that indexes

    @property
    def urgent(self) -> bool:
        """Whether a step should come back now."""
        return bool(self.stopping or self._folders or self._calls)

    @property
    def answering(self) -> bool:
        """Whether a question is being answered; the vectors wait, since both want the same processor."""
        return self._askers > 0

    def wait(self, until: Callable[[], bool], timeout: float | None = None) -> None:
        """Until something is so, which is asked again whenever anything was ordered or notified."""
        with self._wake:
            self._wake.wait_for(until, timeout)

    def let_answer(self) -> None:
        """Wait while a question is being answered and nothing is urgent."""
        self.wait(lambda: self.urgent or not self.answering, PATIENCE_S)

    def nobody_need_wait(self) -> None:
        """Nothing is left that somebody waits for, though there is more to do."""
        with self._wake:
            self._idle = not self.urgent
            self._wake.notify_all()

    def take_folders(self) -> tuple[set[int], dict[int, Consent]]:
        """The folders to be compared, and what a person said of them; they are off the list then."""
        with self._wake:
            folders, self._folders = self._folders, set()
            consent, self._consent = self._consent, {}
        return folders, consent

    def put_back(self, folders: set[int], consent: dict[int, Consent]) -> None:
        """These could not be compared; what was said meanwhile holds."""
        with self._wake:
            self._folders |= folders
            self._consent = consent | self._consent

    def serve(self) -> bool:
        """Run what was called for; whether there was anything."""
        with self._wake:
            calls, self._calls = self._calls, []
        for work, future in calls:
            try:
                future.set_result(work())
            except BaseException as e:
                future.set_exception(e)
        return bool(calls)

    def say(self, problem: str) -> None:
        """Why indexing stands still; empty when it does not."""
        with self._wake:
            self.problem = problem
            self._wake.notify_all()

    def rest(self, worked: bool, timeout: float | None) -> None:
        """After a step: wait for the next order, at most so long, unless there may be more to do."""
        with self._wake:
            if self.stopping or (not self.problem and (worked or self.urgent)):
                return
            self._idle = not self.problem
            self._wake.notify_all()
            self._wake.wait_for(lambda: self.stopping or self._calls or self._asked, timeout)
            self._idle = self._asked = False

    def cancel(self) -> None:
        """Nobody will run what is still called for."""
        for _, future in self._calls:
            future.cancel()

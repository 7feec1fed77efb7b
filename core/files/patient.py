"""Asks file systems that may never answer: a share whose server is gone blocks whoever looks at it, for ever.

Knows nothing of what is asked. A blocked system call cannot be given up, only left to a thread of its own; until that
one returns, nothing else is asked below the same folder. Local disks are asked in the same way, since a share may be
mounted anywhere below a folder: handing a call over costs 30 µs, reading a note two thousand.
"""

from __future__ import annotations

import errno
import os
import queue
import threading
import time
from collections.abc import Callable
from typing import TypeVar, cast

from core import errors

STALL_S = 30.0
"""Seconds without any progress after which a call counts as hung: the slowest disk wakes up in less."""

T = TypeVar("T")
Tick = Callable[[], None]
Call = tuple[Callable[[Tick], object], Callable[[], object]]
_CLOSED = object()


class Hung(OSError):
    """What holds `filename` did not answer."""

    def __init__(self, path: str) -> None:
        super().__init__(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT), path)


class _Hand(threading.Thread):
    """Makes one call after the other for whoever can wait for it no longer than so."""

    def __init__(self) -> None:
        super().__init__(name="files", daemon=True)
        self.calls: queue.SimpleQueue[Call | None] = queue.SimpleQueue()
        self.answers: queue.SimpleQueue[object] = queue.SimpleQueue()
        self.heard = 0.0
        self.abandoned: Callable[[_Hand], None] | None = None
        self.deciding = threading.Lock()
        self.start()

    def tick(self) -> None:
        """There was progress."""
        self.heard = time.monotonic()

    def run(self) -> None:
        while (call := self.calls.get()) is not None:
            work, undo = call
            answer: object
            try:
                answer = (True, work(self.tick))
            except BaseException as e:  # raised again where it is waited for
                answer = (False, e)
            with self.deciding:
                abandoned = self.abandoned
                if abandoned is None:
                    self.answers.put(answer)
            del call, work, answer
            if abandoned is not None:
                undo()
                abandoned(self)
                return


class Patience:
    """Makes calls that may hang. For any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[_Hand] = []
        self._busy: set[_Hand] = set()
        self._stuck: dict[_Hand, str] = {}
        self._closed = False

    def call(self, path: str, work: Callable[[Tick], T], undo: Callable[[], object] = lambda: None) -> T:
        """What `work` returns or raises. It calls what it is given whenever it gets on; `Hung` is raised when it did
        not for `STALL_S`, and `undo` is called once it comes back. `path` is what it asks for. Raises
        `errors.SetupProblem` when `close` came meanwhile."""
        if self._stuck and self.stuck(path):
            raise Hung(path)
        hand = self._hand()
        try:
            hand.tick()
            hand.calls.put((work, undo))
            answer = self._answer(hand)
        finally:
            with self._lock:
                self._busy.discard(hand)
        if answer is None or answer is _CLOSED:
            # On its way back all the same: what it brought is taken after all.
            with hand.deciding:
                if hand.answers.empty():
                    hand.abandoned = self._came_back
                    with self._lock:
                        self._stuck[hand] = path
            if hand.abandoned is not None:
                raise _stopped() if answer is _CLOSED else Hung(path)
            answer = hand.answers.get()
        with self._lock:
            if self._closed:
                hand.calls.put(None)
            else:
                self._idle.append(hand)
        done, value = cast(tuple[bool, object], answer)
        if done:
            return cast(T, value)
        raise cast(BaseException, value)

    def stuck(self, folder: str) -> bool:
        """Whether a call for something in `folder` has not come back yet."""
        within = folder.rstrip(os.sep) + os.sep
        with self._lock:
            return any(path == folder or path.startswith(within) for path in self._stuck.values())

    def close(self) -> None:
        """Wait for nothing any more."""
        with self._lock:
            self._closed = True
            for hand in self._idle:
                hand.calls.put(None)
            for hand in self._busy:
                hand.answers.put(_CLOSED)
            self._idle.clear()

    def _hand(self) -> _Hand:
        with self._lock:
            if self._closed:
                raise _stopped()
            hand = self._idle.pop() if self._idle else _Hand()
            self._busy.add(hand)
            return hand

    @staticmethod
    def _answer(hand: _Hand) -> object:
        """What the call brought; None when there was no progress for too long."""
        while True:
            left = hand.heard + STALL_S - time.monotonic()
            try:
                return hand.answers.get(timeout=max(left, 0.001))
            except queue.Empty:
                if time.monotonic() >= hand.heard + STALL_S:
                    return None

    def _came_back(self, hand: _Hand) -> None:
        with self._lock:
            self._stuck.pop(hand, None)


def _stopped() -> errors.SetupProblem:
    return errors.SetupProblem("Moa is being stopped.", "The file is read at the next start.")

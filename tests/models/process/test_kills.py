"""The model's process killed at any moment: each question has a clear outcome, nothing is left behind, nobody hangs."""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from core.errors import ModelProblem
from core.models.process.worker import Finish, LoadOptions, Worker
from core.types import ChatMessage

OPTIONS = LoadOptions(context=16384, threads=1)
ANSWERED_S = 60.0


def outcome(worker: Worker, path: Path, after: float, pieces: int = 0) -> str:
    """Ask one question and kill the process `after` so many seconds, or after so many `pieces` of a long answer; how it
    ended, in words."""

    def kill() -> None:
        if pid := worker.pid:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    said: list[str] = []

    def ask() -> None:
        try:
            worker.load(path, OPTIONS)
            question = [ChatMessage("user", "the budget decision was moved " * 40)]
            most = 12_000 if pieces else 150
            for n, part in enumerate(worker.chat(question, max_tokens=most, stop=threading.Event(), name="talk"), 1):
                if n == pieces:
                    kill()
                end = part
            assert isinstance(end, Finish)
            said.append(end.reason)
        except ModelProblem as problem:
            assert problem.title.endswith(".") and problem.advice
            said.append(problem.title)
            if "choose it again" in problem.advice:
                worker.forgive(path)

    timer, client = threading.Timer(after, kill), threading.Thread(target=ask, daemon=True)
    timer.start()
    client.start()
    client.join(ANSWERED_S)
    assert not client.is_alive(), "the client hangs"
    timer.cancel()
    timer.join()
    assert len(said) == 1
    return said[0]


def models_running() -> list[int]:
    found = []
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if "core.models.process.child" in child.cmdline() and child.status() != psutil.STATUS_ZOMBIE:
                found.append(child.pid)
    return found


@pytest.mark.parametrize("count", [10, pytest.param(100, marks=pytest.mark.slow)])
def test_killed_at_random(new_worker: Callable[[], Worker], babbling_model: Path, count: int) -> None:
    before = set(models_running())
    worker, chance = new_worker(), random.Random(count)
    began = time.monotonic()
    assert outcome(worker, babbling_model, 3600.0) == "length"
    whole = time.monotonic() - began
    worker.unload()
    outcomes = Counter(outcome(worker, babbling_model, chance.uniform(0.0, 1.5 * whole)) for _ in range(count - 2))
    # Whatever the clock did to the others, these two are killed while they write.
    outcomes.update(outcome(worker, babbling_model, 3600.0, pieces=n) for n in (1, 40))
    sys.stdout.write(f"{dict(outcomes)}\n")
    assert sum(outcomes.values()) == count
    assert len(outcomes) > 1, "some were killed, or this tests nothing"
    # Nothing of it is held against the model.
    assert outcome(worker, babbling_model, 3600.0) == "length"
    worker.close()
    assert set(models_running()) <= before

"""A model that is given up while it is loaded: at once, with nothing left of it and nothing held against it."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from core.errors import Cancelled, ModelProblem
from core.models.process.worker import LoadOptions, Worker
from core.types import ChatMessage
from tests.large_models import large_model

SMALL = LoadOptions(context=512, threads=1)
QUESTION = [ChatMessage("user", "the budget decision")]
freezes = pytest.mark.skipif(sys.platform == "win32", reason="holds the model's process with SIGSTOP")
JOINED_S = 60.0


def answer(worker: Worker) -> str:
    return "".join(getattr(e, "text", "") for e in worker.chat(QUESTION, max_tokens=20, stop=threading.Event()))


class Held:
    """Loads on a thread of its own, its process stopped in the middle of it, as a slow disk would."""

    def __init__(self, worker: Worker, path: Path) -> None:
        self._worker, self._path = worker, path
        self._how = ""

    def load(self, stop: threading.Event) -> int:
        """Begin; returns the process id once it is held."""
        reached = threading.Event()

        def run() -> None:
            try:
                for _ in self._worker.loading(self._path, SMALL, stop):
                    if not reached.is_set() and self._worker.pid:
                        os.kill(self._worker.pid, signal.SIGSTOP)
                    reached.set()
                self._how = "ready"
            except (Cancelled, ModelProblem) as e:
                self._how = type(e).__name__

        self._thread = threading.Thread(target=run)
        self._thread.start()
        assert reached.wait(JOINED_S) and self._worker.state == "loading" and self._worker.pid
        return self._worker.pid

    def ended(self) -> str:
        self._thread.join(JOINED_S)
        assert not self._thread.is_alive()
        return self._how


@pytest.fixture
def held(worker: Worker, small_model: Path, monkeypatch: pytest.MonkeyPatch) -> Held:
    monkeypatch.setattr("core.models.process.pipes._GRACE_S", 0.2)
    return Held(worker, small_model)


def gone(pid: int) -> bool:
    """Whether it is, after as long as a busy machine may take to end a process that was killed."""
    until = time.monotonic() + JOINED_S
    with suppress(psutil.NoSuchProcess):
        while time.monotonic() < until and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)  # it is no child of the thread that asks, and nothing tells
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    return True


def test_it_is_told_how_far_a_load_is(worker: Worker, small_model: Path) -> None:
    shares = list(worker.loading(small_model, SMALL))
    assert shares[0] == 0 and shares == sorted(shares) and shares[-1] <= 100
    assert worker.state == "ready" and list(worker.loading(small_model, SMALL)) == []


@freezes
@pytest.mark.parametrize("way", ["stop", "unload", "another model", "close"])
def test_a_load_is_given_up_at_once(way: str, worker: Worker, held: Held, small_model: Path, tmp_path: Path) -> None:
    stop = threading.Event()
    pid = held.load(stop)
    if way == "stop":
        stop.set()
    elif way == "unload":
        worker.unload()
    elif way == "close":
        worker.close()
    else:
        worker.give_up(unless=small_model)
        assert worker.state == "loading", "it is the one that is wanted"
        worker.give_up(unless=tmp_path / "other.gguf")
    assert held.ended() == ("ModelProblem" if way == "close" else "Cancelled")
    assert gone(pid) and worker.pid is None and worker.loaded is None
    if way == "close":
        return
    assert worker.state == "stopped" and worker.given_up == small_model
    worker.load(small_model, SMALL)  # would be refused if it were remembered as failed
    assert answer(worker).startswith("the budget") and worker.given_up is None


def test_whoever_looks_no_further_has_given_it_up(worker: Worker, small_model: Path) -> None:
    loading = worker.loading(small_model, SMALL)
    next(loading)
    assert worker.pid
    loading.close()  # type: ignore[attr-defined]
    assert worker.state == "stopped" and worker.pid is None and worker.given_up == small_model


@freezes
def test_who_waits_for_a_load_of_others_may_stop_waiting(worker: Worker, held: Held, small_model: Path) -> None:
    pid = held.load(threading.Event())
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        list(worker.loading(small_model, SMALL, stop))
    assert worker.state == "loading"
    os.kill(pid, signal.SIGCONT)
    assert held.ended() == "ready" and worker.pid == pid


@freezes
def test_a_warm_up_is_given_up_too(worker: Worker, small_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.models.process.pipes._GRACE_S", 0.2)
    worker.load(small_model, SMALL)
    pid = worker.pid
    assert pid
    os.kill(pid, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as pool:
        warming = pool.submit(worker.warm, [ChatMessage("system", "You quote."), *QUESTION])
        while not worker.preparing:
            assert not wait([warming], 0.01).done
        worker.unload()
        with pytest.raises(Cancelled):
            warming.result(JOINED_S)
    assert gone(pid) and worker.state == "stopped"


@pytest.mark.slow
def test_a_large_model_is_caught_in_the_act(worker: Worker) -> None:
    """A gigabyte that is laid out anew as it is read: stopped at every tenth part, its memory is back each time."""
    path = large_model("llama-3.2-1b", "Q4_K_M")
    for part in range(0, 100, 10):
        stop, seen, pid = threading.Event(), [], None
        with suppress(Cancelled):
            for share in worker.loading(path, LoadOptions(context=4096, threads=1), stop):
                seen.append(share)
                pid = worker.pid
                if share >= part:
                    stop.set()
        sys.stdout.write(f"stopped from {part} % on: {seen}\n")
        if stop.is_set():
            assert pid and gone(pid) and worker.state == "stopped"
        worker.unload()
    shares = list(worker.loading(path, LoadOptions(context=4096, threads=1)))
    assert len(shares) > 1, "it was too fast to be looked at"
    assert worker.state == "ready"

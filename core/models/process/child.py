"""The model's process: `python -m core.models.process.child`. Requests come in as lines of JSON, replies go out so.

Knows llama.cpp through core.models.llama only, and nothing of the engine. Requests (`id` is repeated in
each reply): join, probe, load, count, measure, chat, warm, keep, forget; `stop` ends the request it names, `ping` is
answered at once. Replies: `share` (per cent that are loaded) and `piece` (more follows), `done`, or `error` with title,
advice and whether it will always be so.
"""

from __future__ import annotations

import ctypes
import io
import json
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from core.errors import MoaError, ModelProblem
from core.types import ChatMessage

if TYPE_CHECKING:
    from core.models.llama.model import LanguageModel

PR_SET_PDEATHSIG = 1
"""From linux/prctl.h."""
IDLE_S = 1.5
"""Seconds without a request after which the conversation's state is put on disk: the next one is not kept waiting."""

TELL_S = 0.25
"""How often it is told how far a load is."""


class Child:
    """Serves requests in order; a thread of its own reads ahead, so that a stop is seen at once."""

    def __init__(self, requests: BinaryIO, replies: BinaryIO) -> None:
        self._requests = requests
        self._replies = replies
        self._writing = threading.Lock()
        self._queue: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._stop_id = -1
        self._id = -1
        self._model: LanguageModel | None = None
        self._shared = 0.0

    def run(self) -> None:
        """Serve for ever; the process ends when its standard input does."""
        threading.Thread(target=self._read, daemon=True).start()
        while True:
            request = self._next()
            self._id = request.pop("id")
            try:
                result = getattr(self, "_" + request.pop("op"))(**request)
                self._reply({"done": result})
            except MoaError as e:
                self._reply({"error": [e.title, e.advice, getattr(e, "for_good", False)]})
            except Exception as e:
                traceback.print_exc()
                title = f"The language model's process met an unexpected problem ({type(e).__name__})."
                self._reply({"error": [title, "Ask again; the log of the model says more.", False]})

    def _next(self) -> dict[str, Any]:
        """The next request; a while without one is used to put the state of the conversation on disk."""
        try:
            return self._queue.get(timeout=IDLE_S)
        except queue.Empty:
            if self._model:
                self._model.keep()
            return self._queue.get()

    def _read(self) -> None:
        for line in self._requests:
            request = json.loads(line)
            if request["op"] == "stop":
                self._stop_id = request["id"]
            elif request["op"] == "ping":
                self._write({"id": request["id"], "pong": True})
            else:
                self._queue.put(request)
        # The engine is gone or wants no more. At once, whatever the other thread is doing: no destructor of a
        # driver may keep this process alive.
        os._exit(0)

    def _reply(self, reply: dict[str, Any]) -> None:
        self._write({"id": self._id, **reply})

    def _write(self, reply: dict[str, Any]) -> None:
        with self._writing:
            self._replies.write(json.dumps(reply).encode() + b"\n")
            self._replies.flush()

    def _stopped(self) -> bool:
        return self._stop_id == self._id

    def _join(self, address: str) -> None:
        from core.models.llama import machines

        machines.join(address)

    def _probe(self, machines: Sequence[str]) -> list[dict[str, Any]]:
        from core.models.llama.devices import devices

        return [asdict(device) for device in devices(machines)]

    def _load(self, path: str, setup: dict[str, Any], kv: str, names: tuple[str, str, str]) -> dict[str, Any]:
        from core.models.llama.model import LanguageModel, Setup
        from core.models.llama.saved import SavedStates

        states = None
        try:
            states = SavedStates(Path(kv), *names) if kv else None
        except OSError as e:  # a full or read-only disk costs what would have been reused, not the answer
            sys.stderr.write(f"no states of prompts: {e}\n")
        model = self._model = LanguageModel(Path(path), Setup(**setup), states, self._stopped, self._share)
        if "RPC" in model.device:
            from core.models.llama import machines

            machines.watch()
        return {
            "context": model.context, "device": model.device, "note": model.template.note, "took": asdict(model.took)
        }  # fmt: skip

    def _share(self, part: float) -> None:
        """Tell how far a load is: at its begin, and then not more often than somebody would look."""
        now = time.monotonic()
        if not part or now - self._shared > TELL_S:
            self._shared = now
            self._reply({"share": int(100 * part)})

    def _count(self, text: str) -> int:
        return len(self._loaded().tokenize(text))

    def _measure(self, messages: list[list[str]]) -> int:
        return len(self._loaded().prompt(_messages(messages))[0])

    def _warm(self, messages: list[list[str]]) -> int:
        return self._loaded().warm(_messages(messages))

    def _keep(self) -> None:
        self._loaded().keep()

    def _forget(self, name: str) -> None:
        self._loaded().forget(name)

    def _chat(self, messages: list[list[str]], max_tokens: int, name: str) -> dict[str, Any]:
        model = self._loaded()
        for piece in model.write(model.prompt(_messages(messages)), name, max_tokens):
            if not isinstance(piece, str):
                return asdict(piece) | {"note": model.template.note}
            self._reply({"piece": piece})
        raise AssertionError("write() ends with how it went")

    def _loaded(self) -> LanguageModel:
        if self._model is None:
            raise ModelProblem("No language model is loaded.", "Choose one with `moa models use`.")
        return self._model


class _Log(io.TextIOBase):
    """Standard error, for which a full disk is no failure: the log is not worth an answer."""

    def write(self, text: str) -> int:
        with suppress(OSError):
            os.write(2, text.encode("utf-8", "replace"))
        return len(text)


def _messages(pairs: list[list[Any]]) -> list[ChatMessage]:
    return [ChatMessage(role, text) for role, text in pairs]


def pipes() -> tuple[BinaryIO, BinaryIO]:
    """Requests and replies, taken away from llama.cpp, which prints to standard output. The process ends with the one
    that started it."""
    if sys.platform == "linux":
        # Standard input ends with the engine, but a decode that holds the interpreter would notice late.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal reaches the whole group; the engine decides.
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    sys.stderr = _Log()
    return requests, replies


def main() -> None:
    """Serve."""
    Child(*pipes()).run()


if __name__ == "__main__":
    main()

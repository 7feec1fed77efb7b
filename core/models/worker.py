"""The engine's handle on the language model: load, count, measure, chat, stop.

Knows the child process and its messages, not llama.cpp. A child that ends at any moment (a crash, a kill)
costs the answer under way; the next request starts a new one with the same model.
"""

from __future__ import annotations

import itertools
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from core.errors import BadRequest, FileProblem, ModelProblem
from core.models import hardware
from core.models.gguf import read_header
from core.models.process import Ended, Process
from core.types import ChatMessage

State = Literal["stopped", "loading", "ready", "answering", "failed"]

_LOOK_S = 0.05
"""How often the caller's stop is looked at while no piece comes."""
_STOP_S = 20.0
"""How long a stop may take (a graphics card finishes its batch first) before the child is killed."""

_AGAIN = "Ask again: it starts anew."


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """`context` in tokens, at most what the model was trained for is used; `threads` 0: Moa chooses;
    `gpu_layers` -1: all."""

    context: int = 4096
    threads: int = 0
    gpu_layers: int = -1


@dataclass(frozen=True, slots=True)
class Piece:
    """The next part of an answer, whole characters."""

    text: str


@dataclass(frozen=True, slots=True)
class Finish:
    """How an answer ended: the model had finished, the room was used up, or the user stopped it.

    All figures are zero when a child that did not react had to be killed for the stop.
    """

    reason: Literal["stop", "length", "stopped"]
    prompt_tokens: int
    cached_tokens: int
    """Tokens of the prompt that did not have to be computed again."""
    first_token_ms: float
    tokens_per_s: float


class Worker:
    """One language model in a child process.

    Thread-safe: one request at a time, the others wait. Whoever iterates `chat` must finish or close it
    before asking for anything else on the same thread. `state`, `detail` and the like may be read at any time.
    """

    def __init__(self, log: Path) -> None:
        """`log` takes what llama.cpp prints. Nothing is started yet."""
        self.state: State = "stopped"
        self.device = ""
        self.detail = ""
        """A sentence on what is degraded or went wrong; empty when all is well."""
        self.loaded: Path | None = None
        self.context = 0
        """Tokens of the loaded context."""
        self._log = log
        self._turn = threading.Lock()
        self._child: Process | None = None
        self._wanted: tuple[Path, LoadOptions] | None = None
        self._offload: bool | None = None
        self._ids = itertools.count(1)
        self._closed = False

    @property
    def pid(self) -> int | None:
        """Process id of the child while one runs."""
        child = self._child
        return child.pid if child else None

    @property
    def rss_mb(self) -> int:
        """Resident memory of the child in MiB."""
        pid = self.pid
        return hardware.resident_mb(pid) if pid else 0

    def can_offload(self) -> bool:
        """Whether the installed llama.cpp can use a graphics card of this machine; asked in a child."""
        with self._turn:
            if self._offload is None:
                child = self._child if self._child and self._child.alive else self._start()
                self._offload = bool(self._ask(child, "probe"))
                if self.loaded is None:
                    self._drop()
            return self._offload

    def load(self, path: Path, options: LoadOptions) -> None:
        """Have the model at `path` ready; returns at once when it is. Raises ModelProblem, in words."""
        with self._turn:
            if self._wanted != (path, options):
                self._wanted = None
            if self._wanted is None or self.loaded is None or not self._alive():
                self._load(path, options)

    def count(self, text: str) -> int:
        """Tokens of a plain text. Raises ModelProblem when no model is loaded."""
        with self._turn:
            return int(self._ask_loaded("count", text=text))

    def measure(self, messages: Sequence[ChatMessage]) -> int:
        """Tokens of a whole prompt, template included. Raises ModelProblem when no model is loaded."""
        with self._turn:
            return int(self._ask_loaded("measure", messages=_pairs(messages)))

    def chat(
        self, messages: Sequence[ChatMessage], *, max_tokens: int, stop: threading.Event
    ) -> Iterator[Piece | Finish]:
        """The answer in pieces, Finish last. Set `stop` to end it early; closing the iterator does, too.

        Raises ModelProblem: no model, a prompt that leaves no room in the context, or a child that ended.
        """
        with self._turn:
            child = self._ready()
            number = next(self._ids)
            self._mark("answering")
            try:
                child.send({"op": "chat", "id": number, "messages": _pairs(messages), "max_tokens": max_tokens})
                yield from self._answer(child, number, stop)
            except Ended as e:
                if self._closed or not stop.is_set():
                    raise self._fell() from e
                self._mark("stopped")  # it was stopped the hard way, which is what the user asked for
                yield Finish("stopped", 0, 0, 0.0, 0.0)
            finally:
                if self._alive():
                    self._mark("ready", self.detail)
                    with suppress(Ended):  # it ended between the two lines; the next request sees that
                        child.send({"op": "stop", "id": number})

    def unload(self) -> None:
        """Give the model's memory back; waits for the answer under way."""
        with self._turn:
            self._wanted = None
            self._drop()

    def close(self) -> None:
        """End the child, even in the middle of an answer, which then fails. The worker cannot be used again."""
        self._closed = True
        if child := self._child:
            child.stop()
        with self._turn:
            self._drop()

    def _answer(self, child: Process, number: int, stop: threading.Event) -> Iterator[Piece | Finish]:
        """The replies to request `number`; those of an abandoned earlier one are passed over."""
        deadline: float | None = None
        while True:
            if stop.is_set() and deadline is None:
                deadline = time.monotonic() + _STOP_S
                child.send({"op": "stop", "id": number})
            try:
                reply = child.receive(_LOOK_S)
            except queue.Empty:
                if deadline and time.monotonic() > deadline:
                    child.kill()
                continue
            if reply["id"] != number:
                continue
            if "piece" in reply:
                yield Piece(reply["piece"])
                continue
            done = _done(reply)
            self.detail = done.pop("note")
            yield Finish(**done)
            return

    def _ready(self) -> Process:
        """The child with the model loaded, a new one if it ended since."""
        if self._wanted is None:
            raise ModelProblem("No language model is loaded.", "Choose one with `moa models use`.")
        if self.loaded is None or not self._alive():
            self._load(*self._wanted)
        assert self._child
        return self._child

    def _load(self, path: Path, options: LoadOptions) -> None:
        self._drop()
        self._mark("loading")
        try:
            read_header(path)
            child = self._start()
            done = self._ask(
                child,
                "load",
                path=str(path),
                context=options.context,
                threads=options.threads or hardware.threads(),
                gpu_layers=options.gpu_layers,
            )
        except (BadRequest, FileProblem, ModelProblem) as e:
            self._drop()
            self._mark("failed", e.title)
            if isinstance(e, ModelProblem):
                raise
            raise ModelProblem(e.title, e.advice) from e
        self.loaded, self._wanted = path, (path, options)
        self.context, self.device = done["context"], done["device"]
        self._mark("ready", done["note"])

    def _start(self) -> Process:
        if self._closed:
            raise ModelProblem("The language model is being closed.", "Start Moa again to ask.")
        try:
            child = self._child = Process("core.models.child", self._log, self._gone)
        except OSError as e:
            raise ModelProblem(f"The language model's process could not be started ({e.strerror}).", _AGAIN) from e
        if self._closed:  # close() may have looked before the child was there
            child.stop()
        return child

    def _ask_loaded(self, op: str, **values: Any) -> Any:
        """One request to the loaded model; a child that died while idle is replaced first.

        Also when that shows only now: `Popen.poll` knows nothing while another thread waits for the same child.
        """
        try:
            return self._ask(self._ready(), op, **values)
        except ModelProblem as e:
            if self._closed or not isinstance(e.__cause__, Ended):
                raise
            self._drop()
            return self._ask(self._ready(), op, **values)

    def _ask(self, child: Process, op: str, **values: Any) -> Any:
        """One request that has one reply."""
        number = next(self._ids)
        try:
            child.send({"op": op, "id": number, **values})
            while (reply := child.receive())["id"] != number:
                pass
        except Ended as e:
            raise self._fell(loading=op == "load") from e
        return _done(reply)

    def _fell(self, loading: bool = False) -> ModelProblem:
        """The child ended while it was needed."""
        if self._closed:
            return ModelProblem("The language model was closed while it was at work.", "Start Moa again to ask.")
        if loading:
            title, advice = "The language model stopped unexpectedly while it was loaded.", "Choose another model."
        else:
            title, advice = "The language model stopped unexpectedly while it was writing.", _AGAIN
        self._mark("failed", title)
        return ModelProblem(title, advice)

    def _gone(self, child: Process) -> None:
        """Called by the child's thread when it ended; an end that nobody asked for is shown."""
        if child is self._child and self.state == "ready":
            self._mark("failed", "The language model stopped unexpectedly; it starts anew with the next question.")

    def _drop(self) -> None:
        child, self._child, self.loaded = self._child, None, None
        self.context, self.device = 0, ""
        if child:
            child.stop()
        self._mark("stopped")

    def _alive(self) -> bool:
        return self._child is not None and self._child.alive

    def _mark(self, state: State, detail: str = "") -> None:
        self.state, self.detail = state, detail


def _done(reply: dict[str, Any]) -> Any:
    if "error" in reply:
        raise ModelProblem(*reply["error"])
    return reply["done"]


def _pairs(messages: Sequence[ChatMessage]) -> list[list[str]]:
    return [[m.role, m.text] for m in messages]

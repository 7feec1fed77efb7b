"""The engine's handle on the language model: plan, load, count, measure, chat, stop.

Knows the child process and its messages, not llama.cpp. A child that ends at any moment (a crash, a kill)
costs the answer under way; the next request starts a new one with the same model. A file that cannot be loaded is
tried again only when a person chooses it again.
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
from core.models.fit.plan import Plan, as_fit
from core.models.fit.planner import LoadOptions as LoadOptions
from core.models.fit.planner import Planner
from core.models.fit.remembered import Remembered, build, identity
from core.models.gguf.header import read_header
from core.models.llama import saved
from core.models.machine import hardware
from core.models.machine.hardware import Device, Machine
from core.models.process.pipes import Ended, Process
from core.types import ChatMessage, Fit

State = Literal["stopped", "loading", "ready", "answering", "failed"]

_LOOK_S = 0.05
"""How often the caller's stop is looked at while no piece comes."""
_STOP_S = 20.0
"""How long a stop may take (a graphics card finishes its batch first) before the child is killed."""

_KEEP_S = 10.0
"""How long the end of a child may be put off by writing its conversation to disk."""

_AGAIN = "Ask again: it starts anew."
_SMALLER = "Choose a smaller model, or close other programs."


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

    def __init__(self, log: Path, loads: Path | None = None, kv: Path | None = None) -> None:
        """`log` takes what llama.cpp prints, the folder `loads` what loading taught, `kv` the states of prompts;
        without them nothing outlasts this object. Nothing is started yet."""
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
        self._remembered = Remembered(loads)
        self._kv = kv
        self._plan: Plan | None = None
        self._planner = Planner(self._remembered)
        self._last = time.monotonic()
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

    def devices(self) -> tuple[Device, ...]:
        """The graphics devices that the installed llama.cpp uses; asked in a child. Raises ModelProblem."""
        self._machine()
        return self._planner.devices or ()

    def fit(self, id: str, path: Path, options: LoadOptions) -> Fit:
        """How the model `id` in the file `path` would be loaded. Raises BadRequest, FileProblem, ModelProblem."""
        header = read_header(path)
        loaded = self._plan if self.loaded == path and self._wanted == (path, options) else None
        machine = self._machine()
        return as_fit(id, header, machine, loaded or self._planner.plan(header, machine, options))

    def forgive(self, path: Path) -> None:
        """Try the file again although it failed: a person chose it."""
        self._remembered.forgive(path)

    def load(self, path: Path, options: LoadOptions) -> None:
        """Have the model at `path` ready; returns at once when it is. Raises ModelProblem, in words."""
        with self._turn:
            self._last = time.monotonic()
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

    def warm(self, messages: Sequence[ChatMessage]) -> int:
        """Compute what all conversations that begin like this have in common; how many tokens had to be. Raises
        ModelProblem."""
        with self._turn:
            return int(self._ask_loaded("warm", messages=_pairs(messages)))

    def forget(self, name: str) -> None:
        """Delete what is kept on disk of a conversation."""
        with self._turn:
            if self.loaded and self._alive():
                self._ask_loaded("forget", name=name)
            if self._kv:
                saved.forget(self._kv, name)

    def chat(
        self, messages: Sequence[ChatMessage], *, max_tokens: int, stop: threading.Event, name: str = ""
    ) -> Iterator[Piece | Finish]:
        """The answer in pieces, Finish last. Set `stop` to end it early; closing the iterator does, too. What was
        computed is kept under `name`, that of the conversation, so that it goes on fast, also after a restart.

        Raises ModelProblem: no model, a prompt that leaves no room in the context, or a child that ended.
        """
        with self._turn:
            child = self._ready()
            number = next(self._ids)
            self._mark("answering")
            try:
                child.send(
                    {"op": "chat", "id": number, "messages": _pairs(messages), "max_tokens": max_tokens, "name": name}
                )
                yield from self._answer(child, number, stop)
            except Ended as e:
                if self._closed or not stop.is_set():
                    raise self._fell() from e
                self._mark("stopped")  # it was stopped the hard way, which is what the user asked for
                yield Finish("stopped", 0, 0, 0.0, 0.0)
            finally:
                self._last = time.monotonic()
                if self._alive():
                    self._mark("ready", self.detail)
                    with suppress(Ended):  # it ended between the two lines; the next request sees that
                        child.send({"op": "stop", "id": number})

    def unload(self) -> None:
        """Give the model's memory back; waits for the answer under way."""
        with self._turn:
            self._keep()
            self._wanted = None
            self._drop()

    def unload_after(self, seconds: float) -> bool:
        """Give the memory back if nobody asked for so long; the next question loads the model again."""
        with self._turn:
            if self.loaded is None or time.monotonic() - self._last < seconds:
                return False
            self._keep()
            self._wanted = None
            self._drop()
            return True

    def close(self) -> None:
        """End the child, even in the middle of an answer, which then fails. The worker cannot be used again."""
        if self._turn.acquire(blocking=False):
            self._keep()
            self._turn.release()
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
        self._keep()
        self._drop()
        self._mark("loading")
        try:
            self._remembered.refuse_known(path)
            header = read_header(path)
            child = self._start()
            self._planner.tell(self._ask(child, "probe"))
            chosen = self._planner.plan(header, self._planner.machine(), options)
            if not chosen.fits:
                raise ModelProblem(f"{path.name} does not fit into the free memory. {chosen.why}", _SMALLER)
            done = self._ask_to_load(child, path, options, chosen)
        except (BadRequest, FileProblem, ModelProblem) as e:
            self._drop()
            self._mark("failed", e.title)
            if isinstance(e, ModelProblem):
                raise
            raise ModelProblem(e.title, e.advice) from e
        self.loaded, self._wanted, self._plan = path, (path, options), chosen
        self.context, self.device = done["context"], done["device"]
        self._planner.learn(header, chosen, self.context, done["took"])
        self._remembered.forgive(path)
        self._mark("ready", done["note"])

    def _ask_to_load(self, child: Process, path: Path, options: LoadOptions, chosen: Plan) -> Any:
        try:
            adapters = "".join(f" {identity(Path(file))}*{scale}" for file, scale in options.adapters)
            names = [identity(path), build(), f"{chosen.kv_type} {chosen.flash}{adapters}"]
            return self._ask(
                child,
                "load",
                path=str(path),
                setup=self._planner.setup(chosen, options),
                kv=str(self._kv or ""),
                names=names,
            )
        except ModelProblem as e:
            if isinstance(e, _ForGood):
                self._remembered.failed(path, e)
            elif isinstance(e.__cause__, Ended) and not self._closed:
                (self._remembered.killed if child.killed else self._remembered.failed)(path, e)
            raise
        except OSError as e:
            raise FileProblem(f"{e.filename} could not be read ({e.strerror}).", "Check that it is there.") from e

    def _machine(self) -> Machine:
        """What may be used once the model that is loaded is gone."""
        if self._planner.devices is None:
            with self._turn:
                self._planner.tell(self._ask(self._child if self._child and self._alive() else self._start(), "probe"))
                if self.loaded is None:
                    self._drop()
        return self._planner.machine(held=hardware.held_by(self.pid or 0))

    def _start(self) -> Process:
        if self._closed:
            raise ModelProblem("The language model is being closed.", "Start Moa again to ask.")
        try:
            child = self._child = Process("core.models.process.child", self._log, self._gone)
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
            raise self._fell(child if op in ("load", "probe") else None) from e
        finally:
            self._last = time.monotonic()
        return _done(reply)

    def _keep(self) -> None:
        """Have the conversation put on disk before the child ends."""
        if not (self._kv and self.loaded and self.state == "ready" and self._alive() and self._child):
            return
        number, deadline = next(self._ids), time.monotonic() + _KEEP_S
        with suppress(Ended, queue.Empty):  # then the next start computes it again
            self._child.send({"op": "keep", "id": number})
            while self._child.receive(max(0.0, deadline - time.monotonic()))["id"] != number:
                pass

    def _fell(self, loading: Process | None = None) -> ModelProblem:
        """The child ended while it was needed; `loading` is the child when that was while it loaded a model."""
        if self._closed:
            return ModelProblem("The language model was closed while it was at work.", "Start Moa again to ask.")
        if loading and loading.killed:
            title = "The language model was ended by the system while it was loaded, most likely for lack of memory."
            advice = _SMALLER
        elif loading:
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
        self._plan = None
        if child:
            child.stop()
        self._mark("stopped")

    def _alive(self) -> bool:
        return self._child is not None and self._child.alive

    def _mark(self, state: State, detail: str = "") -> None:
        self.state, self.detail = state, detail


class _ForGood(ModelProblem):
    """llama.cpp refused the file, and always will."""


def _done(reply: dict[str, Any]) -> Any:
    if "error" in reply:
        title, advice, for_good = reply["error"]
        raise (_ForGood if for_good else ModelProblem)(title, advice)
    return reply["done"]


def _pairs(messages: Sequence[ChatMessage]) -> list[list[str]]:
    return [[m.role, m.text] for m in messages]

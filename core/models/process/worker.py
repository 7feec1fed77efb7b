"""The engine's handle on the language model: plan, load, count, measure, chat, stop.

Knows the child process and its messages, not llama.cpp. A child that ends at any moment (a crash, a kill)
costs the answer under way; the next request starts a new one with the same model. A file that cannot be loaded is
tried again only when a person chooses it again.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

from core.errors import BadRequest, Cancelled, FileProblem, ModelProblem
from core.models import network
from core.models.fit.plan import Plan, as_fit
from core.models.fit.planner import LoadOptions as LoadOptions
from core.models.fit.planner import Planner
from core.models.fit.remembered import Remembered, build, identity
from core.models.gguf.header import read_header
from core.models.llama import saved
from core.models.machine import hardware
from core.models.machine.hardware import Device, Machine
from core.models.process.line import LOOK_S, SMALLER, Line, Preparing
from core.models.process.messages import Finish as Finish
from core.models.process.messages import ForGood, done, pairs
from core.models.process.messages import Piece as Piece
from core.models.process.pipes import Ended, Process
from core.types import ChatMessage, Fit

State = Literal["stopped", "loading", "ready", "answering", "failed"]

_STOP_S = 20.0
"""How long a stop may take (a graphics card finishes its batch first) before the child is killed."""


class Worker:
    """One language model in a child process.

    Thread-safe: one request at a time, the others wait. Whoever iterates `chat` must finish or close it
    before asking for anything else on the same thread. `state`, `detail` and the like may be read at any time.
    """

    def __init__(
        self, log: Path, loads: Path | None = None, kv: Path | None = None, told: Callable[[], None] = lambda: None
    ) -> None:
        """`log` takes what llama.cpp prints, the folder `loads` what loading taught, `kv` the states of prompts;
        without them nothing outlasts this object. `told` is called while a model is loaded, whenever there is news of
        it. Nothing is started yet."""
        self.state: State = "stopped"
        self.device = ""
        self.detail = ""
        """A sentence on what is degraded or went wrong; empty when all is well."""
        self.loaded: Path | None = None
        self.context = 0
        """Tokens of the loaded context."""
        self.share = 0
        """Per cent of the file that is read, while `state` is loading."""
        self.given_up: Path | None = None
        """The model whose loading somebody stopped, until one is loaded again."""
        self.missing = ""
        """Which of the other machines cannot carry part of the model, and why; empty when all can."""
        self._told = told
        self._line = Line(log, lambda title: self._mark("failed", title), self._gone)
        self._turn = threading.Lock()
        self._wanted: tuple[Path, LoadOptions] | None = None
        self._remembered = Remembered(loads)
        self._kv = kv
        self._plan: Plan | None = None
        self._planner = Planner(self._remembered)

    @property
    def pid(self) -> int | None:
        """Process id of the child while one runs."""
        child = self._line.child
        return child.pid if child else None

    @property
    def machines(self) -> tuple[str, ...]:
        """Other machines that carry part of the model that is loaded."""
        return self._line.machines

    @property
    def preparing(self) -> bool:
        """Whether a load or a warm-up is under way, which `give_up` would end."""
        return self._line.preparing is not None

    @property
    def rss_mb(self) -> int:
        """Resident memory of the child in MiB."""
        pid = self.pid
        return hardware.resident_mb(pid) if pid else 0

    def devices(self, options: LoadOptions) -> tuple[Device, ...]:
        """What the installed llama.cpp uses besides the processor, asked in a child: graphics devices, and those of
        other machines. Why one is missing is in `missing`. Raises BadRequest, ModelProblem."""
        self._machine(options)
        return self._planner.devices or ()

    def fit(self, id: str, path: Path, options: LoadOptions) -> Fit:
        """How the model `id` in the file `path` would be loaded. Raises BadRequest, FileProblem, ModelProblem."""
        header = read_header(path)
        loaded = self._plan if self.loaded == path and self._wanted == (path, options) else None
        machine = self._machine(options)
        return as_fit(id, header, machine, loaded or self._planner.plan(header, machine, options))

    def forgive(self, path: Path) -> None:
        """Try the file again although it failed or was given up: a person chose it."""
        self.given_up = None
        self._remembered.forgive(path)

    def load(self, path: Path, options: LoadOptions) -> None:
        """Have the model at `path` ready, as `loading` does."""
        for _ in self.loading(path, options):
            pass

    def loading(self, path: Path, options: LoadOptions, stop: threading.Event | None = None) -> Iterator[int]:
        """Have the model at `path` ready; tells the per cent that are read, nothing when it is ready already.

        Set `stop`, or close the iterator, to give it up: the child ends with what it had taken, and nothing is held
        against the file. Raises Cancelled then and after `give_up`; ModelProblem, in words.
        """
        with self._taken(stop):
            self._line.last = time.monotonic()
            if self._wanted != (path, options):
                self._wanted = None
            if self._wanted is None or self.loaded is None or not self._line.alive:
                yield from self._load(path, options, stop)

    def give_up(self, unless: Path | None = None) -> None:
        """End the load or the warm-up that is under way, except of the model at `unless`; whoever waits for it gets
        Cancelled. An answer under way goes on."""
        preparing = self._line.preparing
        if preparing and preparing.path != unless:
            preparing.given_up.set()

    def count(self, text: str) -> int:
        """Tokens of a plain text. Raises ModelProblem when no model is loaded."""
        with self._turn:
            return int(self._ask_loaded("count", text=text))

    def measure(self, messages: Sequence[ChatMessage]) -> int:
        """Tokens of a whole prompt, template included. Raises ModelProblem when no model is loaded."""
        with self._turn:
            return int(self._ask_loaded("measure", messages=pairs(messages)))

    def warm(self, messages: Sequence[ChatMessage]) -> int:
        """Compute what all conversations that begin like this have in common; how many tokens had to be. Raises
        ModelProblem, Cancelled after `give_up`."""
        with self._turn:
            self._ready()
            assert self.loaded
            with self._prepared(self.loaded):
                return int(self._ask_loaded("warm", messages=pairs(messages)))

    def forget(self, name: str) -> None:
        """Delete what is kept on disk of a conversation."""
        with self._turn:
            if self.loaded and self._line.alive:
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
            number = -1
            self._mark("answering")
            try:
                number = self._line.send("chat", messages=pairs(messages), max_tokens=max_tokens, name=name)
                yield from self._answer(child, number, stop)
            except Ended as e:
                if self._line.closed or not stop.is_set():
                    raise self._line.fell() from e
                self._mark("stopped")  # it was stopped the hard way, which is what the user asked for
                yield Finish("stopped", 0, 0, 0.0, 0.0)
            finally:
                self._line.last = time.monotonic()
                if self._line.alive:
                    self._mark("ready", self.detail)
                    with suppress(Ended):  # it ended between the two lines; the next request sees that
                        child.send({"op": "stop", "id": number})

    def unload(self) -> None:
        """Give the model's memory back; waits for the answer under way, not for a load."""
        self.give_up()
        with self._turn:
            self._keep()
            self._wanted = None
            self._drop()

    def unload_after(self, seconds: float) -> bool:
        """Give the memory back if nobody asked for so long; the next question loads the model again."""
        with self._turn:
            if self.loaded is None or time.monotonic() - self._line.last < seconds:
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
        self._line.closed = True
        if child := self._line.child:
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
                reply = child.receive(LOOK_S)
            except queue.Empty:
                if deadline and time.monotonic() > deadline:
                    child.kill()
                continue
            if reply["id"] != number:
                continue
            if "piece" in reply:
                yield Piece(reply["piece"])
                continue
            ended = done(reply)
            self.detail = ended.pop("note")
            yield Finish(**ended)
            return

    def _ready(self) -> Process:
        """The child with the model loaded, a new one if it ended since."""
        if self._wanted is None:
            raise ModelProblem("No language model is loaded.", "Choose one with `moa models use`.")
        if self.loaded is None or not self._line.alive:
            for _ in self._load(*self._wanted):
                pass
        assert self._line.child
        return self._line.child

    @contextmanager
    def _taken(self, stop: threading.Event | None) -> Iterator[None]:
        """The turn, unless `stop` is set before it comes. Raises Cancelled."""
        while not self._turn.acquire(timeout=LOOK_S if stop else -1):
            if stop and stop.is_set():
                raise Cancelled
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def _prepared(self, path: Path, stop: threading.Event | None = None) -> Iterator[None]:
        """While this lasts, `stop` and `give_up` end the child: that alone gives all memory back at once, wherever
        llama.cpp is; its own way to end a load ends before the context is made."""
        around, self._line.preparing = self._line.preparing, Preparing(path, stop)
        try:
            yield
        except (Cancelled, GeneratorExit):
            self._drop()
            self.given_up = path
            raise
        finally:
            self._line.preparing = around

    def _load(self, path: Path, options: LoadOptions, stop: threading.Event | None = None) -> Iterator[int]:
        self._keep()
        self._drop()
        self.share = 0
        self._mark("loading")
        self._told()
        try:
            with self._prepared(path, stop):
                self._remembered.refuse_known(path)
                header = read_header(path)
                self._survey(options)
                chosen = self._planner.plan(header, self._planner.machine(), options)
                if not chosen.fits:
                    why = f"{chosen.why} {self.missing}".strip()
                    raise ModelProblem(f"{path.name} does not fit into the free memory. {why}", SMALLER)
                result = yield from self._told_to_load(path, options, chosen)
                self.loaded, self._wanted, self._plan = path, (path, options), chosen
                self.context, self.device = result["context"], result["device"]
                self._planner.learn(header, chosen, self.context, result["took"])
                self._remembered.forgive(path)
                self.given_up = None
                self._mark("ready", result["note"])
        except (BadRequest, FileProblem, ModelProblem) as e:
            self._drop()
            self._mark("failed", e.title)
            if isinstance(e, ModelProblem):
                raise
            raise ModelProblem(e.title, e.advice) from e
        finally:
            self._told()

    def _survey(self, options: LoadOptions) -> None:
        """Have the child tell what there is to load into, other machines among it. Raises BadRequest, ModelProblem."""
        joined, problems = self._line.join(network.machines(options.machines))
        self.missing = " ".join(problem.title for problem in problems)
        self._planner.tell(self._line.ask("probe", machines=joined), options.machines)

    def _told_to_load(self, path: Path, options: LoadOptions, chosen: Plan) -> Generator[int, None, dict[str, Any]]:
        child = self._line.child
        assert child
        used = zip(self._planner.devices or (), chosen.spread, strict=False)
        self._line.machines = tuple(device.title for device, layers in used if device.remote and layers)
        try:
            adapters = "".join(f" {identity(Path(file))}*{scale}" for file, scale in options.adapters)
            names = [identity(path), build(), f"{chosen.kv_type} {chosen.flash}{adapters}"]
            setup, kv = self._planner.setup(chosen, options), str(self._kv or "")
            for reply in self._line.replies("load", path=str(path), setup=setup, kv=kv, names=names):
                if "share" in reply:
                    self.share = reply["share"]
                    self._told()
                    yield self.share
            return dict(done(reply))
        except ModelProblem as e:
            if isinstance(e, ForGood):
                self._remembered.failed(path, e)
            elif isinstance(e.__cause__, Ended) and not self._line.closed and not self._line.machines:
                (self._remembered.killed if child.killed else self._remembered.failed)(path, e)
            raise
        except OSError as e:
            raise FileProblem(f"{e.filename} could not be read ({e.strerror}).", "Check that it is there.") from e

    def _machine(self, options: LoadOptions) -> Machine:
        """What may be used once the model that is loaded is gone. Other machines that one uses serve it alone: those
        are not asked again meanwhile."""
        known = self._planner.devices is not None and not (options.machines or self._planner.machines)
        if not known and self.loaded is None:
            with self._turn:
                if self.loaded is None or not self._line.alive:
                    self._drop()
                    self._survey(options)
                    self._drop()
        return self._planner.machine(held=hardware.held_by(self.pid or 0))

    def _ask_loaded(self, op: str, **values: Any) -> Any:
        """One request to the loaded model; a child that died while idle is replaced first.

        Also when that shows only now: `Popen.poll` knows nothing while another thread waits for the same child.
        """
        try:
            self._ready()
            return self._line.ask(op, **values)
        except ModelProblem as e:
            if self._line.closed or not isinstance(e.__cause__, Ended):
                raise
            self._drop()
            self._ready()
            return self._line.ask(op, **values)

    def _keep(self) -> None:
        if self._kv and self.loaded and self.state == "ready" and self._line.alive:
            self._line.keep()

    def _gone(self, child: Process) -> None:
        """Called by the child's thread when it ended; an end that nobody asked for is shown."""
        if child is self._line.child and self.state == "ready":
            self._mark("failed", "The language model stopped unexpectedly; it starts anew with the next question.")

    def _drop(self) -> None:
        self.loaded, self._plan = None, None
        self.context, self.device = 0, ""
        self._line.end()
        self._mark("stopped")

    def _mark(self, state: State, detail: str = "") -> None:
        self.state, self.detail = state, detail

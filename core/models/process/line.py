"""The child that holds llama.cpp, one at a time, and requests to it: start, ask, end. Knows no models.

One request is under way at a time. What is being prepared, a load or a warm-up, can be given up from outside.
"""

from __future__ import annotations

import itertools
import math
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from core.errors import BadRequest, Cancelled, MoaError, ModelProblem
from core.models.process.messages import done
from core.models.process.pipes import Ended, Process

LOOK_S = 0.05
"""How often a stop is looked at while nothing comes."""
JOIN_S = 10.0
"""How long another machine may take to say what devices it has; one that serves somebody else never answers."""
KEEP_S = 10.0
"""How long the end of a child may be put off by writing its conversation to disk."""

AGAIN = "Ask again: it starts anew."
SMALLER = "Choose a smaller model, or close other programs."


class Preparing:
    """A load or a warm-up under way."""

    def __init__(self, path: Path, stop: threading.Event | None) -> None:
        self.path, self.given_up, self._stop = path, threading.Event(), stop

    @property
    def over(self) -> bool:
        """Somebody wants no more of it."""
        return self.given_up.is_set() or bool(self._stop and self._stop.is_set())


class Line:
    """The way to the child. Requests are made by one thread at a time; `child` may be read at any."""

    def __init__(self, log: Path, failed: Callable[[str], None], gone: Callable[[Process], None]) -> None:
        """`failed`: a sentence on an end while something was asked; `gone`: a child ended, on its own thread."""
        self.child: Process | None = None
        self.closed = False
        self.last = time.monotonic()
        """When the last request was over."""
        self.preparing: Preparing | None = None
        self.machines: tuple[str, ...] = ()
        """Those that carry part of the model that is loaded."""
        self._log, self._failed, self._gone = log, failed, gone
        self._ids = itertools.count(1)

    @property
    def alive(self) -> bool:
        return self.child is not None and self.child.alive

    def start(self) -> Process:
        """A new child. Raises ModelProblem."""
        if self.closed:
            raise ModelProblem("The language model is being closed.", "Start Moa again to ask.")
        try:
            child = self.child = Process("core.models.process.child", self._log, self._gone, answers_pings=True)
        except OSError as e:
            raise ModelProblem(f"The language model's process could not be started ({e.strerror}).", AGAIN) from e
        if self.closed:  # close() may have looked before the child was there
            child.stop()
        return child

    def send(self, op: str, **values: Any) -> int:
        """Begin a request; its number. Raises Ended."""
        assert self.child
        number = next(self._ids)
        self.child.send({"op": op, "id": number, **values})
        return number

    def ask(self, op: str, **values: Any) -> Any:
        """One request that has one reply. Raises ModelProblem, Cancelled."""
        (reply,) = self.replies(op, **values)
        return done(reply)

    def join(self, addresses: Sequence[str]) -> tuple[list[str], list[MoaError]]:
        """Have these machines carry part of the next model: those that will, and what is wrong with the others. What
        does not speak as it should ends the child; another one takes its place. Raises ModelProblem, Cancelled."""
        joined: list[str] = []
        problems: list[MoaError] = []
        for address in addresses:
            self._fresh(joined, problems)
            try:
                self.ask("join", address=address)
                joined.append(address)
            except (BadRequest, ModelProblem) as problem:
                problems.append(problem)
        self._fresh(joined, problems)
        return joined, problems

    def _fresh(self, joined: list[str], problems: list[MoaError]) -> None:
        """A child with these machines where none runs, its libraries loaded: only a machine's own time counts when it
        joins."""
        if not self.alive:
            self.start()
            self.ask("probe", machines=[])
            joined[:], more = self.join(joined)
            problems += more

    def replies(self, op: str, **values: Any) -> Iterator[dict[str, Any]]:
        """What comes back from one request: how far a load is, then its end. Raises ModelProblem, Cancelled when what
        is being prepared is given up."""
        child = self.child
        assert child
        until = time.monotonic() + JOIN_S if op == "join" else math.inf
        try:
            number = self.send(op, **values)
            reply: dict[str, Any] = {}
            while reply.get("id") != number or "share" in reply:
                if self.preparing and self.preparing.over:
                    raise Cancelled
                if time.monotonic() > until:
                    child.kill()
                try:
                    reply = child.receive(LOOK_S if self.preparing or op == "join" else None)
                except queue.Empty:
                    continue
                if reply["id"] == number:
                    yield reply
        except Ended as e:
            if op == "join" and not self.closed:
                raise ModelProblem(
                    f"{values['address']} does not answer as llama.cpp's RPC server of this version does.",
                    "Start the server of this version there; it serves one program at a time.",
                ) from e
            raise self.fell(child if op in ("load", "probe") else None) from e
        finally:
            self.last = time.monotonic()

    def keep(self) -> None:
        """Have the conversation put on disk before the child ends."""
        deadline = time.monotonic() + KEEP_S
        with suppress(Ended, queue.Empty):  # then the next start computes it again
            number = self.send("keep")
            assert self.child
            while self.child.receive(max(0.0, deadline - time.monotonic()))["id"] != number:
                pass

    def fell(self, loading: Process | None = None) -> ModelProblem:
        """The child ended while it was needed; `loading` is the child when that was while it loaded a model."""
        if self.closed:
            return ModelProblem("The language model was closed while it was at work.", "Start Moa again to ask.")
        if (child := loading or self.child) and child.hung:
            title, advice = "The language model's process did not react any more and was ended.", AGAIN
        elif self.machines:
            title = (
                "The language model stopped, most likely because a machine that carries part of it went away"
                f" ({', '.join(self.machines)})."
            )
            advice = AGAIN
        elif loading and loading.killed:
            title = "The language model was ended by the system while it was loaded, most likely for lack of memory."
            advice = SMALLER
        elif loading:
            title, advice = "The language model stopped unexpectedly while it was loaded.", "Choose another model."
        else:
            title, advice = "The language model stopped unexpectedly while it was writing.", AGAIN
        self._failed(title)
        return ModelProblem(title, advice)

    def end(self) -> None:
        """End the child, with all it holds."""
        child, self.child, self.machines = self.child, None, ()
        if child:
            child.stop()

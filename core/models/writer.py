"""Whatever writes answers: the worker of this machine, or a server, behind one handle.

A model file is a Path, a model elsewhere a Server; nothing else about them differs for who asks.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from core.models.network import leaving
from core.models.process.worker import Finish, LoadOptions, Piece, State, Worker
from core.models.remote.chat import Remote
from core.models.remote.servers import Server
from core.types import ChatMessage

Target = Path | Server
_THOUGHT, _THOUGHT_ENDS = "<think>", "</think>"


class Writer:
    """The worker's methods for either. Who loads and asks holds the turn, as with the worker."""

    def __init__(
        self,
        worker: Worker,
        connect: Callable[[Server], Remote],
        adapters: Callable[[Path], tuple[tuple[str, float], ...]],
    ) -> None:
        """`connect`: a server → the handle on it, with its key. `adapters`: a model → its LoRA files and strengths."""
        self._worker, self._connect, self._adapters = worker, connect, adapters
        self._remote: Remote | None = None

    @property
    def loaded(self) -> Target | None:
        """What answers at the moment."""
        return self._remote.server if self._remote else self._worker.loaded

    @property
    def context(self) -> int:
        """Tokens a prompt and its answer may have."""
        return self._remote.server.context if self._remote else self._worker.context

    @property
    def state(self) -> State:
        return "ready" if self._remote else self._worker.state

    @property
    def device(self) -> str:
        return self._remote.server.host if self._remote else self._worker.device

    @property
    def leaves(self) -> str:
        """Other machines that carry part of the model; empty when none does, or they are this one. A server's is said
        before."""
        return "" if self._remote else leaving(self._worker.machines)

    @property
    def missing(self) -> str:
        """Which of the machines that carry the model could not, in sentences; empty when all do."""
        return "" if self._remote else self._worker.missing

    @property
    def share(self) -> int | None:
        """Per cent of the model that are loaded; None while none is being loaded."""
        return self._worker.share if self._worker.state == "loading" else None

    def loading(self, target: Target, options: LoadOptions, stop: threading.Event | None = None) -> Iterator[int]:
        """Have `target` ready; tells the per cent that are loaded meanwhile. Raises ModelProblem, in words, and
        Cancelled when `stop` is set or a person wants another model."""
        if isinstance(target, Server):
            self._remote = self._connect(target)
        else:
            self._remote = None
            yield from self._worker.loading(target, replace(options, adapters=self._adapters(target)), stop)

    def warm(self, messages: Sequence[ChatMessage]) -> None:
        """Compute what all prompts begin with; a server looks after itself. Raises ModelProblem,
        Cancelled."""
        if not self._remote:
            self._worker.warm(messages)

    def measure(self, messages: Sequence[ChatMessage]) -> int:
        """Tokens of a whole prompt."""
        return (self._remote or self._worker).measure(messages)

    def chat(
        self, messages: Sequence[ChatMessage], *, max_tokens: int, stop: threading.Event, name: str = ""
    ) -> Iterator[Piece | Finish]:
        """The answer in pieces, Finish last; `name`: the conversation's, for what this machine keeps of it. Raises
        ModelProblem."""
        if self._remote:
            return _aloud(self._remote.chat(messages, max_tokens=max_tokens, stop=stop))
        return _aloud(self._worker.chat(messages, max_tokens=max_tokens, stop=stop, name=name))


def _aloud(said: Iterator[Piece | Finish]) -> Iterator[Piece | Finish]:
    """An answer without what a model thinks before it, which is no answer: <think> … </think>, as DeepSeek-R1 and
    Qwen3 write it."""
    held, text = True, ""
    for event in said:
        if not held or isinstance(event, Finish):
            if held and text and not text.lstrip().startswith(_THOUGHT):
                yield Piece(text)
            yield event
            continue
        text += event.text
        start = text.lstrip()
        aloud = start.partition(_THOUGHT_ENDS)[2].lstrip() if start.startswith(_THOUGHT) else text
        if aloud and not _THOUGHT.startswith(start):
            held = False
            yield Piece(aloud)

"""A conversation as the model expects it, rendered by the chat template in its own file.

Knows nothing of tokens or llama.cpp. The template is untrusted: it runs in Jinja's sandbox, within
limits of size and time. What the messages say is kept apart from what the template says, so that text
in a note can never become a control token.

jinja2 (BSD-3) is the language these templates are written in.
"""

from __future__ import annotations

import re
import secrets
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any, TypeVar

from jinja2 import Template
from jinja2.exceptions import SecurityError, TemplateError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from core.types import ChatMessage

_T = TypeVar("_T")

MAX_TEMPLATE_CHARS = 2**18
MAX_OUTPUT_CHARS = 2**20
MAX_SECONDS = 2.0

PLAIN_STOPS = ("\nUser:", "\nAssistant:")
"""Where an answer ends when there is no template, and so no token for the end of a turn."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of the prompt. Only the template's own text (`structure`) may hold control tokens."""

    text: str
    structure: bool


class ChatTemplate:
    """Renders messages with `source`; `note` says, in a sentence, when a plain form had to be used instead."""

    def __init__(self, source: str, bos: str, eos: str) -> None:
        self.note = ""
        self._special = {"bos_token": bos, "eos_token": eos}
        self._template: Template | None = None
        if not source:
            self.note = "This model has no chat template of its own; a plain form is used."
            return
        try:
            if len(source) > MAX_TEMPLATE_CHARS:
                raise SecurityError("the template is too long")
            self._template = _within_time(lambda: _environment().from_string(source))
            self.pieces(_PROBE)
        except _FAILURES as e:
            self._give_up(e)

    @property
    def stops(self) -> tuple[str, ...]:
        """Texts that end an answer; empty where the template's own tokens do."""
        return () if self._template else PLAIN_STOPS

    def pieces(self, messages: Sequence[ChatMessage]) -> list[Piece]:
        """The prompt up to where the assistant's next turn begins.

        A template that refuses system messages, or two turns of one speaker in a row, gets them folded
        together; one that fails even then is given up for the plain form.
        """
        if self._template:
            try:
                try:
                    return self._render(self._template, messages)
                except _TooSlow:
                    raise
                except _FAILURES:
                    return self._render(self._template, fold(messages))
            except _FAILURES as e:
                self._give_up(e)
        return _plain(messages)

    def _give_up(self, reason: BaseException) -> None:
        print(f"chat template: {type(reason).__name__}: {reason}", file=sys.stderr)  # noqa: T201 - stderr is the log
        self._template = None
        self.note = "This model's chat template does not work here; a plain form is used."

    def _render(self, template: Template, messages: Sequence[ChatMessage]) -> list[Piece]:
        """Render with a random marker in the place of each text, then put the texts back, marked as text."""
        key = secrets.token_hex(12)
        turns = [{"role": m.role, "content": f"moa{key}x{i}x"} for i, m in enumerate(messages)]
        values = {"messages": turns, "add_generation_prompt": True, "enable_thinking": False}
        # Templates ask `tools is none`, so these must be there. Today's date is left out on purpose:
        # it would change the start of every prompt, and with it all that could be reused.
        values |= {"tools": None, "documents": None, **self._special}
        out = _within_time(lambda: template.render(values))
        if len(out) > MAX_OUTPUT_CHARS:
            raise SecurityError("the template wrote too much")
        parts = re.split(f"moa{key}x([0-9]+)x", out)
        if sorted(map(int, parts[1::2])) != list(range(len(messages))):
            raise SecurityError("the template left out or repeated a message")
        pieces = [
            Piece(messages[int(part)].text if i % 2 else part, structure=not i % 2) for i, part in enumerate(parts)
        ]
        if pieces[-1].structure and pieces[-1].text.rstrip().endswith("<think>"):
            # DeepSeek-R1's template begins the thinking itself. It is ended at once: minutes of it on a processor make
            # no better quotation.
            pieces.append(Piece("\n</think>\n\n", structure=True))
        return [piece for piece in pieces if piece.text]


def fold(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """The same conversation with user and assistant in turn, and no system messages.

    System texts go in front of the user's next text; without one they become a user's.
    """
    folded: list[ChatMessage] = []
    for m in messages:
        role = "user" if m.role == "system" else m.role
        if folded and folded[-1].role == role:
            folded[-1] = ChatMessage(role, f"{folded[-1].text}\n\n{m.text}")
        else:
            folded.append(ChatMessage(role, m.text))
    return folded


def _plain(messages: Sequence[ChatMessage]) -> list[Piece]:
    """Names and blank lines: what a model without a template most likely has read in its training."""
    pieces = []
    for m in messages:
        name = "" if m.role == "system" else f"{m.role.capitalize()}: "
        pieces += [Piece(name, True), Piece(m.text, False), Piece("\n\n", True)]
    pieces.append(Piece("Assistant:", True))
    return [piece for piece in pieces if piece.text]


_PROBE = (
    ChatMessage("system", "s"),
    ChatMessage("user", "u"),
    ChatMessage("assistant", "a"),
    ChatMessage("user", "v"),
)


class _TooSlow(Exception):
    pass


_FAILURES = (TemplateError, _TooSlow, ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError,
             TypeError, ValueError)  # fmt: skip
"""What a template can raise: its own errors and those of the Python it calls."""


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, which leaves open that 'a' * 10**10 fills the memory."""

    intercepted_binops = frozenset(("*", "**"))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "**" or not isinstance(left, int | float) or not isinstance(right, int | float):
            raise SecurityError(f"{operator} is not allowed here")
        return super().call_binop(context, operator, left, right)


def _environment() -> ImmutableSandboxedEnvironment:
    """As transformers sets it up, which is what templates are written against."""
    environment = _Sandbox(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"])

    def refuse(message: str) -> str:
        raise TemplateError(message)

    environment.globals["raise_exception"] = refuse
    return environment


def _within_time(work: Callable[[], _T]) -> _T:
    """Run `work`, interrupted by _TooSlow at the next line of Python after MAX_SECONDS.

    A trace function is what can stop a loop in this thread on every system; a signal cannot on Windows.
    """
    deadline = time.monotonic() + MAX_SECONDS

    def watch(frame: FrameType, event: str, arg: object) -> Any:
        if time.monotonic() > deadline:
            raise _TooSlow(f"the template took longer than {MAX_SECONDS:g} seconds")
        return watch

    before = sys.gettrace()
    sys.settrace(watch)
    try:
        return work()
    finally:
        sys.settrace(before)

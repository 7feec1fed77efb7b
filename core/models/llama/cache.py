"""What llama.cpp has computed of a prompt, kept and used again: in memory, and on disk. Child process only.

Knows tokens, not text. A prompt that begins like the one before pays for what is new; so does one that begins like a
state on disk: that of its own conversation, or the system text every conversation begins with. Models whose state
cannot be shortened (recurrent layers) go back to a checkpoint, a copy of that part of the state, taken at the end of
the system text and of each prompt.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import llama_cpp as lib

from core.errors import ModelProblem
from core.models.fit.plan import BATCH
from core.models.llama.saved import SYSTEM, Saved, SavedStates

ABORTED = 2
"""What llama_decode returns when the abort callback said so."""
RECURRENT_PART = lib.LLAMA_STATE_SEQ_FLAGS_PARTIAL_ONLY
CHECKPOINTS = 4
WORTH = 64
"""Tokens a state on disk must save beyond what is in memory, to be read: reading has a cost, too."""
LEAST = 32
"""Tokens below which a state is not worth a file."""


class Stopped(Exception):
    """The user's stop reached the model."""


class Cache:
    """The tokens of sequence 0 of a context, and what was computed for them."""

    def __init__(self, model: Any, context: Any, stopped: Callable[[], bool], states: SavedStates | None) -> None:
        self.tokens: list[int] = []
        self._context = context
        self._memory: Any = lib.llama_get_memory(context)
        self._stopped = stopped
        self._states = states
        self.cuttable = not (lib.llama_model_is_recurrent(model) or lib.llama_model_is_hybrid(model))
        self._checkpoints: list[tuple[int, bytes]] = []
        self._batch = lib.llama_batch_init(BATCH, 0, 1)
        self._name = SYSTEM
        self._kept: dict[str, int] = {}
        """How long each conversation was when it was put on disk by this process."""
        # Kept on self: ctypes frees a callback that nothing refers to.
        self._abort = lib.ggml_abort_callback(lambda _: stopped())
        self._never = lib.ggml_abort_callback()

    def prefill(self, prompt: Sequence[int], head: int, name: str, between: Callable[[], None]) -> int:
        """Make the cache hold exactly `prompt`; returns how many of its tokens did not have to be computed.

        `head`: how many of them every conversation begins with; `name`: the conversation. `between` is called before
        each batch. Raises Stopped.
        """
        if name != self._name:
            self.keep()
        cached = self._reuse(prompt, name)
        self._name = name
        # At the head's end what all conversations share is put aside, once.
        ends = [head, len(prompt)] if cached < head < len(prompt) else [len(prompt)]
        lib.llama_set_abort_callback(self._context, self._abort, None)
        try:
            for end in ends:
                while len(self.tokens) < end:
                    if self._stopped():
                        raise Stopped
                    between()
                    at = len(self.tokens)
                    # Up to a multiple: llama.cpp looks at the cache in steps of as many cells, so a batch that begins
                    # in the middle of one costs a step more (measured: a tenth of the time of 1,000 tokens).
                    self.decode(prompt[at : min(end, (at // BATCH + 1) * BATCH)])
                if not self.cuttable:
                    self._checkpoint()
                if end == head:
                    self._write(SYSTEM)
        finally:
            # While writing, the flag is read at each token; asking again at each graph node would cost time.
            lib.llama_set_abort_callback(self._context, self._never, None)
        return cached

    def decode(self, tokens: Sequence[int], scored: int = 1) -> None:
        """Compute at most BATCH more tokens, with scores for so many of the last. Raises Stopped, ModelProblem."""
        batch, start = self._batch, len(self.tokens)
        batch.n_tokens = len(tokens)
        for i, token in enumerate(tokens):
            batch.token[i] = token
            batch.pos[i] = start + i
            batch.n_seq_id[i] = 1
            batch.seq_id[i][0] = 0
            batch.logits[i] = i >= len(tokens) - scored
        code = lib.llama_decode(self._context, batch)
        if code == ABORTED:
            raise Stopped
        if code:
            self.cut(0)
            raise ModelProblem(f"The language model could not go on (llama.cpp's code {code}).", "Ask again.")
        self.tokens += tokens

    def cut(self, n: int) -> int:
        """Shorten to the first `n` tokens; returns how many could stay."""
        if n == 0 or not lib.llama_memory_seq_rm(self._memory, 0, n, -1):
            n = self._back_to_checkpoint(n)
        if n == 0:
            lib.llama_memory_clear(self._memory, False)
        self._checkpoints = [c for c in self._checkpoints if c[0] <= n]
        del self.tokens[n:]
        return n

    def keep(self) -> None:
        """Put the state of the conversation under way on disk, unless it is there. Without states on disk: nothing."""
        if not self._states:
            return
        if self._name == SYSTEM or self._kept.get(self._name) == len(self.tokens):
            return
        if self.cuttable:
            self._write(self._name)
        elif self._checkpoints:
            # The answer comes back as text, not always as the same tokens, so what is of use is the prompt's end.
            tokens, checkpoints, whole = list(self.tokens), self._checkpoints, self._copy()
            if whole and self.cut(checkpoints[-1][0]):
                self._write(self._name)
            lib.llama_memory_clear(self._memory, False)
            buffer = (ctypes.c_uint8 * len(whole)).from_buffer_copy(whole)
            back = bool(whole) and lib.llama_state_seq_set_data(self._context, buffer, len(whole), 0)
            self.tokens, self._checkpoints = (tokens, checkpoints) if back else ([], [])
        self._kept[self._name] = len(self.tokens)

    def forget(self, name: str) -> None:
        """Write nothing more of this conversation."""
        if self._name == name:
            self._name = SYSTEM

    def _reuse(self, prompt: Sequence[int], name: str) -> int:
        """Bring as much of `prompt` into the cache as is known; returns how much. One token at least is computed
        again, for its scores."""
        last = len(prompt) - 1
        here = min(_same(self.tokens, prompt), last)
        if self._states:
            found = [s for n in dict.fromkeys((name, SYSTEM)) if (s := self._states.find(n))]
            best = max(found, key=lambda s: self._use_of(s, prompt), default=None)
            if best and self._use_of(best, prompt) >= here + WORTH and self._restore(best):
                here = min(_same(self.tokens, prompt), last)
        return self.cut(here)

    def _use_of(self, saved: Saved, prompt: Sequence[int]) -> int:
        same = min(_same(saved.tokens, prompt), len(prompt) - 1)
        return same if self.cuttable or same == len(saved.tokens) else 0

    def _restore(self, saved: Saved) -> bool:
        assert self._states
        if not self._states.whole(saved):
            return False
        lib.llama_memory_clear(self._memory, False)
        self.tokens, self._checkpoints = [], []
        room = int(lib.llama_n_ctx(self._context))
        tokens, count = (lib.llama_token * room)(), ctypes.c_size_t()
        read = lib.llama_state_seq_load_file(
            self._context, os.fsencode(saved.file), 0, tokens, room, ctypes.byref(count)
        )
        if not read or tokens[: count.value] != saved.tokens:
            # It does not fit: a smaller context than it was made with.
            lib.llama_memory_clear(self._memory, False)
            return False
        self.tokens = list(saved.tokens)
        if not self.cuttable:
            self._checkpoint()
        return True

    def _write(self, name: str) -> None:
        if not self._states or len(self.tokens) < LEAST:
            return
        if name == SYSTEM and (known := self._states.find(SYSTEM)) and known.tokens == self.tokens:
            return
        tokens = (lib.llama_token * len(self.tokens))(*self.tokens)

        def write(file: Path) -> bool:
            return bool(lib.llama_state_seq_save_file(self._context, os.fsencode(file), 0, tokens, len(self.tokens)))

        self._states.keep(name, self.tokens, int(lib.llama_state_seq_get_size(self._context, 0)), write)

    def _copy(self) -> bytes:
        """All of the state; empty when llama.cpp does not give it."""
        size = int(lib.llama_state_seq_get_size(self._context, 0))
        buffer = (ctypes.c_uint8 * size)()
        return bytes(buffer) if lib.llama_state_seq_get_data(self._context, buffer, size, 0) == size else b""

    def _checkpoint(self) -> None:
        """Remember the recurrent part as it is now: kilobytes to a few megabytes."""
        size = lib.llama_state_seq_get_size_ext(self._context, 0, RECURRENT_PART)
        buffer = (ctypes.c_uint8 * size)()
        if size and lib.llama_state_seq_get_data_ext(self._context, buffer, size, 0, RECURRENT_PART) == size:
            # The first, at the end of the system text, serves every conversation.
            first, rest = self._checkpoints[:1], self._checkpoints[1:]
            self._checkpoints = [*first, *rest[-(CHECKPOINTS - 2) :], (len(self.tokens), bytes(buffer))]

    def _back_to_checkpoint(self, n: int) -> int:
        for at, data in reversed(self._checkpoints):
            if 0 < at <= n:
                buffer = (ctypes.c_uint8 * len(data)).from_buffer_copy(data)
                if lib.llama_state_seq_set_data_ext(
                    self._context, buffer, len(data), 0, RECURRENT_PART
                ) and lib.llama_memory_seq_rm(self._memory, 0, at, -1):
                    return at
        return 0


def _same(have: Sequence[int], want: Sequence[int]) -> int:
    """How many tokens two sequences begin with together."""
    for n, (a, b) in enumerate(zip(have, want, strict=False)):
        if a != b:
            return n
    return min(len(have), len(want))

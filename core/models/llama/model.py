"""llama.cpp for one model: load, tokenise, write. Runs in the child process only.

Knows nothing of pipes or of the engine. Not thread-safe (nor is llama.cpp): one thread uses it.

llama-cpp-python (MIT) for its bindings of llama.h; its own `Llama` class is not used (see the package).
"""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import llama_cpp as lib

from core.errors import ModelProblem
from core.models.fit.plan import BATCH, SCORED
from core.models.llama import told
from core.models.llama.cache import Cache, Stopped
from core.models.llama.quotes import Quotes
from core.models.llama.reasons import Reported, reported, why_not
from core.models.llama.saved import SavedStates
from core.models.llama.stream import Letters
from core.models.llama.template import ChatTemplate
from core.models.llama.vocabulary import tokens
from core.models.machine.hardware import data_limit, free_memory, own_limit
from core.models.machine.pace import Threads
from core.types import ChatMessage

TOP_K, PENALTY, PENALTY_LAST = 40, 1.05, 64
TYPES = {"f16": 1, "q8_0": 8}
"""ggml's numbers of the types the cache may have."""


@dataclass(frozen=True, slots=True)
class Written:
    """How an answer went. Times in milliseconds, tokens a second after the first."""

    reason: str
    prompt_tokens: int
    cached_tokens: int
    first_token_ms: float
    tokens_per_s: float


@dataclass(frozen=True, slots=True)
class Setup:
    """How to load a model: a plan of core.models.fit, and threads (the most that may be used, and whether all are)."""

    context: int
    kv_type: str
    flash: bool
    gpu_layers: int
    spread: Sequence[int]
    mmap: bool
    anew: bool
    threads: int
    fixed_threads: bool
    adapters: Sequence[tuple[str, float]] = ()
    """LoRA files with their strength."""


class LanguageModel:
    """A loaded model and its context. `stopped` is asked at every token and between prompt batches."""

    def __init__(
        self, path: Path, setup: Setup, states: SavedStates | None, stopped: Callable[[], bool],
        share: Callable[[float], None] = lambda part: None,
    ) -> None:  # fmt: skip
        """`share` is told what part of the file is loaded, 0 to 1. Raises Refused."""
        told.listen()
        self._stopped = stopped
        self._model = self._load(path, setup, share)
        self._vocabulary: Any = lib.llama_model_get_vocab(self._model)
        self._context = self._open(path, setup)
        self._adapt(setup.adapters)
        self.context = int(lib.llama_n_ctx(self._context))
        self._cache = Cache(self._model, self._context, stopped, states)
        self._threads = Threads(setup.threads, setup.fixed_threads, self._use_threads)
        source = lib.llama_model_chat_template(self._model, None) or b""
        bos, eos = lib.llama_vocab_bos(self._vocabulary), lib.llama_vocab_eos(self._vocabulary)
        self._bos = bos if lib.llama_vocab_get_add_bos(self._vocabulary) else None
        self.template = ChatTemplate(source.decode("utf-8", "replace"), self._text(bos), self._text(eos))
        self.device = told.device()
        self.took: Reported = reported(told.said())

    def _load(self, path: Path, setup: Setup, share: Callable[[float], None]) -> Any:
        def on_progress(part: float, _: object) -> bool:
            share(part)
            return True

        params = lib.llama_model_default_params()
        params.n_gpu_layers = setup.gpu_layers
        if not setup.mmap:
            params.load_mode = lib.LLAMA_LOAD_MODE_NONE
        params.use_extra_bufts = setup.anew
        if len(setup.spread) > 1:
            shares = (ctypes.c_float * max(len(setup.spread), lib.llama_max_devices()))(*setup.spread)
            params.tensor_split = ctypes.cast(shares, ctypes.POINTER(ctypes.c_float))
        # Referred to until the load is over: ctypes frees a callback that nothing refers to.
        params.progress_callback = progress = lib.llama_progress_callback(on_progress)
        free = min(free_memory(), own_limit(), data_limit())
        model = lib.llama_model_load_from_file(os.fsencode(path), params)
        del progress
        if not model:
            raise told.Refused(*why_not(path.name, told.said(), free))
        return model

    def _open(self, path: Path, setup: Setup) -> Any:
        params = lib.llama_context_default_params()
        params.n_ctx = setup.context
        params.n_batch = params.n_ubatch = BATCH
        params.n_threads = params.n_threads_batch = setup.threads
        params.flash_attn_type = (
            lib.LLAMA_FLASH_ATTN_TYPE_ENABLED if setup.flash else lib.LLAMA_FLASH_ATTN_TYPE_DISABLED
        )
        params.type_k = params.type_v = TYPES[setup.kv_type]
        # A few rows of scores instead of one a prompt token: with large vocabularies hundreds of megabytes.
        params.n_outputs_max = SCORED
        # Without this, going back in a sliding-window model answers from a broken cache, silently.
        params.swa_full = True
        free = min(free_memory(), own_limit(), data_limit())
        opened = lib.llama_init_from_model(self._model, params)
        if not opened:
            raise told.Refused(*why_not(path.name, told.said(), free))
        return opened

    def _adapt(self, files: Sequence[tuple[str, float]]) -> None:
        adapters = (lib.llama_adapter_lora_p_ctypes * len(files))()
        for i, (file, _) in enumerate(files):
            adapters[i] = lib.llama_adapter_lora_init(self._model, os.fsencode(file))
            if not adapters[i]:
                raise ModelProblem(
                    f"The adapter {Path(file).name} does not fit this model.",
                    "Take it off: `moa models adapt MODEL none`.",
                )
        if files:
            scales = (ctypes.c_float * len(files))(*(scale for _, scale in files))
            lib.llama_set_adapters_lora(self._context, adapters, len(files), scales)

    def _use_threads(self, count: int) -> None:
        lib.llama_set_n_threads(self._context, count, count)

    def tokenize(self, text: str, structure: bool = False) -> list[int]:
        """Token ids of `text`; only with `structure` may control tokens come out of it."""
        return tokens(self._vocabulary, text, structure=structure)

    def prompt(self, messages: Sequence[ChatMessage]) -> tuple[list[int], int]:
        """The conversation as tokens, up to where the answer begins; and how many of them all conversations with the
        same system text begin with."""
        ids: list[int] = []
        head = texts = 0
        for piece in self.template.pieces(messages):
            texts += not piece.structure
            # Before the second text, the first of a person: what stands here is the system text in its template.
            if texts == 2 and not head and messages[0].role == "system":
                head = len(ids)
            ids += self.tokenize(piece.text, piece.structure)
        if self._bos is not None and ids[:1] != [self._bos]:
            ids.insert(0, self._bos)
            head += bool(head)
        return ids, head

    def warm(self, messages: Sequence[ChatMessage]) -> int:
        """Compute what the prompts of all conversations begin with; returns how many tokens that took."""
        ids, head = self.prompt(messages)
        if not head or self._cache.tokens:
            return 0
        try:
            return head - self._cache.prefill(ids[:head], head, "", self._threads.look)
        except Stopped:
            self._cache.cut(0)
            return 0

    def write(self, prompt: tuple[list[int], int], name: str, max_tokens: int) -> Iterator[str | Written]:
        """The answer in pieces of whole characters, then how it went. `name` is that of the conversation.

        Raises ModelProblem when the prompt leaves no room in the context.
        """
        ids, head = prompt
        if not ids or len(ids) >= self.context:
            raise ModelProblem(
                f"The question and its passages do not fit into this model's context of {self.context:,} tokens.",
                "Ask a shorter question, use fewer passages, or choose a model with a larger context.",
            )
        began = first = time.perf_counter()
        cached = n = 0
        reason = "length"
        sampler = self._sampler()
        try:
            text = Letters(self.template.stops)
            cached = self._cache.prefill(ids, head, name, self._threads.look)
            most = min(max_tokens, self.context - len(ids))
            for n, token in enumerate(islice(self._tokens(sampler, ids), most), 1):
                if n == 1:
                    first = time.perf_counter()
                if self._stopped():
                    raise Stopped
                if lib.llama_vocab_is_eog(self._vocabulary, token):
                    reason = "stop"
                    break
                if out := text.add(self._piece(token)):
                    yield out
                if text.ended:
                    reason = "stop"
                    break
            if rest := text.rest():
                yield rest
        except Stopped:
            reason = "stopped"
            self._cache.cut(len(self._cache.tokens))
        finally:
            lib.llama_sampler_free(sampler)
        seconds = time.perf_counter() - first
        rate = (n - 1) / seconds if n > 1 and seconds > 0 else 0.0
        yield Written(reason, len(ids), cached, 1000 * (first - began), rate)

    def _tokens(self, sampler: Any, ids: list[int]) -> Iterator[int]:
        """The tokens after `ids`, one after the other, without end. Some are computed together where the answer seems
        to quote; recurrent models cannot go back behind a wrong guess."""
        token = lib.llama_sampler_sample(sampler, self._context, -1)
        written = [token]
        yield token
        quotes = Quotes(ids) if self._cache.cuttable else None  # not before the first token, which somebody waits for
        while True:
            self._threads.look()
            at, began = len(self._cache.tokens) + 1, time.perf_counter()
            guessed = quotes.guess(written, self.context - at) if quotes else []
            self._cache.decode([token, *guessed], 1 + len(guessed))
            fresh: list[int] = []
            for guess in [*guessed, None]:
                token = lib.llama_sampler_sample(sampler, self._context, len(fresh))
                fresh.append(token)
                if token != guess:
                    break
            right = len(fresh) - 1
            if right < len(guessed):
                self._cache.cut(at + right)
            if quotes:
                quotes.took(time.perf_counter() - began, len(guessed), right)
            written += fresh
            yield from fresh

    def keep(self) -> None:
        """Put the conversation's state on disk, so that it goes on fast after a restart."""
        self._cache.keep()

    def forget(self, name: str) -> None:
        """Put nothing of this conversation on disk any more."""
        self._cache.forget(name)

    def _sampler(self) -> Any:
        """Greedy with a mild repetition penalty (the package says why); the 40 likeliest first, as all is slow."""
        chain = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
        lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_top_k(TOP_K))
        size = lib.llama_vocab_n_tokens(self._vocabulary)
        lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_penalties(size, PENALTY_LAST, PENALTY, 0.0, 0.0))
        lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_greedy())
        return chain

    def _piece(self, token: int) -> bytes:
        """The bytes of a token; often only a part of a Korean syllable."""
        room = 64
        while True:
            buffer = ctypes.create_string_buffer(room)
            n = lib.llama_token_to_piece(self._vocabulary, token, buffer, room, 0, False)
            if n >= 0:
                return buffer.raw[:n]
            room = -n

    def _text(self, token: int) -> str:
        """A control token as its template writes it; empty when the vocabulary has none."""
        return (
            (lib.llama_vocab_get_text(self._vocabulary, token) or b"").decode("utf-8", "replace") if token >= 0 else ""
        )

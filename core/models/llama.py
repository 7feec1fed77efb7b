"""llama.cpp for one model: load, tokenise, prompt with prefix reuse, write. Runs in the child process only.

Knows nothing of pipes or of the engine. Not thread-safe (nor is llama.cpp): one thread uses it.

llama-cpp-python (MIT) for its bindings of llama.h; its own `Llama` class is not used (see the package).
"""

from __future__ import annotations

import codecs
import ctypes
import os
import re
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import llama_cpp as lib

from core.errors import ModelProblem
from core.models.fit import BATCH
from core.models.template import ChatTemplate
from core.types import ChatMessage

TOP_K, PENALTY, PENALTY_LAST = 40, 1.05, 64
FLASH_ATTENTION_OFF, TYPE_F16 = 0, 1
ABORTED = 2
"""What llama_decode returns when the abort callback said so."""
DEBUG = 1
"""ggml's log levels: 1 debug, 2 information, 3 warning, 4 error, 5 continues the line before."""

_recent: deque[str] = deque(maxlen=400)


@lib.llama_log_callback  # type: ignore[untyped-decorator]
def _on_log(level: int, text: bytes, _: object) -> None:
    if level == DEBUG:
        return
    line = text.decode("utf-8", "replace")
    _recent.append(line)
    sys.stderr.write(line)


class Stopped(Exception):
    """The user's stop reached the prompt."""


@dataclass(frozen=True, slots=True)
class Written:
    """How an answer went. Times in milliseconds, tokens a second after the first."""

    reason: str
    prompt_tokens: int
    cached_tokens: int
    first_token_ms: float
    tokens_per_s: float


def can_offload() -> bool:
    """Whether the installed llama.cpp was built for a graphics card and finds one."""
    return bool(lib.llama_supports_gpu_offload())


class LanguageModel:
    """A loaded model and its context. `stopped` is asked at every token and between prompt batches."""

    def __init__(self, path: Path, context: int, threads: int, gpu_layers: int, stopped: Callable[[], bool]) -> None:
        lib.llama_log_set(_on_log, ctypes.c_void_p(0))
        lib.llama_backend_init()
        self._stopped = stopped
        self._model = self._load(path, gpu_layers)
        self._vocabulary: Any = lib.llama_model_get_vocab(self._model)
        # Kept on self: ctypes frees a callback that nothing refers to.
        self._abort = lib.ggml_abort_callback(lambda _: stopped())
        self._never = lib.ggml_abort_callback()
        self._context = self._open(path, min(context, lib.llama_model_n_ctx_train(self._model)), threads)
        self._memory: Any = lib.llama_get_memory(self._context)
        self.context = int(lib.llama_n_ctx(self._context))
        self._batch = lib.llama_batch_init(BATCH, 0, 1)
        self._tokens: list[int] = []
        """What the KV cache holds."""
        source = lib.llama_model_chat_template(self._model, None) or b""
        bos, eos = lib.llama_vocab_bos(self._vocabulary), lib.llama_vocab_eos(self._vocabulary)
        self._bos = bos if lib.llama_vocab_get_add_bos(self._vocabulary) else None
        self.template = ChatTemplate(source.decode("utf-8", "replace"), self._text(bos), self._text(eos))
        self.device = _device()

    def _load(self, path: Path, gpu_layers: int) -> Any:
        params = lib.llama_model_default_params()
        params.n_gpu_layers = gpu_layers
        model = lib.llama_model_load_from_file(os.fsencode(path), params)
        if not model:
            raise _why_not(path)
        return model

    def _open(self, path: Path, context: int, threads: int) -> Any:
        params = lib.llama_context_default_params()
        params.n_ctx = context
        params.n_batch = params.n_ubatch = BATCH
        params.n_threads = params.n_threads_batch = threads
        # On processors plain attention is the faster one. On graphics cards llama.cpp decides by itself (-1).
        params.flash_attn_type = -1 if can_offload() else FLASH_ATTENTION_OFF
        params.type_k = params.type_v = TYPE_F16
        # One row of scores instead of one a prompt token: with large vocabularies hundreds of megabytes.
        params.n_outputs_max = 1
        # Without this, going back in a sliding-window model answers from a broken cache, silently.
        params.swa_full = True
        opened = lib.llama_init_from_model(self._model, params)
        if not opened:
            raise _why_not(path)
        return opened

    def tokenize(self, text: str, structure: bool = False) -> list[int]:
        """Token ids of `text`; only with `structure` may control tokens come out of it."""
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        ids = (lib.llama_token * room)()
        n = lib.llama_tokenize(self._vocabulary, data, len(data), ids, room, False, structure)
        if n < 0:
            ids = (lib.llama_token * -n)()
            n = lib.llama_tokenize(self._vocabulary, data, len(data), ids, -n, False, structure)
        return ids[: max(0, n)]

    def prompt(self, messages: Sequence[ChatMessage]) -> list[int]:
        """The conversation as tokens, up to where the answer begins."""
        ids: list[int] = []
        for piece in self.template.pieces(messages):
            ids += self.tokenize(piece.text, piece.structure)
        if self._bos is not None and ids[:1] != [self._bos]:
            ids.insert(0, self._bos)
        return ids

    def write(self, prompt: list[int], max_tokens: int) -> Iterator[str | Written]:
        """The answer in pieces of whole characters, then how it went.

        Raises ModelProblem when the prompt leaves no room in the context.
        """
        if not prompt or len(prompt) >= self.context:
            raise ModelProblem(
                f"The question and its passages do not fit into this model's context of {self.context:,} tokens.",
                "Ask a shorter question, use fewer passages, or choose a model with a larger context.",
            )
        began = first = time.perf_counter()
        cached = n = 0
        reason = "length"
        sampler = self._sampler()
        try:
            text = _Text(self.template.stops)
            cached = self._prefill(prompt)
            for n in range(1, min(max_tokens, self.context - len(prompt)) + 1):
                token = lib.llama_sampler_sample(sampler, self._context, -1)
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
                self._decode([token])
            if rest := text.rest():
                yield rest
        except Stopped:
            reason = "stopped"
            self._cut(len(self._tokens))
        finally:
            lib.llama_sampler_free(sampler)
        seconds = time.perf_counter() - first
        rate = (n - 1) / seconds if n > 1 and seconds > 0 else 0.0
        yield Written(reason, len(prompt), cached, 1000 * (first - began), rate)

    def _sampler(self) -> Any:
        """Greedy with a mild repetition penalty (the package says why); the 40 likeliest first, as all is slow."""
        chain = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
        lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_top_k(TOP_K))
        size = lib.llama_vocab_n_tokens(self._vocabulary)
        lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_penalties(size, PENALTY_LAST, PENALTY, 0.0, 0.0))
        lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_greedy())
        return chain

    def _prefill(self, prompt: list[int]) -> int:
        """Make the cache hold exactly `prompt`; returns how many of its tokens were there already."""
        same = 0
        for have, want in zip(self._tokens, prompt, strict=False):
            if have != want:
                break
            same += 1
        # At least one token is computed again, for its scores.
        cached = self._cut(min(same, len(prompt) - 1))
        lib.llama_set_abort_callback(self._context, self._abort, None)
        try:
            for at in range(cached, len(prompt), BATCH):
                if self._stopped():
                    raise Stopped
                self._decode(prompt[at : at + BATCH])
        finally:
            # While writing, the flag is read at each token; asking again at each graph node would cost time.
            lib.llama_set_abort_callback(self._context, self._never, None)
        return cached

    def _cut(self, n: int) -> int:
        """Shorten the cache to its first `n` tokens; returns how many could stay (recurrent models: none)."""
        if n == 0 or not lib.llama_memory_seq_rm(self._memory, 0, n, -1):
            lib.llama_memory_clear(self._memory, True)
            n = 0
        del self._tokens[n:]
        return n

    def _decode(self, tokens: list[int]) -> None:
        batch, start = self._batch, len(self._tokens)
        batch.n_tokens = len(tokens)
        for i, token in enumerate(tokens):
            batch.token[i] = token
            batch.pos[i] = start + i
            batch.n_seq_id[i] = 1
            batch.seq_id[i][0] = 0
            batch.logits[i] = 0
        batch.logits[len(tokens) - 1] = 1
        code = lib.llama_decode(self._context, batch)
        if code == ABORTED:
            raise Stopped
        if code:
            self._cut(0)
            raise ModelProblem(f"The language model could not go on (llama.cpp's code {code}).", "Ask again.")
        self._tokens += tokens

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


class _Text:
    """Bytes of tokens to whole characters, cut at the first of `stops`."""

    def __init__(self, stops: Sequence[str]) -> None:
        self.ended = False
        self._stops = stops
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._hold = ""
        self._keep = max(map(len, stops), default=1) - 1

    def add(self, data: bytes) -> str:
        """What can be shown now: all but an unfinished character and a tail that may begin a stop."""
        self._hold += self._decoder.decode(data)
        found = [at for stop in self._stops if (at := self._hold.find(stop)) >= 0]
        if found:
            self.ended = True
            self._hold = self._hold[: min(found)]
            return self.rest()
        cut = len(self._hold) - self._keep
        if cut <= 0:
            return ""
        out, self._hold = self._hold[:cut], self._hold[cut:]
        return out

    def rest(self) -> str:
        """What was held back; half a character at the very end is dropped."""
        out, self._hold = self._hold, ""
        return out


def _device() -> str:
    found = re.findall(r"using device (\S+) \(([^)]*)\)", "".join(_recent))
    return ", ".join(f"{name} ({title})" for name, title in found) or "CPU"


_REASONS = (
    (r"unknown (?:model )?architecture: '([^']+)'", "its architecture ({}) is not known to the installed llama.cpp",
     "Update Moa, or choose another model."),
    (r"unknown pre-tokenizer type: '([^']+)'", "its vocabulary ({}) is not known to the installed llama.cpp",
     "Update Moa, or choose another model."),
    (r"(?:failed|unable) to allocate|out of memory|failed to initialize the context|bad_alloc",
     "there is not enough free memory",
     "Close other programs, make the context smaller in the settings, or choose a smaller model."),
    (r"not within the file bounds|corrupted or incomplete|wrong number of tensors|missing tensor|wrong shape|"
     r"failed to read|key not found|error loading model vocabulary|invalid", "the file is damaged or incomplete",
     "Download it again, or choose another model."),
)  # fmt: skip
"""llama.cpp's own words, what they mean, and what to do."""


def _why_not(path: Path) -> ModelProblem:
    """Why loading failed, from what llama.cpp wrote last; its words stay in the log."""
    said = "".join(_recent)
    for pattern, meaning, advice in _REASONS:
        if match := re.search(pattern, said):
            return ModelProblem(f"{path.name} could not be loaded: {meaning.format(*match.groups())}.", advice)
    return ModelProblem(f"{path.name} could not be loaded.", "Choose another model; the log of the model says more.")

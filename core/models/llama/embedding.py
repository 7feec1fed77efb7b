"""llama.cpp for one embedding model: load, count, embed. Runs in the child process only.

Knows nothing of pipes or of the engine. Not thread-safe: one thread uses it.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import llama_cpp as lib

from core.models.llama import told
from core.models.llama.reasons import why_not
from core.models.llama.vocabulary import tokens
from core.models.machine.hardware import free_memory, own_limit
from core.models.machine.pace import Threads

AT_ONCE = 16
"""Texts that share a batch, while they fit into one of `room` tokens: attention costs the square of a batch, so that
longer batches of a small model are slower on a processor."""


class EmbeddingModel:
    """A loaded model and its context; texts of up to `room` tokens. Raises Refused."""

    def __init__(self, path: Path, room: int, threads: int, fixed_threads: bool, gpu_layers: int, mean: bool) -> None:
        told.listen()
        self._room = room
        params = lib.llama_model_default_params()
        params.n_gpu_layers = gpu_layers if gpu_layers >= 0 else 999
        free = min(free_memory(), own_limit())
        self._model = lib.llama_model_load_from_file(os.fsencode(path), params)
        if not self._model:
            raise told.Refused(*why_not(path.name, told.said(), free))
        self._vocabulary: Any = lib.llama_model_get_vocab(self._model)
        self._context = self._open(threads, mean)
        if not self._context:
            raise told.Refused(*why_not(path.name, told.said(), free))
        self._memory = lib.llama_get_memory(self._context)
        self._encodes = lib.llama_model_has_encoder(self._model) and not lib.llama_model_has_decoder(self._model)
        self._batch = lib.llama_batch_init(room, 0, 1)
        self._threads = Threads(threads, fixed_threads, self._use_threads)
        self.dim = int(lib.llama_model_n_embd_out(self._model))
        self.device = told.device()

    def _open(self, threads: int, mean: bool) -> Any:
        params = lib.llama_context_default_params()
        params.n_ctx = params.n_batch = params.n_ubatch = self._room
        params.n_seq_max = AT_ONCE
        # One cache for all texts of a batch: apart, each would get but its share of the room.
        params.kv_unified = True
        params.n_threads = params.n_threads_batch = threads
        params.embeddings = True
        params.pooling_type = lib.LLAMA_POOLING_TYPE_MEAN if mean else lib.LLAMA_POOLING_TYPE_UNSPECIFIED
        return lib.llama_init_from_model(self._model, params)

    def _use_threads(self, count: int) -> None:
        lib.llama_set_n_threads(self._context, count, count)

    def count(self, text: str) -> tuple[int, int]:
        """(tokens of a text without the special ones, different ones among them)."""
        ids = tokens(self._vocabulary, text)
        return len(ids), len(set(ids))

    def embed(self, texts: Sequence[str]) -> bytes:
        """Vectors as float32 in the order of `texts`, `dim` numbers each, of any length; what does not fit into the
        room is cut off."""
        every = [self._cut(tokens(self._vocabulary, text, special=True)) for text in texts]
        made = bytearray()
        part: list[list[int]] = []
        for ids in every:
            if part and (len(part) == AT_ONCE or sum(map(len, part)) + len(ids) > self._room):
                made += self._run(part)
                part = []
            part.append(ids)
        return bytes(made + (self._run(part) if part else b""))

    def _cut(self, ids: list[int]) -> list[int]:
        # The last one is special in many models, and what their vector is taken from.
        return ids if len(ids) <= self._room else [*ids[: self._room - 1], ids[-1]]

    def _run(self, texts: list[list[int]]) -> bytes:
        self._threads.look()
        if self._memory:
            lib.llama_memory_clear(self._memory, True)
        batch, n = self._batch, 0
        for sequence, ids in enumerate(texts):
            for place, token in enumerate(ids):
                batch.token[n], batch.pos[n] = token, place
                batch.n_seq_id[n], batch.seq_id[n][0] = 1, sequence
                batch.logits[n] = 1
                n += 1
        batch.n_tokens = n
        run = lib.llama_encode if self._encodes else lib.llama_decode
        if n and (code := run(self._context, batch)):
            raise RuntimeError(f"llama.cpp returned {code}")
        made = bytearray()
        for sequence, ids in enumerate(texts):
            found = lib.llama_get_embeddings_seq(self._context, sequence) if ids else None
            made += ctypes.string_at(found, 4 * self.dim) if found else bytes(4 * self.dim)
        return bytes(made)

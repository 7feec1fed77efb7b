"""What Moa adds around llama.cpp, and what reusing prompts saves: ratios within one run.

    python tests/bench/language_model.py [--shape SHAPE...] [--quantization TYPE...] [--rounds N] [--short]

Without choices: the shapes of Qwen2.5-0.5B and Llama-3.2-1B, each in Q4_K_M and Q8_0, written once; half an hour on
one core. `--short` only shows that all of it runs: a round of short prompts, whose ratios mean nothing.

Speed: the worker's process against a bare loop of llama_decode on the same file with the same settings, in turn, in
seconds of processor time (what else the machine does then matters little), one thread, medians. First token: wall time
in the second turn of a conversation of over 2,000 tokens, and in its third after a restart, against its first turn; the
worst in brackets. Last column: tokens known to the first question after a start, with the system text saved before.
Below the table: the writing speed of answers that quote, of models in the same sizes wired to repeat the question.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ["OMP_NUM_THREADS"] = "1"

import llama_cpp as lib

from core.answer.prompt import SYSTEM
from core.models.fit.plan import BATCH
from core.models.process.worker import Finish, LoadOptions, Piece, Worker
from core.types import ChatMessage
from tests.gguf_files import WORDS as KNOWN
from tests.large_models import QUANTIZATIONS, SHAPES, large_model

OPTIONS = LoadOptions(context=4096, threads=1)
WORDS = "the budget decision was moved to friday because our team must quote the report from monday in one answer"
SILENT = lib.llama_log_callback(lambda *_: None)
"""Kept for good: llama.cpp goes on calling it."""
COLUMNS = ("model", "prompt", "writing", "second turn", "after a restart", "known at start")


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured; lengths in tokens, more or less."""

    rounds: int
    prompt: int = 1024
    written: int = 64
    conversation: int = 2200


class Bare:
    """llama.cpp with nothing around it."""

    def __init__(self, path: Path) -> None:
        lib.llama_log_set(SILENT, ctypes.c_void_p(0))
        self._model = lib.llama_model_load_from_file(os.fsencode(path), lib.llama_model_default_params())
        params = lib.llama_context_default_params()
        params.n_ctx, params.n_batch, params.n_ubatch = OPTIONS.context, BATCH, BATCH
        params.n_threads = params.n_threads_batch = 1
        params.flash_attn_type, params.n_outputs_max = lib.LLAMA_FLASH_ATTN_TYPE_DISABLED, 1
        self._context = lib.llama_init_from_model(self._model, params)
        self._sampler = lib.llama_sampler_init_greedy()

    def prompt(self, ids: list[int]) -> float:
        """Seconds for a prompt from nothing."""
        lib.llama_memory_clear(lib.llama_get_memory(self._context), True)
        began = time.process_time()
        for at in range(0, len(ids), BATCH):
            self._decode(ids[at : at + BATCH])
        return time.process_time() - began

    def write(self, count: int) -> float:
        """Seconds for so many tokens after the prompt."""
        began = time.process_time()
        for _ in range(count):
            self._decode([lib.llama_sampler_sample(self._sampler, self._context, -1)])
        return time.process_time() - began

    def close(self) -> None:
        """Give the memory back before the next model."""
        lib.llama_sampler_free(self._sampler)
        lib.llama_free(self._context)
        lib.llama_model_free(self._model)

    def _decode(self, ids: list[int]) -> None:
        tokens = (lib.llama_token * len(ids))(*ids)
        if lib.llama_decode(self._context, lib.llama_batch_get_one(tokens, len(ids))):
            raise RuntimeError("llama_decode failed")


def ask(worker: Worker, text: str, most: int) -> tuple[float, Finish]:
    """(seconds of the worker's processor time, how it went)."""
    assert worker.pid
    # MAKE_PROCESS_CPUCLOCK of the kernel's posix-timers.h: the same clock as time.process_time, of another process.
    clock = (~worker.pid << 3) | 2
    before = time.clock_gettime(clock)
    *_, end = worker.chat([ChatMessage("user", text)], max_tokens=most, stop=threading.Event())
    assert isinstance(end, Finish)
    return time.clock_gettime(clock) - before, end


def speed(path: Path, folder: Path, size: Size) -> list[str]:
    """Prompt and decode, worker against bare loop: median (smallest to largest)."""
    worker, bare = Worker(folder / "log"), Bare(path)
    worker.load(path, OPTIONS)
    figures: dict[str, list[float]] = {"prompt": [], "writing": []}
    for n in range(-1, size.rounds):
        text = f"{n} " + WORDS * (size.prompt // 20)
        worker_prompt, end = ask(worker, text, 1)
        bare_prompt = bare.prompt([10 + (7 * i) % 900 for i in range(end.prompt_tokens)])
        one, _ = ask(worker, text, 1)
        many, end = ask(worker, text, 1 + size.written)
        bare_write = bare.write(size.written)
        if n < 0 or end.reason != "length":
            continue  # the first round warms up both
        figures["prompt"].append(bare_prompt / worker_prompt)
        figures["writing"].append(bare_write / (many - one))
    worker.close()
    bare.close()
    return [f"{statistics.median(r):.3f} ({min(r):.3f} to {max(r):.3f})" if r else "none" for r in figures.values()]


def first_token(path: Path, folder: Path, size: Size) -> list[str]:
    """A long conversation: cold, its second turn, the same after a restart; a fresh question."""
    system = ChatMessage("system", SYSTEM)
    figures: dict[str, list[float]] = {"second turn": [], "after a restart": []}
    for n in range(size.rounds):
        here = folder / str(n)

        def opened(here: Path = here) -> Worker:
            worker = Worker(here / "log", here, here / "kv")
            worker.load(path, OPTIONS)
            return worker

        def say(worker: Worker, *messages: ChatMessage, name: str = "talk") -> tuple[str, Finish]:
            *pieces, end = worker.chat([system, *messages], max_tokens=24, stop=threading.Event(), name=name)
            assert isinstance(end, Finish)
            return "".join(p.text for p in pieces if isinstance(p, Piece)), end

        worker = opened()
        first = ChatMessage("user", f"{n} " + WORDS * (size.conversation // 20))
        text, cold = say(worker, first)
        talk = [first, ChatMessage("assistant", text), ChatMessage("user", WORDS)]
        text, second = say(worker, *talk)
        worker.close()
        worker = opened()
        _, fresh = say(worker, ChatMessage("user", WORDS), name="new")
        talk += [ChatMessage("assistant", text), ChatMessage("user", "and " + WORDS)]
        _, restarted = say(worker, *talk)
        worker.close()
        figures["second turn"].append(second.first_token_ms / cold.first_token_ms)
        figures["after a restart"].append(restarted.first_token_ms / cold.first_token_ms)
    ratios = [f"{statistics.median(r):.3f} ({max(r):.3f})" for r in figures.values()]
    return [*ratios, f"{fresh.cached_tokens} of {fresh.prompt_tokens}"]


def quoting(path: Path, folder: Path, size: Size) -> str:
    """Writing speed of a model that repeats the question word for word, worker against bare loop."""
    worker, bare = Worker(folder / "log"), Bare(path)
    worker.load(path, OPTIONS)
    text = " ".join(KNOWN.split())
    ratios = []
    for n in range(-1, size.rounds):
        one, end = ask(worker, text, 1)
        bare.prompt([10 + (7 * i) % 900 for i in range(end.prompt_tokens)])
        bare_write = bare.write(size.written)
        many, end = ask(worker, text, 1 + size.written)
        if n >= 0 and end.reason == "length":
            ratios.append(bare_write / (many - one))
    worker.close()
    bare.close()
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})" if ratios else "none"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shape", choices=SHAPES, nargs="+", default=list(SHAPES))
    parser.add_argument("--quantization", choices=QUANTIZATIONS, nargs="+", default=list(QUANTIZATIONS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--short", action="store_true", help="show that it runs, measure nothing")
    given = parser.parse_args()
    size = Size(1, 200, 32, 400) if given.short else Size(given.rounds)
    print("| " + " | ".join(COLUMNS) + " |\n" + "| --- " * len(COLUMNS) + "|", flush=True)
    for shape in given.shape:
        for quantization in given.quantization:
            path = large_model(shape, quantization)
            with tempfile.TemporaryDirectory(prefix="moa-bench-") as folder:
                row = [path.stem, *speed(path, Path(folder), size), *first_token(path, Path(folder), size)]
            print("| " + " | ".join(row) + " |", flush=True)
    for shape in given.shape:
        for quantization in given.quantization:
            path = large_model(shape, quantization, "copy")
            with tempfile.TemporaryDirectory(prefix="moa-bench-") as folder:
                print(f"{path.stem}, quoting: writing {quoting(path, Path(folder), size)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

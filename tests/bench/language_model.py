"""What Moa adds around llama.cpp, and what reusing prompts saves: ratios within one run.

    python tests/bench/language_model.py [--shape qwen2.5-0.5b] [--quantization Q4_K_M] [--rounds N]

Speed: the worker's process against a bare loop of llama_decode on the same file with the same settings, in turn, in
seconds of processor time (what else the machine does then matters little), one thread, medians. First token: wall time
of a follow-up, after a restart, and of a first question with the system text computed before, against a cold start.
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
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ["OMP_NUM_THREADS"] = "1"

import llama_cpp as lib

from core.answer.prompt import SYSTEM
from core.models.fit.plan import BATCH
from core.models.process.worker import Finish, LoadOptions, Piece, Worker
from core.types import ChatMessage
from tests.large_models import QUANTIZATIONS, SHAPES, large_model

OPTIONS = LoadOptions(context=4096, threads=1)
PROMPT, WRITTEN = 1024, 64
WORDS = "the budget decision was moved to friday because our team must quote the report from monday in one answer"


class Bare:
    """llama.cpp with nothing around it."""

    def __init__(self, path: Path) -> None:
        silent = lib.llama_log_callback(lambda *_: None)
        lib.llama_log_set(silent, ctypes.c_void_p(0))
        self._silent = silent
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


def speed(path: Path, folder: Path, rounds: int) -> None:
    """Prompt and decode, worker against bare loop."""
    worker, bare = Worker(folder / "log"), Bare(path)
    worker.load(path, OPTIONS)
    figures: dict[str, list[float]] = {"prompt": [], "writing": []}
    for n in range(-1, rounds):
        text = f"{n} " + WORDS * (PROMPT // 20)
        worker_prompt, end = ask(worker, text, 1)
        bare_prompt = bare.prompt([10 + (7 * i) % 900 for i in range(end.prompt_tokens)])
        one, _ = ask(worker, text, 1)
        many, end = ask(worker, text, 1 + WRITTEN)
        bare_write = bare.write(WRITTEN)
        if n < 0 or end.reason != "length":
            continue  # the first round warms up both
        figures["prompt"].append(bare_prompt / worker_prompt)
        figures["writing"].append(bare_write / (many - one))
    worker.close()
    for name, ratios in figures.items():
        middle = statistics.median(ratios)
        print(f"{name}: {middle:.3f} of the speed of a bare loop ({min(ratios):.3f} to {max(ratios):.3f})", flush=True)


def first_token(path: Path, folder: Path, rounds: int) -> None:
    """A conversation of over 2,000 tokens: cold, its second turn, the same after a restart; a fresh question."""
    system = ChatMessage("system", SYSTEM)
    figures: dict[str, list[float]] = {"second turn": [], "after a restart": []}
    for n in range(rounds):
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
        first = ChatMessage("user", f"{n} " + WORDS * 110)
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
    print(f"cold: {cold.prompt_tokens} tokens, {cold.first_token_ms:.0f} ms")
    for name, ratios in figures.items():
        print(f"{name}: first token after {statistics.median(ratios):.3f} of cold (worst {max(ratios):.3f})")
    print(f"first question after a start: {fresh.cached_tokens} of {fresh.prompt_tokens} tokens were known")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shape", choices=SHAPES, default="qwen2.5-0.5b")
    parser.add_argument("--quantization", choices=QUANTIZATIONS, default="Q4_K_M")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    path = large_model(given.shape, given.quantization)
    with tempfile.TemporaryDirectory(prefix="moa-bench-") as folder:
        print(f"{path.name}")
        speed(path, Path(folder), given.rounds)
        first_token(path, Path(folder), given.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())

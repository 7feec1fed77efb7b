"""Damaged model files through the whole way, header and llama.cpp: a reason in words, soon, and the engine unharmed."""

from __future__ import annotations

import os
import random
import struct
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from core.errors import ModelProblem
from core.models.process.worker import LoadOptions, Worker

OPTIONS = LoadOptions(context=512, threads=1)
SOON_S = 2.0
"""Of processor time, the child's start included: what a machine is busy with besides does not count."""
GROWTH = 32 * 2**20


def damaged(good: bytes) -> Iterator[tuple[str, bytes]]:
    """Sixteen files as a person may come by them."""
    start = b"GGUF" + struct.pack("<I", 3)
    yield "empty", b""
    yield "a page", b"<!DOCTYPE html><html><body>404 Not Found</body></html>"
    yield "zeros", bytes(4096)
    yield "only a start", good[:10]
    yield "cut in the header", good[:1000]
    yield "cut in the middle", good[: len(good) // 2]
    yield "cut at the end", good[:-64]
    yield "more tensors than there are", start + struct.pack("<QQ", 2**40, 1) + good[24:]
    yield "more entries than there are", start + struct.pack("<QQ", 1, 2**61) + good[24:]
    # 49 bytes that make other readers take memory for ever: a list with 2^60 members.
    endless = start + struct.pack("<QQ", 0, 1) + struct.pack("<Q", 1) + b"a" + struct.pack("<IIQ", 9, 8, 2**60)
    yield "an endless list", endless
    chance = random.Random(11)
    for n in range(6):
        yield f"overwritten {n}", mutated(good, chance, 400)


def mutated(good: bytes, chance: random.Random, count: int, within: int = 20_000) -> bytes:
    data = bytearray(good)
    for _ in range(count):
        data[chance.randrange(4, min(within, len(data)))] = chance.randrange(256)
    return bytes(data)


def spent() -> float:
    """Seconds of processor time of this process and of those it started that are gone."""
    return sum(os.times()[:4])


def try_it(worker: Worker, path: Path, data: bytes) -> tuple[str, float]:
    """(what was said, empty when it could be loaded; seconds of processor time)."""
    path.write_bytes(data)
    began, said = spent(), ""
    try:
        worker.load(path, OPTIONS)
    except ModelProblem as problem:
        assert (problem.title and problem.advice and path.name in problem.title) or "language model" in problem.title
        said = problem.title
    worker.unload()
    return said, spent() - began


def test_sixteen_damaged_files(new_worker: Callable[[], Worker], tmp_path: Path, small_model: Path) -> None:
    worker, files = new_worker(), list(damaged(small_model.read_bytes()))
    assert len(files) == 16
    for n, (name, data) in enumerate(files):
        said, seconds = try_it(worker, tmp_path / f"{n}.gguf", data)
        assert said, name
        assert seconds < SOON_S, name
    worker.load(small_model, OPTIONS)


@pytest.mark.parametrize("count", [10, pytest.param(200, marks=pytest.mark.slow)])
def test_mutated_headers(new_worker: Callable[[], Worker], tmp_path: Path, small_model: Path, count: int) -> None:
    worker, good, chance = new_worker(), small_model.read_bytes(), random.Random(count)
    worker.load(small_model, OPTIONS)
    before = psutil.Process().memory_info().rss
    results = []
    for n in range(count):
        # Half of them in the entries at the start, half also among the tensors' names and places.
        data = mutated(good, chance, chance.choice((1, 2, 8, 64)), within=chance.choice((1500, 60_000)))
        results.append(try_it(worker, tmp_path / f"{n}.gguf", data))
    refused, slowest = [said for said, _ in results if said], max(seconds for _, seconds in results)
    sys.stdout.write(f"{len(refused)} of {count} refused; {slowest:.2f} s of processor time at most\n")
    assert refused and slowest < SOON_S
    assert psutil.Process().memory_info().rss - before < GROWTH
    worker.load(small_model, OPTIONS)

"""Whether a model fits, against llama.cpp's own figures and against little memory."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.models import hardware
from core.models.fit import RESERVE, compute_bytes, fit
from core.models.gguf import Header, read_header
from core.models.worker import LoadOptions, Worker
from tests.gguf_files import Shape, write_model

PLENTY = 64 * 2**30


@pytest.fixture
def header(small_model: Path) -> Header:
    """The numbers of a Llama-3.2-1B in Q4_K_M."""
    return replace(
        read_header(small_model), context=131072, layers=16, embedding=2048, feed_forward=8192, heads=32,
        kv_heads=16 * 8, key_length=64, value_length=64, vocabulary=128256, size=807_694_464,
    )  # fmt: skip


def test_plenty_of_memory_gives_the_context_that_was_wanted(header: Header) -> None:
    found = fit("m", header, context=8192, gpu_layers=-1, offload=False, free=PLENTY)
    assert (found.fits, found.context, found.device, found.gpu_layers) == (True, 8192, "CPU", 0)
    assert found.need_mb.weights == 771
    assert found.need_mb.kv == 256  # 32 KiB a token: 2 * 16 layers * 8 heads * 64 * 2 bytes
    assert "processor only" in found.why


def test_the_context_shrinks_before_the_model_is_refused(header: Header) -> None:
    wanted = fit("m", header, context=32768, gpu_layers=0, offload=False, free=PLENTY)
    less = sum((wanted.need_mb.weights, wanted.need_mb.kv // 2, wanted.need_mb.compute // 2)) * 2**20 + RESERVE
    found = fit("m", header, context=32768, gpu_layers=0, offload=False, free=less)
    assert found.fits and 1024 <= found.context < 32768 and found.context % 256 == 0
    assert "smaller" in found.why
    need = found.need_mb
    assert (need.weights + need.kv + need.compute) * 2**20 + RESERVE <= less + 3 * 2**20


def test_too_little_memory_says_so(header: Header) -> None:
    found = fit("m", header, context=4096, gpu_layers=0, offload=False, free=800 * 2**20)
    assert not found.fits and found.context == 1024
    assert "800 MB are free" in found.why and "smaller model" in found.why


def test_no_more_context_than_the_model_was_trained_for(small_model: Path) -> None:
    header = read_header(small_model)
    assert fit("m", header, context=100_000, gpu_layers=0, offload=False, free=PLENTY).context == 4096


def test_layers_go_to_a_graphics_card_only_where_one_can_be_used(header: Header) -> None:
    found = fit("m", header, context=4096, gpu_layers=-1, offload=True, free=PLENTY)
    assert (found.device, found.gpu_layers) == ("GPU", 17)
    assert fit("m", header, context=4096, gpu_layers=5, offload=True, free=PLENTY).gpu_layers == 5
    assert fit("m", header, context=4096, gpu_layers=0, offload=True, free=PLENTY).device == "CPU"


@pytest.mark.parametrize("shape", [Shape(), Shape(layers=4, heads=8, kv_heads=8, feed_forward=2048)])
def test_the_estimate_covers_what_llama_cpp_takes(
    tmp_path: Path, new_worker: Callable[[], Worker], shape: Shape
) -> None:
    header = read_header(write_model(tmp_path / "m.gguf", shape=shape))
    new_worker().load(tmp_path / "m.gguf", LoadOptions(context=4096, threads=1))
    log = (tmp_path / "logs" / "model.log").read_text()
    kv, compute = (
        sum(float(mib) for mib in re.findall(rf"{kind} buffer size = +([\d.]+) MiB", log)) for kind in ("KV", "compute")
    )
    assert header.kv_bytes_per_token * 4096 == kv * 2**20
    assert compute * 2**20 <= compute_bytes(header, 4096) <= compute * 2**20 + 24 * 2**20


def test_this_machine_has_memory_and_threads() -> None:
    assert hardware.free_memory() > 0
    assert hardware.threads() >= 1
    assert hardware.resident_mb(2**22 + 5) == 0

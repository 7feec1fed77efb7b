"""The plan for loading a model, against little memory and made-up graphics devices. No card is at hand: what a card
really takes is not tested here, the arithmetic is."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from core.models.fit.plan import MARGIN, PROCESS, Correction, as_fit, compute_bytes, kv_bytes, plan, reserve
from core.models.gguf.header import Header, read_header
from core.models.machine import hardware
from core.models.machine.hardware import Device, Machine

GB = 10**9
MIB = 2**20
PLENTY = Machine(64 * 2**30, 64 * 2**30)


@pytest.fixture
def header(small_model: Path) -> Header:
    """The numbers of a Llama-3.2-1B in Q4_K_M."""
    return replace(
        read_header(small_model), context=131072, layers=16, embedding=2048, feed_forward=8192, heads=32,
        kv_heads=16 * 8, key_length=64, value_length=64, vocabulary=128256, size=807_694_464,
        layer_bytes=(36_000_000,) * 16, output_bytes=215_000_000,
    )  # fmt: skip


def card(free: int, name: str = "CUDA0", shared: bool = False) -> Device:
    return Device(name, f"Card {name}", free, free, shared)


def with_memory(free: int, *devices: Device) -> Machine:
    return Machine(free + reserve(2 * 2**30), 2 * 2**30, devices)


def test_plenty_of_memory_gives_the_context_that_was_wanted(header: Header) -> None:
    found = plan(header, PLENTY, context=8192)
    assert (found.fits, found.context, found.gpu_layers, found.kv_type, found.flash) == (True, 8192, 0, "f16", False)
    shown = as_fit("m", header, PLENTY, found)
    assert (shown.device, shown.need_mb.weights, shown.need_mb.kv) == ("CPU", 771, 256)
    assert "The processor is used" in shown.why


def test_what_costs_least_is_given_up_first(header: Header) -> None:
    """Flash attention, then eight bits, then context, then the model is refused."""
    seen: list[tuple[object, ...]] = []
    for free in range(7000 * MIB, 500 * MIB, -20 * MIB):
        found = plan(header, with_memory(free), context=32768)
        if found.fits:
            assert found.weights + found.kv + found.compute + PROCESS <= free
        state = (found.fits, found.kv_type, found.flash, found.context == 32768)
        if not seen or seen[-1] != state:
            seen.append(state)
    assert seen == [
        (True, "f16", False, True), (True, "f16", True, True), (True, "q8_0", True, True),
        (True, "q8_0", True, False), (False, "q8_0", True, False),
    ]  # fmt: skip


def test_more_memory_never_gives_a_smaller_context(header: Header) -> None:
    found = [plan(header, with_memory(free), context=32768) for free in range(900 * MIB, 4000 * MIB, 50 * MIB)]
    contexts = [p.context for p in found if p.fits]
    assert contexts == sorted(contexts) and contexts[0] >= 1024 and contexts[-1] == 32768
    assert all(c % 256 == 0 for c in contexts)


def test_too_little_memory_says_so_and_what_would_fit(header: Header) -> None:
    found = plan(header, Machine(800 * MIB, 2 * 2**30), context=4096)
    assert not found.fits and found.context == 1024
    assert "It needs 1." in found.why or "It needs 9" in found.why
    assert "839 MB are free" in found.why and "A model of up to about" in found.why


def test_a_limit_of_the_process_needs_no_reserve_and_no_second_copy(header: Header) -> None:
    need = header.size + kv_bytes(header, 4096, "f16") + compute_bytes(header, 4096, False) + PROCESS
    assert plan(header, PLENTY, context=4096).mmap
    tight = plan(header, replace(PLENTY, own=need), context=4096)
    assert (tight.fits, tight.context, tight.mmap) == (True, 4096, False)
    refused = plan(header, replace(PLENTY, own=need // 2), context=4096)
    assert not refused.fits and "forbids more" in refused.why
    assert as_fit("m", header, replace(PLENTY, own=need), tight).free_mb == need >> 20


def test_no_more_context_than_the_model_was_trained_for(small_model: Path) -> None:
    assert plan(read_header(small_model), PLENTY, context=100_000).context == 4096


def test_a_card_with_room_takes_all(header: Header) -> None:
    machine = replace(PLENTY, devices=(card(8 * 2**30),))
    found = plan(header, machine, context=8192)
    assert (found.gpu_layers, found.spread, found.kv_type, found.flash) == (17, (17,), "f16", True)
    shown = as_fit("m", header, machine, found)
    assert shown.device == "CUDA0" and "Card CUDA0" in shown.why and shown.free_mb == 8192
    assert plan(header, machine, context=8192, gpu_layers=5).gpu_layers == 5
    assert plan(header, machine, context=8192, gpu_layers=0).gpu_layers == 0


def test_a_small_card_gives_up_context_before_layers(header: Header) -> None:
    seen: list[tuple[int, int]] = []
    for free in range(4000, 1000, -25):
        found = plan(header, replace(PLENTY, devices=(card(free * MIB),)), context=32768)
        on_card = sum(header.layer_bytes[-(found.gpu_layers - 1) :]) if found.gpu_layers > 1 else 0
        if found.gpu_layers:
            kv = found.kv * max(0, found.gpu_layers - 1) // header.layers
            assert on_card + header.output_bytes + kv + found.compute + MARGIN <= free * MIB
        seen.append((found.gpu_layers, found.context))
    assert seen[0] == (17, 32768) and seen[-1][0] == 0
    whole = [context for layers, context in seen if layers == 17]
    assert min(whole) >= 4096 and sorted(whole, reverse=True) == whole
    partial = [layers for layers, _ in seen if layers < 17]
    assert sorted(partial, reverse=True) == partial and len(set(partial)) > 5


def test_several_cards_share_the_layers(header: Header) -> None:
    machine = replace(PLENTY, devices=(card(1700 * MIB), card(4096 * MIB, "CUDA1")))
    found = plan(header, machine, context=8192)
    assert found.gpu_layers == 17 == sum(found.spread) and all(found.spread)
    assert found.spread[0] == max(found.spread)  # filled in the order llama.cpp counts them
    # A card that is too small for anything gets nothing.
    crowded = replace(PLENTY, devices=(card(900 * MIB), card(8192 * MIB, "CUDA1")))
    assert plan(header, crowded, context=8192).spread == (0, 17)


def test_shared_memory_is_counted_once(header: Header) -> None:
    """What an integrated card takes is the computer's own: neither may be overdrawn."""
    need = header.size + kv_bytes(header, 4096, "f16") + compute_bytes(header, 4096, True)
    for free, offers in itertools.product(range(900, 2400, 100), (600, 1200, 4000)):
        machine = with_memory(free * MIB, card(offers * MIB, "Vulkan0", shared=True))
        found = plan(header, machine, context=4096)
        if found.fits and found.gpu_layers == 17:
            assert need <= free * MIB + 40 * MIB and found.weights < offers * MIB
            assert not found.mmap
    assert plan(header, with_memory(4 * 2**30, card(4 * 2**30, "Vulkan0", True)), context=4096).gpu_layers == 17
    # Apple's reads the mapped file where it is.
    assert plan(header, with_memory(4 * 2**30, card(4 * 2**30, "MTL0", True)), context=4096).mmap


def test_what_was_learned_counts(header: Header) -> None:
    twice = plan(header, PLENTY, context=8192, correction=Correction(kv=2.0, compute=1.5))
    once = plan(header, PLENTY, context=8192)
    assert (twice.kv, twice.compute) == (2 * once.kv, int(1.5 * once.compute))


def test_recurrent_layers_cost_the_same_at_any_length(header: Header) -> None:
    mixed = replace(header, kv_heads=4 * 8, state_bytes=10 * MIB)
    assert kv_bytes(mixed, 8192, "f16") - kv_bytes(mixed, 4096, "f16") == 4096 * 4 * 8 * 128 * 2
    assert kv_bytes(mixed, 0, "f16") == 10 * MIB


def test_this_machine_has_memory_and_threads() -> None:
    assert 0 < hardware.free_memory() <= hardware.total_memory()
    assert 1 <= hardware.threads() <= hardware.processors()
    assert hardware.resident_mb(2**22 + 5) == 0 == hardware.held_by(2**22 + 5)


def machine_at(address: str, free: int) -> Device:
    return Device("RPC0", address, free, free, shared=False, remote=True)


def test_other_machines_get_what_this_one_does_not_hold(header: Header) -> None:
    one, two = machine_at("a:1", MARGIN + 4 * GB), machine_at("b:1", MARGIN + 4 * GB)
    wide = plan(header, replace(PLENTY, devices=(one, two, card(MARGIN + 4 * GB))), context=4096)
    assert wide.spread == (0, 0, 17), "a card here comes first, though it is the last in llama.cpp's order"
    split = plan(header, replace(PLENTY, devices=(one, card(MARGIN + GB // 2))), context=4096)
    assert split.gpu_layers == 17 and 0 < split.spread[1] < 17 and sum(split.spread) == 17
    shown = as_fit("m", header, replace(PLENTY, devices=(one, card(MARGIN + GB // 2))), split)
    assert shown.machines == ("a:1",) and shown.device == "a:1 + CUDA0" and "a:1 and Card CUDA0" in shown.why


def test_a_model_too_large_for_this_machine_fits_with_another(header: Header) -> None:
    here = with_memory(500 * MIB)
    assert not plan(header, here, context=4096).fits
    found = plan(header, replace(here, devices=(machine_at("a:1", MARGIN + 4 * GB),)), context=4096)
    assert found.fits and found.spread == (17,)
    little = plan(header, with_memory(2000 * MIB, machine_at("a:1", MARGIN + GB // 2)), context=4096)
    assert 0 < little.gpu_layers < 17 and "fit into the memory of a:1; the processor" in little.why


def test_where_only_files_may_be_large_the_model_stays_in_its_own(header: Header) -> None:
    """`ulimit -d`: a file that is mapped does not count, what is laid out anew for the processor does."""
    wide = plan(header, replace(PLENTY, data=2 * GB), context=8192)
    assert wide.fits and wide.anew and wide.mmap
    tight = plan(header, replace(PLENTY, data=GB), context=8192)
    assert tight.fits and tight.mmap and not tight.anew and tight.context == 8192
    short = plan(header, replace(PLENTY, data=GB // 4), context=8192)
    assert short.fits and short.context < 8192
    none = plan(header, replace(PLENTY, data=PROCESS), context=8192)
    assert not none.fits and "besides its file" in none.why and "(ulimit -d)" in none.why
    assert plan(header, PLENTY, context=8192).anew

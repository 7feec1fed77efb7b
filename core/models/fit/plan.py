"""How a model is to be loaded on this machine, decided without loading it: the plan its process then follows.

Does not know llama.cpp: sizes are computed from the file's header, free memory is given. The formulas of the compute
buffer are fitted to what llama.cpp 0.3.36 reports for batches of 256 tokens (tests/models/fit/test_memory.py holds them
against it); `Correction` is what earlier loads of the same architecture taught.

In what order things are given up: first speed that costs little (flash attention on a processor, keys and values in
8 bits), then context down to GOOD_CONTEXT, then layers on the graphics card, then context down to SMALLEST_CONTEXT.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from core.models.gguf.header import Header
from core.models.machine.hardware import Device, Machine
from core.types import Fit, Needed

BATCH = 256
"""Tokens of prompt that are computed at once: small enough to stop soon, large enough to be fast."""
SCORED = 16
"""Tokens that may be given scores at once."""
MARGIN = 2**30
"""Bytes left free on a graphics card of its own: the desktop draws with it too. llama.cpp's own margin."""
PROCESS = 128 * 2**20
"""Bytes the model's process takes besides: Python, the libraries, the scores of a token."""
GOOD_CONTEXT = 4096
"""Tokens that hold a conversation with its passages; more context than this is given up for speed, less is not."""
SMALLEST_CONTEXT = 1024
"""Tokens below which no passages fit beside a question."""
STEP = 256
"""llama.cpp rounds contexts up to a multiple of this."""
WIDTHS = {"f16": 2.0, "q8_0": 34 / 32}
"""Bytes of a number in the cache of keys and values."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What llama.cpp took, divided by what was computed, at the last load of such a model."""

    kv: float = 1.0
    compute: float = 1.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How to load a model. Sizes in bytes; `spread`: layers on each device, the output counting as one; `anew`: tensors
    are laid out anew for the processor, which is faster and takes memory besides the file's."""

    fits: bool
    context: int
    kv_type: str
    flash: bool
    gpu_layers: int
    spread: tuple[int, ...]
    mmap: bool
    weights: int
    kv: int
    compute: int
    why: str
    anew: bool = True


@dataclass(frozen=True, slots=True)
class _Way:
    kv_type: str
    flash: bool


# Without flash attention a processor is faster; with it the scores of the whole context need not be held.
# Values in 8 bits need it.
_ON_PROCESSOR = (_Way("f16", False), _Way("f16", True), _Way("q8_0", True))
_ON_CARD = (_Way("f16", True), _Way("q8_0", True))


def reserve(total: int) -> int:
    """Bytes of the computer's memory left to everything else: an eighth, from 256 MiB to 2 GiB."""
    return min(2 * 2**30, max(256 * 2**20, total // 8))


def may_take(machine: Machine) -> int:
    """Bytes of the computer's memory that a model may take. A limit of one process leaves nothing to others: no
    reserve is kept below it."""
    return min(machine.free - reserve(machine.total), machine.own)


def kv_bytes(header: Header, context: int, kv_type: str) -> int:
    """Bytes of the cache: keys and values of every token, and what recurrent layers keep."""
    return int(header.kv_bytes_per_token * context * WIDTHS[kv_type] / 2) + header.state_bytes


def compute_bytes(header: Header, context: int, flash: bool) -> int:
    """Bytes of llama.cpp's compute buffer for batches of BATCH tokens.

    What is alive at once: in the attention its inputs and, without flash attention, the scores of the batch over the
    whole context; in the feed-forward its three products; at the end the scores of tokens; and the mask all along.
    """
    number = 4 * BATCH
    attention = number * (11 * header.embedding // 2 + (0 if flash else context * header.heads))
    forward = number * (3 * header.feed_forward + 4 * header.embedding)
    scores = header.vocabulary * 4
    mask = BATCH * context * (2 if flash else 4)
    return max(attention, forward, SCORED * scores) + mask + scores


def plan(
    header: Header, machine: Machine, *, context: int, gpu_layers: int = -1, correction: Correction | None = None
) -> Plan:
    """Choose how to load a model. `context`: tokens wanted; `gpu_layers`: the user's setting, -1 for all that fit."""
    wanted = max(1, min(context, header.context))
    try_it = _Attempts(header, machine, correction or Correction())
    most = (header.layers + 1 if gpu_layers < 0 else min(gpu_layers, header.layers + 1)) if machine.devices else 0
    for floor in (min(wanted, GOOD_CONTEXT), min(wanted, SMALLEST_CONTEXT)):
        for layers in range(most, -1, -1):
            found = try_it.largest(layers, wanted, floor)
            if found:
                chosen, way = found
                spread = try_it.spread(chosen, way, layers) or ()
                why = _why(header, wanted, chosen, way, layers, most, machine, spread)
                return try_it.plan(chosen, way, layers, why)
    least = min(wanted, SMALLEST_CONTEXT)
    return try_it.plan(least, _ON_PROCESSOR[-1], 0, "")


class _Attempts:
    """Whether a model fits so or so."""

    def __init__(self, header: Header, machine: Machine, correction: Correction) -> None:
        self._header = header
        self._machine = machine
        self._correction = correction
        self._outside = header.size - sum(header.layer_bytes) if header.layer_bytes else 0
        self._layers = header.layer_bytes or (header.size // header.layers,) * header.layers

    def largest(self, layers: int, wanted: int, floor: int) -> tuple[int, _Way] | None:
        """The first way that holds the context that is wanted, or the one that holds most, from `floor` on."""
        ways = _ON_CARD if layers else _ON_PROCESSOR
        for way in ways:
            if self.spread(wanted, way, layers) is not None:
                return wanted, way
        best: tuple[int, _Way] | None = None
        for way in ways:
            low, high = floor // STEP - 1, wanted // STEP
            while low < high:
                middle = (low + high + 1) // 2
                fits = self.spread(max(floor, middle * STEP), way, layers) is not None
                low, high = (middle, high) if fits else (low, middle - 1)
            held = max(floor, low * STEP)
            if low >= floor // STEP and (best is None or held > best[0]):
                best = held, way
        return best

    def spread(self, context: int, way: _Way, layers: int) -> tuple[int, ...] | None:
        """How many of `layers` go to each device, the last of the model among them; None when it does not fit."""
        kv, compute = self._kv(context, way), self._compute(context, way)
        each_kv = kv // self._header.layers
        blocks = self._layers[len(self._layers) - (layers - 1) :] if layers > 1 else ()
        sizes = [*(size + each_kv for size in blocks), self._header.output_bytes] if layers else []
        counts, on_shared = self._fill(sizes, compute)
        if layers and sum(counts) < layers:
            return None
        on_host = self._header.size + kv - sum(sizes) + (self._header.output_bytes if self._tied(layers) else 0)
        host = max(0, on_host) + PROCESS + on_shared + (compute if layers <= self._header.layers else compute // 4)
        if host > may_take(self._machine):
            return None
        return tuple(counts) if host - self._mapped(context, way, layers) <= self._machine.data else None

    def _mmap(self, context: int, way: _Way, layers: int) -> bool:
        """Graphics that share the computer's memory copy a mapped file, except Apple's. Where addresses are limited,
        the file and the tensors that are laid out anew may not both have room."""
        copied = any(d.shared and not d.name.startswith(("MTL", "Metal")) for d in self._machine.devices)
        buffers = self._kv(context, way) + self._compute(context, way)
        return not (copied and layers) and self._machine.own > 2 * self._header.size + buffers

    def _mapped(self, context: int, way: _Way, layers: int) -> int:
        """Bytes that stay the file's. With graphics none are counted: what is read on the way there is not known."""
        return self._header.size if not layers and self._mmap(context, way, layers) else 0

    def _fill(self, sizes: Sequence[int], compute: int) -> tuple[list[int], int]:
        """Layers to devices in order, each as many as it holds; and the bytes that are the computer's own memory. Other
        machines come first in order and are filled last: they get what this one does not hold."""
        counts, shared, n = [], 0, 0
        devices, back = self._machine.devices if sizes else (), any(d.remote for d in self._machine.devices)
        if back:
            devices, sizes = devices[::-1], sizes[::-1]
        for device in devices:
            room = device.free - _margin(device) - compute
            held = list(accumulate(sizes[n:]))
            count = sum(1 for size in held if size <= room)
            counts.append(count)
            n += count
            if device.shared and count:
                shared += held[count - 1] + compute
        return counts[::-1] if back else counts, shared

    def _tied(self, layers: int) -> bool:
        """Whether the computer keeps the embedding of the tokens besides the copy that makes the scores."""
        return layers > 0 and self._outside < 2 * self._header.output_bytes

    def _kv(self, context: int, way: _Way) -> int:
        return int(kv_bytes(self._header, context, way.kv_type) * self._correction.kv)

    def _compute(self, context: int, way: _Way) -> int:
        return int(compute_bytes(self._header, context, way.flash) * self._correction.compute)

    def plan(self, context: int, way: _Way, layers: int, why: str) -> Plan:
        """The plan with its figures; without a reason it is a refusal, which gives one."""
        spread = self.spread(context, way, layers)
        kv, compute = self._kv(context, way), self._compute(context, way)
        return Plan(
            fits=spread is not None, context=context, kv_type=way.kv_type, flash=way.flash,
            gpu_layers=layers, spread=spread or (),
            mmap=self._mmap(context, way, layers),
            anew=self._header.size + kv + compute + PROCESS <= self._machine.data,
            weights=self._header.size, kv=kv, compute=compute,
            why=why or _shortage(self._header.size, kv + compute, self._machine, context),
        )  # fmt: skip


def _margin(device: Device) -> int:
    """What stays free on a device; one that shares the computer's memory leaves that to `reserve`."""
    return 0 if device.shared else MARGIN


def as_fit(id: str, header: Header, machine: Machine, plan: Plan) -> Fit:
    """The plan as it is shown."""
    used = [d for d, n in zip(machine.devices, plan.spread, strict=False) if n]
    return Fit(
        id=id,
        fits=plan.fits,
        device=" + ".join(d.title if d.remote else d.name for d in used) or "CPU",
        gpu_layers=plan.gpu_layers,
        layers=header.layers,
        context=plan.context,
        kv_type=plan.kv_type,
        need_mb=Needed(weights=_mb(plan.weights), kv=_mb(plan.kv), compute=_mb(plan.compute)),
        free_mb=(sum(d.free for d in used) if used else min(machine.free, machine.own)) >> 20,
        why=plan.why,
        machines=tuple(d.title for d in used if d.remote),
    )


def _shortage(size: int, buffers: int, machine: Machine, context: int) -> str:
    need = size + buffers
    if need + PROCESS <= may_take(machine):
        return (
            f"It needs {gigabytes(buffers + PROCESS)} of memory besides its file even with a context of {context:,}"
            f" tokens; {gigabytes(machine.data)} may be taken here: a limit of this session (ulimit -d) forbids more."
        )
    left = reserve(machine.total)
    free = f"{gigabytes(machine.free)} are free, and {gigabytes(left)} of those are left to the rest of the computer"
    if machine.own < machine.free - left:
        free = f"{gigabytes(machine.own)} may be taken here: a limit of this session (ulimit -v) forbids more"
    return (
        f"It needs {gigabytes(need + PROCESS)} of memory even with a context of {context:,} tokens; {free}."
        f" A model of up to about {gigabytes(max(0, int(0.85 * (may_take(machine) - PROCESS))))} would fit."
    )


def _why(
    header: Header, wanted: int, chosen: int, way: _Way, layers: int, most: int, machine: Machine, spread: Sequence[int]
) -> str:
    said = []
    if chosen < wanted:
        said.append(f"The context was made smaller, from {wanted:,} to {chosen:,} tokens, to fit into the free memory.")
    if way.kv_type != "f16":
        said.append("The context is kept in 8 bits, which halves the memory it takes and costs some speed.")
    devices = machine.devices
    where = " and ".join(d.title for d in devices) if any(d.remote for d in devices) else "the graphics card"
    if layers and layers < min(most, header.layers + 1):
        said.append(
            f"{layers} of {header.layers + 1} layers fit into the memory of {where}; the processor computes"
            " the others, which is slower."
        )
    elif most and not layers:
        said.append(f"No layer fits into the memory of {where}, so the processor computes all of it.")
    if not said:
        if layers:
            used = " and ".join(d.title for d, n in zip(devices, spread, strict=True) if n)
            said.append(f"It fits into the memory of {used}.")
        else:
            said.append("It fits. The processor is used.")
    return " ".join(said)


def gigabytes(size: int) -> str:
    """A size as people say it: `5.1 GB`, `320 MB`."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def _mb(size: int) -> int:
    return -(-size // 2**20)

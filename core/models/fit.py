"""How a model would be loaded on this machine, decided without loading it.

Does not know llama.cpp: the sizes are computed from the file's header, the free memory is given.
"""

from __future__ import annotations

from core.models.gguf import Header
from core.types import Fit, Needed

BATCH = 256
"""Tokens of prompt that are computed at once: small enough to stop soon, large enough to be fast."""
RESERVE = 512 * 2**20
"""Bytes left to everything else on the machine."""
SMALLEST_CONTEXT = 1024
"""Tokens below which no passages fit beside a question."""
STEP = 256
"""llama.cpp rounds contexts up to a multiple of this."""


def compute_bytes(header: Header, context: int) -> int:
    """Bytes of llama.cpp's compute buffer for batches of BATCH tokens, without flash attention.

    The largest things alive at once: one layer's activations, its attention scores over the whole
    context, and the scores of one output token. Checked against llama.cpp's own figures in the tests.
    """
    activations = BATCH * (6 * header.embedding + 3 * header.feed_forward) * 4
    scores = BATCH * context * header.heads * 4
    return activations + scores + header.vocabulary * 4 + 16 * 2**20


def fit(model: str, header: Header, *, context: int, gpu_layers: int, offload: bool, free: int) -> Fit:
    """Choose context and layers for the model with the id `model`.

    `context`: tokens wanted. `gpu_layers`: the user's setting, -1 for all. `offload`: whether the
    installed llama.cpp can use a graphics card. `free`: bytes of free memory of the computer.
    """
    on_gpu = (header.layers + 1 if gpu_layers < 0 else min(gpu_layers, header.layers + 1)) if offload else 0
    wanted = max(1, min(context, header.context))
    least = min(wanted, SMALLEST_CONTEXT)
    chosen = wanted
    spare = free - RESERVE
    while chosen > least and _needs(header, chosen) > spare:
        chosen = max(least, (chosen - 1) // STEP * STEP)
    need = _needs(header, chosen)
    return Fit(
        id=model,
        fits=need <= spare,
        device="GPU" if on_gpu else "CPU",
        gpu_layers=on_gpu,
        layers=header.layers,
        context=chosen,
        kv_type="f16",
        need_mb=Needed(
            weights=_mb(header.size),
            kv=_mb(header.kv_bytes_per_token * chosen),
            compute=_mb(compute_bytes(header, chosen)),
        ),
        free_mb=free >> 20,
        why=_shortage(need, free, chosen) if need > spare else _why(wanted, chosen, on_gpu, gpu_layers),
    )


def _needs(header: Header, context: int) -> int:
    return header.size + header.kv_bytes_per_token * context + compute_bytes(header, context)


def _shortage(need: int, free: int, context: int) -> str:
    return (
        f"It needs about {_mb(need):,} MB of memory even with a context of {context:,} tokens; {free >> 20:,} MB are"
        f" free, and {RESERVE >> 20} MB of those are left to the rest of the computer. Choose a smaller model or a"
        " smaller quantization, or close other programs."
    )


def _why(wanted: int, chosen: int, on_gpu: int, gpu_layers: int) -> str:
    if chosen < wanted:
        return f"The context was made smaller, from {wanted:,} to {chosen:,} tokens, to fit into the free memory."
    if on_gpu:
        return "It fits into the computer's memory; the memory of the graphics card is found out when it is loaded."
    if gpu_layers != 0:
        return "It fits. The installed llama.cpp uses the processor only."
    return "It fits. The processor is used, as the settings say."


def _mb(size: int) -> int:
    return -(-size // 2**20)

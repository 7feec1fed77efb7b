"""Which devices the installed llama.cpp can use besides the processor, and their memory: graphics of this computer,
and other machines that joined. Child process only: drivers may crash.

By ctypes, since llama-cpp-python binds none of ggml's functions about devices.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import llama_cpp as lib

from core.models.llama.machines import function
from core.models.machine.hardware import Device

CARD, SHARED = 1, 2
"""ggml_backend_dev_type: GPU with memory of its own; one that uses the computer's."""


def devices(machines: Sequence[str] = ()) -> list[Device]:
    """Those a model is spread over, in llama.cpp's order: `machines` that joined first, as least goes over the network
    then; after them cards where there are any, else graphics that share the computer's memory."""
    lib.llama_backend_init()
    count = function("ggml_backend_dev_count", ctypes.c_size_t)
    get = function("ggml_backend_dev_get", ctypes.c_void_p, ctypes.c_size_t)
    kind = function("ggml_backend_dev_type", ctypes.c_int, ctypes.c_void_p)
    name = function("ggml_backend_dev_name", ctypes.c_char_p, ctypes.c_void_p)
    title = function("ggml_backend_dev_description", ctypes.c_char_p, ctypes.c_void_p)
    memory = function(
        "ggml_backend_dev_memory", None, ctypes.c_void_p, ctypes.POINTER(ctypes.c_size_t),
        ctypes.POINTER(ctypes.c_size_t),
    )  # fmt: skip
    of = function("ggml_backend_dev_backend_reg", ctypes.c_void_p, ctypes.c_void_p)
    kind_of = function("ggml_backend_reg_name", ctypes.c_char_p, ctypes.c_void_p)
    found, joined = [], []
    for n in range(count()):
        device = get(n)
        if (what := kind(device)) not in (CARD, SHARED):
            continue
        free, total = ctypes.c_size_t(), ctypes.c_size_t()
        memory(device, ctypes.byref(free), ctypes.byref(total))
        label = (name(device) or b"").decode("utf-8", "replace")
        # Apple's devices call themselves cards; what they report as total is the recommended working set.
        shared = what == SHARED or label.startswith(("MTL", "Metal"))
        words = (title(device) or b"").decode("utf-8", "replace")
        if kind_of(of(device)) == b"RPC":
            if words in machines:
                joined.append(Device(label, words, free.value, total.value, shared=False, remote=True))
            continue
        found.append((what, Device(label, words, free.value, total.value, shared)))
    cards = [device for what, device in found if what == CARD]
    return joined + (cards or [device for _, device in found][:1])

"""Which graphics devices the installed llama.cpp can use, and their memory. Child process only: drivers may crash.

By ctypes, since llama-cpp-python binds none of ggml's functions about devices.
"""

from __future__ import annotations

import ctypes
from typing import Any

import llama_cpp as lib
from llama_cpp._ggml import libggml

from core.models.machine.hardware import Device

CARD, SHARED = 1, 2
"""ggml_backend_dev_type: GPU with memory of its own; one that uses the computer's."""


def devices() -> list[Device]:
    """Those a model is spread over: cards where there are any, else graphics that share the computer's memory."""
    lib.llama_backend_init()
    libggml.ggml_backend_dev_count.restype = ctypes.c_size_t
    get = _function("ggml_backend_dev_get", ctypes.c_void_p, ctypes.c_size_t)
    kind = _function("ggml_backend_dev_type", ctypes.c_int, ctypes.c_void_p)
    name = _function("ggml_backend_dev_name", ctypes.c_char_p, ctypes.c_void_p)
    title = _function("ggml_backend_dev_description", ctypes.c_char_p, ctypes.c_void_p)
    memory = _function(
        "ggml_backend_dev_memory", None, ctypes.c_void_p, ctypes.POINTER(ctypes.c_size_t),
        ctypes.POINTER(ctypes.c_size_t),
    )  # fmt: skip
    found = []
    for n in range(libggml.ggml_backend_dev_count()):
        device = get(n)
        if (what := kind(device)) not in (CARD, SHARED):
            continue
        free, total = ctypes.c_size_t(), ctypes.c_size_t()
        memory(device, ctypes.byref(free), ctypes.byref(total))
        label = (name(device) or b"").decode("utf-8", "replace")
        # Apple's devices call themselves cards; what they report as total is the recommended working set.
        shared = what == SHARED or label.startswith(("MTL", "Metal"))
        words = (title(device) or b"").decode("utf-8", "replace")
        found.append((what, Device(label, words, free.value, total.value, shared)))
    cards = [device for what, device in found if what == CARD]
    return cards or [device for _, device in found][:1]


def _function(name: str, result: object, *arguments: object) -> Any:
    function = getattr(libggml, name)
    function.restype, function.argtypes = result, arguments
    return function

"""Lends this machine's devices to a language model of another machine: `python -m core.models.llama.lend HOST:PORT`.

A program of its own, which no other part of Moa starts. Whoever reaches the port may use it, read what passes, and end
it: llama.cpp's RPC back end has neither keys nor encryption. It serves one program at a time, of the same version.
"""

from __future__ import annotations

import ctypes
import sys

from core.errors import MoaError, ModelProblem
from core.models import network
from core.models.llama import machines
from core.models.llama.machines import function
from core.models.machine import hardware

PROCESSOR, ACCELERATOR = 0, 3
"""ggml_backend_dev_type of what is not lent while there is a graphics device."""


def lend(address: str) -> None:
    """Serve for ever at host:port. Raises BadRequest, ModelProblem."""
    (listens,) = network.machines(address) or ("",)
    machines.require()
    get = function("ggml_backend_dev_get", ctypes.c_void_p, ctypes.c_size_t)
    kind = function("ggml_backend_dev_type", ctypes.c_int, ctypes.c_void_p)
    every = [get(n) for n in range(function("ggml_backend_dev_count", ctypes.c_size_t)())]
    cards = [device for device in every if kind(device) not in (PROCESSOR, ACCELERATOR)]
    lent = cards or [device for device in every if kind(device) == PROCESSOR]
    serve = ctypes.CFUNCTYPE(
        None, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_size_t, ctypes.POINTER(ctypes.c_void_p)
    )(machines.inside(b"ggml_backend_rpc_start_server"))
    serve(listens.encode(), None, hardware.threads(), len(lent), (ctypes.c_void_p * len(lent))(*lent))
    raise ModelProblem(f"Nothing can listen at {listens}.", "Name an address of this machine and a port that is free.")


def main(arguments: list[str]) -> int:
    """Lend, until Ctrl+C."""
    if len(arguments) != 1:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    try:
        lend(arguments[0])
    except MoaError as problem:
        sys.stderr.write(f"{problem}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

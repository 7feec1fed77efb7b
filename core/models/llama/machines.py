"""Other machines that carry part of a model, by llama.cpp's RPC back end. Child process only: it ends the process when
one of them does not speak as it should, or goes away.

Knows addresses, not models. By ctypes, since llama-cpp-python binds none of this.
"""

from __future__ import annotations

import ctypes
import os
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

import llama_cpp as lib
from llama_cpp._ggml import libggml

from core.errors import ModelProblem
from core.models import network

SILENT_S, PROBES = 5, 3
"""Seconds of silence after which the system asks a machine whether it is still there, and how often it asks."""

_joined: set[str] = set()


def function(name: str, result: object, *arguments: object) -> Any:
    """One of ggml's own functions."""
    found = getattr(libggml, name)
    found.restype, found.argtypes = result, arguments
    return found


def require() -> None:
    """Raises ModelProblem when this build of llama.cpp has no RPC back end."""
    lib.llama_backend_init()
    if not lib.llama_supports_rpc():
        raise ModelProblem(
            "The installed llama.cpp cannot spread a language model over several machines.",
            "Build it so: python3 installers/backend.py, with rpc after the name.",
        )


def inside(name: bytes) -> Any:
    """Where a function of the RPC back end lies."""
    find = function("ggml_backend_reg_by_name", ctypes.c_void_p, ctypes.c_char_p)
    within = function("ggml_backend_reg_get_proc_address", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p)
    return within(find(b"RPC"), name)


def join(address: str) -> None:
    """Count the devices of the machine at `address` among those of this process. Raises ModelProblem, BadRequest."""
    if address in _joined:
        return
    require()
    network.reach(address)
    register = function("ggml_backend_register", None, ctypes.c_void_p)
    add = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_char_p)(inside(b"ggml_backend_rpc_add_server"))
    added = add(address.encode())
    if not added:
        raise ModelProblem(f"{address} has no device that could carry part of a language model.")
    register(added)
    _joined.add(address)


def watch() -> None:
    """Have the system look whether the machines are still there: llama.cpp waits for ever for one that lost its power.
    Linux and macOS."""
    with suppress(OSError):
        for name in os.listdir("/dev/fd"):  # noqa: PTH208 (numbers, not paths)
            with suppress(OSError):
                if Path(f"/dev/fd/{name}").is_socket():
                    _watch(int(name))


def _watch(number: int) -> None:
    with socket.socket(fileno=os.dup(number)) as peer:
        if peer.family != socket.AF_INET:
            return
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in (
            ("TCP_KEEPIDLE", SILENT_S), ("TCP_KEEPALIVE", SILENT_S), ("TCP_KEEPINTVL", SILENT_S),
            ("TCP_KEEPCNT", PROBES), ("TCP_USER_TIMEOUT", 1000 * SILENT_S * (PROBES + 1)),
        ):  # fmt: skip
            if hasattr(socket, option):
                peer.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)

"""Memory, processors and graphics devices of this machine, as far as a model is concerned. Knows nothing of models.

psutil (BSD-3, maintained): the one call each that Linux, macOS and Windows answer in three different ways.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

import psutil

from core.models.machine import cgroups

ADDRESSES, THREAD_ADDRESSES = 256 * 2**20, 80 * 2**20
"""Addresses a model's process takes for its libraries, and for the stack and the arena of each thread, where those are
limited (ulimit -v): measured with 1, 2 and 8 threads."""

DATA, THREAD_DATA = 112 * 2**20, 8 * 2**20
"""Memory of its own that a model's process takes besides, and for each thread, where that is limited (ulimit -d):
measured with 1, 2, 4 and 8 threads and vocabularies of 1,400 and 152,000 tokens."""


@dataclass(frozen=True, slots=True)
class Device:
    """A device as llama.cpp sees it. Sizes in bytes; `shared`: its memory is the computer's own; `remote`: it is in
    another machine, whose address is the title."""

    name: str
    title: str
    free: int
    total: int
    shared: bool
    remote: bool = False


@dataclass(frozen=True, slots=True)
class Machine:
    """What there is to load a model into. Bytes; `free` is the computer's own memory that may be taken now, `own` what
    one process may take of addresses, whatever is free, and `data` of memory that is no file's."""

    free: int
    total: int
    devices: tuple[Device, ...] = ()
    own: int = sys.maxsize
    data: int = sys.maxsize


def free_memory() -> int:
    """Bytes that a new process may take without anything being swapped out or ended, limits of the container too."""
    free = [int(psutil.virtual_memory().available)]
    left = cgroups.memory_left() if sys.platform == "linux" else None
    if left is not None:
        free.append(left)
    return min(free)


def own_limit() -> int:
    """Bytes that a model may take in a process of its own where addresses are limited (ulimit -v); else no limit."""
    return _limit("RLIMIT_AS", ADDRESSES + THREAD_ADDRESSES * processors())


def data_limit() -> int:
    """Bytes that a model may take of memory that is no file's, where that is limited (ulimit -d); else no limit. A file
    that is mapped to be read does not count: Linux counts so since 4.7, others nothing a model takes."""
    return _limit("RLIMIT_DATA", DATA + THREAD_DATA * processors()) if sys.platform == "linux" else sys.maxsize


def _limit(name: str, besides: int) -> int:
    if sys.platform == "win32":
        return sys.maxsize
    import resource

    limit = resource.getrlimit(getattr(resource, name))[0]
    return sys.maxsize if limit == resource.RLIM_INFINITY else max(0, limit - besides)


def total_memory() -> int:
    """Bytes of memory this computer, or the container Moa runs in, has."""
    limit = cgroups.memory_limit() if sys.platform == "linux" else None
    return min(int(psutil.virtual_memory().total), limit or sys.maxsize)


def resident_mb(pid: int) -> int:
    """Resident set size of a process in MiB; 0 when it is gone."""
    try:
        return int(psutil.Process(pid).memory_info().rss) >> 20
    except psutil.Error:
        return 0


def held_by(pid: int) -> int:
    """Bytes that come free when a process ends; 0 when it is gone. Mapped files are left out: they count as free."""
    try:
        memory = psutil.Process(pid).memory_info()
    except psutil.Error:
        return 0
    return max(0, int(memory.rss) - int(getattr(memory, "shared", 0)))


def processors() -> int:
    """Physical cores this process may use, at least one: hyper-threads do not help llama.cpp's matrix products."""
    physical = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    if sys.platform != "linux":
        return physical
    quota = cgroups.processors() or physical
    return max(1, min(physical, len(os.sched_getaffinity(0)), int(quota)))


def threads() -> int:
    """Threads llama.cpp begins with: all processors but one, since a thread that waits for a busy core stalls all."""
    return max(1, processors() - 1)

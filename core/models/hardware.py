"""Memory and processor cores of this machine. Knows nothing of models.

psutil (BSD-3, maintained): the one call each that Linux, macOS and Windows answer in three different ways.
"""

from __future__ import annotations

import os
import sys

import psutil


def free_memory() -> int:
    """Bytes that a new process may take without anything being swapped out."""
    return int(psutil.virtual_memory().available)


def resident_mb(pid: int) -> int:
    """Resident set size of a process in MiB; 0 when it is gone."""
    try:
        return int(psutil.Process(pid).memory_info().rss) >> 20
    except psutil.Error:
        return 0


def threads() -> int:
    """Threads for llama.cpp: all physical cores this process may use but one, at least one.

    Hyper-threads do not help its matrix products, and a thread that waits for a busy core stalls all others.
    """
    physical = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    allowed = len(os.sched_getaffinity(0)) if sys.platform == "linux" else physical
    return max(1, min(physical, allowed) - 1)

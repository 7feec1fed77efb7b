"""What llama.cpp prints while it loads: kept for its reasons, passed on to the log.

Knows nothing of models. Its callback must stay as it was set, so it is the module's own.
"""

from __future__ import annotations

import ctypes
import re
import sys
from collections import deque

import llama_cpp as lib

from core.errors import ModelProblem

DEBUG = 1
"""ggml's log levels: 1 debug, 2 information, 3 warning, 4 error, 5 continues the line before."""

_recent: deque[str] = deque(maxlen=2000)


@lib.llama_log_callback  # type: ignore[untyped-decorator]
def _on_log(level: int, text: bytes, _: object) -> None:
    if level == DEBUG:
        return
    line = text.decode("utf-8", "replace")
    _recent.append(line)
    sys.stderr.write(line)


class Refused(ModelProblem):
    """llama.cpp would not load the file; `for_good` when it never will."""

    def __init__(self, problem: ModelProblem, for_good: bool) -> None:
        super().__init__(problem.title, problem.advice)
        self.for_good = for_good


def listen() -> None:
    """Begin: everything that was said before is forgotten."""
    lib.llama_log_set(_on_log, ctypes.c_void_p(0))
    lib.llama_backend_init()
    _recent.clear()


def said() -> str:
    """Everything since `listen`, the latest at least."""
    return "".join(_recent)


def device() -> str:
    """What it computes on, as it said."""
    found = re.findall(r"using device (\S+) \(([^)]*)\)", said())
    return ", ".join(f"{name} ({title})" for name, title in found) or "CPU"

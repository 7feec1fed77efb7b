"""Becomes the program that recognises text, behind walls.

    python -m core.index.recognising.ocr_child PROGRAM FOLDER ARGUMENT...

Knows nothing of pictures. The program reads pictures from strangers with native code, so it gets what a reader gets
(sandbox.py): limits of memory and time, no network, no file but the system's libraries and FOLDER, nothing to write. It
is the least urgent process of the machine. Unix only; Windows has none of this and starts the program itself.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from pathlib import Path

from core.index.reading import sandbox

MEMORY = 2 << 30
"""Bytes: a page of 25 million pixels takes 0.6 GB with the models of two languages."""
CPU_SECONDS = 120
LEAST_URGENT = 19
_PR_SET_PDEATHSIG = 1


def main(program: str, folder: str, *arguments: str) -> None:
    """Never returns. Raises OSError when the program cannot be run."""
    os.nice(LEAST_URGENT)
    if sys.platform == "linux":
        # Kept across exec; a page nobody waits for any more should not go on for minutes.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    sandbox.limit(MEMORY)
    with contextlib.suppress(OSError, ValueError):
        sandbox.allow_cpu(CPU_SECONDS)
    sandbox.confine_program(Path(program).resolve(), [Path(folder)])
    os.execv(program, [program, *arguments])


if __name__ == "__main__":
    main(*sys.argv[1:])

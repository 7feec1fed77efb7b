"""The program `moa`: the window and quick ask; every other verb is the command line's (core.cli).

Imports nothing of either before it is known which one is wanted.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

WINDOW_VERBS: tuple[tuple[str, ...], ...] = ((), ("quick",))


def split_data(argv: Sequence[str]) -> tuple[str | None, tuple[str, ...]]:
    """`--data DIR` (or `--data=DIR`) before the verb, and what follows."""
    if len(argv) >= 2 and argv[0] == "--data":
        return argv[1], tuple(argv[2:])
    if argv and argv[0].startswith("--data="):
        return argv[0].removeprefix("--data="), tuple(argv[1:])
    return None, tuple(argv)


def main() -> int:
    """Run `moa` with the arguments of this process; returns the exit code."""
    argv = sys.argv[1:]
    explicit, rest = split_data(argv)
    if rest not in WINDOW_VERBS:
        from core.cli import main as command_line

        return command_line(argv)
    # program.py collects garbage itself, on the main thread; until then there is little, and looking takes time.
    gc.disable()
    from core.paths import DataFolder, data_folder

    try:
        from app import program
    except ImportError as e:
        sys.stderr.write(f"Moa's window needs a system library that is missing: {e}\n")
        sys.stderr.write("On Debian or Ubuntu: apt install libgl1 libegl1 libglib2.0-0 libdbus-1-3 libxkbcommon0\n")
        return 1
    return program.run(DataFolder(data_folder(explicit, os.environ)), quick=rest == ("quick",))


if __name__ == "__main__":
    sys.exit(main())

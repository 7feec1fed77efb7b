"""The one test command: style, types, layers, tests.

    python tests/check.py [--slow] [arguments for pytest]

Runs every step even when one fails and exits 1 when any did. pytest runs last, so that its closing line is the last
thing on the screen of a good run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("style", ("-m", "ruff", "check", ".")),
    ("format", ("-m", "ruff", "format", "--check", ".")),
    ("types", ("-m", "mypy")),
    ("layers", ("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()")),
)


def run(arguments: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    # UTF-8, so that the tools' signs do not fail on a Windows console's code page.
    environment = {**os.environ, "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", errors="replace"
    )


def main(arguments: list[str]) -> int:
    failed: list[str] = []
    for name, command in STEPS:
        began = time.monotonic()
        done = run(command)
        print(f"{name:8} {'ok' if done.returncode == 0 else 'FAILED':7} {time.monotonic() - began:6.1f} s", flush=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout + done.stderr, flush=True)
    selected = ["-m", "slow or not slow"] if "--slow" in arguments else []
    rest = [a for a in arguments if a != "--slow"]
    if subprocess.run([sys.executable, "-m", "pytest", "-q", *selected, *rest], cwd=ROOT).returncode:
        failed.append("tests")
    if failed:
        print(f"Failed: {', '.join(failed)}.", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

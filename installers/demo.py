"""Indexes the sample notes and asks them three questions, the last of which they cannot answer.

    python installers/demo.py DATA      (bootstrap.py runs it, in the environment that it has set up)

Speaks to Moa the way any script does: by the command line with --json. DATA is kept, so that a second run is short.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

NOTES = Path(__file__).resolve().parent.parent / "resources" / "sample-notes"
MOA = Path(sys.executable).with_name("moa.exe" if sys.platform == "win32" else "moa")

QUESTIONS = (
    "로스터 보증 기간은 언제까지야?",
    "How much is the monthly rent of the workshop?",
    "What is the name of the neighbour's parrot?",
)


class Failed(Exception):
    """A verb of the command line failed; the message is the sentence it gave."""


def place(source: dict[str, object]) -> str:
    """A citation's file with its line or page."""
    where = source["location"]
    assert isinstance(where, dict)
    name = Path(str(source["path"])).name
    if where.get("page"):
        return f"{name}, page {where['page']}"
    if where.get("line_from"):
        first, last = where["line_from"], where.get("line_to") or where["line_from"]
        return f"{name}, line {first}" if first == last else f"{name}, lines {first}-{last}"
    return name


def moa(environment: dict[str, str], *verb: str) -> list[dict[str, Any]]:
    """The rows a verb prints with --json. Raises `Failed`."""
    done = subprocess.run([MOA, *verb, "--json"], env=environment, capture_output=True, encoding="utf-8")
    if done.returncode:
        raise Failed(done.stderr.strip() or f"moa {verb[0]} failed.")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def show(question: str, answer: dict[str, Any]) -> None:
    print(f"\nQ  {question}\nA  {str(answer.get('text') or answer.get('title')).strip()}")
    for source in answer.get("citations", ()):
        print(f"   [{source['n']}] {place(source)}", flush=True)


def main(data: str) -> int:
    environment = {**os.environ, "MOA_DATA": data, "MOA_OFFLINE": "1", "PYTHONUTF8": "1"}
    try:
        if str(NOTES) not in {row["path"] for row in moa(environment, "folders", "list")}:
            moa(environment, "folders", "add", str(NOTES))
        report = moa(environment, "index", "--wait")[-1]
        files = len(moa(environment, "files"))
        print(f"{files} sample notes indexed, {report['embedded']} passages embedded, in {report['seconds']:.1f} s.")
        for question in QUESTIONS:
            show(question, moa(environment, "ask", question)[-1])
    except Failed as e:
        print(e, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        subprocess.run([MOA, "stop"], env=environment, capture_output=True)
    return 0


if __name__ == "__main__":
    # Korean answers on a Windows console with another code page.
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):
            stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    sys.exit(main(sys.argv[1]))

"""What loading models taught: how much llama.cpp really takes, and which files failed. Kept as loads.json.

Knows nothing of how models are loaded. A failure belongs to one file as it is (its digest) and one build of
llama.cpp: with either changed, it is tried again.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import logging
import threading
from functools import cache
from pathlib import Path
from typing import Any

from core import whole
from core.errors import ModelProblem, SetupProblem
from core.models.fit.plan import Correction

log = logging.getLogger(__name__)

EDGE = 2**20
"""Bytes at each end of a file that stand for it, with its size and time: reading all of it takes as long as loading."""
LARGEST, SMALLEST = 4.0, 0.25
"""Beyond these a correction is a mistake of ours, and would do harm."""
KILLS = 2
"""Loads in a row that the system ended, after which it is not tried again by itself."""


def identity(path: Path) -> str:
    """Names the content of a model file: 16 hexadecimal digits. Raises OSError."""
    status = path.stat()
    digest = hashlib.blake2b(f"{status.st_size} {status.st_mtime_ns}".encode(), digest_size=8)
    with path.open("rb") as file:
        digest.update(file.read(EDGE))
        file.seek(max(0, status.st_size - EDGE))
        digest.update(file.read(EDGE))
    return digest.hexdigest()


@cache
def build() -> str:
    """Names the installed llama.cpp: 8 hexadecimal digits over the sizes and times of its libraries."""
    found = importlib.util.find_spec("llama_cpp")
    folder = Path(found.origin).parent / "lib" if found and found.origin else Path()
    facts = sorted((f.name, f.stat().st_size, f.stat().st_mtime_ns) for f in folder.glob("*") if f.is_file())
    return hashlib.blake2b(repr(facts).encode(), digest_size=4).hexdigest()


class Remembered:
    """The list in `folder`/loads.json; without a folder it lasts as long as this object. Thread-safe."""

    def __init__(self, folder: Path | None) -> None:
        self._file = folder / "loads.json" if folder else None
        self._lock = threading.Lock()
        self._failures: dict[str, list[str]] = {}
        self._kills: dict[str, int] = {}
        self._corrections: dict[str, list[float]] = {}
        if self._file:
            try:
                kept = json.loads(self._file.read_text(encoding="utf-8"))
                self._failures = {str(k): [str(v[0]), str(v[1])] for k, v in kept["failures"].items()}
                self._corrections = {str(k): [float(v[0]), float(v[1])] for k, v in kept["corrections"].items()}
            except (OSError, ValueError, LookupError, TypeError, AttributeError):
                pass  # nothing learned yet, or a file that was damaged: it is learned anew

    def refuse_known(self, path: Path) -> None:
        """Raise ModelProblem when this very file failed before."""
        with self._lock:
            failure = self._failures.get(_key(path))
        if failure:
            raise ModelProblem(*failure)

    def failed(self, path: Path, problem: ModelProblem) -> None:
        """Do not try this file again by itself."""
        with self._lock:
            advice = f"{problem.advice} To try it once more: choose it again.".strip()
            self._failures[_key(path)] = [problem.title, advice]
            self._write()

    def killed(self, path: Path, problem: ModelProblem) -> None:
        """The system ended the process while it loaded this file, which may not be the file's fault: remembered from
        the second time in a row on."""
        with self._lock:
            count = self._kills[_key(path)] = self._kills.get(_key(path), 0) + 1
        if count >= KILLS:
            self.failed(path, problem)

    def forgive(self, path: Path) -> None:
        """Try this file again."""
        with self._lock:
            self._kills.pop(_key(path), None)
            if self._failures.pop(_key(path), None):
                self._write()

    def correction(self, kind: str) -> Correction:
        """What to multiply sizes by, for a kind of model and a way of loading it."""
        with self._lock:
            return Correction(*self._corrections.get(kind, (1.0, 1.0)))

    def learn(self, kind: str, kv: float, compute: float) -> None:
        """llama.cpp took so many times what was computed. The latest counts: it is the build that is installed."""
        found = [round(min(LARGEST, max(SMALLEST, ratio)), 3) for ratio in (kv, compute)]
        with self._lock:
            if self._corrections.get(kind, [1.0, 1.0]) != found:
                self._corrections[kind] = found
                self._write()

    def _write(self) -> None:
        if self._file:
            kept: dict[str, Any] = {"failures": self._failures, "corrections": self._corrections}
            try:
                whole.write(self._file, json.dumps(kept, indent=1).encode())
            except SetupProblem as problem:  # what was learned costs a load to learn again, an answer costs more
                log.warning("%s", problem)


def _key(path: Path) -> str:
    try:
        return f"{identity(path)}-{build()}"
    except OSError:
        return str(path)

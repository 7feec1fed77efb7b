"""Embeds with onnxruntime, from the file that `onnx_export.py` made of a model.

Knows nothing of torch. Up within a third of a second and 100 MB where torch takes nine seconds and half a gigabyte,
and about 2.7 times the passages a CPU second (tests/bench/embedding.py).

**One thread a batch, several batches at a time**: a batch on several threads has them wait for each other at every
product, which on a busy machine costs more than it brings. The threads are started by whoever embeds passages first,
the lane, and so stand back as it does (`lane.py`); a question runs on the thread of the one who asks.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from core.index.reading.sandbox import environment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

RECIPE = "onnx1"
"""Raise when vectors made otherwise would not match those that libraries hold."""
MODEL, TOKENIZER, ABOUT = "model.onnx", "tokenizer.json", "export.json"
BATCH = 8
PLAIN = {"Transformer", "Pooling", "Normalize", "Dense"}
# protobuf holds 2 GB in one file, and the export needs about four times the weights in memory.
LARGEST = 1_600_000_000
EXPORT_S = 900.0
NO_SPACE = 3
"""Exit code of an export that the disk or the rights to it stopped: worth trying again at the next start."""


@dataclass(frozen=True, slots=True)
class Export:
    """What lies beside a model.onnx; with `torch`, why there is none. `digests`: SHA-256 by file name."""

    recipe: str
    made_with: str
    torch: str = ""
    precision: str = ""
    digests: dict[str, str] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()
    prompts: dict[str, str] = field(default_factory=dict)
    dim: int = 0
    closeness: dict[str, float] = field(default_factory=dict)
    """The mean cosine to torch's vectors on the sample of `onnx_export.py`, by language."""


def versions() -> str:
    """What an export is made with. Raises `metadata.PackageNotFoundError` where it cannot be made."""
    return " ".join(f"{p} {metadata.version(p)}" for p in ("onnx", "onnxruntime", "torch", "sentence-transformers"))


def exportable(model: Path) -> bool:
    """Whether a model may be exported here: modules of the plain kinds, no code of its own, not too large."""
    try:
        modules = msgspec.json.decode((model / "modules.json").read_bytes(), type=list[dict[str, Any]])
        config = msgspec.json.decode((model / "config.json").read_bytes(), type=dict[str, Any])
        kinds = [str(m["type"]).rsplit(".", 1)[-1] for m in modules]
        pooling = model / modules[kinds.index("Pooling")]["path"] / "config.json"
        whole_prompt = msgspec.json.decode(pooling.read_bytes(), type=dict[str, Any]).get("include_prompt", True)
        versions()
    except (OSError, msgspec.DecodeError, KeyError, ValueError, metadata.PackageNotFoundError):
        return False
    weights = sum(f.stat().st_size for f in model.glob("*.safetensors"))
    plain = kinds[0] == "Transformer" and set(kinds) <= PLAIN and whole_prompt and "auto_map" not in config
    return bool(plain and 0 < weights <= LARGEST)


def about(folder: Path) -> Export | None:
    """The `Export` in a folder; None where there is none, or one of another recipe. A verdict for torch holds only for
    the packages it was reached with."""
    try:
        found = msgspec.json.decode((folder / ABOUT).read_bytes(), type=Export)
        if found.recipe != RECIPE or (found.torch and found.made_with != versions()):
            return None
    except (OSError, msgspec.DecodeError, metadata.PackageNotFoundError):
        return None
    return found


class OnnxBackEnd:
    """An export, opened. Raises `ValueError` for one that is damaged; `threads` batches run at a time."""

    def __init__(self, folder: Path, threads: int) -> None:
        found = about(folder)
        if found is None or found.torch:
            raise ValueError(f"there is no export in {folder}")
        try:
            files = {name: (folder / name).read_bytes() for name in (MODEL, TOKENIZER)}
        except OSError as e:
            raise ValueError(f"the export in {folder} cannot be read ({e.strerror})") from e
        if any(hashlib.sha256(data).hexdigest() != found.digests.get(name) for name, data in files.items()):
            raise ValueError(f"the export in {folder} is damaged")
        self._open(found, files[MODEL], files[TOKENIZER], threads)

    @classmethod
    def of(cls, found: Export, graph: bytes, tokenizer: bytes) -> OnnxBackEnd:
        """One that was just made and lies nowhere yet."""
        made = cls.__new__(cls)
        made._open(found, graph, tokenizer, 1)
        return made

    def _open(self, found: Export, graph: bytes, tokenizer: bytes, threads: int) -> None:
        # tokenizers would warn of, and forgo, threads of its own in a process that forks.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        import onnxruntime
        from tokenizers import Tokenizer

        if hasattr(onnxruntime, "disable_telemetry_events"):
            onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_str(tokenizer.decode())
        padding = self._tokenizer.padding or {}
        self._padding = {k: padding[k] for k in ("direction", "pad_id", "pad_type_id", "pad_token") if k in padding}
        self._tokenizer.no_padding()
        self._about = found
        self._threads = threads
        self._pool: ThreadPoolExecutor | None = None
        self._lock = threading.Lock()
        self.device = "cpu"
        self.dim = found.dim

    def encode(self, what: str, texts: Sequence[str]) -> Vectors:
        """Vectors of length 1 in the order of `texts`; `what` is query or document."""
        import numpy as np

        prompt = self._about.prompts.get(what, "")
        vectors: Vectors = np.zeros((len(texts), self.dim), np.float32)
        encoded = self._tokenizer.encode_batch([prompt + text for text in texts])
        # A batch costs what its longest text costs. In tokens: by letters, Korean beside English, a fifth is padding.
        order = sorted(range(len(texts)), key=lambda i: len(encoded[i].ids), reverse=True)
        parts = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]

        def run(part: list[int]) -> None:
            vectors[part] = self._run([encoded[i] for i in part])

        if len(parts) < 2 or self._threads < 2:
            for part in parts:
                run(part)
        else:
            list(self._workers().map(run, parts))
        return vectors

    def _workers(self) -> ThreadPoolExecutor:
        with self._lock:
            self._pool = self._pool or ThreadPoolExecutor(self._threads, "embed")
            return self._pool

    def _run(self, encoded: list[Any]) -> Any:
        import numpy as np

        longest = max(len(e.ids) for e in encoded)
        for e in encoded:
            e.pad(longest, **self._padding)
        columns = {"input_ids": "ids", "attention_mask": "attention_mask", "token_type_ids": "type_ids"}
        feed = {name: np.array([getattr(e, columns[name]) for e in encoded], np.int64) for name in self._about.inputs}
        return self._session.run(None, feed)[0]


class Maker:
    """Makes exports in a child process, which `close` ends."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._closed = False

    def make(self, model: Path, target: Path) -> str:
        """Export `model` into `target`; returns why it could not be done now, empty when `target` says what to do."""
        if self._closed:
            return "Moa is being stopped"
        command = [sys.executable, "-m", "core.index.embedding.onnx_export", str(model), str(target)]
        # Nothing is ever written into this pipe: it closes with the engine, however that ends, and the export with it.
        closes, held = os.pipe()
        try:
            self._child = subprocess.Popen(
                command, env=environment(), stdin=closes, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
            )
            try:
                _, said = self._child.communicate(timeout=EXPORT_S)
            except subprocess.TimeoutExpired:
                self._child.kill()
                _, said = self._child.communicate()
        finally:
            os.close(closes)
            os.close(held)
        code = self._child.returncode
        if code == 0:
            return ""
        reason = f"the export ended with {code}: {said.decode(errors='replace').strip()[-500:]}"
        if code != NO_SPACE and not self._closed:
            # It crashed or ran out of memory or time, and would at each start.
            from core.index.embedding.onnx_export import give_up

            with contextlib.suppress(OSError):
                give_up(target, reason)
        return reason

    def close(self) -> None:
        """End what is under way; it is made at the next start."""
        self._closed = True
        if self._child is not None:
            self._child.kill()

"""The engine's handle on an embedding model in GGUF. Knows nothing of llama.cpp, chunks or databases."""

from __future__ import annotations

import base64
import hashlib
import itertools
import logging
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import errors
from core.index.embedding.embedder import KOREAN_SAMPLE, TOKENS_A_SYLLABLE_OF_A_KOREAN_MODEL
from core.models.embed.prompts import prompts
from core.models.gguf.header import read_embedder
from core.models.machine import hardware
from core.models.process.pipes import Ended, Process

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

RECIPE = "gguf1"
"""Raise when vectors made otherwise would not match those that libraries hold."""
LONGEST = 512
"""Tokens of a passage, whatever more a model may read: memory grows with the square."""
PROMPT_ROOM = 48
AT_ONCE = 8
"""Texts of a request: a question waits for no more than those."""
DIGEST_PIECES, PIECE = 64, 4096
TRIES = 2
BYTES_A_TOKEN = 3
"""Where the model cannot be asked: about right for Korean, cautious for English."""
MARGIN = 1.25
"""Of the file's size, for what is computed."""
ADVICE = "Choose another embedding model."

log = logging.getLogger(__name__)


class GgufEmbedder:
    """An embedder as `core.index.embedding.space.TextEmbedder` has it. Any thread may use it; one request at a time is
    served.

    Raises `errors.SetupProblem` for a file that is no embedding model, or cannot be read.
    """

    def __init__(self, path: Path, log_file: Path, threads: int = 0, gpu_layers: int = -1) -> None:
        self.path = path
        try:
            header = read_embedder(path)
        except errors.MoaError as e:
            raise errors.SetupProblem(e.title, e.advice) from e
        self._log = log_file
        before, self._passage = prompts(header.name, path.stem, header.architecture)
        self._question = before
        room = min(header.context, LONGEST + (PROMPT_ROOM if before or self._passage else 0))
        self._setup = {
            "room": room, "threads": threads or hardware.threads(), "fixed_threads": bool(threads),
            "gpu_layers": gpu_layers, "mean": header.pooling is None,
        }  # fmt: skip
        self.limit = min(LONGEST, room - (PROMPT_ROOM if before or self._passage else 0))
        self.dim = header.width
        self.model_id = f"{path.stem}@{_digest(path)}"
        self.id = f"{self.model_id}+{RECIPE}"
        self.device = "cpu"
        self.measured: dict[str, bool] = {}
        self.languages: frozenset[str] = frozenset({"en"})
        self._lock = threading.RLock()
        self._numbers = itertools.count()
        self._child: Process | None = None
        self._given_up: errors.SetupProblem | None = None
        self._closed = False

    def count(self, text: str) -> int:
        """Tokens of a text without the special ones; by its bytes where the model cannot be asked. A model that takes
        each Korean word for the same unknown one would have passages of pages: it counts a syllable at least."""
        try:
            tokens = int(self._ask("tokens", [text])[0][0])
        except errors.SetupProblem:
            return len(text.encode("utf-8", "replace")) // BYTES_A_TOKEN + 1
        return tokens if "ko" in self.languages else max(tokens, _syllables(text))

    def serves(self, language: str) -> bool:
        """Whether vectors of this language mean anything: as measured, else as its tokenizer lets guess."""
        return self.measured.get(language, language in self.languages)

    def reads(self, text: str) -> bool:
        """Whether the vector of a passage can mean anything: nothing in such a file says otherwise."""
        return True

    def load(self) -> None:
        """Start the process and load the model. Done once. Raises `errors.SetupProblem`."""
        self._ask("tokens", [""])

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages. Raises `errors.SetupProblem`."""
        return self._vectors([self._passage + text for text in texts])

    def question(self, text: str) -> Vectors:
        """The vector of a question, shape (dim,). Raises `errors.SetupProblem`."""
        vector: Vectors = self._vectors([self._question + text])[0]
        return vector

    def close(self) -> None:
        """End the process."""
        # Not under the lock: a request under way ends with the child.
        self._closed, child = True, self._child
        if child:
            child.stop()

    def _vectors(self, texts: list[str]) -> Vectors:
        import numpy as np

        parts = [np.zeros((0, self.dim), np.float32)]
        for at in range(0, len(texts), AT_ONCE):
            given = texts[at : at + AT_ONCE]
            raw = np.frombuffer(base64.b64decode(self._ask("embed", given)), np.float32)
            parts.append(raw.reshape(len(given), -1))
        made = np.concatenate(parts[1:]) if len(parts) > 1 else parts[0]
        lengths = np.linalg.norm(made, axis=1, keepdims=True)
        if not np.isfinite(lengths).all():
            raise self._give_up(errors.SetupProblem(f"{self.path.name} does not compute what it should.", ADVICE))
        vectors: Vectors = (made / np.maximum(lengths, 1e-9)).astype(np.float32)
        return vectors

    def _ask(self, op: str, texts: list[str]) -> Any:
        """One request; a child that ended is started again, once for the same texts."""
        with self._lock:
            for attempt in range(TRIES):
                if self._given_up:
                    raise self._given_up
                try:
                    return self._request({"op": op, "texts": texts})
                except Ended:
                    log.warning("the process of %s ended (attempt %d)", self.path.name, attempt + 1)
                    self._child = None
                    if self._closed:
                        break
        raise errors.SetupProblem(
            f"The embedding model {self.path.name} stopped unexpectedly.",
            "Search goes on by words until it works again.",
        )

    def _request(self, request: dict[str, Any]) -> Any:
        if self._closed:
            raise Ended
        if self._child is None or not self._child.alive:
            self._start()
        assert self._child
        return self._reply(self._child, request)

    def _start(self) -> None:
        need = int(MARGIN * self.path.stat().st_size) if self.path.is_file() else 0
        free = min(hardware.free_memory(), hardware.own_limit())
        if need > free:
            raise errors.SetupProblem(
                f"{self.path.name} needs {need >> 20:,} MB of memory, and {free >> 20:,} MB are free.",
                "Close other programs, or choose a smaller embedding model.",
            )
        try:
            child = self._child = Process("core.models.embed.child", self._log, lambda _: None)
        except OSError as e:
            raise errors.SetupProblem(f"The embedding model's process could not be started ({e.strerror}).") from e
        if self._closed:
            child.stop()
            raise Ended
        self.dim, self.device = self._reply(child, {"op": "load", "path": str(self.path), "setup": self._setup})
        tokens, different = self._reply(child, {"op": "tokens", "texts": [KOREAN_SAMPLE]})[0]
        few = tokens <= TOKENS_A_SYLLABLE_OF_A_KOREAN_MODEL * _syllables(KOREAN_SAMPLE)
        # The sample says no word twice: where one token stands for several, it is the unknown one.
        korean = few and 2 * different > tokens
        self.languages = frozenset({"en", "ko"} if korean else {"en"})

    def _reply(self, child: Process, request: dict[str, Any]) -> Any:
        number = next(self._numbers)
        child.send({"id": number, **request})
        while (reply := child.receive())["id"] != number:
            pass
        if "error" in reply:
            title, advice, for_good = reply["error"]
            problem = errors.SetupProblem(title, advice)
            raise self._give_up(problem) if for_good else problem
        return reply["done"]

    def _give_up(self, problem: errors.SetupProblem) -> errors.SetupProblem:
        self._given_up = problem
        return problem


def _syllables(text: str) -> int:
    return sum("가" <= c <= "힣" for c in text)


def _digest(path: Path) -> str:
    """Eight hex digits of its size and of pieces of it: enough to tell two models of one size apart."""
    size = path.stat().st_size
    h = hashlib.sha256(str(size).encode())
    with path.open("rb") as f:
        for piece in range(DIGEST_PIECES):
            f.seek(size * piece // DIGEST_PIECES)
            h.update(f.read(PIECE))
    return h.hexdigest()[:8]

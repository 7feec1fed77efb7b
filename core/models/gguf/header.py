"""What a GGUF file says of itself: architecture, sizes, chat template, and whether it can chat at all.

Does not know llama.cpp, nor how the bytes are read (gguf_bytes.py). Names of entries: llama.cpp's llama-arch.cpp.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar

from core.errors import BadRequest, FileProblem
from core.models.gguf.layout import MAX_KEYS, MAX_TENSORS, Cursor, Damaged, Tensors, Value, entry, walk_tensors

T = TypeVar("T")

# llama_ftype -> what people call it
_FILE_TYPES = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K", 11: "Q3_K_S",
    12: "Q3_K_M", 13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S", 17: "Q5_K_M", 18: "Q6_K",
    19: "IQ2_XXS", 20: "IQ2_XS", 21: "Q2_K_S", 22: "IQ3_XS", 23: "IQ3_XXS", 24: "IQ1_S", 25: "IQ4_NL",
    26: "IQ3_S", 27: "IQ3_M", 28: "IQ2_S", 29: "IQ2_M", 30: "IQ4_XS", 31: "IQ1_M", 32: "BF16",
    36: "TQ1_0", 37: "TQ2_0", 38: "MXFP4",
}  # fmt: skip

# llama.cpp's architectures that embed text or translate it, and do not chat.
_EMBEDDERS = frozenset((
    "bert", "modern-bert", "neo-bert", "nomic-bert", "nomic-bert-moe", "jina-bert-v2", "jina-bert-v3", "eurobert",
    "gemma-embedding", "llama-embed", "t5encoder", "t5",
))  # fmt: skip
_PROJECTORS = frozenset(("clip", "mmproj"))
_RECURRENT = frozenset(("mamba", "mamba2", "rwkv6", "rwkv6qwen2", "rwkv7", "arwkv7"))
MAX_LAYERS = 512
"""As in llama.cpp (llama-hparams.h); the plan for graphics cards tries them one by one."""
_NAME = re.compile(r"[\w.+-]{1,64}", re.ASCII)
_PART = re.compile(r"-(\d{5})-of-(\d{5})\.gguf$", re.IGNORECASE)

_RANK = 4
"""llama.cpp's pooling for rerankers."""
_EMBEDS = re.compile(r"embed|minilm|\be5\b|bge|gte", re.IGNORECASE)
"""Embedding models made from chat models often do not say so in their entries."""
_LEAST_CONTEXT = 64

_GGUF = "Choose a language model in a file that ends in .gguf."
_AGAIN = "Download it again, or choose another file."
_EMBED = 'Choose an embedding model; its file usually has "embed" in its name.'
_CHAT = 'Choose a chat model; its file usually has "instruct", "chat" or "it" in its name.'


@dataclass(frozen=True, slots=True)
class Header:
    """What the file says. Counts are zero where the architecture has no such thing."""

    architecture: str
    name: str
    quantization: str
    context: int
    """Tokens as trained."""
    layers: int
    embedding: int
    """Width of the residual stream."""
    feed_forward: int
    heads: int
    kv_heads: int
    """Summed over all layers: architectures may differ from layer to layer, and recurrent layers have none."""
    key_length: int
    value_length: int
    vocabulary: int
    chat_template: str
    tensors: int
    size: int
    """Bytes on disk, all parts of a split file together."""
    layer_bytes: tuple[int, ...] = ()
    """Weights of each layer."""
    output_bytes: int = 0
    """Weights that turn the last layer into scores."""
    state_bytes: int = 0
    """What recurrent layers keep, however long the context."""

    @property
    def kv_bytes_per_token(self) -> int:
        """Bytes of KV cache a token takes, in 16-bit floats."""
        return self.kv_heads * (self.key_length + self.value_length) * 2


def read_header(path: Path) -> Header:
    """Examine `path` (for a split model its first part) without loading it.

    Raises BadRequest, in words, when it is not a complete GGUF file of a model that can chat, and
    FileProblem when it cannot be read.
    """
    return _read(path, _examine)


@dataclass(frozen=True, slots=True)
class EmbedderHeader:
    """What the file of an embedding model says. `pooling` is None where it says nothing, or that there is none."""

    architecture: str
    name: str
    context: int
    width: int
    pooling: int | None


def read_embedder(path: Path) -> EmbedderHeader:
    """Examine the embedding model in `path`. Raises BadRequest, in words, for any other file, and FileProblem."""
    return _read(path, _examine_embedder)


def read_adapter(path: Path) -> str:
    """The architecture that the LoRA adapter in `path` is for. Raises BadRequest and FileProblem as `read_header`."""
    return _read(path, _examine_adapter)


def _read(path: Path, examine: Callable[[Path, BinaryIO, int], T]) -> T:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):  # a pipe is opened only once somebody writes to it
            if stat.S_ISDIR(found.st_mode):
                raise BadRequest(f"{path} is a folder, not a file.", "Choose a file that ends in .gguf.")
            raise BadRequest(f"{path} is no ordinary file.", "Choose a file that ends in .gguf.")
        with path.open("rb", buffering=2**20) as file:
            return examine(path, file, found.st_size)
    except FileNotFoundError as e:
        raise BadRequest(f"There is no file {path}.", "Check the name, or choose the file again.") from e
    except OSError as e:
        raise FileProblem(f"{path} could not be read ({e.strerror}).", "Check that it is a file you may read.") from e
    except Damaged as e:
        raise BadRequest(f"{path.name} is damaged or incomplete: {e}.", _AGAIN) from e


def _entries(path: Path, file: BinaryIO, size: int) -> tuple[Cursor, int, dict[str, Value], dict[str, int]]:
    """The cursor behind them, how many tensors follow, and the entries with their lengths."""
    cursor = Cursor(file, size)
    _check_start(path, file.read(8), size)
    cursor.at = 8
    tensors, keys = cursor.u64(), cursor.u64()
    if tensors > MAX_TENSORS or keys > MAX_KEYS:
        raise Damaged(f"it claims {tensors:,} tensors and {keys:,} entries")
    cursor.need(keys, 13)
    fields: dict[str, Value] = {}
    lengths: dict[str, int] = {}
    for _ in range(keys):
        name, value, length = entry(cursor)
        fields[name] = value
        lengths[name] = length
    return cursor, tensors, fields, lengths


def _examine(path: Path, file: BinaryIO, size: int) -> Header:
    cursor, tensors, fields, lengths = _entries(path, file, size)
    _refuse_other_kinds(path, fields, tensors)
    parts = _parts(path, fields)
    found = _complete(path, cursor, tensors, fields, size)
    total = size + sum(part.stat().st_size for part in parts)
    return _header(path, fields, lengths, tensors, found, total)


def _examine_embedder(path: Path, file: BinaryIO, size: int) -> EmbedderHeader:
    cursor, tensors, fields, _ = _entries(path, file, size)
    architecture = _words(fields, "general.architecture")
    name = _line(_words(fields, "general.name")) or path.stem
    pooling = fields.get(f"{architecture}.pooling_type")
    pools = isinstance(pooling, int) and pooling > 0
    if not _NAME.fullmatch(architecture):
        raise Damaged("it does not name its architecture")
    if pooling == _RANK:
        raise BadRequest(f"{path.name} is a reranker; it cannot embed texts.", _EMBED)
    named = _EMBEDS.search(f"{name} {path.stem}")
    if not tensors or not (pools or architecture in _EMBEDDERS or named) or _whole(fields, "split.count", 1) > 1:
        raise BadRequest(f"{path.name} is no embedding model.", _EMBED)
    _complete(path, cursor, tensors, fields, size)
    width, context = (_whole(fields, f"{architecture}.{key}", 0) for key in ("embedding_length", "context_length"))
    if not (0 < width <= 2**20 and context >= _LEAST_CONTEXT):
        raise Damaged("it does not state its size")
    return EmbedderHeader(architecture, name, context, width, pooling if pools and isinstance(pooling, int) else None)


def _examine_adapter(path: Path, file: BinaryIO, size: int) -> str:
    cursor, tensors, fields, _ = _entries(path, file, size)
    if _words(fields, "general.type") != "adapter" or _words(fields, "adapter.type") != "lora":
        raise BadRequest(f"{path.name} is no LoRA adapter.", "Choose one that was converted to GGUF.")
    _complete(path, cursor, tensors, fields, size)
    return _words(fields, "general.architecture")


def _complete(path: Path, cursor: Cursor, tensors: int, fields: dict[str, Value], size: int) -> Tensors:
    found = walk_tensors(cursor, tensors, _whole(fields, "general.alignment", 32))
    if found.end > size:
        raise BadRequest(
            f"{path.name} is incomplete: {size:,} of {found.end:,} bytes are there.",
            "The download was probably cut off. " + _AGAIN,
        )
    return found


def _check_start(path: Path, start: bytes, size: int) -> None:
    """Refuse what is no GGUF of a version and byte order that can be read here."""
    name = path.name
    if start[:4] in (b"lmgg", b"fmgg", b"tjgg", b"GGLA"):
        raise BadRequest(f"{name} is in an older format that came before GGUF.", "Look for the same model as GGUF.")
    if start[:4] != b"GGUF":
        what = f"{name} is a web page, not a model." if _is_page(start) else f"{name} is not a GGUF file."
        raise BadRequest(what if size else f"{name} is empty.", _GGUF)
    if len(start) < 8:
        raise Damaged("only its first bytes are there")
    version = int.from_bytes(start[4:8], "little")
    if version > 0xFFFF and int.from_bytes(start[4:8], "big") < 0x100:
        raise BadRequest(f"{name} was written for big-endian machines.", "Look for the usual, little-endian file.")
    if version < 2:
        raise BadRequest(f"{name} is in GGUF version {version}, which is too old.", "Look for a newer file of it.")
    if version > 3:
        raise BadRequest(
            f"{name} is in GGUF version {version}, which is newer than this Moa knows.",
            "Update Moa, or choose another file.",
        )


def _is_page(start: bytes) -> bool:
    return start.lstrip()[:5].lower() in (b"<!doc", b"<html", b"<head", b"<?xml")


def _refuse_other_kinds(path: Path, fields: dict[str, Value], tensors: int) -> None:
    name = path.name
    architecture, kind = _words(fields, "general.architecture"), _words(fields, "general.type")
    if not _NAME.fullmatch(architecture) and kind not in ("adapter", "imatrix"):
        raise Damaged("it does not name its architecture")
    if architecture in _PROJECTORS or kind == "mmproj":
        raise BadRequest(f"{name} is a projector for images, which is only a part of a model.", _CHAT)
    if kind == "adapter":
        raise BadRequest(f"{name} is an addition to a model, not a model.", "Attach it: `moa models adapt MODEL FILE`.")
    if kind == "imatrix":
        raise BadRequest(f"{name} is an addition to a model ({kind}), not a model.", _CHAT)
    pooling = fields.get(f"{architecture}.pooling_type")
    if architecture in _EMBEDDERS or (isinstance(pooling, int) and pooling > 0):
        raise BadRequest(f"{name} is an embedding model ({architecture}); it cannot write answers.", _CHAT)
    if tensors == 0 and _whole(fields, "split.count", 0) < 2:
        raise BadRequest(f"{name} holds only a vocabulary, no model.", _CHAT)


def _parts(path: Path, fields: dict[str, Value]) -> list[Path]:
    """The other parts of a split model; raises BadRequest unless `path` is the first and all are there."""
    count = _whole(fields, "split.count", 1)
    if count < 2:
        return []
    match = _PART.search(path.name)
    if not match or int(match[2]) != count:
        raise BadRequest(
            f"{path.name} is one of {count} parts, but its name does not say which.",
            f"Give the parts their own names again, ending in -00001-of-{count:05}.gguf and so on.",
        )
    stem = path.name[: match.start()]
    others = [path.with_name(f"{stem}-{n:05}-of-{count:05}.gguf") for n in range(1, count + 1)]
    if _whole(fields, "split.no", 0) != 0:
        raise BadRequest(f"{path.name} is a later part of a model in {count} parts.", f"Choose {others[0].name}.")
    missing = [part.name for part in others[1:] if not part.is_file()]
    if missing:
        raise BadRequest(
            f"{path.name} is the first of {count} parts; {len(missing)} are missing, among them {missing[0]}.",
            "Put all parts into the same folder.",
        )
    return others[1:]


def _header(
    path: Path, fields: dict[str, Value], lengths: dict[str, int], tensors: int, found: Tensors, size: int
) -> Header:
    architecture = _words(fields, "general.architecture")

    def own(key: str, default: int = 0) -> int:
        return _whole(fields, f"{architecture}.{key}", default)

    layers, embedding = own("block_count"), own("embedding_length")
    if not any(key.startswith(f"{architecture}.") for key in fields):
        raise BadRequest(f"{path.name} is no language model, but of another kind ({architecture}).", _CHAT)
    if not (0 < layers <= MAX_LAYERS and 0 < embedding <= 2**20):
        raise Damaged("it does not state its size")
    heads = own("attention.head_count")
    each = embedding // heads if heads else 0
    attention = _attention_layers(architecture, fields, layers)
    per_layer = fields.get(f"{architecture}.attention.head_count_kv")
    kv_heads = sum(per_layer) if isinstance(per_layer, list) else len(attention) * own("attention.head_count_kv", heads)
    most_bytes = found.kinds.most_common(1)[0][0] if found.kinds else ""
    # The first part of a split model lists only its own tensors; the rest is spread evenly.
    rest = max(0, size - sum(found.kinds.values())) // layers if _whole(fields, "split.count", 1) > 1 else 0
    return Header(
        architecture=architecture,
        name=_line(_words(fields, "general.name")) or path.stem,
        quantization=_FILE_TYPES.get(_whole(fields, "general.file_type", -1), most_bytes),
        context=max(1, min(own("context_length", 2048), 2**24)),
        layers=layers,
        embedding=embedding,
        feed_forward=own("feed_forward_length", 4 * embedding),
        heads=heads,
        kv_heads=kv_heads,
        key_length=own("attention.key_length", each),
        value_length=own("attention.value_length", each),
        vocabulary=lengths.get("tokenizer.ggml.tokens") or own("vocab_size"),
        chat_template=_words(fields, "tokenizer.chat_template"),
        tensors=tensors,
        size=size,
        layer_bytes=tuple(found.places[f"blk.{n}"] + rest for n in range(layers)),
        # Where they are tied, the embedding of the tokens is used once more.
        output_bytes=found.places["output"] or found.places["token_embd"],
        state_bytes=(layers - len(attention)) * _state_bytes(architecture, fields, embedding),
    )


def _attention_layers(architecture: str, fields: dict[str, Value], layers: int) -> list[int]:
    """Which layers keep keys and values: by their heads, or every so many; recurrent models have none."""
    heads = fields.get(f"{architecture}.attention.head_count_kv")
    if isinstance(heads, list):
        return [n for n, count in enumerate(heads[:layers]) if count]
    every = _whole(fields, f"{architecture}.full_attention_interval", 0)
    if every:
        return [n for n in range(layers) if (n + 1) % every == 0]
    return [] if architecture in _RECURRENT else list(range(layers))


def _state_bytes(architecture: str, fields: dict[str, Value], embedding: int) -> int:
    """Bytes a recurrent layer keeps, in 32-bit floats: llama.cpp's n_embd_r and n_embd_s (llama-hparams.cpp)."""

    def own(key: str) -> int:
        return _whole(fields, f"{architecture}.{key}", 0)

    if conv := own("shortconv.l_cache"):
        return 4 * embedding * (conv - 1)
    if head := own("wkv.head_size"):
        return 4 * embedding * (head + 2)
    inner, state = own("ssm.inner_size"), own("ssm.state_size")
    return 4 * (max(0, own("ssm.conv_kernel") - 1) * (inner + 2 * own("ssm.group_count") * state) + state * inner)


def _words(fields: dict[str, Value], key: str) -> str:
    value = fields.get(key)
    return value if isinstance(value, str) else ""


def _line(text: str) -> str:
    """One line that is safe to show: a file may name itself with terminal codes, or at any length."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable())[:120]


def _whole(fields: dict[str, Value], key: str, default: int) -> int:
    """A whole number that may be one a layer: then the largest."""
    value = fields.get(key)
    if isinstance(value, list):
        return max(value, default=default)
    return value if isinstance(value, int) and value >= 0 else default

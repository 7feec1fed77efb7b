"""What a GGUF file says of itself: architecture, sizes, chat template, and whether it can chat at all.

Does not know llama.cpp, and trusts nothing: every count and length is checked against the bytes that
are left in the file before anything is read or allocated.

Format: ggml's docs/gguf.md, versions 2 and 3. Sizes of quantised blocks: ggml-common.h.
"""

from __future__ import annotations

import re
import struct
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.errors import BadRequest, FileProblem

MAX_HEADER_BYTES = 128 * 2**20
"""Largest known: about 20 MB, vocabularies of 262 thousand tokens with their merges."""
MAX_KEYS = 4096
MAX_TENSORS = 65536
MAX_KEY_BYTES = 65535
MAX_TEXT_BYTES = 2**20
"""Longer strings are walked over, not kept."""
MAX_KEPT_ITEMS = 4096
MAX_ELEMENTS = 2**44

Value = int | float | bool | str | list[int] | None

_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9

# ggml type -> (name, elements a block, bytes a block)
TENSOR_TYPES: dict[int, tuple[str, int, int]] = {
    0: ("F32", 1, 4), 1: ("F16", 1, 2), 2: ("Q4_0", 32, 18), 3: ("Q4_1", 32, 20), 6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24), 8: ("Q8_0", 32, 34), 10: ("Q2_K", 256, 84), 11: ("Q3_K", 256, 110), 12: ("Q4_K", 256, 144),
    13: ("Q5_K", 256, 176), 14: ("Q6_K", 256, 210), 15: ("Q8_K", 256, 292), 16: ("IQ2_XXS", 256, 66),
    17: ("IQ2_XS", 256, 74), 18: ("IQ3_XXS", 256, 98), 19: ("IQ1_S", 256, 50), 20: ("IQ4_NL", 32, 18),
    21: ("IQ3_S", 256, 110), 22: ("IQ2_S", 256, 82), 23: ("IQ4_XS", 256, 136), 24: ("I8", 1, 1), 25: ("I16", 1, 2),
    26: ("I32", 1, 4), 27: ("I64", 1, 8), 28: ("F64", 1, 8), 29: ("IQ1_M", 256, 56), 30: ("BF16", 1, 2),
    34: ("TQ1_0", 256, 54), 35: ("TQ2_0", 256, 66), 39: ("MXFP4", 32, 17),
}  # fmt: skip

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
_NAME = re.compile(r"[\w.+-]{1,64}", re.ASCII)
_PART = re.compile(r"-(\d{5})-of-(\d{5})\.gguf$", re.IGNORECASE)

_AGAIN = "Download it again, or choose another file."
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
    """Summed over all layers: architectures may differ from layer to layer."""
    key_length: int
    value_length: int
    vocabulary: int
    chat_template: str
    tensors: int
    size: int
    """Bytes on disk, all parts of a split file together."""

    @property
    def kv_bytes_per_token(self) -> int:
        """Bytes of KV cache a token takes, in 16-bit floats."""
        return self.kv_heads * (self.key_length + self.value_length) * 2


class _Damaged(Exception):
    """The header ends early or states what cannot be; the text says which."""


class _Cursor:
    """Reads little-endian values, never past `limit`."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._limit = min(size, MAX_HEADER_BYTES)
        self.at = 0

    def need(self, count: int, each: int = 1) -> None:
        if count * each > self._limit - self.at:
            raise _Damaged("it ends in the middle of its description")

    def take(self, n: int) -> bytes:
        self.need(n)
        data = self._file.read(n)
        if len(data) != n:
            raise _Damaged("it ends in the middle of its description")
        self.at += n
        return data

    def skip(self, n: int) -> None:
        self.need(n)
        self._file.seek(n, 1)
        self.at += n

    def skip_texts(self, count: int) -> None:
        """Walk over `count` strings; in one loop, because vocabularies have hundreds of thousands."""
        self.need(count, 8)
        read, seek, at = self._file.read, self._file.seek, self.at
        for _ in range(count):
            n = int.from_bytes(read(8), "little")
            at += 8 + n
            if at > self._limit:
                raise _Damaged("it ends in the middle of its description")
            seek(n, 1)
        self.at = at

    def u32(self) -> int:
        return int.from_bytes(self.take(4), "little")

    def u64(self) -> int:
        return int.from_bytes(self.take(8), "little")

    def text(self, most: int) -> str | None:
        """A string, or None (walked over) when it is longer than `most` bytes."""
        n = self.u64()
        if n > most:
            self.skip(n)
            return None
        return self.take(n).decode("utf-8", "replace")

    def scalar(self, kind: int) -> int | float | bool:
        code = "<" + _SCALARS[kind]
        value: int | float | bool = struct.unpack(code, self.take(struct.calcsize(code)))[0]
        return value


def read_header(path: Path) -> Header:
    """Examine `path` (for a split model its first part) without loading it.

    Raises BadRequest, in words, when it is not a complete GGUF file of a model that can chat, and
    FileProblem when it cannot be read.
    """
    try:
        size = path.stat().st_size
        with path.open("rb", buffering=2**20) as file:
            return _examine(path, file, size)
    except FileNotFoundError as e:
        raise BadRequest(f"There is no file {path}.", "Check the name, or choose the file again.") from e
    except OSError as e:
        raise FileProblem(f"{path} could not be read ({e.strerror}).", "Check that it is a file you may read.") from e
    except _Damaged as e:
        raise BadRequest(f"{path.name} is damaged or incomplete: {e}.", _AGAIN) from e


def _examine(path: Path, file: BinaryIO, size: int) -> Header:
    cursor = _Cursor(file, size)
    _check_start(path, file.read(8), size)
    cursor.at = 8
    tensors, keys = cursor.u64(), cursor.u64()
    if tensors > MAX_TENSORS or keys > MAX_KEYS:
        raise _Damaged(f"it claims {tensors:,} tensors and {keys:,} entries")
    cursor.need(keys, 13)
    fields: dict[str, Value] = {}
    lengths: dict[str, int] = {}
    for _ in range(keys):
        name, value, length = _entry(cursor)
        fields[name] = value
        lengths[name] = length
    _refuse_other_kinds(path, fields, tensors)
    parts = _parts(path, fields)
    end, kinds = _walk_tensors(cursor, tensors, _whole(fields, "general.alignment", 32))
    if end > size:
        raise BadRequest(
            f"{path.name} is incomplete: {_megabytes(size)} of {_megabytes(end)} MB are there.",
            "The download was probably cut off. " + _AGAIN,
        )
    total = size + sum(part.stat().st_size for part in parts)
    return _header(path, fields, lengths, tensors, kinds, total)


def _check_start(path: Path, start: bytes, size: int) -> None:
    """Refuse what is no GGUF of a version and byte order that can be read here."""
    name = path.name
    if start[:4] in (b"lmgg", b"fmgg", b"tjgg", b"GGLA"):
        raise BadRequest(f"{name} is in an older format that came before GGUF.", "Look for the same model as GGUF.")
    if start[:4] != b"GGUF":
        kind = "empty" if not size else "a web page, not a model" if _is_page(start) else "not a GGUF file"
        raise BadRequest(f"{name} is {kind}.", "Choose a language model in a file that ends in .gguf.")
    if len(start) < 8:
        raise _Damaged("only its first bytes are there")
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


def _entry(cursor: _Cursor) -> tuple[str, Value, int]:
    """One key with its value; values that are too long are None; the length is that of an array."""
    key = cursor.text(MAX_KEY_BYTES)
    if not key:
        raise _Damaged("an entry has no usable name")
    kind = cursor.u32()
    if kind in _SCALARS:
        return key, cursor.scalar(kind), 0
    if kind == _STRING:
        return key, cursor.text(MAX_TEXT_BYTES), 0
    if kind != _ARRAY:
        raise _Damaged(f"an entry has the unknown type {kind}")
    item, count = cursor.u32(), cursor.u64()
    if item == _STRING:
        cursor.skip_texts(count)
        return key, None, count
    if item not in _SCALARS:
        raise _Damaged("an entry holds lists of lists")
    width = struct.calcsize("<" + _SCALARS[item])
    cursor.need(count, width)
    if count > MAX_KEPT_ITEMS or _SCALARS[item] in "fd":
        cursor.skip(count * width)
        return key, None, count
    return key, [int(cursor.scalar(item)) for _ in range(count)], count


def _refuse_other_kinds(path: Path, fields: dict[str, Value], tensors: int) -> None:
    name = path.name
    architecture, kind = _words(fields, "general.architecture"), _words(fields, "general.type")
    if not _NAME.fullmatch(architecture) and kind not in ("adapter", "imatrix"):
        raise _Damaged("it does not name its architecture")
    if architecture in _PROJECTORS or kind == "mmproj":
        raise BadRequest(f"{name} is a projector for images, which is only a part of a model.", _CHAT)
    if kind in ("adapter", "imatrix"):
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


def _walk_tensors(cursor: _Cursor, count: int, alignment: int) -> tuple[int, Counter[str]]:
    """Where the last tensor ends in the file, and the bytes of each tensor type."""
    if not (0 < alignment <= 2**20 and alignment & (alignment - 1) == 0):
        raise _Damaged(f"its alignment is {alignment}")
    cursor.need(count, 32)
    last = 0
    kinds: Counter[str] = Counter()
    for _ in range(count):
        cursor.text(MAX_KEY_BYTES)
        dimensions = cursor.u32()
        if not 1 <= dimensions <= 4:
            raise _Damaged(f"a tensor has {dimensions} dimensions")
        elements = 1
        for _ in range(dimensions):
            elements *= cursor.u64()
        kind, offset = cursor.u32(), cursor.u64()
        if not 0 < elements <= MAX_ELEMENTS or offset > MAX_ELEMENTS * 8:
            raise _Damaged("a tensor has an impossible size")
        # A type newer than this table: its start at least has to lie inside the file.
        title, block, width = TENSOR_TYPES.get(kind, (f"type {kind}", 1, 0))
        nbytes = elements // block * width
        kinds[title] += nbytes
        last = max(last, offset + nbytes)
    return -(-cursor.at // alignment) * alignment + last, kinds


def _header(
    path: Path, fields: dict[str, Value], lengths: dict[str, int], tensors: int, kinds: Counter[str], size: int
) -> Header:
    architecture = _words(fields, "general.architecture")

    def own(key: str, default: int = 0) -> int:
        return _whole(fields, f"{architecture}.{key}", default)

    layers, embedding = own("block_count"), own("embedding_length")
    if not (0 < layers <= 4096 and 0 < embedding <= 2**20):
        raise _Damaged("it does not state its size")
    heads = own("attention.head_count")
    each = embedding // heads if heads else 0
    per_layer = fields.get(f"{architecture}.attention.head_count_kv")
    kv_heads = sum(per_layer) if isinstance(per_layer, list) else layers * own("attention.head_count_kv", heads)
    most_bytes = kinds.most_common(1)[0][0] if kinds else ""
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
    )


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


def _megabytes(size: int) -> str:
    return f"{max(1, round(size / 1e6)):,}"

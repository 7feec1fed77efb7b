"""The bytes of a GGUF file: entries and tensors. Does not know what they mean, nor llama.cpp.

Trusts nothing: every count and length is checked against the bytes that are left in the file before anything is read
or allocated.

Format: ggml's docs/gguf.md, versions 2 and 3. Sizes of quantised blocks: ggml-common.h.
"""

from __future__ import annotations

import struct
from collections import Counter
from dataclasses import dataclass
from typing import BinaryIO

MAX_HEADER_BYTES = 128 * 2**20
"""Largest known: about 20 MB, vocabularies of 262 thousand tokens with their merges."""
MAX_KEYS = 4096
MAX_TENSORS = 65536
MAX_KEY_BYTES = 65535
MAX_TEXT_BYTES = 2**20
"""Longer strings are walked over, not kept."""
MAX_KEPT_BYTES = 2**23
"""Of all names and texts together: 65,536 tensors with names of 63 bytes, and the longest chat templates."""
MAX_LISTED_TEXTS = 2**21
"""Of all lists together; the largest vocabularies have 262 thousand tokens and 580 thousand merges. Walking over them
costs a fifth of a microsecond each."""
MAX_KEPT_ITEMS = 4096
MAX_KEPT_NUMBERS = 2**18
"""Of all lists together: lists of a number a layer, and the types of small vocabularies."""
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


class Damaged(Exception):
    """The header ends early or states what cannot be; the text says which."""


class Cursor:
    """Reads little-endian values, never past `limit`."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._limit = min(size, MAX_HEADER_BYTES)
        self._left = {"text": MAX_KEPT_BYTES, "lists of texts": MAX_LISTED_TEXTS, "numbers": MAX_KEPT_NUMBERS}
        self.at = 0

    def need(self, count: int, each: int = 1) -> None:
        if count * each > self._limit - self.at:
            raise Damaged("it ends in the middle of its description")

    def spend(self, what: str, n: int) -> None:
        """What is within the file may still be more than can be read in time."""
        self._left[what] -= n
        if self._left[what] < 0:
            raise Damaged(f"it describes itself with more {what} than any model does")

    def take(self, n: int) -> bytes:
        self.need(n)
        data = self._file.read(n)
        if len(data) != n:
            raise Damaged("it ends in the middle of its description")
        self.at += n
        return data

    def skip(self, n: int) -> None:
        self.need(n)
        self._file.seek(n, 1)
        self.at += n

    def skip_texts(self, count: int) -> None:
        """Walk over `count` strings; in one loop, because vocabularies have hundreds of thousands."""
        self.need(count, 8)
        self.spend("lists of texts", count)
        read, seek, at = self._file.read, self._file.seek, self.at
        for _ in range(count):
            n = int.from_bytes(read(8), "little")
            at += 8 + n
            if at > self._limit:
                raise Damaged("it ends in the middle of its description")
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
        self.spend("text", n)
        return self.take(n).decode("utf-8", "replace")

    def scalar(self, kind: int) -> int | float | bool:
        code = "<" + _SCALARS[kind]
        value: int | float | bool = struct.unpack(code, self.take(struct.calcsize(code)))[0]
        return value


def entry(cursor: Cursor) -> tuple[str, Value, int]:
    """One key with its value; values that are too long are None; the length is that of an array."""
    key = cursor.text(MAX_KEY_BYTES)
    if not key:
        raise Damaged("an entry has no usable name")
    kind = cursor.u32()
    if kind in _SCALARS:
        return key, cursor.scalar(kind), 0
    if kind == _STRING:
        return key, cursor.text(MAX_TEXT_BYTES), 0
    if kind != _ARRAY:
        raise Damaged(f"an entry has the unknown type {kind}")
    item, count = cursor.u32(), cursor.u64()
    if item == _STRING:
        cursor.skip_texts(count)
        return key, None, count
    if item not in _SCALARS:
        raise Damaged("an entry holds lists of lists")
    width = struct.calcsize("<" + _SCALARS[item])
    cursor.need(count, width)
    if count > MAX_KEPT_ITEMS or _SCALARS[item] in "fd":
        cursor.skip(count * width)
        return key, None, count
    cursor.spend("numbers", count)
    return key, list(struct.unpack(f"<{count}{_SCALARS[item]}", cursor.take(count * width))), count


@dataclass(frozen=True, slots=True)
class Tensors:
    """What the list of tensors says: where the last one ends in the file, and how many bytes go where."""

    end: int
    kinds: Counter[str]
    """By tensor type."""
    places: Counter[str]
    """By the first part of the name: `blk.7`, `token_embd`, `output`."""


def walk_tensors(cursor: Cursor, count: int, alignment: int) -> Tensors:
    """Check every tensor's place and size."""
    if not (0 < alignment <= 2**20 and alignment & (alignment - 1) == 0):
        raise Damaged(f"its alignment is {alignment}")
    cursor.need(count, 32)
    last = 0
    kinds: Counter[str] = Counter()
    places: Counter[str] = Counter()
    for _ in range(count):
        name = cursor.text(MAX_KEY_BYTES) or ""
        dimensions = cursor.u32()
        if not 1 <= dimensions <= 4:
            raise Damaged(f"a tensor has {dimensions} dimensions")
        elements = 1
        for _ in range(dimensions):
            elements *= cursor.u64()
        kind, offset = cursor.u32(), cursor.u64()
        if not 0 < elements <= MAX_ELEMENTS or offset > MAX_ELEMENTS * 8:
            raise Damaged("a tensor has an impossible size")
        # A type newer than this table: its start at least has to lie inside the file.
        title, block, width = TENSOR_TYPES.get(kind, (f"type {kind}", 1, 0))
        nbytes = elements // block * width
        kinds[title] += nbytes
        places[".".join(name.split(".")[: 2 if name.startswith("blk.") else 1])[:32]] += nbytes
        last = max(last, offset + nbytes)
    return Tensors(-(-cursor.at // alignment) * alignment + last, kinds, places)

"""Values as JSON and back, also where a file name is no text. Knows nothing of what the values are.

A name that is not UTF-8 is held as Python holds it (PEP 383: an odd byte is a lone surrogate). JSON can say that as an
escape, `\\udcff`; msgspec refuses to, so such a value goes the slow way round by the standard library. Everything else
is msgspec's alone, which is ten times as fast.
"""

from __future__ import annotations

import json
import re
from typing import TypeVar

import msgspec

T = TypeVar("T")

_ODD = re.compile("[\ud800-\udfff]")


def encode(value: object) -> bytes:
    """JSON in UTF-8 of any plain value. Raises TypeError for one that is none."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(value), separators=(",", ":")).encode()


def decode(data: bytes | str, shape: type[T]) -> T:
    """The value of type `shape` in JSON `data`. Raises `msgspec.DecodeError` when it does not fit."""
    try:
        return msgspec.json.decode(data, type=shape)
    except msgspec.DecodeError:
        if (b"\\u" if isinstance(data, bytes) else "\\u") not in data:  # type: ignore[operator]
            raise
        try:
            return msgspec.convert(json.loads(data), shape)
        except ValueError as e:
            raise msgspec.DecodeError(str(e)) from e


def text(odd: str) -> str:
    """`odd` with each byte that is no text as U+FFFD, for whatever takes text only."""
    return odd if odd.isascii() else _ODD.sub("\ufffd", odd)

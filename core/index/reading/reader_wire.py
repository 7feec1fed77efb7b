"""What the engine and its reader process say to each other, over a pair of pipes.

Knows neither end. A request is its head, then the file's bytes in pieces, then an empty message; the answer is one
message, or two when a picture of a page was asked for. The engine opens the file and sends what is in it, so that the
reader needs no right to open anything, the same on every system, and the hash is the engine's own. Costs 0.3 ms a file
and 1.5 ms a megabyte; handing over the open file would save the latter, which parsing dwarfs, and works on Unix only.
"""

from __future__ import annotations

from typing import BinaryIO

import msgspec

from core.types import Document

PIECE = 1 << 20
"""Bytes of a file in one message."""
LARGEST = 150_000_000
"""Bytes in one message: 20 million characters stay below it however JSON has to write them."""


class Request(msgspec.Struct):
    """`name` as the system's own bytes, so that names that are no UTF-8 work (JSON carries them as base64); its
    ending tells the format. The file's folder is none of the reader's business."""

    name: bytes
    password: str | None
    encoding: str = ""
    page: int = 0
    """Not 0: draw this page of a PDF instead; the answer is followed by a second message, the picture."""


class Reply(msgspec.Struct):
    """`retire`: the reader ends after this answer, since what it met may have left it in a bad state."""

    document: Document
    retire: bool = False


class TooLarge(ValueError):
    """A message larger than any that is meant."""


def send(pipe: BinaryIO, data: bytes) -> None:
    """One message: eight bytes of length, big-endian, then the bytes."""
    pipe.write(len(data).to_bytes(8, "big"))
    pipe.write(data)


def receive(pipe: BinaryIO) -> bytes | None:
    """The next message, or None when the other end has closed. Raises ValueError for one cut short, TooLarge."""
    head = pipe.read(8)
    if not head:
        return None
    size = int.from_bytes(head, "big")
    if len(head) < 8:
        raise ValueError("a message cut short")
    if size > LARGEST:
        raise TooLarge
    data = pipe.read(size)
    if len(data) < size:
        raise ValueError("a message cut short")
    return data

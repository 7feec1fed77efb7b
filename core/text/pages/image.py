"""Pictures: known, but what is in them is for text recognition to say (core/index/recognising/recogniser.py).

Knows how many frames a picture has and nothing of what is on them.
"""

from __future__ import annotations

import struct

from core.text.unreadable import Unreadable, damaged
from core.types import Document

MOST_FRAMES = 500
_STARTS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
REASON = "It is a picture; text in it is read only where text recognition is on."


def read(data: bytes, password: str | None = None) -> Document:
    """Always unsupported, with the frames that may hold text."""
    if data[4:8] == b"ftyp":
        reason = "Text recognition cannot open this kind of picture; save it as JPEG or PNG."
        raise Unreadable("unsupported", reason)
    if not data.startswith(_STARTS) and not (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        raise damaged("a picture viewer")
    frames = _tiff_frames(data) if data[:2] in (b"II", b"MM") else 1
    return Document("unsupported", "image", REASON, pages=frames, scanned=tuple(range(1, frames + 1)))


def _tiff_frames(data: bytes) -> int:
    """TIFF 6.0, section 2: directories in a chain; those of BigTIFF count as one."""
    order = "<" if data[:2] == b"II" else ">"
    frames, at, seen = 0, struct.unpack_from(f"{order}I", data.ljust(8, b"\0"), 4)[0], set[int]()
    while at and at not in seen and at + 2 <= len(data) and frames < MOST_FRAMES and data[2:4] in (b"*\0", b"\0*"):
        seen.add(at)
        frames += 1
        after = at + 2 + 12 * int(struct.unpack_from(f"{order}H", data, at)[0])
        at = struct.unpack_from(f"{order}I", data, after)[0] if after + 4 <= len(data) else 0
    return max(frames, 1)

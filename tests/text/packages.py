"""Small real files of formats that no library here writes: zip packages and compound files (OLE2)."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest

from core.text import read
from core.types import Document

_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
TORTURE = Path(__file__).resolve().parents[3] / "shared" / "data" / "torture"


def torture(name: str, password: str | None = None) -> Document:
    """One of the collected difficult files, read; skips where the collection is absent."""
    path = TORTURE / name
    if not path.is_file():
        pytest.skip("the collection of difficult files (../shared/data/torture) is not beside the project")
    return read(path, path.read_bytes(), password)


def package(members: dict[str, str | bytes]) -> bytes:
    """A zip of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in members.items():
            zipped.writestr(name, data)
    return out.getvalue()


def compound(streams: dict[str, bytes]) -> bytes:
    """An OLE2 file of these streams; "Storage/Stream" lies in a storage. Streams are filled up to 4,096 bytes, so that
    none goes to the mini stream ([MS-CFB])."""
    streams = {name: data.ljust(4096, b"\0") for name, data in streams.items()}
    sectors: list[bytes] = []
    chains: list[list[int]] = []
    starts: dict[str, int] = {}
    for name, data in streams.items():
        parts = [data[at : at + 512].ljust(512, b"\0") for at in range(0, len(data), 512)]
        starts[name] = len(sectors)
        chains.append(list(range(len(sectors), len(sectors) + len(parts))))
        sectors += parts
    directory = _directory(streams, starts)
    first = len(sectors)
    parts = [directory[at : at + 512] for at in range(0, len(directory), 512)]
    chains.append(list(range(first, first + len(parts))))
    sectors += parts
    count = 1
    while count * 128 < len(sectors) + count:
        count += 1
    table = [_FREE] * (count * 128)
    for chain in chains:
        for here, after in zip(chain, [*chain[1:], _END], strict=True):
            table[here] = after
    places = range(len(sectors), len(sectors) + count)
    for place in places:
        table[place] = _FAT
    packed = struct.pack(f"<{len(table)}I", *table)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, count, first, 0, 4096, _END, 0, _END, 0)
    head += struct.pack("<109I", *[*places, *[_FREE] * (109 - count)])
    return head + b"".join(sectors) + packed


def _directory(streams: dict[str, bytes], starts: dict[str, int]) -> bytes:
    names: list[str] = [""]
    for name in streams:
        folder, _, _ = name.rpartition("/")
        for entry in (folder, name):
            if entry not in names:
                names.append(entry)
    entries = []
    for number, name in enumerate(names):
        parent = name.rpartition("/")[0]
        siblings = [n for n, other in enumerate(names) if n and number and other.rpartition("/")[0] == parent]
        after = next((n for n in siblings if n > number), _FREE)
        children = [n for n, other in enumerate(names) if n and other.rpartition("/")[0] == name and other != name]
        kind = 5 if not number else 2 if name in streams else 1
        label = (name.rpartition("/")[2] or "Root Entry").encode("utf-16-le")
        entries.append(
            label.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(label) + 2, kind, 1, _FREE, after, children[0] if children else _FREE)
            + bytes(36)
            + struct.pack("<IQ", starts.get(name, _END), len(streams.get(name, b"")))
        )
    while len(entries) % 4:
        entries.append(bytes(64) + struct.pack("<HBBIII", 0, 0, 0, _FREE, _FREE, _FREE) + bytes(48))
    return b"".join(entries)


def outcome(document: Document) -> str:
    """The outcome, sure that one which is not ok says why, in one sentence and not in a programmer's words."""
    assert document.outcome == "ok" or document.reason.endswith(".")
    assert "Error" not in document.reason
    return document.outcome


def texts(document: Document) -> list[str]:
    """The text of each block."""
    return [block.text for block in document.blocks]


def headings(document: Document) -> list[str | None]:
    """The place of each block, as far as it is a heading path."""
    return [block.location.heading for block in document.blocks]

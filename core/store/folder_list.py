"""The watched folders as a small file beside library.db, which may have to be made anew.

Everything else in library.db comes from the folders themselves; which folders a person chose does not.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

NAME = "folders.json"


def write(data: Path, folders: Sequence[tuple[str, str]]) -> None:
    """Keep (path, collection) of each watched folder. Raises OSError."""
    file = data / NAME
    aside = file.with_suffix(".tmp")
    aside.write_bytes(msgspec.json.encode([(os.fsencode(path), collection) for path, collection in folders]))
    aside.replace(file)


def read(data: Path) -> list[tuple[str, str]]:
    """What `write` kept; nothing when there is no such file or it makes no sense."""
    try:
        rows = msgspec.json.decode((data / NAME).read_bytes(), type=list[tuple[bytes, str]])
    except (OSError, msgspec.DecodeError):
        return []
    return [(os.fsdecode(path), collection) for path, collection in rows]

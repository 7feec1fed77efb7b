"""The watched folders as a small file beside library.db, which may have to be made anew.

Everything else in library.db comes from the folders themselves; which folders a person chose, and how they are to be
read, does not.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from core import whole

NAME = "folders.json"


class Listed(msgspec.Struct, array_like=True, frozen=True):
    """A folder as kept: an array, to which later versions append. `place` is its path in the system's own bytes."""

    place: bytes
    collection: str
    encoding: str = ""
    ocr: bool = False

    @property
    def path(self) -> str:
        """The path as the rest of Moa has it."""
        return os.fsdecode(self.place)


def write(data: Path, folders: Sequence[Listed]) -> None:
    """Keep the watched folders. Raises `errors.SetupProblem`."""
    whole.write(data / NAME, msgspec.json.encode(folders))


def read(data: Path) -> list[Listed]:
    """What `write` kept; nothing when there is no such file or it makes no sense."""
    try:
        return msgspec.json.decode((data / NAME).read_bytes(), type=list[Listed])
    except (OSError, msgspec.DecodeError):
        return []

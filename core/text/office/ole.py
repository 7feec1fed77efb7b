"""Compound files (OLE2), the container of HWP 5, Outlook messages and the Office of before 2007.

Knows nothing of what their streams mean. Read by olefile (BSD, no dependencies): [MS-CFB].
"""

from __future__ import annotations

import io
from types import TracebackType
from typing import Any

from core.text.unreadable import damaged

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAX_STREAM = 200_000_000


class Compound:
    """An opened compound file. Raises Unreadable when it is damaged."""

    def __init__(self, data: bytes) -> None:
        import olefile

        try:
            # Defects that leave the streams readable are no reason to give up.
            self._file: Any = olefile.OleFileIO(io.BytesIO(data), raise_defects=olefile.DEFECT_FATAL)
            self.names: tuple[str, ...] = tuple("/".join(entry) for entry in self._file.listdir())
        except Exception as problem:  # damaged tables raise anything, from struct.error to IndexError
            raise damaged("the program that made it") from problem

    def __enter__(self) -> Compound:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def read(self, name: str) -> bytes:
        """A stream's bytes; none when it is missing or its chain is broken."""
        if name not in self.names:
            return b""
        try:
            data: bytes = self._file.openstream(name.split("/")).read(_MAX_STREAM)
        except Exception:  # one damaged stream costs that stream
            return b""
        return data

    def properties(self, name: str) -> dict[int, object]:
        """A property set by property number ([MS-OLEPS]); none when it cannot be read."""
        try:
            found: dict[int, object] = self._file.getproperties(name.split("/")) if name in self.names else {}
        except Exception:  # only a title hangs on it
            return {}
        return found

"""Zip packages (office documents, books) read within bounds, in memory.

Knows nothing of what the members mean. Nothing is ever written to disk, so a member's path is only a name; archives
inside archives are not opened. Sizes are counted while a member is unpacked: what its header says is not trusted.
The bounds are several times what the largest ordinary documents need.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib

from core.text.unreadable import damaged, locked, trap

MAX_MEMBERS = 2_000
MAX_BYTES = 200_000_000
MAX_RATIO = 100
_SMALL = 10_000_000
"""Bytes below which a ratio says nothing: a short file of blanks packs a thousandfold."""
_STEP = 1 << 16


class Archive:
    """A zip package. Raises Unreadable when it is damaged, encrypted, or larger than the bounds."""

    def __init__(self, data: bytes) -> None:
        self._room = min(MAX_BYTES, max(_SMALL, MAX_RATIO * len(data)))
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as problem:
            raise damaged("the program that made it") from problem
        members = self._zip.infolist()
        if len(members) > MAX_MEMBERS:
            raise trap(f"holds {len(members):,} parts")
        self.names = tuple(member.filename for member in members)
        self._known = frozenset(self.names)

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def read(self, name: str) -> bytes:
        """A member's bytes; none when it is missing. All members together are bounded."""
        if name not in self._known:
            return b""
        parts: list[bytes] = []
        try:
            with self._zip.open(name) as member:
                while part := member.read(_STEP):
                    self._room -= len(part)
                    if self._room < 0:
                        raise trap("unpacks to a very large size")
                    parts.append(part)
        except RuntimeError as problem:  # NotImplementedError too: a kind of compression zipfile does not know
            if isinstance(problem, NotImplementedError):
                raise damaged("the program that made it") from problem
            raise locked(None) from problem
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as problem:
            if not parts:
                raise damaged("the program that made it") from problem
        return b"".join(parts)

    def matching(self, prefix: str, suffix: str) -> list[str]:
        """Names like prefix…suffix, in the order of the numbers in them."""
        found = [name for name in self.names if name.startswith(prefix) and name.endswith(suffix)]
        return sorted(found, key=lambda name: (int("".join(filter(str.isdecimal, name)) or 0), name))


def resolve(base: str, target: str) -> str:
    """A member's name from a link in the member `base`."""
    joined = target if target.startswith("/") else posixpath.join(posixpath.dirname(base), target)
    return posixpath.normpath(joined).lstrip("/")

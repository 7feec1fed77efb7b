"""The passwords a person gave since the engine started, for other locked files too.

Knows no file. Kept in this process's memory only and never written or logged; what was read with one is kept like any
other text. People lock many files with one password, so each is tried on every locked file that is read.
"""

from __future__ import annotations

from collections.abc import Iterator

MOST = 8
"""Each costs up to a third of a second on a locked file: its format makes guessing slow on purpose."""


class Passwords:
    """Iterates over them, the latest first."""

    def __init__(self) -> None:
        self._known: list[str] = []

    def __repr__(self) -> str:
        return f"<{len(self._known)} passwords>"

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._known))

    def remember(self, password: str) -> bool:
        """This one opened a file. True when it is a new one."""
        new = password not in self._known
        self._known = [password, *(p for p in self._known if p != password)][:MOST]
        return new

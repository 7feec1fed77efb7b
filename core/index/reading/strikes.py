"""Readers that learn: a file whose content stopped its reader three times is left alone.

Knows nothing of what a reader is kept from (readers.py, sandbox.py). A crash may be the machine's fault, short of
memory for a moment, so the file is tried again at the next two starts; then no more, since one that hangs costs up to
a minute each time. An edit, or new readers, wipes the slate; a copy or a rename does not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from core.files.digest import digest
from core.index.reading.readers import Readers, Reading
from core.store.database import Database
from core.store.strikes import Strike, Strikes
from core.text import kind_of
from core.types import Document

LIMIT = 3


class CarefulReaders:
    """`Readers` with a memory in library.db; `recipe` names the readers. For one thread."""

    def __init__(self, readers: Readers, database: Database, recipe: str) -> None:
        self._readers = readers
        self.patience = readers.patience
        self._strikes = Strikes(database)
        self._recipe = recipe
        self._known = self._strikes.all()

    def retry(self) -> int:
        """At start: let the files that have strikes left, or strikes of other readers, wait to be read again. Returns
        how many."""
        again = self._strikes.retry(LIMIT, self._recipe)
        self._known = self._strikes.all()
        return again

    def pardon(self, contents: Iterable[str]) -> None:
        """Forget the strikes of these contents (SHA-256): a person wants them tried again."""
        for sha256 in contents:
            if self._known.pop(sha256, None):
                self._strikes.forget(sha256)

    def read(self, path: Path, password: str | None = None, encoding: str = "") -> Reading:
        """As `Readers.read`; a file with three strikes is answered for without being read."""
        struck = self._struck(path)
        if struck:
            return struck
        reading = self._readers.read(path, password, encoding)
        known = self._known.get(reading.sha256)
        if not reading.fault:
            if known:
                self._strikes.forget(reading.sha256)
                del self._known[reading.sha256]
            return reading
        strike = Strike(reading.sha256, reading.size, known.count + 1 if known else 1, reading.document.reason)
        self._strikes.put(strike, self._recipe)
        self._known[strike.sha256] = strike
        return replace(reading, document=_left_alone(path, strike)) if strike.count >= LIMIT else reading

    def draw(self, path: Path, page: int, password: str | None = None) -> Reading:
        """As `Readers.draw`."""
        return self._readers.draw(path, page, password)

    def _struck(self, path: Path) -> Reading | None:
        """The answer for a file that is left alone. Only a file of the same size is hashed to find out."""
        given_up = {s.size for s in self._known.values() if s.count >= LIMIT}
        try:
            if not given_up or self.patience.call(str(path), lambda _: path.stat().st_size) not in given_up:
                return None
            now = digest(str(path), self.patience)
        except OSError:
            return None  # the readers say it in words
        strike = self._known.get(now.sha256) if now else None
        if now is None or strike is None or strike.count < LIMIT:
            return None
        return Reading(_left_alone(path, strike), strike.sha256, now.size, now.mtime_ns, fault=True)


def _left_alone(path: Path, strike: Strike) -> Document:
    reason = f"{strike.reason} That happened {LIMIT} times, so it is left alone until it changes."
    return Document("failed", kind_of(path) or "", reason=reason)

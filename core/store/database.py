"""One SQLite file: opened, migrated, written by one at a time, read by many.

Knows no table of its own. Foreign exceptions become `core.errors` here and nowhere else.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from core import errors

BUSY_MS = 10_000


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """Translate SQLite's exceptions: a full disk, a damaged file, anything else about this set-up."""
    try:
        yield
    except sqlite3.DatabaseError as e:
        text = str(e)
        if "disk is full" in text or "disk I/O" in text:
            raise errors.NoSpace(
                f"There is no space left to write {path.name}.", f"Free some space where {path.parent} lies."
            ) from e
        if "readonly" in text:
            raise errors.SetupProblem(
                f"{path.name} cannot be written.", f"Give yourself the right to write in {path.parent}."
            ) from e
        if "malformed" in text or "not a database" in text:
            raise errors.SetupProblem(
                f"{path.name} is damaged.",
                f"Stop Moa and move {path} away; what was indexed is read again at the next start.",
            ) from e
        raise errors.SetupProblem(f"{path.name} could not be used ({text}).", "Start Moa again.") from e


class Database:
    """`migrations` are SQL scripts, appended to and never edited; the file's `user_version` counts those done.

    Raises `errors.DataFolderNewer` for a file with more migrations than these, `errors.SetupProblem` and
    `errors.NoSpace` for what the disk does.
    """

    def __init__(self, path: Path, migrations: Sequence[str]) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._local = threading.local()
        self._readers: list[sqlite3.Connection] = []
        with _in_words(path):
            self._writer = self._connect()
            self._writer.execute("PRAGMA journal_mode=WAL")
            self._migrate(migrations)

    def _connect(self) -> sqlite3.Connection:
        c = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        c.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        # NORMAL with WAL: a power cut may lose the last transactions, never the file; scans find them again.
        c.execute("PRAGMA synchronous=NORMAL")
        c.execute("PRAGMA foreign_keys=ON")
        return c

    def _migrate(self, migrations: Sequence[str]) -> None:
        done = int(self._writer.execute("PRAGMA user_version").fetchone()[0])
        if done > len(migrations):
            raise errors.DataFolderNewer(
                f"{self.path} was written by a newer version of Moa.", "Update Moa, or choose another data folder."
            )
        for number, script in enumerate(migrations[done:], start=done + 1):
            with self.write() as c:
                for statement in filter(str.strip, script.split(";\n")):
                    c.execute(statement)
                c.execute(f"PRAGMA user_version={number}")

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction, alone: committed at the end, rolled back when the block raises."""
        with self._lock, _in_words(self.path):
            nested = self._writer.in_transaction
            if not nested:
                self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
            except BaseException:
                if not nested:
                    self._writer.execute("ROLLBACK")
                raise
            if not nested:
                self._writer.execute("COMMIT")

    def read(self, sql: str, values: Sequence[object] | dict[str, object] = ()) -> list[tuple[object, ...]]:
        """All rows of a query, on this thread's own connection; never waits for the writer."""
        with _in_words(self.path):
            c: sqlite3.Connection | None = getattr(self._local, "connection", None)
            if c is None:
                c = self._local.connection = self._connect()
                c.execute("PRAGMA query_only=ON")
                with self._lock:
                    self._readers.append(c)
            return c.execute(sql, values).fetchall()

    def close(self) -> None:
        """Close every connection; the last one folds the write-ahead log back into the file."""
        with self._lock:
            for c in [*self._readers, self._writer]:
                c.close()
            self._readers.clear()

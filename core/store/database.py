"""One SQLite file: opened, migrated, written by one at a time, read by many.

Knows no table of its own. Foreign exceptions become `core.errors` here and nowhere else.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import errors

if TYPE_CHECKING:
    from numpy.typing import NDArray

BUSY_MS = 10_000

log = logging.getLogger(__name__)


class Outdated(errors.SetupProblem):
    """The file cannot be read as it lies: it must be brought up to date first, and may not be written."""


class Damaged(errors.SetupProblem):
    """The file is no sound database."""


def damage_marker(path: Path) -> Path:
    """The file that remembers, until the next start, that `path` was found damaged."""
    return path.with_suffix(".damaged")


@contextmanager
def _in_words(path: Path, rebuilt: bool) -> Iterator[None]:
    """Translate SQLite's exceptions: a full disk, a damaged file, anything else about this set-up."""
    try:
        yield
    except sqlite3.DatabaseError as e:
        text = str(e)
        if "disk is full" in text or "disk I/O" in text:
            raise errors.NoSpace(
                f"There is no space left to write {path.name}.", f"Free some space where {path.parent} lies."
            ) from e
        if "readonly" in text or "unable to open" in text:
            raise errors.SetupProblem(
                f"{path.name} cannot be written.", f"Give yourself the right to write in {path.parent}."
            ) from e
        if any(words in text for words in ("malformed", "not a database", "Could not decode")):
            raise _damaged(path, rebuilt) from e
        raise errors.SetupProblem(f"{path.name} could not be used ({text}).", "Start Moa again.") from e


def _damaged(path: Path, rebuilt: bool) -> Damaged:
    if not rebuilt:
        return Damaged(
            f"{path.name} is damaged.", "Stop and start Moa: its latest copy takes its place, and the file is kept."
        )
    try:
        damage_marker(path).touch()
    except OSError:
        log.warning("no marker beside %s: the disk cannot be written", path)
    return Damaged(f"{path.name} is damaged.", "Stop and start Moa: it is made anew from your files.")


def only_read() -> errors.OnlyRead:
    """What whoever wants to change something is told when the data folder can only be read."""
    return errors.OnlyRead(
        "Moa's data folder can only be read, so nothing was changed.",
        "Give yourself the right to write there, or free some space if its disk is full; then stop and start Moa.",
    )


class Database:
    """`migrations` are SQL scripts, appended to and never edited; the file's `user_version` counts those done.
    `rebuilt`: the file may be made anew when it is damaged. `before_migration` is called with the present version.
    `frozen`: nothing in or beside the file is written, and `write` raises `errors.OnlyRead`.

    Raises `errors.DataFolderNewer` for a file with more migrations than these, `Outdated` for a frozen one with fewer
    or without its shared memory, `errors.SetupProblem` and `errors.NoSpace` for what the disk does.
    """

    def __init__(
        self, path: Path, migrations: Sequence[str], rebuilt: bool = False,
        before_migration: Callable[[Database, int], None] = lambda database, version: None, frozen: bool = False,
    ) -> None:  # fmt: skip
        self.path = path
        self.frozen = frozen
        self._rebuilt = rebuilt
        self._lock = threading.RLock()
        self._local = threading.local()
        self._changing: set[str] = set()
        self._versions: dict[str, int] = {}
        self._connections: list[sqlite3.Connection] = []
        with self._in_words():
            if frozen:
                self._open_frozen(len(migrations))
                return
            self._writer = self._connect()
            self._writer.execute("PRAGMA journal_mode=WAL")
            self._migrate(migrations, before_migration)

    def _in_words(self) -> AbstractContextManager[None]:
        return _in_words(self.path, self._rebuilt)

    def _connect(self) -> sqlite3.Connection:
        place = os.fspath(self.path)
        if self.frozen:
            log = self.path.with_name(self.path.name + "-wal")
            logged = log.exists() and log.stat().st_size
            place = f"{self.path.absolute().as_uri()}?{'mode=ro' if logged else 'immutable=1'}"
        c = sqlite3.connect(place, isolation_level=None, check_same_thread=False, uri=self.frozen)
        with self._lock:
            self._connections.append(c)
        if not self._rebuilt:
            # What cannot be made anew is shown as far as it can be read.
            c.text_factory = partial(str, encoding="utf-8", errors="replace")
        c.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        # NORMAL with WAL: a power cut may lose the last transactions, never the file; scans find them again.
        c.execute("PRAGMA synchronous=NORMAL")
        c.execute("PRAGMA foreign_keys=ON")
        return c

    def _version(self, known: int) -> int:
        done = int(self._writer.execute("PRAGMA user_version").fetchone()[0])
        if done > known:
            raise errors.DataFolderNewer(
                f"{self.path} was written by a newer version of Moa.", "Update Moa, or choose another data folder."
            )
        return done

    def _open_frozen(self, known: int) -> None:
        current = False
        try:
            self._writer = self._connect()
            current = self._version(known) == known
        except sqlite3.OperationalError as e:
            if "unable to open" not in str(e):
                raise
        if not current:
            self.close()
            raise Outdated(f"{self.path.name} has to be brought up to date.", "Have its folder written again.")

    def _migrate(self, migrations: Sequence[str], before: Callable[[Database, int], None]) -> None:
        done = self._version(len(migrations))
        if 0 < done < len(migrations):
            before(self, done)
        for number, script in enumerate(migrations[done:], start=done + 1):
            with self.write() as c:
                for statement in filter(str.strip, script.split(";\n")):
                    c.execute(statement)
                c.execute(f"PRAGMA user_version={number}")

    @contextmanager
    def write(self, changing: str = "") -> Iterator[sqlite3.Connection]:
        """One transaction, alone: committed at the end, rolled back when the block raises. `changing` names what
        readers remember of it (`version_of`)."""
        if self.frozen:
            raise only_read()
        with self._lock, self._in_words():
            nested = self._writer.in_transaction
            if not nested:
                self._writer.execute("BEGIN IMMEDIATE")
                self._changing.clear()
            if changing:
                self._changing.add(changing)
            try:
                yield self._writer
                if not nested:
                    self._writer.execute("COMMIT")
            except BaseException:  # raised again: whatever ends the block, half a transaction must not stay open
                # SQLite rolls back by itself where the disk is full, but not always.
                if not nested and self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise
            if not nested:
                for what in self._changing:
                    self._versions[what] = self._versions.get(what, 0) + 1

    def version_of(self, what: str) -> int:
        """Another number after each transaction that changed `what`: who asks before reading, and remembers under it
        what was read, never takes the old for the new."""
        return self._versions.get(what, 0)

    def read(self, sql: str, values: Sequence[object] | dict[str, object] = ()) -> list[tuple[object, ...]]:
        """All rows of a query, on this thread's own connection; never waits for the writer."""
        with self._in_words():
            return self._reader().execute(sql, values).fetchall()

    def read_array(self, sql: str, values: Sequence[object], kinds: Sequence[tuple[str, type]]) -> NDArray[Any]:
        """As `read`, into an array with a field for each column. Many rows at once are thousands of tuples, at which
        Python's collector walks through everything there is; here each is gone before the next one comes."""
        import numpy as np

        with self._in_words():
            return np.fromiter(self._reader().execute(sql, values), np.dtype(list(kinds)))

    def _reader(self) -> sqlite3.Connection:
        c: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if c is None:
            c = self._local.connection = self._connect()
            c.execute("PRAGMA query_only=ON")
        return c

    def copy_to(self, target: Path) -> None:
        """Write a whole copy of the file to `target`, which must not exist."""
        with self._in_words():
            copy = sqlite3.connect(target)
            try:
                with self._lock:
                    self._writer.backup(copy)
            finally:
                copy.close()

    def intact(self, limit_s: float) -> bool:
        """Whether SQLite finds no damage within `limit_s` seconds."""
        until = time.monotonic() + limit_s
        with self._lock:
            self._writer.set_progress_handler(lambda: time.monotonic() > until, 10_000)
            try:
                return bool(self._writer.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
            except sqlite3.OperationalError as e:
                return "interrupted" in str(e)
            except sqlite3.DatabaseError:
                return False
            finally:
                self._writer.set_progress_handler(None, 0)

    def close(self) -> None:
        """Close every connection; the last one folds the write-ahead log back into the file."""
        with self._lock:
            # The writer last: it folds the log back.
            for c in reversed(self._connections):
                c.close()
            self._connections.clear()

from pathlib import Path

import pytest

from core import errors
from core.store.database import Database

ONE = ("CREATE TABLE t(a INTEGER);\n",)


def test_migrations_run_once_and_in_order(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    first = Database(path, ONE)
    with first.write() as c:
        c.execute("INSERT INTO t VALUES(1)")
    first.close()
    second = Database(path, (*ONE, "ALTER TABLE t ADD COLUMN b INTEGER DEFAULT 7;\n"))
    assert second.read("SELECT a, b FROM t") == [(1, 7)]
    second.close()


def test_a_newer_file_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    Database(path, (*ONE, "CREATE TABLE u(a);\n")).close()
    with pytest.raises(errors.DataFolderNewer, match="newer version"):
        Database(path, ONE)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    path.write_bytes(b"this is not a database at all" * 100)
    with pytest.raises(errors.SetupProblem, match=r"library\.db is damaged.*made anew"):
        Database(path, ONE, rebuilt=True)
    with pytest.raises(errors.SetupProblem, match=r"library\.db is damaged.*latest copy"):
        Database(path, ONE)


def test_a_block_that_raises_changes_nothing(tmp_path: Path) -> None:
    database = Database(tmp_path / "x.db", ONE)
    with pytest.raises(ZeroDivisionError), database.write() as c:
        c.execute("INSERT INTO t VALUES(1)")
        raise ZeroDivisionError
    with database.write() as c, database.write():
        c.execute("INSERT INTO t VALUES(2)")
    assert database.read("SELECT a FROM t") == [(2,)]
    database.close()

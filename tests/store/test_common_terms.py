from pathlib import Path

import pytest

from core.store import common_terms, schema
from core.store.common_terms import CommonTerms
from core.store.database import Database


@pytest.fixture
def library(tmp_path: Path) -> Database:
    """100 chunks: every one says `note`, every third `plan`, one each its number."""
    database = Database(tmp_path / "library.db", schema.LIBRARY, rebuilt=True)
    with database.write() as c:
        c.execute("INSERT INTO folder(path, state, collection, added) VALUES(x'2f', 'watched', '', 0)")
        c.execute("INSERT INTO file(folder, path, state, size, mtime_ns, inode) VALUES(1, x'2f61', 'indexed', 1, 1, 1)")
        for n in range(100):
            body = f"note word{n}" + (" plans" if n % 3 == 0 else "") + (" 예산" if n < 30 else "")
            c.execute("INSERT INTO chunk(file, ordinal, text, hash, pending) VALUES(1, ?, ?, x'00', 0)", (n, body))
            c.execute("INSERT INTO chunk_terms(rowid, body) VALUES(last_insert_rowid(), ?)", (body,))
    return database


def test_a_small_library_searches_for_everything(library: Database) -> None:
    asked = ("note", "plan", "word1", "word2", "word3")
    assert CommonTerms(library).left_out(asked) == asked


def test_a_large_library_leaves_common_terms_out_but_never_all(
    library: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(common_terms, "LARGE", 50)
    common = CommonTerms(library)
    assert common.left_out(("word1", "note", "plan", "word2", "예산", "word3")) == ("word1", "word2", "word3")
    # The three rarest stay, however common; the order of the question is kept.
    assert common.left_out(("note", "word1", "plan", "예산")) == ("word1", "plan", "예산")
    assert common.left_out(("note", "plan")) == ("note", "plan")


def test_counts_are_taken_anew_when_the_library_has_grown(library: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(common_terms, "LARGE", 50)
    common = CommonTerms(library)
    asked = ("word1", "word2", "word3", "fresh")
    assert common.left_out(asked) == asked
    with library.write() as c:
        for n in range(100, 200):
            c.execute("INSERT INTO chunk(file, ordinal, text, hash, pending) VALUES(1, ?, '', x'00', 0)", (n,))
            c.execute("INSERT INTO chunk_terms(rowid, body) VALUES(last_insert_rowid(), 'fresh')")
    assert common.left_out(asked) == asked[:3]

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.index.terms import indexed, match_any
from core.store import schema, term_scores
from core.store.catalogue import Catalogue, Stat
from core.store.database import Database
from core.store.passages import Passages, Terms
from core.store.scope import EVERYTHING
from core.store.sightings import Sightings
from core.types import Chunk, Location

WORDS = ["boats", "harbour", "storm", "insurance", "보험", "항구", "2024", "tides"]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "library.db", schema.LIBRARY)
    yield database
    database.close()


def put(database: Database, name: str, *texts: str) -> int:
    catalogue = Catalogue(database)
    folders = catalogue.folders()
    folder = folders[0] if folders else catalogue.add_folder("/notes", "notes")
    Sightings(database).note(folder.id, [Stat(f"/notes/{name}", 1, 1, 1)])
    file = catalogue.file(f"/notes/{name}")
    assert file is not None
    chunks = [Chunk(n, t, Location(line_from=n), t) for n, t in enumerate(texts)]
    terms = Terms(indexed(name), ("",) * len(texts), tuple(map(indexed, texts)))
    Passages(database).replace(file.id, Stat(file.path, 2, 2, 2), "s", "text", name, "r", chunks, terms, "e")
    return file.id


def fill(database: Database) -> None:
    for n in range(60):
        texts = [" ".join(WORDS[(n * k + j * j) % len(WORDS)] for j in range(1 + (n + k) % 9)) for k in range(1, 4)]
        put(database, f"note {n}", *texts)


def test_the_sums_are_what_fts5_says_of_the_whole_question(database: Database) -> None:
    fill(database)
    passages = Passages(database)
    questions = [("boats",), ("boats", "storm"), tuple(WORDS), ("항구", "tides", "missing"), ("missing",)]
    for _ in range(2):  # the second time from memory
        for question in questions:
            for limit in (7, 1000):
                expression = match_any(question)
                true = passages.match_chunks(expression, limit, EVERYTHING)
                assert passages.best_chunks(question, limit) == true
                files = passages.match_files(expression, limit, EVERYTHING)
                assert dict(passages.file_scores.best(question, limit)) == pytest.approx(files, abs=0)


def test_what_is_written_counts_at_once(database: Database) -> None:
    fill(database)
    passages = Passages(database)
    before = passages.best_chunks(["storm"], 1000)
    count = passages.file_count()
    file = put(database, "gale", "storm storm storm")
    assert file in {f for _, f, _ in passages.best_chunks(["storm"], 1000)}
    assert passages.file_count() == count + 1
    with pytest.raises(RuntimeError), database.write():
        passages.forget_files([file])
        assert file in {f for _, f, _ in passages.best_chunks(["storm"], 1000)}
        raise RuntimeError
    assert file in {f for _, f, _ in passages.best_chunks(["storm"], 1000)}
    with database.write():
        passages.forget_files([file])
        # Readers see it when it is committed, and then at once.
        assert file in {f for _, f, _ in passages.best_chunks(["storm"], 1000)}
    assert passages.best_chunks(["storm"], 1000) == before
    assert passages.file_count() == count


def test_what_is_remembered_stays_within_its_bound(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(term_scores, "MOST", 150)
    fill(database)
    passages = Passages(database)
    for word in WORDS * 2:
        passages.best_chunks([word], 10)
        scores = passages.chunk_scores
        assert scores._rows == sum(len(ids) for ids, _ in scores._known.values()) <= 150
    true = passages.match_chunks(match_any(WORDS), 50, EVERYTHING)
    assert passages.best_chunks(WORDS, 50) == true

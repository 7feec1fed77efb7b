import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.index.terms import indexed, match_any, terms
from core.store import schema
from core.store.catalogue import Catalogue, Stat
from core.store.database import Database
from core.store.passages import Passages, Terms, text_hash
from core.store.scope import EVERYTHING, Scope
from core.store.sightings import Sightings
from core.store.upkeep import sweep
from core.types import Chunk, Location

EMBEDDER = "test@1"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "library.db", schema.LIBRARY)
    yield database
    database.close()


def put(database: Database, path: str, *texts: str) -> tuple[int, tuple[int, tuple[int, ...]]]:
    """Store a file with one chunk a text, as the indexer would."""
    catalogue, passages = Catalogue(database), Passages(database)
    folders = catalogue.folders()
    folder = folders[0] if folders else catalogue.add_folder("/notes", "notes")
    if catalogue.file(path) is None:
        Sightings(database).note(folder.id, [Stat(path, 1, 1, 1)])
    file = catalogue.file(path)
    assert file is not None
    chunks = [Chunk(n, t, Location(line_from=n), f"title\n{t}") for n, t in enumerate(texts)]
    found = Terms(indexed("title"), tuple("" for _ in chunks), tuple(indexed(t) for t in texts))
    return file.id, passages.replace(file.id, Stat(path, 2, 2, 2), "sha", "text", "title", "r", chunks, found, EMBEDDER)


def finish(passages: Passages) -> int:
    pending = passages.pending(1000)
    passages.keep_vectors(EMBEDDER, {p.hash: b"v" * 4 for p in pending})
    passages.done(pending)
    return len(pending)


def ids(passages: Passages, word: str) -> list[int]:
    return [chunk for chunk, _, _ in passages.match_chunks(match_any(terms(word)), 10, EVERYTHING)]


def test_an_edit_embeds_only_what_changed(database: Database) -> None:
    passages = Passages(database)
    put(database, "/notes/a.md", "apple", "banana", "cherry")
    assert finish(passages) == 3
    _, (reused, gone) = put(database, "/notes/a.md", "apple", "blueberry", "cherry")
    assert (reused, gone) == (2, ())
    assert [p.embed_text for p in passages.pending(10)] == ["title\nblueberry"]
    assert ids(passages, "banana") == []
    assert len(ids(passages, "blueberry")) == 1


def test_a_copy_and_a_move_embed_nothing(database: Database) -> None:
    passages = Passages(database)
    put(database, "/notes/a.md", "apple", "banana")
    finish(passages)
    _, (reused, _) = put(database, "/notes/copy.md", "apple", "banana")
    assert reused == 2
    # They are pending until the vector index holds them, but nothing is left to embed.
    assert set(passages.vectors(EMBEDDER, [p.hash for p in passages.pending(10)])) == {
        text_hash("title\napple"),
        text_hash("title\nbanana"),
    }


def test_a_file_that_shrinks_reports_the_chunks_that_are_gone(database: Database) -> None:
    passages = Passages(database)
    file, _ = put(database, "/notes/a.md", "apple", "banana", "cherry")
    before = {p.id for p in passages.pending(10)}
    finish(passages)
    _, (_, gone) = put(database, "/notes/a.md", "cherry")
    assert len(gone) == 2 and set(gone) < before
    assert set(passages.forget_files([file])) == before - set(gone)
    assert ids(passages, "cherry") == [] and passages.counts() == (0, 0)


def test_a_text_edited_while_it_was_embedded_stays_pending(database: Database) -> None:
    passages = Passages(database)
    put(database, "/notes/a.md", "apple")
    stale = passages.pending(10)
    put(database, "/notes/a.md", "apricot")
    passages.keep_vectors(EMBEDDER, {stale[0].hash: b"v"})
    passages.done(stale)
    assert [p.embed_text for p in passages.pending(10)] == ["title\napricot"]


def test_vectors_outlive_their_text_until_they_are_swept(database: Database) -> None:
    passages = Passages(database)
    file, _ = put(database, "/notes/a.md", "apple")
    finish(passages)
    passages.forget_files([file])
    _, (reused, _) = put(database, "/elsewhere/a.md", "apple")
    assert reused == 1 and sweep(database) == 0
    put(database, "/elsewhere/a.md", "pear")
    assert sweep(database) == 1


def test_a_scope_is_a_folder_not_a_prefix(database: Database) -> None:
    passages = Passages(database)
    put(database, "/notes/일기/a.md", "apple")
    put(database, "/notes/일기장.md", "apple")
    found = passages.match_chunks(match_any(["apple"]), 10, Scope("/notes/일기"))
    assert [passages.stored([c])[c].path for c, _, _ in found] == ["/notes/일기/a.md"]
    assert len(passages.chunk_ids(Scope("/notes/일기장.md"))) == 1


def test_names_that_are_not_utf8_survive(database: Database) -> None:
    name = os.fsdecode(b"/notes/\xb0\xa1.md")
    put(database, name, "apple")
    assert [f.path for f in Catalogue(database).file_rows()] == [name]

"""What was embedded of a passage is told again from what is kept of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.chunks import split
from core.index.embedding.embedder import Embedder
from core.index.embedding.restore import embedded_text, restore
from core.store import schema
from core.store.catalogue import Catalogue, Stat
from core.store.database import Database
from core.store.passages import Passages, Terms, text_hash
from core.store.sightings import Sightings
from core.store.unembedded import Bare, Unembedded
from core.types import Block, Document, Location

LONG = "장기 요양 등급 판정을 위한 방문 조사 결과와 다음 달 일정에 대한 아주 긴 제목 " * 3


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder()


@pytest.mark.parametrize("title", ["Budget", "", LONG])
@pytest.mark.parametrize("heading", [None, "Budget", "Plans > Summer", f"{LONG} > {LONG} > 끝"])
def test_the_text_of_every_passage(embedder: Embedder, title: str, heading: str | None) -> None:
    blocks = tuple(Block(f"Sentence {n} about the sea. " * 12, Location(heading=heading)) for n in range(6))
    chunks = split(Document("ok", "text", title=title, blocks=blocks), embedder.count, embedder.limit - 2)
    assert len(chunks) > 1
    for chunk in chunks:
        # A file without a title of its own is listed under its name, which is not embedded.
        kept = Bare(1, text_hash(chunk.embed_text), chunk.text, heading or "", title or "file name", None)
        assert embedded_text(kept, embedder, embedder.limit - 2) == (chunk.embed_text, kept.hash)


def test_passages_without_their_vector_wait_for_it_again(embedder: Embedder, tmp_path: Path) -> None:
    database = Database(tmp_path / "library.db", schema.LIBRARY)
    catalogue, passages = Catalogue(database), Passages(database)
    folder = catalogue.add_folder("/notes", "notes")
    Sightings(database).note(folder.id, [Stat("/notes/a.md", 1, 1, 1)])
    [file] = catalogue.waiting(2)
    chunks = split(Document("ok", "text", title="Fruit", blocks=(Block("An apple.", Location()),)), embedder.count, 100)
    terms = Terms("fruit", ("",), ("apple",))
    passages.replace(file.id, Stat("/notes/a.md", 1, 1, 1), "s", "text", "Fruit", "r", chunks, terms, embedder.id)
    pending = passages.pending(5)
    passages.keep_vectors(embedder.id, {p.hash: b"v" for p in pending})
    passages.done(pending)
    assert restore(database, embedder.id, embedder, 100) == 0
    assert restore(database, "another@2", embedder, 100) == 1
    assert [p.embed_text for p in passages.pending(5)] == ["Fruit\nAn apple."] and catalogue.waiting(5) == ()
    assert Unembedded(database).texts("another@2") == (1, 1) and Unembedded(database).texts(embedder.id) == (0, 1)
    database.close()

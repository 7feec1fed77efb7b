"""The vector index of a library that outgrows exact search, as the engine makes and drops it."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from core.engine import Engine
from core.index.embedding import vectors as vectors_module
from core.paths import DataFolder


def test_the_vector_index_is_there_above_its_limit_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library that grows over it, is opened again, changes, and shrinks."""
    monkeypatch.setattr(vectors_module, "EXACT_LIMIT", 4)
    monkeypatch.setattr(vectors_module, "KEPT_ABOVE", 0.5)
    data, notes = DataFolder(tmp_path / "data"), tmp_path / "notes"
    notes.mkdir()

    def write(*numbers: int) -> None:
        for n in numbers:
            (notes / f"{n}.md").write_text(f"# Note {n}\n\nThe harbour master keeps lamp {n}.\n", encoding="utf-8")

    def until(true: Callable[[], bool]) -> None:
        end = time.monotonic() + 60
        while not true():
            assert time.monotonic() < end
            told.wait(1)
            told.clear()

    told = threading.Event()

    def start() -> Engine:
        engine = Engine(data)
        engine.start()
        engine.subscribe(lambda event: told.set())
        engine.library.index(wait=True)
        return engine

    write(*range(4))
    engine = start()
    engine.library.add_folder(str(notes))
    engine.library.index(wait=True)
    assert len(engine.parts.exact) == 4 and not data.chroma.exists()
    write(4, 5)
    engine.library.index(wait=True)
    until(lambda: engine.parts.chroma.ready)
    engine.close()
    write(1, 6)
    (notes / "0.md").unlink()
    engine = start()
    try:
        chroma, exact = engine.parts.chroma, engine.parts.exact
        until(lambda: chroma.ready)
        assert {int(i) for i in chroma._collection.get(include=[])["ids"]} == set(exact.ids())
        assert engine.questions.search("harbour lamp", patient=True).hits[0].why.dense_rank
        for n in range(2, 6):
            (notes / f"{n}.md").unlink()
        engine.library.index(wait=True)
        until(lambda: not data.chroma.exists())
        assert len(exact) == 2 and not chroma.ready and not chroma.broken
        assert engine.questions.search("harbour lamp", patient=True).hits[0].why.dense_rank
    finally:
        engine.close()

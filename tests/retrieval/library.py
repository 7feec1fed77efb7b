"""A small library of real notes, read, cut and indexed; vectors only where a test hands them in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.engine import Engine
from core.paths import DataFolder
from core.store.scope import EVERYTHING


@contextmanager
def library(root: Path, notes: dict[str, str]) -> Iterator[Engine]:
    """An engine that has read these notes ({path below the folder: text}); searching by words, not by meaning."""
    folder = root / "notes"
    for name, text in notes.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    engine = Engine(DataFolder(root / "data"))
    engine.start()
    try:
        engine.library.add_folder(str(folder))
        engine.library.index(wait=True)
        yield engine
    finally:
        engine.close()


def found(engine: Engine, query: str, k: int = 10) -> list[str]:
    """The names of the files found, best first."""
    return [Path(p.path).name for p in engine.parts.search.find(query, k, EVERYTHING, dense=False).passages]

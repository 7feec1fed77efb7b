"""Every file of the data folder damaged in every way: Moa starts, says what matters, mends, answers nothing wrong."""

from __future__ import annotations

import logging
import random
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from core import errors
from core.engine import Engine
from core.events import Answered
from tests.faults.conftest import Start, known, on_disk, says

FLIPS = 12


def cut(file: Path, rng: random.Random) -> None:
    with file.open("r+b") as f:
        f.truncate(rng.randrange(file.stat().st_size))


def zeros(file: Path, rng: random.Random) -> None:
    """One page, as after a power cut."""
    size = file.stat().st_size
    with file.open("r+b") as f:
        f.seek(rng.randrange(0, size, 4096))
        f.write(bytes(min(4096, size - f.tell())))


def flip(file: Path, rng: random.Random) -> None:
    """One bit."""
    content = bytearray(file.read_bytes())
    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    file.write_bytes(content)


def rubbish(file: Path, rng: random.Random) -> None:
    file.write_bytes(rng.randbytes(file.stat().st_size))


HOW: dict[str, Callable[[Path, random.Random], object]] = {
    "empty": lambda file, rng: file.write_bytes(b""),
    "missing": lambda file, rng: file.unlink(),
    "cut": cut,
    "zeros": zeros,
    "rubbish": rubbish,
    "bit flipped": flip,
}
# Databases are large and SQLite sums up nothing of what it writes: more places to hit.
MORE_PLACES = {"library.db", "chats.db", "chroma.sqlite3"}


@pytest.fixture
def whole(start: Start, notes: Path, small_model: Path) -> Path:
    """A data folder with something in each of its files; its engine has ended."""
    engine = start()
    engine.library.add_folder(str(notes))
    engine.library.import_files([str(notes / "d0" / "0.md")])
    engine.library.index(wait=True)
    engine.models.use(engine.models.add(str(small_model), copy=True).id)
    assert isinstance(ask(engine), Answered)
    engine.parts.worker.close()
    engine.parts.change_settings(passages=5)
    engine.close()
    # The copy of the day was made before the first question: as if that had been asked yesterday.
    [copy] = (engine.data.root / "backups").glob("chats-*.db")
    shutil.copy(engine.data.chats, copy)
    return Path(shutil.copytree(engine.data.root, engine.data.root.with_name("whole")))


def ask(engine: Engine) -> object:
    return list(engine.questions.ask("Where does zq1marker stand?", stop=threading.Event()))[-1]


def settled(start: Start) -> Engine:
    """An engine that has compared and read everything; started again where it found damage while it ran."""
    for _ in range(3):
        engine = start()
        try:
            engine.library.index(wait=True)
            return engine
        except errors.SetupProblem as problem:
            assert "damaged" in str(problem) or "could not be used" in str(problem), problem
    raise AssertionError(f"it does not mend: {engine.status().notes}")


def wrong(engine: Engine, folders: tuple[Path, ...]) -> list[str]:
    """What is not as it should be."""
    there = {path: digest for folder in folders for path, digest in on_disk(folder).items()}
    found = [] if known(engine) == there else ["the catalogue differs from the disk"]
    for path in there:
        word = next(w for w in Path(path).read_text("utf-8").split() if w.startswith("zq"))
        with_word = {p for p in there if word in Path(p).read_text("utf-8")}
        try:
            shown = engine.questions.search(word, patient=True).hits
            # A copy of a note is shown beside it.
            if {p for h in shown if word in h.text for p in (h.path, *h.also)} != with_word:
                found.append(f"{word} is found in {says(engine, word)}")
        except errors.MoaError as problem:
            found.append(f"{word}: {problem}")
    try:
        [chat] = engine.chats.rows()
        engine.chats.show(chat.id)
    except (errors.MoaError, ValueError) as problem:
        found.append(f"the conversation: {type(problem).__name__}")
    return found


@pytest.mark.slow
def test_every_file_damaged_in_every_way(
    whole: Path, start: Start, notes: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rng, data = random.Random(5), whole.with_name("data")
    shortfalls: list[str] = []
    count = 0
    for file in sorted(f.relative_to(whole) for f in whole.rglob("*") if f.is_file() and f.stat().st_size):
        if file.parts[0] in ("imported", "embedders") or file.suffix == ".gguf":
            continue  # a person's own files; those with digests have tests of their own
        for how, damage in HOW.items():
            for _ in range(FLIPS if file.name in MORE_PLACES and how in ("bit flipped", "zeros") else 1):
                shutil.rmtree(data)
                shutil.copytree(whole, data)
                damage(data / file, rng)
                caplog.clear()
                what = f"{file}, {how}"
                try:
                    engine = settled(start)
                    faults = wrong(engine, (notes, data / "imported"))
                    engine.close()
                except Exception as problem:  # whatever it is, the other files are to be tried as well
                    faults = [f"{type(problem).__name__}: {problem}"]
                faults += [r.getMessage() for r in caplog.records if r.exc_info and r.levelno >= logging.ERROR]
                shortfalls += [f"{what}: {fault}" for fault in faults]
                count += 1
    print(f"{count} damages, {len(shortfalls)} shortfalls", *shortfalls, sep="\n")
    assert not shortfalls

"""Changing the embedding model, on real parts: what serves meanwhile, what is embedded, what a kill leaves."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from core import errors, settings
from core.engine import Engine
from core.events import Changed, EngineEvent, StatusChanged
from core.index.embedding.embedder import Embedder
from core.index.embedding.windows import whole
from core.models.embed.embedder import GgufEmbedder
from core.paths import DataFolder
from tests.embedder_gguf import write_embedder
from tests.second_embedder import second_embedder

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 120.0
SUBJECTS = ("rain in the mountains", "the price of flour", "a broken bicycle chain", "keys of the summer house")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """second/ and short/ are models, cache/ holds their exports."""
    place = tmp_path_factory.mktemp("embedders")
    second_embedder(place / "second", place / "cache")
    return place


@pytest.fixture
def data(tmp_path: Path, made: Path) -> DataFolder:
    data = DataFolder(tmp_path / "data")
    data.root.mkdir(mode=0o700)
    data.embedders.symlink_to(made / "cache")
    return data


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    for n, subject in enumerate(SUBJECTS):
        text = "\n\n".join(f"## Part {p}\n\nThis is about {subject}, seen from side {p}." for p in range(20))
        (folder / f"{n}.md").write_text(f"# {subject}\n\n{text}", encoding="utf-8")
    (folder / "바다.txt").write_text("고등어는 어제 시장에서 샀다.\n\n" * 3, encoding="utf-8")
    return folder


@pytest.fixture
def start(data: DataFolder) -> Iterator[Callable[[], Engine]]:
    running: list[Engine] = []

    def make() -> Engine:
        for old in running:
            old.close()
        engine = Engine(data)
        engine.start()
        running[:] = [engine]
        return engine

    yield make
    for engine in running:
        engine.close()


class Watch:
    """Waits for what the engine tells, without looking at a clock."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.changed, self._told = engine, list[str](), threading.Event()
        engine.subscribe(self._listen)

    def _listen(self, event: EngineEvent) -> None:
        if isinstance(event, Changed):
            self.changed.append(event.what)
        self._told.set()

    def until(self, true: Callable[[], bool]) -> None:
        while not true():
            assert self._told.wait(PATIENCE_S), self.engine.status()
            self._told.clear()

    def until_changed(self) -> None:
        self.until(lambda: self.engine.status().next_embedder is None)


def finds(engine: Engine) -> bool:
    """Whether a question without a word of the notes finds the right one, by meaning alone."""
    hit = engine.questions.search("precipitation at altitude", patient=True).hits[0]
    return Path(hit.path).name == "0.md" and hit.why.dense_rank == 1


def spaces(engine: Engine) -> dict[str, int]:
    rows = engine.parts.catalogue.database.read("SELECT embedder, count(*) FROM vector GROUP BY embedder")
    return {str(name).split("@")[0]: int(str(n)) for name, n in rows}


def test_it_is_prepared_in_the_background_and_then_serves(
    start: Callable[[], Engine], notes: Path, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = start()
    watch = Watch(engine)
    engine.library.add_folder(str(notes))
    embedded = engine.library.index(wait=True).embedded
    row = engine.embedders.add(str(made / "second"))
    assert row.id == engine.embedders.add(str(made / "second")).id == "second"
    cost = engine.embedders.cost("second")
    assert (cost.passages, cost.known, cost.dim, cost.longer) == (embedded, 0, 128, 0) and cost.seconds > 0
    assert engine.status().next_embedder is None and spaces(engine) == {"all-MiniLM-L6-v2": embedded}

    # Held in the middle: the one before serves, and a new note is found by meaning at once.
    reached, go_on, open_embedder = threading.Event(), threading.Event(), engine.parts.open_embedder

    def held(choice: str) -> Embedder:
        embedder = open_embedder(choice)
        assert isinstance(embedder, Embedder)
        passages = embedder.passages

        def embed(texts: list[str]) -> object:
            reached.set()
            assert go_on.wait(PATIENCE_S)
            return passages(texts)

        embedder.passages = embed  # type: ignore[method-assign,assignment]
        return embedder

    engine.parts.change._make = held
    engine.embedders.use("second")
    assert reached.wait(PATIENCE_S)
    change = engine.status().next_embedder
    assert change and (change.state, change.done, change.total) == ("embedding", 0, embedded)
    assert [r.id for r in engine.embedders.rows() if r.serving] == ["built-in"]
    assert [r.id for r in engine.embedders.rows() if r.next] == ["second"]
    assert finds(engine) and engine.parts.embedder.dim == 384
    (notes / "new.md").write_text("# Kennel\n\nThe puppy chewed the slipper.", encoding="utf-8")
    go_on.set()
    engine.library.index(wait=True)
    hit = engine.questions.search("young dog").hits[0]
    assert Path(hit.path).name == "new.md" and hit.why.dense_rank == 1

    watch.until_changed()
    assert engine.parts.embedder.dim == 128 and finds(engine)
    assert settings.load(engine.data.settings)[0].embedder == str(made / "second")
    assert spaces(engine) == {"all-MiniLM-L6-v2": embedded + 1, "second": embedded + 1}
    assert engine.parts.passages.counts()[1] == 0 and "embedders" in watch.changed
    # One passage is in Korean, which neither model knows.
    assert len(engine.parts.exact) == engine.status().chunks - 1 and not engine.parts.chroma.broken
    assert all(r.state == "indexed" for r in engine.library.files())

    # The next start finds everything as it is; back again costs nothing, since the old vectors were kept.
    again = start()
    watch = Watch(again)
    again.library.index(wait=True)
    assert finds(again) and again.parts.embedder.dim == 128 and again.parts.indexer.counts.embedded == 0
    assert again.embedders.cost("built-in").passages == 0
    again.embedders.use("built-in")
    watch.until_changed()
    assert again.parts.embedder.dim == 384 and finds(again)
    again.embedders.use("built-in")
    assert again.status().next_embedder is None
    with pytest.raises(errors.BadRequest, match="in use"):
        again.embedders.remove("built-in")
    again.embedders.remove("second")
    assert list(spaces(again)) == ["all-MiniLM-L6-v2"]
    assert [r.id for r in again.embedders.rows() if r.kind == "folder"] == []


@pytest.mark.slow
def test_going_back_half_way_keeps_what_was_made(start: Callable[[], Engine], notes: Path, made: Path) -> None:
    engine = start()
    watch = Watch(engine)
    engine.library.add_folder(str(notes))
    embedded = engine.library.index(wait=True).embedded
    with pytest.raises(errors.BadRequest, match="No other"):
        engine.embedders.cancel()
    with pytest.raises(errors.SetupProblem, match="no embedding model 'not/there'"):
        engine.embedders.use("not/there")
    engine.library.pause()
    engine.embedders.use(str(made / "second"))
    assert engine.status().next_embedder and spaces(engine) == {"all-MiniLM-L6-v2": embedded}
    engine.embedders.cancel()
    assert engine.status().next_embedder is None and settings.load(engine.data.settings)[0].embedder == ""
    engine.library.resume()
    engine.library.index(wait=True)
    assert finds(engine) and spaces(engine) == {"all-MiniLM-L6-v2": embedded}
    engine.embedders.use(str(made / "second"))
    watch.until_changed()
    assert engine.parts.embedder.dim == 128


@pytest.mark.slow
def test_a_setting_changed_by_hand_takes_the_same_road(start: Callable[[], Engine], notes: Path, made: Path) -> None:
    engine = start()
    engine.library.add_folder(str(notes))
    embedded = engine.library.index(wait=True).embedded
    engine.library.pause()
    engine.parts.change_settings(embedder=str(made / "second"))
    engine = start()
    watch = Watch(engine)
    change = engine.status().next_embedder
    assert change and change.choice == str(made / "second") and finds(engine)
    engine.library.resume()
    watch.until_changed()
    assert engine.parts.embedder.dim == 128 and spaces(engine)["second"] == embedded

    # One that is not there is said, and nothing is lost meanwhile.
    engine.parts.change_settings(embedder="not/there")
    engine = start()
    watch = Watch(engine)
    engine.library.index(wait=True)
    change = engine.status().next_embedder
    assert change and change.state == "failed" and "not/there" in change.detail
    assert any("goes on with second" in note for note in engine.status().notes)
    assert finds(engine) and engine.parts.embedder.dim == 128 and engine.library.index(wait=True).embedded == 0
    engine.embedders.cancel()
    assert engine.status().next_embedder is None
    assert settings.load(engine.data.settings)[0].embedder == str(made / "second")


@pytest.mark.slow
def test_one_that_went_away_is_replaced_until_it_is_back(
    start: Callable[[], Engine], notes: Path, made: Path, tmp_path: Path
) -> None:
    place = tmp_path / "disk" / "second"
    shutil.copytree(made / "second", place, symlinks=True)
    engine = start()
    engine.parts.change_settings(embedder=str(place))
    engine = start()
    assert engine.parts.embedder.dim == 128, "an empty library has nothing to prepare"
    engine.library.add_folder(str(notes))
    embedded = engine.library.index(wait=True).embedded
    place.parent.rename(tmp_path / "away")
    engine = start()
    report = engine.library.index(wait=True)
    assert finds(engine) and engine.parts.embedder.dim == 384
    assert engine.parts.indexer.counts.embedded == embedded and report.failed == 0
    assert any(str(place) in note for note in engine.status().notes)
    (tmp_path / "away").rename(place.parent)
    engine = start()
    Watch(engine).until_changed()
    assert engine.parts.embedder.dim == 128 and finds(engine) and engine.parts.indexer.counts.embedded == 0


@pytest.mark.slow
def test_one_in_gguf_serves_and_its_crash_leaves_the_words(
    start: Callable[[], Engine], notes: Path, tmp_path: Path
) -> None:
    engine = start()
    watch = Watch(engine)
    engine.library.add_folder(str(notes))
    embedded = engine.library.index(wait=True).embedded
    row = engine.embedders.add(str(write_embedder(tmp_path / "minilm.gguf", name="minilm")))
    assert (row.id, row.kind) == ("minilm", "gguf")
    cost = engine.embedders.cost("minilm")
    assert (cost.passages, cost.limit, cost.english, cost.korean) == (embedded, 512, True, False) and cost.rate > 0
    engine.embedders.use("minilm")
    watch.until_changed()
    gguf = engine.parts.embedder
    assert isinstance(gguf, GgufEmbedder) and finds(engine) and spaces(engine)["minilm"] == embedded

    again = start()
    assert isinstance(again.parts.embedder, GgufEmbedder) and finds(again)
    assert again.library.index(wait=True).embedded == 0
    gguf = again.parts.embedder
    assert isinstance(gguf, GgufEmbedder) and gguf._child and gguf._child.pid
    os.kill(gguf._child.pid, signal.SIGKILL)
    assert finds(again), "it is started again"
    gguf.close()
    found = again.questions.search("flour")
    assert any("stopped unexpectedly" in note for note in found.notes) and Path(found.hits[0].path).name == "1.md"


@pytest.mark.slow
def test_one_that_is_of_no_use_any_more_is_replaced_at_once(
    start: Callable[[], Engine], notes: Path, tmp_path: Path
) -> None:
    file = write_embedder(tmp_path / "minilm.gguf", name="minilm")
    engine = start()
    engine.embedders.use(str(file))
    Watch(engine).until_changed()
    engine.library.add_folder(str(notes))
    embedded = engine.library.index(wait=True).embedded
    assert finds(engine)
    data = bytearray(file.read_bytes())
    at = data.index(b"bert.feed_forward_length") + len(b"bert.feed_forward_length") + 4
    data[at : at + 4] = (999).to_bytes(4, "little")
    file.write_bytes(data)

    engine = start()
    watch = Watch(engine)
    engine.parts.embedder_done.wait(PATIENCE_S)
    info = engine.status().embedder
    assert info and info.state == "failed" and "could not be loaded" in info.detail
    hit = engine.questions.search("the price of flour").hits[0]
    assert Path(hit.path).name == "1.md" and hit.why.dense_rank is None
    engine.embedders.use("built-in")
    watch.until_changed()
    watch.until(lambda: not engine.parts.lane.problem)
    engine.library.index(wait=True)
    assert finds(engine) and engine.parts.embedder.dim == 384
    info = engine.status().embedder
    assert info and info.state == "ready" and spaces(engine)["all-MiniLM-L6-v2"] == embedded
    assert all(r.state == "indexed" for r in engine.library.files())


KILLED = """
import os, signal, sys
from pathlib import Path
from core.engine import Engine
from core.paths import DataFolder

engine = Engine(DataFolder(Path(sys.argv[1])))
engine.start()
keep, made = engine.parts.passages.keep_vectors, 0

def count(embedder, vectors):
    global made
    keep(embedder, vectors)
    made += len(vectors)
    if made >= 32:
        os.kill(os.getpid(), signal.SIGKILL)

engine.parts.passages.keep_vectors = count
engine.embedders.use(sys.argv[2])
engine.parts.embedder_done.wait()
import threading
threading.Event().wait(120)
"""


@pytest.mark.slow
def test_it_goes_on_after_a_kill(start: Callable[[], Engine], data: DataFolder, notes: Path, made: Path) -> None:
    for n in range(40):
        (notes / f"day{n}.md").write_text(f"On day {n} it rained.", encoding="utf-8")
    engine = start()
    engine.library.add_folder(str(notes))
    embedded = engine.library.index(wait=True).embedded
    engine.close()
    killed = subprocess.run([sys.executable, "-c", KILLED, str(data.root), str(made / "second")], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    engine = start()
    before = spaces(engine)["second"]
    assert 0 < before < embedded
    made_after: list[int] = []
    engine.subscribe(
        lambda e: (
            made_after.append(e.status.next_embedder.done)
            if isinstance(e, StatusChanged) and e.status.next_embedder and e.status.next_embedder.total
            else None
        )
    )
    Watch(engine).until_changed()
    assert made_after and min(made_after) >= before, "what was made before the kill is not made again"
    assert engine.parts.embedder.dim == 128 and finds(engine) and spaces(engine)["second"] == embedded


def test_passages_longer_than_it_reads_are_learned_in_parts(made: Path) -> None:
    embedder = Embedder(str(made / "second"), cache=made / "cache")
    embedder.limit = 32
    long = "The harbour was quiet. " * 20 + "A whale came by at noon."
    vectors = whole(embedder, ["short text", long])
    assert vectors.shape == (2, 128) and np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    # What else is in a batch moves quantized vectors a little.
    assert vectors[0] @ embedder.passages(["short text"])[0] > 0.98
    whale = embedder.question("whale")
    assert whale @ vectors[1] > whale @ embedder.passages(["The harbour was quiet. " * 5])[0] + 0.02

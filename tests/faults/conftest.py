"""Engines for the fault tests, on real parts, whose watches are looked at often."""

from __future__ import annotations

import functools
import hashlib
import shutil
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.engine import Engine
from core.files.watch import Watcher
from core.index import folders
from core.paths import DataFolder

SOON = 60.0
ROOT = Path(__file__).resolve().parents[2]

Start = Callable[[], Engine]


def on_disk(root: Path) -> dict[str, str]:
    """{path: sha256} of the notes below `root`."""
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in root.rglob("*.md") if p.is_file()}


def known(engine: Engine) -> dict[str, str]:
    """{path: sha256} of what is indexed."""
    return {r.path: r.sha256 for r in engine.library.files("indexed")}


def says(engine: Engine, word: str) -> set[str]:
    """The files that search finds a word in; search by meaning finds others as well."""
    return {hit.path for hit in engine.questions.search(word).hits if word in hit.text}


def until(engine: Engine, condition: Callable[[], bool], seconds: float = SOON) -> None:
    """Wait, from one step of the engine to the next, for a condition."""
    stepped = threading.Event()
    end = engine.subscribe(lambda _: stepped.set())
    deadline = time.monotonic() + seconds
    try:
        while not condition():
            left = deadline - time.monotonic()
            assert left > 0, f"waited in vain; {engine.status()}"
            # Some conditions are met by a watch, of which no event tells.
            stepped.wait(min(left, 0.1))
            stepped.clear()
    finally:
        end()


def in_a_namespace(script: str, mount: str, *arguments: Path | str, seconds: float = 300) -> list[str]:
    """What a script prints that runs after `mount`, a shell command, in a namespace of its own."""
    space = ["unshare", "-Urm", "sh", "-c", f'{mount} && exec "$@"', "sh"]
    if shutil.which("unshare") is None or subprocess.run([*space, "true"], capture_output=True).returncode:
        pytest.skip("this system lets no ordinary user make a namespace, in which a disk could be mounted")
    child = subprocess.run(
        [*space, sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)],
        cwd=ROOT, capture_output=True, text=True, timeout=seconds,
    )  # fmt: skip
    assert child.returncode == 0, child.stderr
    return child.stdout.splitlines()


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    monkeypatch.setattr(folders, "Watcher", functools.partial(Watcher, check_s=0.2))
    running: list[Engine] = []

    def make() -> Engine:
        for old in running:
            old.close()
        running.clear()
        engine = Engine(DataFolder(tmp_path / "data"))
        engine.start()
        running.append(engine)
        return engine

    yield make
    for engine in running:
        engine.close()


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    root = tmp_path / "notes"
    for n in range(6):
        folder = root / f"d{n % 3}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{n}.md").write_text(f"# Note {n}\n\nThe marker zq{n}marker stands here.\n", encoding="utf-8")
    return root

"""What may go wrong around Moa, done to it: each fault, where it is tried, what is asked for, what was measured.

    python tests/check.py tests/faults                  the short forms, which every run has
    python tests/check.py --slow tests/faults/test_X.py the full form of one; add -s for its figures

Figures: two processor cores with a dozen other processes waiting for them, so times are upper bounds.

| | fault | tried in | short, full form | asked for | measured |
| --- | --- | --- | --- | --- | --- |
| 1 | kill at random while indexing | test_kill | 20, 200 kills | 0 lost, double, left over; start <= 5 s | 0 of \
each; start 8.6 s |
| 2 | kill while answering, saving settings, migrating | test_kill_writes | 3 and 5, 50 each | nothing complete lost, \
old or new, resumed | 50 of 50, 50 of 50 (1,220 saves), 50 of 50 |
| 3 | disk full at every write | test_full_disk | 1, 63 sizes of what is left | said within 5 s, search answers, goes \
on by itself | 279 writes refused, each said within 2.2 s; equal after each |
| 4 | data folder read-only; no rights to read | test_read_only, test_rights, test_damage (watched folders) | one \
session; after kills, by the command line, full at the start | starts and says so; never writes | met |
| 5 | every file of the data folder damaged | test_damage, test_decay | 22; 162 damages | mended, 0 wrong answers, no \
traceback | met, 0 |
| 6 | model missing, cut, wrong, flipped, replaced | test_models; models/process/test_damaged | 10; 16 and 200 files \
| named within 2 s | 0.1 s; 165 of 166 refused within 2 s |
| 7 | too little memory | test_models; models/fit/test_memory, models/process/test_kills | 2; limits of 2, 4, \
8 GB, 100 kills | refused before it is loaded, engine alive | 12 plans within 10 %, 100 kills told; \
limits of 2, 4 and 8 GB met |
| 8 | poison files | test_poison | 20; 200 and 16 bombs | no crash, each <= 60 s, all listed, others read | 200: \
longest 0.6 s; bombs: 16.9 s |
| 9 | 100,000 files | test_many; bench/reconcile | none; 100,000 | < 300 MB, idle < 1 %, a change found within 10 s | \
15 MB, 0.17 %, 10.2 s |
| 10 | large PDFs | test_large; app/test_stall | 6 of 20 pages; 30 of 300 | < 1.5 GB, resumed | short form 428 MB; of \
the full one 19 files in 14 minutes, not seen to its end; 10 GB not tried |
| 11 | what watchers lose | test_sync, test_hung; files/test_watch | 12 and 2; 1,000 files renamed, 5,000 waiting | \
equal to the disk, nothing dropped | met, 13 and 83 cases |
| 12 | clocks | test_clock | all | nothing read again, no edit missed | 0, 0 |
| 13 | names | test_names | all | all indexed, shown safely | 70 of 70 |
| 14 | starts at once, another user | test_instances; serve/test_host | 5 of 8; 100, and 5 of whole engines | one \
engine | 105 of 105 |
| 15 | SIGTERM, suspend | test_end | 6 stages; 60, and 5 stops | gone within 3 s, nothing lost | 3.00 s at most; met |
"""

from __future__ import annotations

import functools
import gc
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
    running.clear()
    gc.collect()  # an engine's parts know each other, and each holds an embedding model of 100 MB until then


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    root = tmp_path / "notes"
    for n in range(6):
        folder = root / f"d{n % 3}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{n}.md").write_text(f"# Note {n}\n\nThe marker zq{n}marker stands here.\n", encoding="utf-8")
    return root

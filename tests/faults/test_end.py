"""Asked to end (SIGTERM: session end, shut-down) at any moment of its work: gone within three seconds, nothing lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from core import errors, events, types
from core.paths import DataFolder
from core.serve import wire
from core.serve.client import Client
from core.store import folder_list
from tests.faults.conftest import on_disk
from tests.faults.test_kill import HOST, intact

pytestmark = pytest.mark.skipif(os.name == "nt", reason="SIGTERM is POSIX's")
LIMIT_S = 3.0
NOTES = 40
STAGES = ("starting", "looking", "reading", "embedding", "loading", "answering")


class Host:
    """An engine process that was started here, and a client of it."""

    def __init__(self, data: DataFolder) -> None:
        self.process = subprocess.Popen(
            [*HOST, "--data", str(data.root)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        self.client = Client(data, lambda text: None, HOST)

    def ready(self) -> types.Status:
        """Wait until it answers."""
        deadline = time.monotonic() + 60
        while (status := self.client.find()) is None:
            assert self.process.poll() is None and time.monotonic() < deadline
            time.sleep(0.01)  # another process becomes ready, which tells nobody
        return status

    def terminate(self) -> float:
        """SIGTERM; seconds until it and all its children were gone."""
        family = [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(recursive=True)]
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        # Before its first line has run, the signal itself ends it.
        assert self.process.wait(30) in (0, -signal.SIGTERM), self.process.stderr and self.process.stderr.read()
        _gone, alive = psutil.wait_procs(family, timeout=60)
        assert not alive, alive
        return time.monotonic() - began


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[Callable[[], Host]]:
    made: list[Host] = []

    def make() -> Host:
        made.append(Host(DataFolder(tmp_path / "data")))
        return made[-1]

    yield make
    for host in made:
        if host.process.poll() is None:
            host.process.kill()
        host.process.communicate()


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Notes that take some seconds to read and more to embed; the data folder knows that they are to be watched."""
    notes = tmp_path / "notes"
    rng = random.Random(15)
    for n in range(NOTES):
        folder = notes / f"d{n % 5}"
        folder.mkdir(parents=True, exist_ok=True)
        words = " ".join(rng.choice(("tomato", "river", "회의", "budget", "engine", "여행")) for _ in range(150))
        (folder / f"{n}.md").write_text(f"# Note {n}\n\nzq{n}marker stands here.\n\n{words}\n", encoding="utf-8")
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    folder_list.write(data, [folder_list.Listed(os.fsencode(notes), "notes")])
    return notes


def reached(host: Host, stage: str) -> None:
    """Wait until indexing is at a stage (or past all of it)."""
    if stage == "starting":
        return
    host.ready()
    for event in host.client.events():
        if isinstance(event, events.StatusChanged):
            status = event.status
            now = status.progress.stage
            if now and STAGES.index(now) >= STAGES.index(stage):
                return
            if not now and status.files and not status.pending:
                return  # it was done before anybody could look


def asking(host: Host, kind: type[events.AnswerEvent]) -> threading.Thread:
    """Ask on another thread; returns when an event of this kind came, with the answer still under way."""
    came = threading.Event()

    def ask() -> None:
        try:
            for event in host.client.ask(wire.AskBody("Where does zq1marker stand?")):
                if isinstance(event, kind):
                    came.set()
        except errors.MoaError:
            pass  # the engine is ended while it answers
        came.set()

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    assert came.wait(60)
    return thread


def terminated_at(stage: str, make: Callable[[], Host], model: Path, rng: random.Random) -> float:
    host = make()
    if stage in ("loading", "answering"):
        host.ready()
        if not host.client.models.list():
            host.client.models.add(str(model))
        host.client.models.use(host.client.models.list()[0].id)
        asking(host, events.Notice if stage == "loading" else events.Token)
    else:
        reached(host, stage)
    time.sleep(rng.uniform(0.0, 0.5))  # somewhere within the stage
    return host.terminate()


@pytest.mark.parametrize("rounds", [1, pytest.param(10, marks=pytest.mark.slow)])
def test_it_ends_soon_and_loses_nothing(
    rounds: int, hosts: Callable[[], Host], library: Path, tmp_path: Path, babbling_model: Path
) -> None:
    rng = random.Random(rounds)
    took: dict[str, list[float]] = {}
    for number in range(rounds):
        for stage in STAGES:
            took.setdefault(stage, []).append(terminated_at(stage, hosts, babbling_model, rng))
            if stage != "starting":  # which may end before there is a library
                intact(tmp_path / "data")
            for changed in rng.sample(sorted(library.rglob("*.md")), 10):
                changed.write_text(changed.read_text("utf-8") + f"\nzqedit{number}{stage}marker\n", encoding="utf-8")
    host = hosts()
    host.ready()
    before = host.client.index(wait=True)
    assert {r.path: r.sha256 for r in host.client.files("indexed")} == on_disk(library)
    assert host.client.connect().pending == 0
    rows = host.client.chats.list()
    assert len(rows) <= 2 * rounds
    host.terminate()
    for stage, seconds in took.items():
        print(f"SIGTERM while {stage:9}: longest {max(seconds):.2f} s of {len(seconds)}")
    print(f"left for the next start: {before.embedded} passages to embed")
    longest = max(max(s) for s in took.values())
    assert longest <= (LIMIT_S if rounds > 1 else 10 * LIMIT_S), took  # a busy machine is slower by the load on it


@pytest.mark.slow
def test_after_a_stop_and_a_go_on_all_is_as_on_the_disk(hosts: Callable[[], Host], library: Path) -> None:
    """As in a suspended computer: the engine does not run, at a random stage of its work, while others write."""
    rng = random.Random(5)
    host = hosts()
    host.ready()
    for number in range(5):
        host.process.send_signal(signal.SIGSTOP)
        for changed in rng.sample(sorted(library.rglob("*.md")), 5):
            changed.write_text(changed.read_text("utf-8") + f"\nzqstopped{number}marker\n", encoding="utf-8")
        (library / f"new {number}.md").write_text(f"# New\n\nzqnew{number}marker\n", encoding="utf-8")
        sorted(library.rglob("*.md"))[0].unlink()
        time.sleep(rng.uniform(0.2, 1.0))  # as long as nobody runs it
        host.process.send_signal(signal.SIGCONT)
        time.sleep(rng.uniform(0.0, 1.0))  # somewhere within what it does next
    host.client.index(wait=True)
    assert {r.path: r.sha256 for r in host.client.files("indexed")} == on_disk(library)
    hits = host.client.search(wire.SearchBody("zqnew4marker")).hits
    assert [h.path for h in hits if "zqnew4marker" in h.text] == [str(library / "new 4.md")]
    assert host.client.connect().pending == 0
    host.terminate()

"""An engine killed at any moment loses nothing, doubles nothing and finds nothing stale after the next start."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.paths import DataFolder
from core.serve import wire
from core.serve.client import Client
from core.store import folder_list, schema
from tests.faults.conftest import on_disk

pytestmark = pytest.mark.skipif(os.name == "nt", reason="SIGKILL is POSIX's")
HOST = (sys.executable, "-m", "core.serve.host")


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    client = Client(DataFolder(tmp_path / "data"), lambda text: None, HOST)
    yield client
    client.stop()


def change(root: Path, rng: random.Random, number: int) -> None:
    """Some of what people and editors do to notes."""
    files = sorted(root.rglob("*.md"))
    for step in range(4):
        file = rng.choice(files)
        new = root / f"d{rng.randrange(4)}" / f"{number}-{step}.md"
        if not file.exists():
            continue
        match rng.randrange(5):
            case 0:
                file.unlink()
            case 1:
                file.rename(new)
            case 2:
                file.write_text(f"# Edited {number}\n\nzqe{number}s{step}marker is new here.\n", encoding="utf-8")
            case _:
                text = "".join(f"## Part {n}\n\nzqn{number}s{step}p{n}marker and more.\n\n" for n in range(5))
                new.write_text(f"# New {number}\n\n{text}", encoding="utf-8")


def kill_while_it_starts(data: Path, seconds: float) -> None:
    host = subprocess.Popen([*HOST, "--data", str(data)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        host.wait(seconds)
    except subprocess.TimeoutExpired:
        host.send_signal(signal.SIGKILL)
        host.wait()


def seconds_to_start(data: Path) -> float:
    """How long an engine takes until it answers, on this machine at this moment."""
    client = Client(DataFolder(data), lambda text: None, HOST)
    began = time.monotonic()
    client.connect()
    took = time.monotonic() - began
    client.stop()
    return took


def intact(data: Path) -> None:
    """What must hold of library.db at any moment, also right after a kill."""
    with sqlite3.connect(data / "library.db") as c:
        assert c.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        if c.execute("PRAGMA user_version").fetchone() != (len(schema.LIBRARY),):
            return  # killed before its tables were made
        orphans = "SELECT count(*) FROM {} WHERE {} NOT IN (SELECT id FROM {})"
        for table, column, of in (
            ("chunk", "file", "file"),
            ("chunk_terms", "rowid", "chunk"),
            ("file_terms", "rowid", "file"),
        ):
            assert c.execute(orphans.format(table, column, of)).fetchone() == (0,), table
        assert c.execute("SELECT count(*) FROM chunk WHERE id NOT IN (SELECT rowid FROM chunk_terms)").fetchone() == (
            0,
        )
        counted = "SELECT count(*) FROM file f WHERE chunks <> (SELECT count(*) FROM chunk c WHERE c.file = f.id)"
        assert c.execute(counted).fetchone() == (0,)
    c.close()


@pytest.mark.parametrize("rounds", [20, pytest.param(200, marks=pytest.mark.slow)])
def test_kills_at_random_moments_leave_the_library_equal_to_the_disk(
    rounds: int, client: Client, tmp_path: Path
) -> None:
    rng = random.Random(rounds)
    data, notes = client.data.root, tmp_path / "notes"
    for n in range(40):
        folder = notes / f"d{n % 4}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{n}.md").write_text(f"# Note {n}\n\nThe marker zq{n}marker stands here.\n", encoding="utf-8")
    data.mkdir(mode=0o700)
    # As if the library had been lost before: the first start takes the folder up from here.
    folder_list.write(data, [folder_list.Listed(os.fsencode(notes), "notes")])
    seen: set[str] = set()
    # Of a busy machine a start takes many times as long, and the kills have to fall into all of it.
    longest = max(1.6, 1.5 * seconds_to_start(tmp_path / "measured")) if rounds > 20 else 1.6
    reached = 0
    for number in range(rounds):
        kill_while_it_starts(data, rng.uniform(0.2, longest))
        reached += (data / "engine.json").exists()
        if (data / "library.db").exists() and number % 5 == 0:
            intact(data)
        seen |= words(notes)
        change(notes, rng, number)
    seen |= words(notes)

    began = time.monotonic()
    client.connect()
    answered = time.monotonic() - began
    client.index(wait=True)
    rows = client.files()
    assert len({r.path for r in rows}) == len(rows)
    assert {r.path: r.sha256 for r in rows if r.state == "indexed"} == on_disk(notes)
    for word in rng.sample(sorted(seen), min(60, len(seen))):
        hits = client.search(wire.SearchBody(word)).hits
        there = {str(p) for p in notes.rglob("*.md") if word in p.read_text(encoding="utf-8")}
        assert {h.path for h in hits if word in h.text} == there, word
    client.stop()
    intact(data)
    with sqlite3.connect(data / "library.db") as c:
        assert c.execute("SELECT count(*) FROM chunk WHERE pending").fetchone() == (0,)
    c.close()
    print(f"{rounds} kills within {longest:.1f} s of a start, {reached} of them of an engine that served already")
    print(f"next start answered after {answered:.1f} s: 0 lost, 0 double, 0 left over, no stale passage")


def words(root: Path) -> set[str]:
    text = " ".join(p.read_text(encoding="utf-8") for p in root.rglob("*.md"))
    return {w for w in text.split() if w.startswith("zq") and w.endswith("marker")}

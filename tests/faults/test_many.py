"""A library of 100,000 files: memory, what it costs to do nothing, and how soon a change is found.

Reading them all would take an hour and is not what is measured: the catalogue is filled as reading leaves it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from core.engine import Engine
from core.paths import DataFolder
from core.serve.client import Client
from core.serve.wire import SearchBody
from core.store import schema
from core.store.database import Database
from tests.faults.test_kill import HOST

FILES = 100_000
IDLE_S = 30
MOST_MB = 300
PATIENCE_S = 300


def until(condition: Callable[[], bool]) -> float:
    """Seconds until something is so that another process does."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < PATIENCE_S
        time.sleep(0.05)
    return time.monotonic() - began


def cpu_s(process: psutil.Process) -> float:
    return sum(sum(p.cpu_times()[:2]) for p in [process, *process.children(recursive=True)])


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="takes the engine by its socket")
def test_a_hundred_thousand_files(tmp_path: Path) -> None:
    notes, data = tmp_path / "notes", DataFolder(tmp_path / "data")
    for number in range(FILES):
        folder = notes / f"{number // 1000:03d}" / f"{number // 50 % 20:02d}"
        if number % 50 == 0:
            folder.mkdir(parents=True, exist_ok=True)
        (folder / f"note {number:06d}.md").write_bytes(b"# note %d\n" % number)
    small = Client(DataFolder(tmp_path / "small"), lambda text: None, HOST)
    (tmp_path / "few").mkdir()
    small.connect()
    small.add_folder(str(tmp_path / "few"))
    small.index(wait=True)
    pid = small.connect().pid
    time.sleep(IDLE_S / 3)  # what a start leaves to be done
    base_mb = psutil.Process(pid).memory_info().rss / 2**20
    small.stop()

    # In this process, paused: the rows that a walk makes, without reading what they name.
    engine = Engine(data)
    engine.start()
    engine.library.pause()
    engine.library.add_folder(str(notes))
    until(lambda: sum(engine.status().files.values()) >= FILES and not engine.status().progress.stage)
    recipe = engine.parts.indexer.recipe
    engine.close()
    library = Database(data.library, schema.LIBRARY)
    with library.write() as c:
        c.execute(
            "UPDATE file SET state = 'indexed', kind = 'markdown', recipe = ?, sha256 = lower(hex(randomblob(32)))",
            (recipe,),
        )
        c.execute("DELETE FROM meta WHERE key = 'paused'")
    library.close()

    client = Client(data, lambda text: None, HOST)
    try:
        client.connect()
        process = psutil.Process(client.connect().pid)
        compared = client.index(wait=True)
        assert (compared.added, compared.changed, compared.removed) == (0, 0, 0)
        time.sleep(IDLE_S / 3)  # what a start leaves to be done
        mb = process.memory_info().rss / 2**20
        before = cpu_s(process)
        time.sleep(IDLE_S)
        idle = (cpu_s(process) - before) / IDLE_S
        (notes / "050" / "07" / "fresh.md").write_text("# Fresh\n\nzqfreshmarker\n", encoding="utf-8")
        took = until(lambda: any("zqfreshmarker" in h.text for h in client.search(SearchBody("zqfreshmarker")).hits))
    finally:
        client.stop()
    print(
        f"{FILES:,} files: compared in {compared.seconds:.1f} s, {mb - base_mb:.0f} MB more than an empty library,"
        f" idle {100 * idle:.2f} % of a processor, a new note found after {took:.1f} s"
    )
    assert mb - base_mb < MOST_MB and idle < 0.01

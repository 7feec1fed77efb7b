"""How long it takes to compare a large unchanged folder with the catalogue, next to a bare walk of the same files.

    python -m tests.bench.reconcile [FILES]

Bar: at most 3 times os.scandir + stat in the same run, and less than 300 MB of memory, for 100,000 files.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from core.files.patient import Patience
from core.files.walk import Walk
from core.index.counts import Counts
from core.index.reconcile import Reconciler
from core.store import schema
from core.store.catalogue import Catalogue
from core.store.database import Database
from core.store.passages import Passages

ROUNDS = 7


def bare(root: str) -> int:
    seen, waiting = 0, [root]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                else:
                    entry.stat(follow_symlinks=False)
                    seen += 1
    return seen


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory(prefix="moa-bench-") as made:
        place = Path(made)
        notes = place / "notes"
        for number in range(count):
            folder = notes / f"{number // 1000:03d}" / f"{number // 50 % 20:02d}"
            if number % 50 == 0:
                folder.mkdir(parents=True, exist_ok=True)
            (folder / f"note {number:06d}.md").write_bytes(b"# note %d\n" % number)
        library = Database(place / "library.db", schema.LIBRARY)
        catalogue = Catalogue(library)
        reconciler = Reconciler(catalogue, Passages(library), Counts(), place / "data", lambda ids: None, Patience())
        catalogue.add_folder(str(notes), "notes")
        memory = psutil.Process()
        before = memory.memory_info().rss
        first = timed(lambda: reconciler.run(catalogue.folders()))
        # What reading would leave behind.
        with library.write() as c:
            c.execute("UPDATE file SET state = 'indexed', recipe = 'r', sha256 = hex(randomblob(32))")
        walks, walked, compared = [], [], []
        for _ in range(ROUNDS):
            walks.append(timed(lambda: bare(str(notes))))
            walked.append(timed(lambda: list(Walk(notes))))
            compared.append(timed(lambda: reconciler.run(catalogue.folders())))
        grown = (memory.memory_info().rss - before) / 2**20
        walk, look, compare = map(statistics.median, (walks, walked, compared))
        library.close()
        print(
            f"{count:,} files: bare walk {walk:.2f} s, Moa's walk {look:.2f} s, reconcile {compare:.2f} s:"
            f" {compare / walk:.2f} times a bare walk; first time {first:.2f} s; memory grew by {grown:.0f} MB"
        )


if __name__ == "__main__":
    main()

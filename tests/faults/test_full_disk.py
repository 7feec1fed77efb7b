"""A full disk: each write that fails is said, search goes on, and all goes on by itself when there is room.

The disk is real, some megabytes of memory mounted in a namespace of the test's own.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.faults.conftest import in_a_namespace

KB = 1024
FEW = (0,)
MANY = (*range(0, 256 * KB, 8 * KB), *range(256 * KB, 1600 * KB, 64 * KB), *range(1600 * KB, 3200 * KB, 200 * KB))
DO_EVERYTHING = "import sys; from tests.faults.full_disk import main; main(sys.argv[1:])"

SMALL_DISK = """
    import sys, time
    from pathlib import Path
    from core import errors
    from core.engine import Engine
    from core.index import folders
    from core.index.lane import space, thread
    from core.paths import DataFolder

    place, disk = Path(sys.argv[1]), Path(sys.argv[2])
    thread.RETRY_S = 0.2
    folders.FREE_BYTES = 0
    notes = place / "notes"
    notes.mkdir()
    (notes / "first.md").write_text("# First\\n\\nzqfirstmarker\\n", encoding="utf-8")
    engine = Engine(DataFolder(disk / "data"))
    engine.start()
    engine.library.add_folder(str(notes))
    engine.library.index(wait=True)
    engine.parts.embedder.load()
    filler = open(disk / "filler", "wb", buffering=0)
    for space.FREE_BYTES, block in ((space.FREE_BYTES, 1 << 20), (0, 4096)):
        # First the room that is asked for before anything is written, then the very last page.
        try:
            while True:
                filler.write(b"x" * block)
        except OSError:
            pass
        (notes / f"while full {block}.md").write_text(f"# Full\\n\\nzqfull{block}marker\\n" * 400, encoding="utf-8")
        try:
            engine.library.index(wait=True)
            print("indexed on a full disk", flush=True)
        except errors.SetupProblem as problem:
            print(problem, flush=True)
        print(len(engine.questions.search("zqfirstmarker").hits) > 0, flush=True)
    filler.truncate(0)
    filler.close()
    deadline = time.monotonic() + 120
    while (engine.parts.lane.problem or engine.status().pending) and time.monotonic() < deadline:
        time.sleep(0.05)
    print(sorted(r.state for r in engine.library.files()), engine.status().pending, flush=True)
    engine.close()
"""


def test_a_full_disk_is_said_and_indexing_goes_on_when_there_is_room(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = f"mount -t tmpfs -o size=80m none '{disk}'"
    early, found_early, late, found_late, end = in_a_namespace(SMALL_DISK, mount, tmp_path, disk)
    for said in (early, late):
        assert "space left" in said and "goes on by itself" in said
    assert found_early == found_late == "True"
    assert end == "['indexed', 'indexed', 'indexed'] 0"


@pytest.mark.parametrize("rooms", [FEW, pytest.param(MANY, marks=pytest.mark.slow)], ids=["few", "many"])
def test_every_write_finds_the_disk_full_at_some_point(
    rooms: tuple[int, ...], tmp_path: Path, small_model: Path
) -> None:
    disk, place = tmp_path / "disk", tmp_path / "place"
    disk.mkdir()
    place.mkdir()
    mount = f"mount -t tmpfs -o size=32m none '{disk}'"
    said = in_a_namespace(DO_EVERYTHING, mount, place, disk, small_model, *map(str, rooms), seconds=3600)
    rounds = [json.loads(line) for line in said if line.startswith("{")]
    assert [r["room"] for r in rounds] == list(rooms)
    refused = [sentence for r in rounds for sentence in r["refused"].values()]
    assert refused and not [s for s in refused if "Moa's own" in s or "mistake" in s]
    for r in rounds:
        if not r["room"]:
            # Answers come all the same; what cannot be kept is refused.
            assert {"index", "import", "settings", "folder", "model"} <= r["refused"].keys()
        assert not {"ask", "follow up"} & r["refused"].keys()
    longest = max(r["longest_s"] for r in rounds)
    print(f"{len(rounds)} rooms: {len(refused)} writes refused in words, said after {longest:.2f} s at most")

"""What file watchers lose does not get lost: each case ends equal to the disk, without being asked to look."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from core.engine import Engine
from tests.faults.conftest import Start, known, on_disk, says, until

linux = pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")
ROOT = Path(__file__).resolve().parents[2]


def watching(start: Start, *roots: Path) -> Engine:
    engine = start()
    for root in roots:
        engine.library.add_folder(str(root))
    engine.library.index(wait=True)
    return engine


@linux
def test_a_queue_that_ran_over_is_made_up_for(start: Start, notes: Path) -> None:
    """A real overflow: nobody reads the kernel's queue while more happens than it holds."""
    engine = watching(start, notes)
    observer = engine.parts.folders._watcher._observer
    assert observer is not None
    group = next(e._inotify for e in observer.emitters if e.watch.path == str(notes))  # type: ignore[attr-defined]
    noise = [notes / ".one", notes / ".two"]
    for file in noise:
        file.touch()
    size = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    with group._lock:
        for _ in range(size // 2 + 2_000):
            for file in noise:
                os.utime(file)
        (notes / "lost.md").write_text("# Lost\n\nIts event did not fit.\n", encoding="utf-8")
    until(engine, lambda: known(engine) == on_disk(notes))


def test_a_root_that_is_replaced_is_followed(start: Start, notes: Path) -> None:
    engine = watching(start, notes)
    shutil.rmtree(notes)
    (notes / "fresh").mkdir(parents=True)
    (notes / "fresh" / "a.md").write_text("# A\n\nA new folder under the old name.\n", encoding="utf-8")
    until(engine, lambda: known(engine) == on_disk(notes))
    until(engine, lambda: engine.parts.folders._watcher._roots[str(notes)].watch is not None)
    (notes / "fresh" / "b.md").write_text("# B\n\nStill followed.\n", encoding="utf-8")
    until(engine, lambda: known(engine) == on_disk(notes))


def test_a_root_that_is_renamed_is_unavailable_and_loses_nothing(start: Start, notes: Path) -> None:
    engine = watching(start, notes)
    before = known(engine)
    away = notes.rename(notes.with_name("away"))
    until(engine, lambda: [f.state for f in engine.library.folders()] == ["unavailable"])
    assert known(engine) == {} and len(engine.library.files("unavailable")) == len(before)
    assert says(engine, "zq3marker")
    # What is written under the new name reaches the old watch; it must not be taken for the old folder.
    (away / "d0" / "0.md").write_text("# Note 0\n\nEdited while away.\n", encoding="utf-8")
    away.rename(notes)
    until(engine, lambda: known(engine) == on_disk(notes))
    assert [f.state for f in engine.library.folders()] == ["watched"]


def test_a_root_watched_again_under_its_new_name_embeds_nothing(start: Start, notes: Path) -> None:
    engine = watching(start, notes)
    away = notes.rename(notes.with_name("away"))
    engine.library.remove_folder(str(notes))
    engine.library.add_folder(str(away))
    assert engine.library.index(wait=True).embedded == 0
    assert known(engine) == on_disk(away)


@pytest.mark.filterwarnings("ignore:Callback with id:RuntimeWarning")  # watchdog's, when the folder comes back
def test_a_folder_that_is_moved_out_is_forgotten(start: Start, notes: Path) -> None:
    engine = watching(start, notes)
    out = notes.parent / "out"
    (notes / "d0").rename(out)
    until(engine, lambda: known(engine) == on_disk(notes))
    # Later writes outside still arrive under the old name.
    (out / "0.md").write_text("# Outside\n\nzq0marker is none of our business.\n", encoding="utf-8")
    (notes / "d1" / "new.md").write_text("# New\n\nAfter it.\n", encoding="utf-8")
    until(engine, lambda: known(engine) == on_disk(notes))
    assert not says(engine, "zq0marker")
    out.rename(notes / "d0")
    until(engine, lambda: known(engine) == on_disk(notes))


LIMITED = """
    import sys, time
    from functools import partial
    from pathlib import Path
    from core.engine import Engine
    from core.files import watch
    from core.index import folders
    from core.paths import DataFolder

    place = Path(sys.argv[1])
    watch.POLL_S = 0.5
    folders.Watcher = partial(watch.Watcher, check_s=0.2)
    notes = place / "notes"
    for n in range(50):
        (notes / f"{n:02d}").mkdir(parents=True)
    engine = Engine(DataFolder(place / "data"))
    engine.start()
    engine.library.add_folder(str(notes))
    engine.library.index(wait=True)
    print([note for note in engine.status().notes if "sysctl" in note], flush=True)
    for n in range(50):
        (notes / f"{n:02d}" / "a.md").write_text(f"# Note {n}", encoding="utf-8")
    deadline = time.monotonic() + 120
    while len(engine.library.files("indexed")) < 50 and time.monotonic() < deadline:
        time.sleep(0.05)
    print(len(engine.library.files("indexed")), flush=True)
    engine.close()
"""


@linux
def test_with_too_few_watches_everything_is_found_all_the_same(tmp_path: Path) -> None:
    limited = ["unshare", "-Ur", "sh", "-c", 'echo 20 > /proc/sys/user/max_inotify_watches && exec "$@"', "sh"]
    if shutil.which("unshare") is None or subprocess.run([*limited, "true"], capture_output=True).returncode:
        pytest.skip("this system lets no ordinary user make a namespace, in which the limit could be set")
    child = subprocess.run(
        [*limited, sys.executable, "-c", textwrap.dedent(LIMITED), str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert child.returncode == 0, child.stderr
    notes, found = child.stdout.splitlines()
    assert "sudo sysctl fs.inotify.max_user_watches=" in notes and "50 folders" in notes.replace("51", "50")
    assert found == "50"


def test_more_than_half_at_once_is_asked_about_and_confirmed_by_looking_again(start: Start, notes: Path) -> None:
    for n in range(24):
        (notes / "d1" / f"more {n}.md").write_text(f"# More {n}\n\nzqmore{n}marker\n", encoding="utf-8")
    engine = watching(start, notes)
    shutil.rmtree(notes / "d1")
    until(engine, lambda: any("26 of 30 files" in note for note in engine.status().notes))
    assert says(engine, "zqmore3marker"), "what was read stays findable"
    assert engine.library.index(wait=True).removed == 26
    assert known(engine) == on_disk(notes) and engine.status().notes == ()
    assert not says(engine, "zqmore3marker")


def test_a_loss_can_be_accepted_by_name(start: Start, notes: Path) -> None:
    engine = watching(start, notes)
    shutil.rmtree(notes)
    engine.library.index(wait=True)
    engine.library.index(wait=True)
    assert "cannot be reached" in engine.status().notes[0] and "moa folders remove" in engine.status().notes[0]
    assert len(engine.library.files("unavailable")) == 6
    assert engine.library.folders()[0].lost == 0, "what cannot be reached is not lost"
    engine.library.accept_loss(str(notes))
    engine.parts.lane.wait_until_idle()
    assert engine.library.files() == ()


def test_the_same_vault_twice_and_a_renamed_folder_embed_nothing(start: Start, notes: Path, tmp_path: Path) -> None:
    engine = watching(start, notes)
    twin = tmp_path / "twin"
    shutil.copytree(notes, twin)
    engine.library.add_folder(str(twin))
    report = engine.library.index(wait=True)
    assert (report.embedded, report.reused) == (0, 6)
    (notes / "d1").rename(notes / "renamed")
    (twin / "d2").rename(notes / "from twin")
    report = engine.library.index(wait=True)
    assert report.embedded == 0
    assert known(engine) == on_disk(notes) | on_disk(twin)


@pytest.mark.slow
def test_renaming_a_folder_of_a_thousand_files_is_quick(start: Start, notes: Path) -> None:
    for n in range(1000):
        (notes / "d0" / f"many {n}.md").write_text(f"Many {n}: zqmany{n}marker\n", encoding="utf-8")
    engine = watching(start, notes)
    (notes / "d0").rename(notes / "elsewhere")
    report = engine.library.index(wait=True)
    assert (report.moved, report.embedded, report.reused) == (1002, 0, 0)
    assert report.seconds < 5
    assert known(engine) == on_disk(notes)


@pytest.mark.parametrize("waiting", [150, pytest.param(5000, marks=pytest.mark.slow)])
def test_a_saved_note_is_found_while_others_wait(waiting: int, start: Start, notes: Path) -> None:
    engine = watching(start, notes)
    many = notes / "many"
    many.mkdir()
    words = " ".join(f"word{n}" for n in range(300))
    for n in range(waiting):
        file = many / f"{n}.md"
        file.write_text(f"# Many {n}\n\n{words}\n", encoding="utf-8")
        os.utime(file, (1e9, 1e9))
    until(engine, lambda: engine.status().files.get("waiting", 0) > waiting // 2)
    began = time.monotonic()
    (notes / "d1" / "1.md").write_text("The xylophone is in the attic.\n", encoding="utf-8")
    until(engine, lambda: bool(says(engine, "xylophone")))
    took = time.monotonic() - began
    assert engine.status().pending, "nothing waited any more"
    print(f"found after {took:.2f} s while {waiting} waited")
    if waiting == 5000:  # a figure, for a quiet machine: the settle time, and two seconds
        assert took < 2.5


def test_pausing_is_remembered_and_still_forgets_what_is_gone(start: Start, notes: Path) -> None:
    for note in notes.rglob("*.md"):
        os.utime(note, ns=(1_700_000_000_123_456_789,) * 2)  # one written just before it is read is looked at twice
    engine = watching(start, notes)
    engine.library.pause()
    assert any("paused" in note for note in engine.status().notes)
    (notes / "new.md").write_text("# New\n\nzqnewmarker\n", encoding="utf-8")
    (notes / "d0" / "0.md").unlink()
    until(engine, lambda: engine.status().files == {"indexed": 5, "waiting": 1})
    engine = start()
    assert engine.parts.lane.paused
    until(engine, lambda: engine.status().progress.stage == "" and not engine.parts.lane.problem)
    assert engine.status().files == {"indexed": 5, "waiting": 1} and not says(engine, "zq0marker")
    engine.library.resume()
    engine.library.index(wait=True)
    assert known(engine) == on_disk(notes) and says(engine, "zqnewmarker")

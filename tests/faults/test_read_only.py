"""A data folder that can only be read: Moa starts, says so, and answers over what is there; nothing is changed.

The folder lies on a disk that is mounted read-only, which stops root, too.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core import errors
from core.engine import Engine
from core.events import Answered
from core.paths import DataFolder
from core.serve import place
from core.store.database import Database
from core.store.frozen import open_frozen
from tests.faults.conftest import Start, in_a_namespace, says

READ_ONLY = "mount --bind '{0}' '{0}' && mount -o remount,ro,bind '{0}'"

SESSION = """
    import json, sys, threading
    from pathlib import Path
    from core import errors
    from core.engine import Engine
    from core.paths import DataFolder

    place, notes = Path(sys.argv[1]), Path(sys.argv[2])
    engine = Engine(DataFolder(place))
    engine.start()
    told = []
    engine.subscribe(lambda event: told.append(event))
    status = engine.status()
    engine.library.folders()
    def ask(question, conversation=None):
        return list(engine.questions.ask(question, conversation=conversation, stop=threading.Event()))
    first = ask("Where does zq1marker stand?")
    again = ask("And zq2marker?", first[-1].conversation)
    refused = []
    (notes / "new.md").write_text("# New", encoding="utf-8")
    for change in (
        lambda: engine.library.add_folder(str(notes)), lambda: engine.library.remove_folder(str(notes)),
        lambda: engine.library.import_files([str(notes / "new.md")]), lambda: engine.library.index(wait=True),
        engine.library.pause, lambda: engine.library.retry(), lambda: engine.models.use("none"),
        lambda: engine.models.add(str(notes / "new.md")), lambda: engine.chats.remove(engine.chats.rows()[0].id),
        lambda: engine.chats.rename(engine.chats.rows()[0].id, "Other"),
    ):
        try:
            change()
            refused.append("")
        except errors.OnlyRead as problem:
            refused.append(str(problem))
    print(json.dumps({
        "frozen": status.frozen, "notes": engine.status().notes,
        "found": [h.path for h in engine.questions.search("zq1marker", patient=True).hits if "zq1marker" in h.text],
        "dense": engine.questions.search("a marker that stands here", patient=True).hits[0].why.dense_rank,
        "answers": [first[-1].text, again[-1].text], "turns": len(engine.chats.show(first[-1].conversation).messages),
        "notices": [e.text for e in first if e.event == "notice"], "listed": len(engine.chats.rows()),
        "refused": refused, "told": [type(e).__name__ for e in told],
    }))
    engine.close()
    print(json.dumps(engine.parts.data.copies.exists()))
"""


@pytest.fixture
def filled(start: Start, notes: Path, tmp_path: Path) -> Path:
    """A data folder on a disk of its own, with notes and one conversation; its engine has ended."""
    engine = start()
    engine.library.add_folder(str(notes))
    engine.library.index(wait=True)
    assert isinstance(list(engine.questions.ask("Where does zq1marker stand?", stop=threading.Event()))[-1], Answered)
    engine.close()
    disk = tmp_path / "disk"
    disk.mkdir()
    return Path(shutil.copytree(engine.data.root, disk / "data"))


def session(data: Path, notes: Path) -> dict[str, Any]:
    """What an engine says and does over this folder, mounted read-only."""
    said, copies = in_a_namespace(SESSION, READ_ONLY.format(data.parent), data, notes)
    assert json.loads(copies) is False, "the copies were left"
    found: dict[str, Any] = json.loads(said)
    return found


def check(said: dict[str, Any], notes: Path, chats: int = 1) -> None:
    assert said["frozen"] and "can only be read: search and questions go on" in " ".join(said["notes"])
    assert said["found"] == [str(notes / "d1" / "1.md")] and said["dense"]
    assert "zq1marker" in said["answers"][0] and "zq2marker" in said["answers"][1]
    assert said["turns"] == 4 and said["listed"] == chats, "a conversation goes on, and is not saved"
    assert any("cannot be saved" in notice for notice in said["notices"])
    assert all("can only be read, so nothing was changed" in sentence for sentence in said["refused"])
    assert "StatusChanged" in said["told"]


def test_search_and_questions_go_on_and_nothing_is_changed(filled: Path, notes: Path) -> None:
    check(session(filled, notes), notes)


@pytest.mark.slow
def test_a_start_on_a_full_disk_is_the_same(filled: Path, notes: Path, tmp_path: Path) -> None:
    full = tmp_path / "full"
    full.mkdir()
    mount = (
        f"mount -t tmpfs -o size=60m none '{full}' && cp -r '{filled}' '{full}'"
        f" && {{ head -c 80m /dev/zero > '{full}/ballast' || true; }} 2>/dev/null"
    )
    said, _ = in_a_namespace(SESSION, mount, full / "data", notes)
    found = json.loads(said)
    assert any("is full: search and questions go on" in note for note in found["notes"])
    check(found | {"notes": ["can only be read: search and questions go on"]}, notes)


def crashed(data: Path, start: Start) -> None:
    """As after a kill: the write-ahead log holds what the database does not."""
    shutil.rmtree(data)
    engine = start()
    (engine.data.root.parent / "notes" / "late.md").write_text("# Late\n\nzqlatemarker\n", encoding="utf-8")
    engine.library.index(wait=True)
    shutil.copytree(engine.data.root, data, ignore=shutil.ignore_patterns("engine.*"))
    assert (data / "library.db-wal").stat().st_size
    engine.close()


def without_shared_memory(data: Path, start: Start) -> None:
    crashed(data, start)
    for file in data.glob("*-shm"):
        file.unlink()


@pytest.mark.slow
@pytest.mark.parametrize("how", [crashed, without_shared_memory])
def test_after_a_kill_the_log_is_read_as_well(
    how: Callable[[Path, Start], None], filled: Path, notes: Path, start: Start
) -> None:
    how(filled, start)
    check(session(filled, notes), notes)


def test_what_only_a_copy_can_read_is_copied(tmp_path: Path) -> None:
    """A database of an earlier version is migrated in its copy, and the file stays as it is."""
    folder, away = tmp_path / "data", tmp_path / "away"
    folder.mkdir()
    away.mkdir()
    steps = ["CREATE TABLE a (x INTEGER)", "CREATE TABLE b (y INTEGER)"]
    old = Database(folder / "a.db", steps[:1])
    with old.write() as c:
        c.executemany("INSERT INTO a VALUES(?)", [(n,) for n in range(1000)])
    old.close()
    current = open_frozen(folder / "a.db", steps[:1], away)
    assert current.read("SELECT count(*) FROM a") == [(1000,)] and current.path.parent == folder
    with pytest.raises(errors.OnlyRead), current.write():
        raise AssertionError("never reached")
    current.close()
    migrated = open_frozen(folder / "a.db", steps, away)
    assert migrated.read("SELECT count(*) FROM b") == [(0,)] and migrated.path.parent == away
    migrated.close()
    with pytest.raises(errors.DataFolderNewer):
        open_frozen(away / "a.db", steps[:1], tmp_path)
    assert {f.name for f in folder.iterdir()} == {"a.db"}


def test_an_empty_folder_that_can_only_be_read_is_refused(tmp_path: Path, notes: Path) -> None:
    disk = tmp_path / "disk"
    (disk / "data").mkdir(parents=True)
    script = """
        import sys
        from pathlib import Path
        from core import errors
        from core.engine import Engine
        from core.paths import DataFolder
        try:
            Engine(DataFolder(Path(sys.argv[1]))).start()
        except errors.SetupProblem as problem:
            print(problem)
    """
    (said,) = in_a_namespace(script, READ_ONLY.format(disk), disk / "data")
    assert "cannot write in its data folder" in said and "nothing in it to search" in said


COMMANDS = """
    import json, subprocess, sys
    def moa(*argv):
        done = subprocess.run([sys.executable, "-m", "core.cli", "--data", sys.argv[1], *argv],
                              capture_output=True, text=True, timeout=120)
        print(json.dumps([done.returncode, done.stdout, done.stderr]))
    moa("search", "zq1marker", "--json")
    moa("status")
    moa("ask", "Where does zq1marker stand?", "--model", "none")
    moa("folders", "add", sys.argv[2])
    moa("pause")
    moa("status", "--json")
    moa("doctor", "--json")
    moa("stop")
    moa("status")
"""


@pytest.mark.slow
def test_the_command_line_says_it(filled: Path, notes: Path) -> None:
    search, status, ask, add, pause, again, doctor, stop, after = map(
        json.loads, in_a_namespace(COMMANDS, READ_ONLY.format(filled.parent), filled, notes)
    )
    assert search[0] == 0 and "zq1marker" in search[1]
    assert "can only be read: search and questions go on" in status[1]
    assert ask[0] == 0 and "zq1marker" in ask[1] and "cannot be saved" in ask[2]
    for refused in (add, pause):
        assert refused[0] == 1 and "can only be read, so nothing was changed" in refused[2]
        assert "Traceback" not in refused[2]
    assert json.loads(again[1])["frozen"]
    [said] = [row for row in map(json.loads, doctor[1].splitlines()) if row["check"] == "data folder"]
    assert not said["ok"] and "can only be read" in said["detail"]
    assert stop[0] == 0 and "has stopped" in stop[1]
    assert "not running" in after[1]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to root")
def test_rights_taken_away_are_the_same(filled: Path, notes: Path) -> None:
    filled.chmod(0o500)
    try:
        engine = Engine(DataFolder(filled))
        engine.start()
        assert engine.status().frozen and says(engine, "zq1marker")
        engine.close()
    finally:
        filled.chmod(0o700)


def test_what_an_engine_left_beside_a_folder_that_can_be_written_again_leads_nobody_astray(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "data")
    data.away.mkdir(mode=0o700)
    (data.away / "engine.json").write_text("{}", encoding="utf-8")
    assert data.endpoint.parent == data.away
    assert not place.prepare(data).frozen
    assert data.endpoint.parent == data.root
    data.away.rmdir()
    data.away.mkdir(mode=0o755)
    (data.away / "engine.json").write_text("{}", encoding="utf-8")
    assert data.endpoint.parent == data.root, "others could write there"
    shutil.rmtree(data.away)

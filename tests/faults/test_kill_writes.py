"""Killed while it writes an answer, its settings or a migration: what was complete is there, and nothing is half."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from core import errors, events, settings
from core.serve import wire
from core.serve.client import Client
from core.settings import Settings
from core.store import schema
from core.store.database import Database
from tests.faults.test_kill import client as client

pytestmark = pytest.mark.skipif(os.name == "nt", reason="SIGKILL is POSIX's")
ROUNDS = [5, pytest.param(50, marks=pytest.mark.slow)]


@pytest.mark.parametrize("rounds", [3, pytest.param(50, marks=pytest.mark.slow)])
def test_a_kill_while_an_answer_streams_keeps_every_complete_message(
    rounds: int, client: Client, tmp_path: Path, babbling_model: Path
) -> None:
    rng = random.Random(rounds)
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "garden.md").write_text("# Garden\n\nThe tomatoes are watered every day.\n", encoding="utf-8")
    client.connect()
    client.add_folder(str(notes))
    client.index(wait=True)
    model = client.models.add(str(babbling_model)).id
    complete: dict[str, str] = {}
    for number in range(rounds):
        client.connect()
        # One that is answered, then one whose answer is cut at a random token.
        *_, answer = client.ask(wire.AskBody(f"Who waters the tomatoes, {number}?", model="none"))
        assert isinstance(answer, events.Answered)
        complete[answer.conversation] = answer.text
        cut_at, seen = rng.randrange(1, 30), 0
        pid = client.connect().pid
        try:
            for event in client.ask(wire.AskBody("Tell of the tomatoes", model=model)):
                seen += isinstance(event, events.Token)
                if seen == cut_at:
                    os.kill(pid, signal.SIGKILL)
        except errors.EngineUnavailable:
            pass
    client.connect()
    for id, text in complete.items():
        question, reply = client.chats.show(id).messages
        assert (question.role, reply.role, reply.text) == ("user", "assistant", text)
    for row in client.chats.list():
        roles = [m.role for m in client.chats.show(row.id).messages]
        assert roles in ([], ["user"], ["user", "assistant"])
    print(f"{rounds} kills while an answer was written: {len(complete)} of {len(complete)} conversations complete")


WRITER = """
    import sys
    from pathlib import Path
    from core import settings
    from core.settings import Settings
    path = Path(sys.argv[1])
    for number in range(10**9):
        settings.save(path, Settings(model=f"m{number}" * 2000, passages=number))
        if number == 0:
            print("begun", flush=True)
"""


@pytest.mark.parametrize("rounds", ROUNDS)
def test_a_kill_while_settings_are_saved_leaves_the_old_or_the_new(rounds: int, tmp_path: Path) -> None:
    rng, path, last = random.Random(rounds), tmp_path / "settings.toml", 0
    for _ in range(rounds):
        child = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(WRITER), str(path)], stdout=subprocess.PIPE,
        )  # fmt: skip
        assert child.stdout and child.stdout.readline() == b"begun\n"
        time.sleep(rng.uniform(0.0, 0.1))  # at any moment of a save
        child.kill()
        child.communicate()
        found, notes = settings.load(path)
        assert notes == () and found == Settings(model=f"m{found.passages}" * 2000, passages=found.passages)
        last += found.passages
    print(f"{rounds} kills in {last} saves of the settings: whole each time")


MIGRATION = """
    import sys
    from pathlib import Path
    from core.store.database import Database
    steps = ["CREATE TABLE a (x INTEGER)"] + [f"INSERT INTO a VALUES({n});\\nCREATE TABLE t{n} (y)" for n in range(300)]
    print("begun", flush=True)
    Database(Path(sys.argv[1]), steps)
    print("done", flush=True)
"""


@pytest.mark.parametrize("rounds", ROUNDS)
def test_a_kill_while_a_database_is_migrated_is_resumed(rounds: int, tmp_path: Path) -> None:
    rng = random.Random(rounds)
    steps = ["CREATE TABLE a (x INTEGER)"] + [f"INSERT INTO a VALUES({n});\nCREATE TABLE t{n} (y)" for n in range(300)]
    kept: list[int] = []
    for number in range(rounds):
        path = tmp_path / f"{number}.db"
        child = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(MIGRATION), str(path)], stdout=subprocess.PIPE,
        )  # fmt: skip
        assert child.stdout and child.stdout.readline() == b"begun\n"
        time.sleep(rng.uniform(0.0, 0.05))  # at any moment of it
        child.kill()
        child.communicate()
        if path.exists():
            with sqlite3.connect(path) as c:
                kept.append(c.execute("PRAGMA user_version").fetchone()[0])
            c.close()
        database = Database(path, steps)
        assert [r[0] for r in database.read("SELECT x FROM a ORDER BY rowid")] == list(range(300))
        database.close()
    print(f"{rounds} kills after {kept} of {len(steps)} migrations: each resumed, no step done twice")


@pytest.mark.parametrize("version", range(1, len(schema.LIBRARY)))
def test_a_library_of_every_earlier_version_is_taken_over(version: int, tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    old = Database(path, schema.LIBRARY[:version])
    with old.write() as c:
        c.execute("INSERT INTO folder(path, state, collection, added) VALUES(x'2f61', 'watched', 'a', 1.0)")
        c.execute(
            "INSERT INTO file(folder, path, state, size, mtime_ns, inode) VALUES(1, x'2f612f62', 'indexed', 1, 2, 3)"
        )
        c.execute("INSERT INTO chunk(file, ordinal, text, hash, pending) VALUES(1, 0, 'text', x'00', 0)")
        c.execute("INSERT INTO vector VALUES('e', x'00', x'0000')")
    old.close()
    new = Database(path, schema.LIBRARY)
    assert new.read("SELECT path FROM folder") == [(b"/a",)] and new.read("SELECT path FROM file") == [(b"/a/b",)]
    assert new.read("SELECT text FROM chunk") == [("text",)] and new.read("SELECT count(*) FROM vector") == [(1,)]
    new.close()
    with pytest.raises(errors.DataFolderNewer):
        Database(path, schema.LIBRARY[:version])

"""What test_full_disk.py runs on a small disk of its own: everything Moa writes, with only so many bytes left.

    python -m tests.faults.full_disk PLACE DISK MODEL ROOM...

PLACE holds the notes, DISK (a few MB, its own file system) the data folder. One line of JSON a round.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from core import errors, settings
from core.engine import Engine
from core.events import Answered
from core.index import folders
from core.index.embedding import vectors
from core.index.lane import space, thread, upkeep
from core.models.llama import saved
from core.paths import DataFolder
from core.store import folder_list, schema
from core.store.database import Database
from tests.faults.conftest import known, on_disk, says

LIMIT_S = 60.0


class Ballast:
    """A file that leaves as much of the disk as is wanted."""

    def __init__(self, disk: Path) -> None:
        self._disk = disk
        self._file = (disk / "ballast").open("wb", buffering=0)

    def leave(self, room: int) -> None:
        size = self._file.seek(0, os.SEEK_END) + shutil.disk_usage(self._disk).free - room
        if size > 0:
            os.posix_fallocate(self._file.fileno(), 0, size)

    def away(self) -> None:
        self._file.truncate(0)


class Rounds:
    """An engine, its notes and what was said to it."""

    def __init__(self, place: Path, disk: Path, model: Path) -> None:
        self.place, self.disk, self.model = place, disk, model
        self.ballast = Ballast(disk)
        self.notes, self.second = place / "notes", place / "second"
        for folder in (self.notes, self.second):
            folder.mkdir()
        (self.notes / "first.md").write_text("# First\n\nThe zqfirstmarker stands here.\n", encoding="utf-8")
        (self.second / "other.md").write_text("# Other\n\nThe zqsecondmarker stands here.\n", encoding="utf-8")
        self.data = DataFolder(disk / "data")
        self.engine = Engine(self.data)
        self.engine.start()
        self.engine.library.add_folder(str(self.notes))
        self.engine.library.index(wait=True)
        self.engine.parts.embedder.load()
        self.engine.parts.embedder_done.wait()
        self.chats: dict[str, list[str]] = {}
        self.imported: dict[str, str] = {}

    def run(self, number: int, room: int) -> dict[str, object]:
        """One round: fill the disk, do everything, check; make room, check that all is as it should be."""
        self._fold()
        self.ballast.leave(room)
        refused: dict[str, str] = {}
        longest = 0.0
        for name, work in self._writes(number).items():
            began = time.monotonic()
            try:
                work()
            except errors.SetupProblem as problem:
                refused[name] = str(problem)
                assert problem.title and problem.advice, name
            longest = max(longest, time.monotonic() - began)
            assert says(self.engine, "zqfirstmarker"), f"search fails after {name}"
        self._whole()
        self.ballast.away()
        if "resume" in refused:
            self.engine.library.resume()
        waited = time.monotonic()
        lane = self.engine.parts.lane
        # Between two steps: a vector index that is just being mended is neither broken nor whole.
        while not (self._settled() and lane.call(self._settled)):
            assert time.monotonic() - waited < LIMIT_S, f"{self.engine.status()}"
            time.sleep(0.02)  # the next try of something that failed, which tells nobody
        lane.call(self._equal)
        return {"room": room, "refused": refused, "longest_s": round(longest, 2)}

    def _fold(self) -> None:
        """Writes shall need room: what the logs have grown to is given back."""
        parts = self.engine.parts
        for database in (parts.catalogue.database, parts.chats.database):
            # Readers on other threads may hold it up; then this round needs less room than it could.
            database._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _writes(self, number: int) -> dict[str, Callable[[], object]]:
        parts, library = self.engine.parts, self.engine.library
        note = self.notes / f"{number}.md"
        text = f"# Note {number}\n\nThe zqr{number}marker stands here.\n\n" + f"word{number} and more. " * 400
        note.write_text(text, encoding="utf-8")
        edited = self.notes / f"{max(1, number - 1)}.md"
        edited.write_text(edited.read_text("utf-8") + f"\nzqedit{number}marker\n", encoding="utf-8")
        gone = self.notes / f"{number - 3}.md"
        gone.unlink(missing_ok=True)
        dropped = self.place / f"dropped {number}.md"
        dropped.write_text(f"# Dropped {number}\n\nzqdrop{number}marker\n" + "more of it. " * 300, encoding="utf-8")
        watched = any(f.path == str(self.second) for f in library.folders())
        folder = library.remove_folder if watched else library.add_folder
        return {
            "index": lambda: library.index(wait=True),
            "ask": lambda: self._ask(f"Where does zqfirstmarker stand, {number}?", ""),
            "follow up": lambda: self._ask("And zqsecondmarker?", list(self.chats)[-1]),
            "import": lambda: self._import(dropped),
            "settings": lambda: parts.change_settings(passages=3 + number % 5),
            "folder": lambda: folder(str(self.second)),
            "model": self._model,
            "prompt state": self._prompt_state,
            "copy of the chats": self._back_up,
            "pause": library.pause,
            "resume": library.resume,
            "index again": lambda: library.index(wait=True),
        }

    def _ask(self, question: str, conversation: str) -> None:
        answer = list(self.engine.questions.ask(question, conversation=conversation or None, stop=threading.Event()))
        assert isinstance(answer[-1], Answered), answer[-1]
        self.chats.setdefault(answer[-1].conversation, []).extend([question, answer[-1].text])

    def _import(self, file: Path) -> None:
        self.engine.library.import_files([str(file)])
        self.imported[file.name] = file.read_text("utf-8")

    def _model(self) -> None:
        for row in self.engine.models.rows():
            self.engine.models.remove(row.id)
        for file in self.data.models.glob("*.gguf"):
            file.unlink()
        row = self.engine.models.add(str(self.model), copy=True)
        assert Path(row.path).read_bytes() == self.model.read_bytes()

    def _prompt_state(self) -> None:
        states = saved.SavedStates(self.data.kv, "m", "b", "s")
        before = states.find("c")
        content = os.urandom(60_000)
        kept = states.keep("c", [1, 2], len(content), lambda file: bool(file.write_bytes(content)))
        found = states.find("c")
        assert found is None or (states.whole(found) and (kept or before)), "half a state looks whole"

    def _back_up(self) -> None:
        backups = self.engine.parts.chats._backups
        for file in (self.data.root / "backups").glob("*.db"):
            file.unlink()
        backups._last = None
        self.engine.parts.chats.back_up()

    # ---- what must hold

    def _whole(self) -> None:
        """No file is half."""
        left = [f for f in self.data.root.rglob("*") if f.suffix in (".tmp", ".part") or f.name.endswith(".part")]
        assert not left, left
        assert settings.load(self.data.settings)[1] == ()
        assert folder_list.read(self.data.root)
        for row in self.engine.models.rows():
            assert not row.problem, row
        for file in self.data.imported.iterdir():
            assert file.read_text("utf-8") == (self.place / file.name).read_text("utf-8"), file
        for copy in (self.data.root / "backups").glob("*.db"):
            Database(copy, schema.CHATS, frozen=True).close()

    def _settled(self) -> bool:
        engine = self.engine
        return not (
            engine.parts.lane.problem or engine.status().pending or not engine.parts.chroma.ready
            or engine.parts.chats.note or engine.status().progress.stage or known(engine) != self._there()
        )  # fmt: skip

    def _there(self) -> dict[str, str]:
        folders = [Path(f.path) for f in self.engine.library.folders()]
        return {path: digest for folder in folders for path, digest in on_disk(folder).items()}

    def _equal(self) -> None:
        """After room was made, without being asked: as if nothing had happened."""
        self.engine.parts.chats.catch_up()
        parts = self.engine.parts
        assert known(self.engine) == self._there()
        ids = {r[0] for r in parts.catalogue.database.read("SELECT id FROM chunk")}
        there = {int(i) for i in parts.chroma._collection.get(include=[])["ids"]}
        assert there == ids, f"the vector index lacks {ids - there} and has {there - ids} too many"
        assert len(parts.exact) == len(ids)
        assert parts.catalogue.database.read("PRAGMA quick_check") == [("ok",)]
        for id, said in self.chats.items():
            assert [m.text for m in self.engine.chats.show(id).messages] == said
        assert {f.name for f in self.data.imported.iterdir()} >= set(self.imported)


def main(arguments: list[str]) -> None:
    """Run the rounds; raises where something does not hold."""
    thread.RETRY_S = upkeep.MEND_S = 0.2
    vectors.EXACT_LIMIT = 0
    folders.FREE_BYTES = space.FREE_BYTES = saved.LEFT = 0
    place, disk, model, *rooms = arguments
    rounds = Rounds(Path(place), Path(disk), Path(model))
    for number, room in enumerate(map(int, rooms), start=1):
        sys.stdout.write(json.dumps(rounds.run(number, room)) + "\n")
        sys.stdout.flush()
    rounds.engine.close()


if __name__ == "__main__":
    main(sys.argv[1:])

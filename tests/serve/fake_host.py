"""The real host process around an engine that is made up: `python -m tests.serve.fake_host --data DIR`.

What it does is in the words of the question, so that a test can hold it at any point. Its status notes
tell what happened to it. A file named `refuse` in the data folder keeps it from starting.
"""

from __future__ import annotations

import itertools
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, cast

from core import __version__, errors, events, types
from core.paths import DataFolder
from core.serve import host

PLACE = types.Location(line_from=3, line_to=5, heading="여행 > Winter")
PASSAGE = types.Passage(1, "/notes/겨울.md", "겨울", PLACE, "눈이 온다. It snows.", 0.5, types.Why(1, 2, None, 0.4))
CITATION = types.Citation(1, PASSAGE.path, PLACE, "눈이 온다.", True)
MODEL = types.ModelRow("tiny", "Tiny", "/models/tiny.gguf", 1_200_000, "llama", "F16", 512, True)
ROW = types.ConversationRow("c1", "Snow?", 1.0, 2.0, 2)
EMBEDDER = types.EmbedderRow(
    "built-in", "", "built-in", "/m/mini", 90_000_000, 384, 256, serving=True, next=False, languages=("en",)
)
MANY = 100_000


class FakeEngine:
    """Keeps folders in memory and answers one thing."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._folders: dict[str, types.FolderRow] = {}
        self._listeners: list[Callable[[events.EngineEvent], None]] = []
        self._notes: list[str] = []
        self._go = threading.Event()
        self.library = self.questions = self
        self.models, self.chats = FakeModels(self), FakeChats(self)
        self.learning = FakeLearning()
        self.embedders = FakeEmbedders(self)

    def start(self) -> None:
        if (self._data.root / "refuse").exists():
            raise errors.DataFolderNewer("This data folder was written by a newer Moa.", "Update Moa.")

    def close(self) -> None:
        self._note("closed")
        self._go.set()

    def _note(self, text: str) -> None:
        self._notes.append(text)
        self._tell(events.StatusChanged(self.status()))

    def _tell(self, event: events.EngineEvent) -> None:
        for listener in tuple(self._listeners):
            listener(event)

    def status(self) -> types.Status:
        return types.Status(
            True,
            os.getpid(),
            __version__,
            len(self._folders),
            {"indexed": 2, "waiting": 1},
            embedder=types.EmbedderInfo("mini", 384, "cpu", "ready"),
            notes=(*self._notes, f"listeners: {len(self._listeners)}"),
        )

    def subscribe(self, listener: Callable[[events.EngineEvent], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def folders(self) -> tuple[types.FolderRow, ...]:
        return tuple(self._folders.values())

    def add_folder(self, path: str) -> types.FolderRow:
        if not os.path.isdir(path):  # noqa: PTH112
            raise errors.BadRequest(f"{path} does not exist.", "Check its name.")
        self._folders[path] = types.FolderRow(path, "watched", 0, "notes")
        self._tell(events.Changed("folders"))
        return self._folders[path]

    def remove_folder(self, path: str) -> None:
        if self._folders.pop(path, None) is None:
            raise errors.BadRequest(f"{path} is not watched.")

    def set_folder_options(
        self, path: str, ocr: bool | None = None, encoding: str | None = None
    ) -> types.FolderRow:  # fmt: skip
        self._folders[path] = replace(self._folders[path], ocr=bool(ocr), encoding=encoding or "")
        return self._folders[path]

    def accept_loss(self, path: str) -> None:
        if path not in self._folders:
            raise errors.BadRequest(f"{path} is not watched.")
        self._note(f"accepted {path}")

    def retry(self, paths: Sequence[str] = (), state: str | None = None) -> tuple[types.FileRow, ...]:
        return tuple(types.FileRow(p, "waiting", "", "", 3, 4, 0, "pdf") for p in paths or ("/all",))

    def unlock(self, path: str, password: str) -> types.FileRow:
        if password != "열려라":
            raise errors.FileProblem(f"{path} stays locked.", "The password is wrong; try again.")
        return types.FileRow(path, "indexed", "", "ab", 3, 4, 1, "pdf")

    def import_files(self, paths: Sequence[str]) -> tuple[types.FileRow, ...]:
        return tuple(types.FileRow(p, "waiting", "", "", 3, 4, 0, "markdown") for p in paths)

    def pause(self) -> None:
        self._note("paused")

    def resume(self) -> None:
        self._notes.remove("paused")

    def index(self, wait: bool) -> types.IndexReport:
        if wait and self._folders:
            self._go.wait()
        return types.IndexReport(added=2, seconds=0.5)

    def files(self, state: str | None = None) -> tuple[types.FileRow, ...]:
        if state == "failed":
            return (types.FileRow("/notes/a.pdf", "failed", "It is damaged.", "ab", 1, 2, 0, "pdf"),)
        if state == "skipped":
            return tuple(types.FileRow(f"/notes/{i}.md", "skipped", "", "ab" * 32, i, i, 1, "x") for i in range(MANY))
        return (types.FileRow("/notes/겨울.md", "indexed", "", "ab", 2_000, 2, 1, "markdown"),)

    def search(
        self, query: str, k: int = 10, within: str | None = None, patient: bool = False, **more: object
    ) -> types.SearchResult:
        if query == "die":
            os.kill(os.getpid(), 9)
        if query == "bug":
            raise ZeroDivisionError("nobody thought of this")
        hits = tuple(PASSAGE for _ in range(min(k, 1))) if query != "nothing" else ()
        return types.SearchResult(hits, (f"within {within}, patient {patient}",) if within else ())

    def ask(
        self,
        question: str,
        *,
        within: str | None = None,
        model: str | None = None,
        conversation: str | None = None,
        qid: str | None = None,
        stop: threading.Event,
        **more: object,
    ) -> Iterator[events.AnswerEvent]:
        if not question.strip():
            raise errors.BadRequest("The question is empty.", "Type one.")
        if question == "load":
            self._note("loading")
            stop.wait()
            self._note("stopped while loading")
            return
        yield events.PassagesFound((PASSAGE,), qid)
        if question == "hold":
            self._go.wait()
        if question == "bug":
            raise ZeroDivisionError("nobody thought of this")
        if question == "crash":
            raise errors.ModelProblem("The model ended.", "Ask again.")
        if question == "die":
            os.kill(os.getpid(), 9)
        if question == "endless":
            for n in itertools.count():
                if stop.wait(0.01):
                    break
                yield events.Token(f"{n} ", qid)
            self._note("stopped while answering")
        yield events.Notice("One moment.", qid)
        yield events.Token("It ", qid)
        yield events.Token("snows [1].", qid)
        timings = types.Timings(3.0)
        yield events.Answered(
            "It snows [1].", "model", True, (CITATION,), None, model, conversation or "c1", timings, qid=qid
        )


class FakeLearning:
    """Knows the outcome beforehand."""

    progress = types.SelfTestProgress(3, 80)

    def selftest(self, n: int, seed: int) -> types.SelfTest:
        if seed < 0:
            raise errors.BadRequest("There are no notes to ask about yet.", "Add a folder.")
        good, poor = types.Scores(n, 0.9, 1.0, 0.95), types.Scores(n, 0.1, 0.2, 0.15)
        korean = types.LanguageScores(good, good, poor, {"0": good, "1": poor}, False, False)
        return types.SelfTest(n, good, good, poor, {"ko": korean}, {"pdf": good}, {"title": good}, "tiny@1")

    def stop(self) -> None:
        """Nothing runs."""


class FakeModels:
    """One model; `use go` lets whoever holds go on."""

    def __init__(self, engine: FakeEngine) -> None:
        self._engine = engine

    def rows(self) -> tuple[types.ModelRow, ...]:
        return (MODEL,)

    def add(self, path: str, copy: bool = False) -> types.ModelRow:
        raise errors.BadRequest(f"{path} is not a GGUF file.", "Choose another.")

    def use(self, id: str) -> None:
        if id == "go":
            self._engine._go.set()

    def remove(self, id: str) -> None:
        self._engine._note(f"removed {id}")

    def fit(self, id: str) -> types.Fit:
        return types.Fit(id, True, "cpu", 0, 5, 512, "f16", types.Needed(1, 2, 3), 999, "It is small.")


class FakeEmbedders:
    """The built-in one serves, and one that may be used."""

    def __init__(self, engine: FakeEngine) -> None:
        self._engine = engine

    def rows(self) -> tuple[types.EmbedderRow, ...]:
        return (EMBEDDER, replace(EMBEDDER, id="other", choice="/m/other", kind="folder", serving=False, next=True))

    def add(self, path: str) -> types.EmbedderRow:
        raise errors.BadRequest(f"There is no embedding model in {path}.", "Choose another.")

    def remove(self, id: str) -> None:
        self._engine._note(f"removed {id}")

    def cost(self, id: str) -> types.EmbedderCost:
        some = 0 if id == "known" else 1200
        return types.EmbedderCost("other@1", 768, 512, False, True, some, 7, 0.25, 10.0, some / 10, 2_000_000, 10**9)

    def use(self, id: str) -> None:
        self._engine._note(f"used {id}")

    def cancel(self) -> None:
        self._engine._note("cancelled")


class FakeChats:
    """One conversation."""

    def __init__(self, engine: FakeEngine) -> None:
        self._engine = engine

    def rows(self) -> tuple[types.ConversationRow, ...]:
        return (ROW,)

    def show(self, id: str) -> types.Conversation:
        if id != "c1":
            raise errors.BadRequest(f"There is no conversation {id}.")
        turns = (
            types.Message("user", "Snow?", 1.0),
            types.Message("assistant", "It snows [1].", 2.0, citations=(CITATION,)),
        )
        return types.Conversation("c1", "Snow?", 1.0, 2.0, turns)

    def search(self, q: str) -> tuple[types.ConversationRow, ...]:
        return (ROW,) if q == "눈" else ()

    def remove(self, id: str) -> None:
        self._engine._note(f"removed {id}")


def examine(engine: Any) -> tuple[types.Check, ...]:
    """One check that passes and, once a folder is watched, one that does not."""
    good = types.Check("data folder", True, "It is yours.")
    return (
        (good, types.Check("network", False, "A door is open.", "Close it.")) if engine.library.folders() else (good,)
    )


def make(data: DataFolder) -> Any:
    return cast(Any, FakeEngine(data))


if __name__ == "__main__":
    host.LOOK_S = 0.1
    sys.exit(host.main(sys.argv[1:], make, examine))

"""The engine: wires every part together and offers what Moa can do as plain methods. The one composition root.

Knows no wire and no window. Threads: the index lane (`index/lane.py`), one that loads the embedder after start,
and those of whoever asks. Every public method may be called from any thread.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from core import __version__, errors, settings
from core.answer.answerer import Answerer, Question
from core.events import AnswerEvent, Changed, EngineEvent, StatusChanged
from core.index.embedder import Embedder, language_of
from core.index.folders import Folders
from core.index.indexer import Indexer
from core.index.lane import Lane
from core.index.readers import Readers
from core.index.vectors import ChromaIndex, ExactIndex
from core.models.fit import fit
from core.models.gguf import read_header
from core.models.hardware import free_memory, resident_mb
from core.models.library import ModelLibrary
from core.models.worker import LoadOptions, Worker
from core.paths import DataFolder
from core.retrieval.search import Search
from core.store.catalogue import Catalogue
from core.store.chats import Chats
from core.store.opening import open_library
from core.store.passages import Passages
from core.types import (
    Conversation,
    ConversationRow,
    EmbedderInfo,
    FileRow,
    Fit,
    FolderRow,
    IndexReport,
    Memory,
    ModelInfo,
    ModelRow,
    SearchResult,
    Status,
)

STATUS_INTERVAL_S = 0.25
# A program that starts just now may wait this long for the embedder; keywords answer meanwhile for everybody else.
EMBEDDER_PATIENCE_S = 60.0
# A question in the first seconds after a start waits for search by meaning: a worse answer costs more.
ASK_PATIENCE_S = 15.0

log = logging.getLogger(__name__)


class Engine:
    """One data folder's engine. `start` before anything else, `close` at the end; one a data folder at a time."""

    def __init__(self, data: DataFolder) -> None:
        self.data = data
        self._listeners: list[Callable[[EngineEvent], None]] = []
        self._listening = threading.Lock()
        self._last_status = 0.0
        self._embedder_done = threading.Event()
        self._embedder_problem = ""

    # ---- life

    def start(self) -> None:
        """Open everything and begin to compare the folders. Raises `errors.SetupProblem`."""
        self._make_folders()
        self.settings, self._setting_notes = settings.load(self.data.settings)
        self._library, anew = open_library(self.data.library, self.data.chroma)
        self._setting_notes += (anew,) if anew else ()
        self.catalogue, self.passages = Catalogue(self._library), Passages(self._library)
        self._chats = Chats(self.data.chats, self.data.root / "backups")
        self.embedder = self._open_embedder()
        self.exact = ExactIndex(self.embedder.dim)
        self.chroma = ChromaIndex(self.data.chroma, self.embedder.id)
        self._readers = Readers()
        self.indexer = Indexer(
            self.catalogue, self.passages, self._readers, self.embedder, self.exact, self.chroma, self.data.root
        )
        self.lane = Lane(self.indexer, self._publish, lambda look: self._folders.looked(look))
        self._searcher = Search(self.passages, self.embedder, self.exact, self.chroma)
        self._models = ModelLibrary(self.data.models)
        self.worker = Worker(self.data.logs / "model.log")
        self._answerer = Answerer(
            self._searcher, self.passages, self._chats, self.worker, self._options
        )  # fmt: skip
        self._folders = Folders(self.data, self.catalogue, self.indexer, self.lane)
        self._folders.watch_all()
        self.lane.start()
        threading.Thread(target=self._load_embedder, name="embedder", daemon=True).start()

    def _make_folders(self) -> None:
        try:
            for folder in (self.data.root, self.data.models, self.data.kv, self.data.logs, self.data.imported):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as e:
            raise errors.SetupProblem(
                f"Moa cannot write in its data folder {self.data.root} ({e.strerror}).",
                "Give yourself the right to write there, or choose another with --data DIR or MOA_DATA.",
            ) from e

    def close(self) -> None:
        """Stop everything; what was under way is taken up at the next start."""
        self._folders.close()
        self.worker.close()
        # First, so that a file that hangs its reader does not hold up the lane's last step.
        self._readers.close()
        self.lane.close()
        self.chroma.close()
        self._library.close()
        self._chats.database.close()

    def _open_embedder(self) -> Embedder:
        """The embedder of the settings; when that one cannot be used, the built-in one, and a note says so."""
        try:
            return Embedder(self.settings.embedder, self.settings.threads)
        except errors.SetupProblem as problem:
            log.warning("embedder: %s", problem)
            self._setting_notes = (*self._setting_notes, f"{problem} The built-in one is used meanwhile.")
            return Embedder("", self.settings.threads)

    def _load_embedder(self) -> None:
        try:
            self.embedder.load()
        except errors.SetupProblem as problem:
            self._embedder_problem = str(problem)
        self._embedder_done.set()
        self._publish(force=True)

    # ---- what goes on

    def status(self) -> Status:
        """The engine at this moment."""
        chunks, unembedded = self.passages.counts()
        files = self.catalogue.counts()
        pending = unembedded + files.get("waiting", 0)
        return Status(
            running=True, pid=os.getpid(), version=__version__, folders=len(self._folders.rows()), files=files,
            chunks=chunks, pending=pending, eta_s=self.lane.eta_s(unembedded), embedder=self._embedder_info(),
            model=self._model_info(), rss_mb=Memory(resident_mb(os.getpid()), self.worker.rss_mb),
            progress=self.lane.progress, notes=self._notes(),
        )  # fmt: skip

    def _embedder_info(self) -> EmbedderInfo:
        e = self.embedder
        if self._embedder_problem:
            return EmbedderInfo(e.id, e.dim, e.device, "failed", self._embedder_problem)
        return EmbedderInfo(e.id, e.dim, e.device, "ready" if self._embedder_done.is_set() else "loading")

    def _model_info(self) -> ModelInfo | None:
        if not self.settings.model:
            return None
        return ModelInfo(self.settings.model, self.worker.state, self.worker.device, self.worker.detail)

    def _notes(self) -> tuple[str, ...]:
        problems = [p for p in (self.lane.problem, self._embedder_problem) if p]
        if self.chroma.broken:
            problems.append(
                "The vector index could not be used and is made anew at the next start; search is complete."
            )
        if self.lane.paused:
            problems.append("Indexing is paused: what is new or changed is not found yet.")
        return (*self._setting_notes, *self._folders.notes(), *problems)

    def subscribe(self, listener: Callable[[EngineEvent], None]) -> Callable[[], None]:
        """Tell `listener` of every event, on the thread that meets it; returns what ends that."""
        with self._listening:
            self._listeners.append(listener)

        def end() -> None:
            with self._listening:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return end

    def _publish(self, force: bool = False) -> None:
        now = time.monotonic()
        if self._listeners and (force or now - self._last_status >= STATUS_INTERVAL_S or not self.lane.progress.stage):
            self._last_status = now
            self._tell(StatusChanged(self.status()))

    def _tell(self, event: EngineEvent) -> None:
        with self._listening:
            listeners = list(self._listeners)
        for listener in listeners:
            try:
                listener(event)
            except Exception:  # whatever it is, it is the listener's: the others still have to be told
                log.exception("a listener failed")

    # ---- folders and files

    def folders(self) -> tuple[FolderRow, ...]:
        """The watched folders; the library's own only once something was copied into it."""
        return self._folders.rows()

    def add_folder(self, path: str) -> FolderRow:
        """Watch a folder. Raises `errors.BadRequest` for one that is missing, watched already, inside or around one."""
        row = self._folders.add(path)
        self._tell(Changed("folders"))
        return row

    def remove_folder(self, path: str) -> None:
        """Forget a folder and what was read in it; the user's files are not touched. Raises `errors.BadRequest`."""
        self._folders.remove(path)
        self._tell(Changed("folders"))
        self._publish(force=True)

    def import_files(self, paths: Sequence[str]) -> tuple[FileRow, ...]:
        """Copy files into the library's own folder and index them. Raises `errors.BadRequest`."""
        targets = {str(t) for t in self._folders.import_files(paths)}
        self._tell(Changed("folders"))
        return tuple(r for r in self.catalogue.file_rows() if r.path in targets)

    def index(self, wait: bool) -> IndexReport:
        """Compare every folder with the disk now; `wait` until nothing is pending. Counts what was done meanwhile.
        Losses that `status().notes` told before are taken as meant: a person asked for the folders as they are.
        """
        before, began = replace(self.indexer.counts), time.monotonic()
        self.lane.confirm()
        if wait:
            self.lane.wait_until_idle()
        after = self.indexer.counts
        done = {name: getattr(after, name) - getattr(before, name) for name in before.__slots__}
        return IndexReport(**done, seconds=round(time.monotonic() - began, 2))

    def accept_loss(self, path: str) -> None:
        """Forget what was read in files that are gone from this folder, even when all of it is. Raises
        `errors.BadRequest`."""
        self._folders.accept_loss(path)

    def pause(self) -> None:
        """Read and embed nothing more, also after the next start, until `resume`."""
        self.lane.pause(True)
        self._publish(force=True)

    def resume(self) -> None:
        """Go on indexing after `pause`."""
        self.lane.pause(False)
        self._publish(force=True)

    def files(self, state: str | None = None) -> tuple[FileRow, ...]:
        """What is known of each file, by path."""
        return self.catalogue.file_rows(state)

    # ---- questions

    def search(self, query: str, k: int = 10, within: str | None = None, patient: bool = False) -> SearchResult:
        """Passages for a query. `patient`: wait for the embedder to finish loading. Raises `errors.BadRequest`."""
        self._require_question(query)
        if patient:
            self._embedder_done.wait(EMBEDDER_PATIENCE_S)
        found = self._searcher.find(query, max(1, min(k, 200)), _scope(within), self._dense())
        return SearchResult(found.passages, self._degraded(query))

    def ask(
        self, question: str, *, within: str | None = None, model: str | None = None, conversation: str | None = None,
        qid: str | None = None, stop: threading.Event,
    ) -> Iterator[AnswerEvent]:  # fmt: skip
        """The events of an answer in order; ends early when `stop` is set. Raises `errors.BadRequest` at once for an
        empty question, an unknown model or conversation.
        """
        self._require_question(question)
        chosen = self.settings.model if model is None else model
        file = None if chosen in ("", "none") else (chosen, self._models.path_of(chosen))
        turns = self._chats.conversation(conversation).messages if conversation else ()
        if self.embedder.serves(language_of(question)):
            self._embedder_done.wait(ASK_PATIENCE_S)
        asked = Question(
            question.strip(), _scope(within), self.settings.passages, file,
            conversation or self._chats.start(question), turns, self._dense(), self._degraded(question),
        )  # fmt: skip
        return self._answer(asked, qid, stop)

    def _answer(self, asked: Question, qid: str | None, stop: threading.Event) -> Iterator[AnswerEvent]:
        self.lane.asking(+1)
        try:
            for event in self._answerer.answer(asked, stop):
                yield replace(event, qid=qid)
        finally:
            self.lane.asking(-1)
            self._tell(Changed("chats"))
            self._publish(force=True)

    @staticmethod
    def _require_question(text: str) -> None:
        if not text.strip():
            raise errors.BadRequest("The question is empty.", "Type what you want to know.")

    def _dense(self) -> bool:
        return self._embedder_done.is_set() and not self._embedder_problem

    def _degraded(self, question: str) -> tuple[str, ...]:
        """Sentences on what makes an answer less than it could be right now."""
        notes = []
        if not self.embedder.serves(language_of(question)):
            pass  # search by meaning has no say in this language anyway
        elif not self._embedder_done.is_set():
            notes.append("Search by meaning is still loading: these were found by their words.")
        elif self._embedder_problem:
            notes.append(self._embedder_problem)
        waiting = self.catalogue.counts().get("waiting", 0)
        if waiting:
            notes.append(f"{waiting} files have not been read yet.")
        return tuple(notes)

    # ---- models

    def models(self) -> tuple[ModelRow, ...]:
        """The language models the user has."""
        return self._models.rows(self.settings.model)

    def add_model(self, path: str) -> ModelRow:
        """Take a GGUF file up, where it lies. Raises `errors.BadRequest` for a file that is no such model."""
        row = self._models.add(Path(path).expanduser().absolute())
        self._tell(Changed("models"))
        return row

    def use_model(self, id: str) -> None:
        """Answer with this model from now on; "none" quotes. Raises `errors.BadRequest` for an unknown id."""
        chosen = "" if id in ("", "none") else id
        if chosen:
            self._models.path_of(chosen)
        # The window writes its own settings to the same file: take up what it chose meanwhile.
        current, self._setting_notes = settings.load(self.data.settings)
        self.settings = replace(current, model=chosen)
        settings.save(self.data.settings, self.settings)
        if not chosen:
            self.worker.unload()
        self._tell(Changed("models"))
        self._publish(force=True)

    def remove_model(self, id: str) -> None:
        """Forget a model; its file stays. Raises `errors.BadRequest` for an unknown id."""
        self._models.remove(id)
        if self.settings.model == id:
            self.use_model("none")
        self._tell(Changed("models"))

    def fit(self, id: str) -> Fit:
        """How a model would be loaded here. Raises `errors.BadRequest` for an unknown id."""
        return fit(
            id, read_header(self._models.path_of(id)), context=self.settings.context,
            gpu_layers=self.settings.gpu_layers, offload=self.worker.can_offload(), free=free_memory(),
        )  # fmt: skip

    def _options(self) -> LoadOptions:
        return LoadOptions(self.settings.context, self.settings.threads, self.settings.gpu_layers)

    # ---- conversations

    def chats(self) -> tuple[ConversationRow, ...]:
        """All conversations, the latest first."""
        return self._chats.rows()

    def search_chats(self, text: str) -> tuple[ConversationRow, ...]:
        """Conversations that hold a text."""
        return self._chats.rows(text)

    def chat(self, id: str) -> Conversation:
        """One conversation. Raises `errors.BadRequest` for an unknown id."""
        return self._chats.conversation(id)

    def remove_chat(self, id: str) -> None:
        """Delete a conversation for good. Raises `errors.BadRequest` for an unknown id."""
        self._chats.remove(id)
        self._tell(Changed("chats"))


def _scope(within: str | None) -> str | None:
    """A path as it is stored: absolute, links resolved; None for everything."""
    return str(Path(within).expanduser().resolve()) if within else None

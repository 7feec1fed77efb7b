"""What an engine is made of, opened in order and closed in order. Decides nothing."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import msgspec

from core import errors, settings
from core.answer.answerer import Answerer
from core.answer.question.filters import Filters
from core.events import What
from core.index.embedding import change
from core.index.embedding.change import Change
from core.index.embedding.embedder import Embedder, language_of
from core.index.embedding.embedder_list import EmbedderList
from core.index.embedding.exact import ExactIndex
from core.index.embedding.space import Space, TextEmbedder
from core.index.embedding.vectors import ChromaIndex
from core.index.folders import Folders
from core.index.indexer import Indexer
from core.index.lane import Lane, RestingLane
from core.index.power import on_battery
from core.index.reading.readers import Readers
from core.models.embed.embedder import GgufEmbedder
from core.models.network import Network
from core.models.process.worker import LoadOptions, Worker
from core.models.remote.chat import Remote
from core.models.remote.keys import Keys
from core.models.remote.servers import Servers
from core.models.supply.downloads import Downloads
from core.models.supply.library import ModelLibrary
from core.models.writer import Target, Writer
from core.paths import DataFolder
from core.retrieval.search import Search
from core.store.catalogue import Catalogue
from core.store.chats import Chats
from core.store.database import only_read
from core.store.frozen import settled, why
from core.store.notes import Notes
from core.store.opening import open_library, open_library_frozen
from core.store.passages import Passages

log = logging.getLogger(__name__)


class Parts:
    """Every part of one engine, by name."""

    def __init__(self, data: DataFolder, publish: Callable[[], None], changed: Callable[[What], None]) -> None:
        """Open everything. `publish` is called when the status changed, `changed` when a list did.
        Raises `errors.SetupProblem`."""
        self.data = data = settled(data)
        _make_folders(data)
        self.frozen_why = why(data) if data.frozen else ""
        self.settings, self.setting_notes = settings.load(data.settings)
        if data.frozen:
            self._database, anew = open_library_frozen(data.library, data.copies), ""
        else:
            self._database, anew = open_library(data.library, data.chroma)
        self.setting_notes += (anew,) if anew else ()
        self.catalogue, self.passages = Catalogue(self._database), Passages(self._database)
        self.notes = Notes(self._database)
        self.filters = Filters(self.notes, date.today)
        self.chats = Chats(data.chats, data.root / "backups", data.copies if data.frozen else None)
        self.embedder_done = threading.Event()
        self.embedder_problem = ""
        self.embedders = EmbedderList(data.models / "embedders.json")
        self.readers = Readers()
        first, serving, problem = self._first_embedder()
        space = Space(first, ExactIndex(first.dim), ChromaIndex(data.chroma, first.id))
        self.indexer = Indexer(self.catalogue, self.passages, self.readers, space, data.root)
        self.change = Change(
            self.indexer, data.chroma, self.open_embedder, self._failed, lambda: self._switched(changed)
        )
        if serving != self.settings.embedder and not data.frozen:
            self.change.begin(self.settings.embedder, problem)
        self.lane = (
            RestingLane(self.indexer, self.change, publish)
            if data.frozen
            else Lane(self.indexer, self.change, publish, lambda look: self.folders.looked(look), self._may_embed)
        )
        self.search = Search(self.passages, lambda: self.space)
        self.models = ModelLibrary(data.models)
        self.downloads = Downloads(data.models, self.models, self.network, lambda: changed("downloads"))
        self.worker = Worker(data.logs / "model.log", data.models, None if data.frozen else data.kv, publish)
        self.servers, self.keys = Servers(data.models), Keys()
        self.writer = Writer(
            self.worker, lambda s: Remote(s, self.keys.get(s.id), self.network()), self.models.adapters_of
        )
        self.answerer = Answerer(self.search, self.passages, self.notes, self.chats, self.writer, self.load_options)
        self.folders = Folders(data, self.catalogue, self.indexer, self.lane)

    def close(self) -> None:
        """Stop everything; what was under way is taken up at the next start."""
        self.folders.close()
        self.downloads.close()
        self.worker.close()
        # First, so that a file that hangs its reader does not hold up the lane's last step.
        self.readers.close()
        self.embedder.close()
        self.change.close()
        self.lane.close()
        self.indexer.recognition.close()
        self.chroma.close()
        self._database.close()
        self.chats.close()
        if self.data.frozen:
            shutil.rmtree(self.data.copies, ignore_errors=True)

    @property
    def space(self) -> Space:
        return self.indexer.space

    @property
    def embedder(self) -> TextEmbedder:
        """The one that serves; another takes its place when a change is done."""
        return self.indexer.space.embedder

    @property
    def exact(self) -> ExactIndex:
        return self.indexer.space.exact

    @property
    def chroma(self) -> ChromaIndex:
        return self.indexer.space.chroma

    def open_embedder(self, choice: str) -> TextEmbedder:
        """The embedder of a choice, not loaded yet. Raises `errors.SetupProblem`."""
        cache = self.data.embedders
        if self.data.frozen and not cache.is_dir():
            cache = self.data.copies / cache.name
        if choice.lower().endswith(".gguf"):
            log_file = self.data.logs / "embedder.log"
            gguf = GgufEmbedder(Path(choice).expanduser(), log_file, self.settings.threads, self.settings.gpu_layers)
            gguf.measured = self._fitness(gguf)
            return gguf
        embedder = Embedder(choice, self.settings.threads, cache)
        embedder.measured = self._fitness(embedder)
        return embedder

    def _first_embedder(self) -> tuple[TextEmbedder, str, str]:
        """The embedder that served last, as long as there is something that it serves; else the one of the settings,
        else the built-in one. With its choice, and why that of the settings cannot be used."""
        last, wanted = change.serving(self.catalogue), self.settings.embedder
        first = wanted if last is None or not self.passages.counts()[0] else last
        problems: dict[str, str] = {}
        for choice in dict.fromkeys((first, wanted, "")):
            try:
                embedder = self.open_embedder(choice)
            except errors.SetupProblem as problem:
                log.warning("embedder: %s", problem)
                problems[choice] = str(problem)
                if choice == "":
                    raise
                continue
            if not self.data.frozen:
                change.serves(self.catalogue, choice)
            self.setting_notes += tuple(p for c, p in problems.items() if c != wanted)
            return embedder, choice, problems.get(wanted) or (self._why_not(wanted) if choice != wanted else "")
        raise AssertionError("the built-in one is tried last")

    def _why_not(self, choice: str) -> str:
        try:
            self.open_embedder(choice).close()
        except errors.SetupProblem as problem:
            return str(problem)
        return ""

    def _failed(self) -> bool:
        return bool(self.embedder_problem)

    def _switched(self, changed: Callable[[What], None]) -> None:
        self.embedder_problem = ""
        self.embedder_done.set()
        changed("embedders")

    def load_embedder(self) -> None:
        """Load it, some seconds; a failure is kept in `embedder_problem`."""
        first = self.embedder
        try:
            first.load()
        except errors.SetupProblem as problem:
            if first is self.embedder:
                self.embedder_problem = str(problem)
        self.embedder_done.set()

    def fitness_key(self, embedder: TextEmbedder) -> str:
        """Under which library.db keeps what a self-test found out about an embedder's languages."""
        return f"fitness {embedder.model_id}"

    def _fitness(self, embedder: TextEmbedder) -> dict[str, bool]:
        try:
            return msgspec.json.decode(self.catalogue.meta(self.fitness_key(embedder)) or "{}", type=dict[str, bool])
        except msgspec.DecodeError:
            return {}

    def _may_embed(self) -> bool:
        return self.settings.on_battery != "wait" or not on_battery()

    def dense(self) -> bool:
        """Can search by meaning take part right now?"""
        return self.embedder_done.is_set() and self.indexer.shown.is_set() and not self.embedder_problem

    def wait_for_meaning(self, seconds: float) -> None:
        """Wait for the embedder and the vectors to be loaded, at most so long."""
        until = time.monotonic() + seconds
        self.embedder_done.wait(seconds)
        self.indexer.shown.wait(max(0.0, until - time.monotonic()))

    def serves(self, question: str) -> bool:
        """Does the embedder know the language of this question?"""
        return self.embedder.serves(language_of(question))

    def target(self, model: str) -> Target:
        """Where the model with this id answers. Raises `errors.BadRequest` or `errors.ModelProblem`."""
        return self.servers.find(model) or self.models.path_of(model)

    def network(self) -> Network:
        """How this machine reaches others."""
        return Network(self.settings.proxy, self.settings.certificates, self.settings.mirror)

    def load_options(self) -> LoadOptions:
        """How the language model is to be loaded."""
        s = self.settings
        return LoadOptions(s.context, s.threads, s.gpu_layers, machines=s.machines)

    def require_writable(self) -> None:
        """Raise `errors.OnlyRead` when nothing can be changed in the data folder."""
        if self.data.frozen:
            raise only_read()

    def change_settings(self, **changes: str | int) -> None:
        """Set and save some settings; what the window wrote to the same file meanwhile is taken up. Raises
        `errors.SetupProblem`; then nothing is changed."""
        current, notes = settings.load(self.data.settings)
        changed = replace(current, **changes)  # type: ignore[arg-type]  # names and types are those of Settings
        settings.save(self.data.settings, changed)
        self.settings, self.setting_notes = changed, notes


def _make_folders(data: DataFolder) -> None:
    own = (data.copies,) if data.frozen else (data.root, data.models, data.kv, data.imported)
    try:
        for folder in (*own, data.logs):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as e:
        raise errors.SetupProblem(
            f"Moa cannot write in its data folder {data.root} ({e.strerror}).",
            "Give yourself the right to write there, or choose another with --data DIR or MOA_DATA.",
        ) from e

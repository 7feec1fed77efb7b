"""What an engine is made of, opened in order and closed in order. Decides nothing."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import msgspec

from core import errors, settings
from core.answer.answerer import Answerer
from core.answer.filters import Filters
from core.index.embedder import Embedder, language_of
from core.index.exact import ExactIndex
from core.index.folders import Folders
from core.index.indexer import Indexer
from core.index.lane import Lane, RestingLane
from core.index.power import on_battery
from core.index.readers import Readers
from core.index.vectors import ChromaIndex
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
from core.store.frozen import settled
from core.store.notes import Notes
from core.store.opening import open_library, open_library_frozen
from core.store.passages import Passages

log = logging.getLogger(__name__)


class Parts:
    """Every part of one engine, by name."""

    def __init__(self, data: DataFolder, publish: Callable[[], None], downloads: Callable[[], None]) -> None:
        """Open everything. `publish` is called when the status changed, `downloads` when one of those did.
        Raises `errors.SetupProblem`."""
        self.data = data = settled(data)
        _make_folders(data)
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
        self.embedder = self._open_embedder()
        self.embedder.measured = self._fitness()
        self.embedder_done = threading.Event()
        self.embedder_problem = ""
        self.exact = ExactIndex(self.embedder.dim)
        self.chroma = ChromaIndex(data.chroma, self.embedder.id)
        self.readers = Readers()
        self.indexer = Indexer(
            self.catalogue, self.passages, self.readers, self.embedder, self.exact, self.chroma, data.root
        )
        self.lane = (
            RestingLane(self.indexer, publish)
            if data.frozen
            else Lane(self.indexer, publish, lambda look: self.folders.looked(look), self._may_embed)
        )
        self.search = Search(self.passages, self.embedder, self.exact, self.chroma)
        self.models = ModelLibrary(data.models)
        self.downloads = Downloads(data.models, self.models, self.network, downloads)
        self.worker = Worker(data.logs / "model.log", data.models, None if data.frozen else data.kv)
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
        self.lane.close()
        self.indexer.recognition.close()
        self.chroma.close()
        self._database.close()
        self.chats.close()
        if self.data.frozen:
            shutil.rmtree(self.data.copies, ignore_errors=True)

    def _open_embedder(self) -> Embedder:
        """The embedder of the settings; when that one cannot be used, the built-in one, and a note says so."""
        cache = self.data.embedders
        if self.data.frozen and not cache.is_dir():
            cache = self.data.copies / cache.name
        try:
            return Embedder(self.settings.embedder, self.settings.threads, cache)
        except errors.SetupProblem as problem:
            log.warning("embedder: %s", problem)
            self.setting_notes = (*self.setting_notes, f"{problem} The built-in one is used meanwhile.")
            return Embedder("", self.settings.threads, cache)

    def load_embedder(self) -> None:
        """Load it, some seconds; a failure is kept in `embedder_problem`."""
        try:
            self.embedder.load()
        except errors.SetupProblem as problem:
            self.embedder_problem = str(problem)
        self.embedder_done.set()

    @property
    def fitness_key(self) -> str:
        """Under which library.db keeps what a self-test found out about this embedder's languages."""
        return f"fitness {self.embedder.model_id}"

    def _fitness(self) -> dict[str, bool]:
        try:
            return msgspec.json.decode(self.catalogue.meta(self.fitness_key) or "{}", type=dict[str, bool])
        except msgspec.DecodeError:
            return {}

    def _may_embed(self) -> bool:
        return self.settings.on_battery != "wait" or not on_battery()

    def dense(self) -> bool:
        """Can search by meaning take part right now?"""
        return self.embedder_done.is_set() and not self.embedder_problem

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
        return LoadOptions(self.settings.context, self.settings.threads, self.settings.gpu_layers)

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

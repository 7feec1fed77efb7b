"""The engine itself: its life and its status; what it can do lies in `library`, `questions`, `models`, `embedders`,
`chats`, `learning`."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

from core import __version__
from core.engine.bulletin import Bulletin
from core.engine.chats import Conversations
from core.engine.embedders import Embedders
from core.engine.keeper import Keeper
from core.engine.learning import Learning
from core.engine.library import Library
from core.engine.models import Models
from core.engine.parts import Parts
from core.engine.questions import Questions
from core.events import Changed, EngineEvent, StatusChanged
from core.models.machine.hardware import resident_mb
from core.models.network import leaving
from core.paths import DataFolder
from core.types import EmbedderInfo, Memory, ModelInfo, Status

STATUS_INTERVAL_S = 0.25


class Engine:
    """One data folder's engine. `start` before anything else, `close` at the end; one a data folder at a time."""

    def __init__(self, data: DataFolder) -> None:
        self.data = data
        self._bulletin = Bulletin()
        self._last_status = 0.0
        self._later: threading.Timer | None = None
        self._closing = False
        self._telling = threading.Lock()

    def start(self) -> None:
        """Open everything and begin to compare the folders. Raises `errors.SetupProblem`."""
        self.parts = Parts(self.data, self._publish_soon, lambda what: self._bulletin.tell(Changed(what)))
        self.library = Library(self.parts, self._bulletin, self._publish)
        self.questions = Questions(self.parts, self._bulletin, self._publish)
        self.models = Models(self.parts, self._bulletin, self._publish)
        self.embedders = Embedders(self.parts, self._bulletin, self._publish)
        self.chats = Conversations(self.parts, self._bulletin)
        self.learning = Learning(self.parts)
        self.data = self.parts.data
        if not self.data.frozen:
            self.parts.folders.watch_all()
        self.parts.lane.start()
        threading.Thread(target=self._load_embedder, name="embedder", daemon=True).start()
        self._keeper = Keeper(self.parts)
        self._keeper.start()

    def close(self) -> None:
        """Stop everything; what was under way is taken up at the next start."""
        with self._telling:
            self._closing = True
        if self._later:
            self._later.cancel()
            self._later.join(1.0)
        self.learning.stop()
        self._keeper.close()
        self.parts.close()

    def _load_embedder(self) -> None:
        self.parts.load_embedder()
        self._publish()

    def subscribe(self, listener: Callable[[EngineEvent], None]) -> Callable[[], None]:
        """Tell `listener` of every event, on the thread that meets it; returns what ends that."""
        return self._bulletin.subscribe(listener)

    def _publish(self) -> None:
        if self._bulletin:
            self._last_status = time.monotonic()
            self._bulletin.tell(StatusChanged(self.status()))

    def _publish_soon(self) -> None:
        """Progress may be told often: at most every `STATUS_INTERVAL_S`, its end at once, and its last word always."""
        if self._closing:
            return
        if time.monotonic() - self._last_status >= STATUS_INTERVAL_S or not self.parts.lane.progress.stage:
            self._publish()
            return
        with self._telling:
            if not self._closing and (self._later is None or not self._later.is_alive()):
                self._later = threading.Timer(STATUS_INTERVAL_S, self._publish)
                self._later.daemon = True
                self._later.start()

    def status(self) -> Status:
        """The engine at this moment."""
        p = self.parts
        chunks, unembedded = p.passages.counts()
        files = p.catalogue.counts()
        pending = unembedded + files.get("waiting", 0) + p.indexer.recognition.left
        files_per_s, chunks_per_s = p.lane.rates()
        return Status(
            running=True, pid=os.getpid(), version=__version__, folders=len(p.folders.rows()), files=files,
            chunks=chunks, pending=pending, eta_s=p.lane.eta_s(unembedded), embedder=self._embedder_info(),
            model=self._model_info(), rss_mb=Memory(resident_mb(os.getpid()), p.worker.rss_mb),
            progress=p.lane.progress, notes=self._notes(), paused=p.lane.paused,
            files_per_s=files_per_s, chunks_per_s=chunks_per_s, frozen=p.data.frozen,
            next_embedder=p.change.info(),
        )  # fmt: skip

    def _embedder_info(self) -> EmbedderInfo:
        e = self.parts.embedder
        if self.parts.embedder_problem:
            return EmbedderInfo(e.id, e.dim, e.device, "failed", self.parts.embedder_problem)
        return EmbedderInfo(e.id, e.dim, e.device, "ready" if self.parts.embedder_done.is_set() else "loading")

    def _model_info(self) -> ModelInfo | None:
        chosen, worker = self.parts.settings.model, self.parts.worker
        server = self.parts.servers.find(chosen)
        if server:
            detail = f"Questions and passages are sent to {server.leaves}." if server.leaves else ""
            return ModelInfo(chosen, "ready", server.host, detail)
        if not chosen:
            return None
        share = worker.share if worker.state == "loading" else None
        others = leaving(worker.machines)
        sent = f"Parts of the model and of what it reads are sent to {others}." if others else ""
        detail = " ".join(filter(None, (worker.detail, worker.missing, sent)))
        return ModelInfo(chosen, worker.state, worker.device, detail, share)

    def _notes(self) -> tuple[str, ...]:
        p = self.parts
        if p.frozen_why:
            return (*p.setting_notes, p.frozen_why, *filter(None, (p.embedder_problem, p.chats.note)))
        problems = [note for note in (p.lane.problem, p.embedder_problem, p.chats.note) if note]
        if p.chroma.broken:
            problems.append("The vector index could not be used and is made anew in a moment; search is complete.")
        if p.lane.paused:
            problems.append("Indexing is paused: what is new or changed is not found yet.")
        if p.lane.saving:
            problems.append("On battery: what is new is found by its words; search by meaning waits for the charger.")
        if p.lane.saving_scans:
            problems.append("On battery: text in pictures and scans is recognised when the charger is in.")
        if (change := p.change.info()) and change.detail:
            problems.append(f"{change.detail} Search by meaning goes on with {p.embedder.model_id.split('@')[0]}.")
        return (*p.setting_notes, *p.folders.notes(), *p.indexer.recognition.notes(), *problems)

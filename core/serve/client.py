"""Typed calls to the engine of a data folder. Knows nothing of sockets or of how an answer is printed.

Every call raises the `errors.MoaError` the engine replied with, or `errors.EngineUnavailable`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from urllib.parse import quote

import core
from core import errors, events, types
from core.paths import DataFolder
from core.serve import place, start, wire
from core.serve.link import Link


class Client:
    """The engine of one data folder. `tell` receives a sentence when something takes long."""

    def __init__(self, data: DataFolder, tell: Callable[[str], None], host: Sequence[str] | None = None) -> None:
        self.data = data
        self._link = Link(data)
        self._tell = tell
        self._host = host
        self.library = Library(self._link)
        self.models = Models(self._link)
        self.embedders = Embedders(self._link)
        self.chats = Chats(self._link)
        self.learning = Learning(self._link)

    def connect(self, begin: bool = True) -> types.Status:
        """Find the engine, or start one when `begin`. Returns its status.

        An engine of another version is replaced. Raises `errors.EngineUnavailable`, or the problem for
        which an engine could not start.
        """
        known = place.announced(self._link.data)
        if begin and known and known.version != core.__version__ and self.stop():
            self._tell(f"The engine that ran was of version {known.version}; it is replaced.")
        if status := self.find():
            return status
        if not begin:
            raise errors.EngineUnavailable("No engine is running.", "Start it with `moa start`.")
        return start.start(self._link, self._tell, self._host or start.HOST)

    def find(self) -> types.Status | None:
        """The status of the engine that runs, or None; starts nothing."""
        return start.find(self._link)

    def stop(self) -> bool:
        """End the engine and wait for its end. False when none ran."""
        return start.stop(self._link)

    def folders(self) -> tuple[types.FolderRow, ...]:
        return self._link.get("/folders", tuple[types.FolderRow, ...])

    def add_folder(self, path: str) -> types.FolderRow:
        return self._link.post("/folders", wire.PathBody(path), types.FolderRow)

    def remove_folder(self, path: str) -> None:
        self._link.post("/folders/remove", wire.PathBody(path), dict)

    def import_files(self, paths: Sequence[str]) -> tuple[types.FileRow, ...]:
        return self._link.post("/import", wire.PathsBody(tuple(paths)), tuple[types.FileRow, ...])

    def index(self, wait: bool) -> types.IndexReport:
        return self._link.post("/index", wire.IndexBody(wait), types.IndexReport)

    def pause(self, pause: bool) -> None:
        """Pause indexing, or go on with it."""
        self._link.post("/pause" if pause else "/resume", None, dict)

    def files(self, state: str | None = None) -> tuple[types.FileRow, ...]:
        return self._link.get("/files", tuple[types.FileRow, ...], state=state or "")

    def search(self, body: wire.SearchBody) -> types.SearchResult:
        return self._link.post("/search", body, types.SearchResult)

    def doctor(self) -> tuple[types.Check, ...]:
        return self._link.get("/doctor", tuple[types.Check, ...])

    def ask(self, body: wire.AskBody) -> Iterator[events.AnswerEvent]:
        """The events of an answer; closing the iterator stops the answer."""
        ended = False
        for event in self._link.stream("POST", "/ask", body):
            if not isinstance(event, events.StatusChanged | events.Changed):
                ended = isinstance(event, events.Answered | events.Failed)
                yield event
        if not ended:
            raise self._link.lost()

    def events(self) -> Iterator[events.EngineEvent]:
        """What the engine tells of itself: its status first, then changes, until the engine ends."""
        for event in self._link.stream("GET", "/events", None):
            if isinstance(event, events.StatusChanged | events.Changed):
                yield event


class Library:
    """What may be done with single folders and files that are known."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def set_folder_options(self, body: wire.FolderOptionsBody) -> types.FolderRow:
        return self._link.post("/folders/options", body, types.FolderRow)

    def accept_loss(self, path: str) -> None:
        self._link.post("/folders/accept-loss", wire.PathBody(path), dict)

    def retry(self, paths: Sequence[str] = (), state: str | None = None) -> tuple[types.FileRow, ...]:
        return self._link.post("/files/retry", wire.RetryBody(tuple(paths), state), tuple[types.FileRow, ...])

    def unlock(self, path: str, password: str) -> types.FileRow:
        return self._link.post("/files/unlock", wire.UnlockBody(path, password), types.FileRow)


class Models:
    """The language models an engine knows."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def list(self) -> tuple[types.ModelRow, ...]:
        return self._link.get("/models", tuple[types.ModelRow, ...])

    def add(self, path: str, copy: bool = False) -> types.ModelRow:
        return self._link.post("/models/add", wire.ModelBody(path, copy), types.ModelRow)

    def adapt(self, id: str, path: str, scale: float) -> types.ModelRow:
        return self._link.post("/models/adapt", wire.AdaptBody(id, path, scale), types.ModelRow)

    def connect(self, body: wire.ConnectBody) -> types.ModelRow:
        return self._link.post("/models/connect", body, types.ModelRow)

    def offers(self) -> tuple[types.Offer, ...]:
        return self._link.get("/models/offers", tuple[types.Offer, ...])

    def downloads(self) -> tuple[types.DownloadRow, ...]:
        return self._link.get("/models/downloads", tuple[types.DownloadRow, ...])

    def get(self, what: str, sha256: str) -> types.DownloadRow:
        return self._link.post("/models/get", wire.GetBody(what, sha256), types.DownloadRow)

    def pause_download(self, id: str) -> None:
        self._link.post("/models/downloads/pause", wire.IdBody(id), dict)

    def drop_download(self, id: str) -> None:
        self._link.post("/models/downloads/remove", wire.IdBody(id), dict)

    def use(self, id: str) -> None:
        self._link.post("/models/use", wire.IdBody(id), dict)

    def remove(self, id: str) -> None:
        self._link.post("/models/remove", wire.IdBody(id), dict)

    def fit(self, id: str) -> types.Fit:
        return self._link.get("/models/fit", types.Fit, id=id)


class Embedders:
    """The embedding models an engine knows."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def list(self) -> tuple[types.EmbedderRow, ...]:
        return self._link.get("/embedders", tuple[types.EmbedderRow, ...])

    def add(self, path: str) -> types.EmbedderRow:
        return self._link.post("/embedders/add", wire.PathBody(path), types.EmbedderRow)

    def remove(self, id: str) -> None:
        self._link.post("/embedders/remove", wire.IdBody(id), dict)

    def cost(self, id: str) -> types.EmbedderCost:
        """Takes seconds, minutes where the model is new and large."""
        return self._link.get("/embedders/cost", types.EmbedderCost, id=id)

    def use(self, id: str) -> None:
        self._link.post("/embedders/use", wire.IdBody(id), dict)

    def cancel(self) -> None:
        self._link.post("/embedders/cancel", None, dict)


class Chats:
    """The conversations an engine keeps."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def list(self) -> tuple[types.ConversationRow, ...]:
        return self._link.get("/chats", tuple[types.ConversationRow, ...])

    def search(self, q: str) -> tuple[types.ConversationRow, ...]:
        return self._link.get("/chats/search", tuple[types.ConversationRow, ...], q=q)

    def show(self, id: str) -> types.Conversation:
        return self._link.get(f"/chats/{quote(id, safe='', errors='surrogateescape')}", types.Conversation)

    def remove(self, id: str) -> None:
        self._link.post("/chats/remove", wire.IdBody(id), dict)


class Learning:
    """What the notes teach."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def selftest(self, n: int, seed: int) -> types.SelfTest:
        """Returns when all was asked, minutes at worst."""
        return self._link.post("/selftest", wire.SelfTestBody(n, seed), types.SelfTest)

    def progress(self) -> types.SelfTestProgress:
        return self._link.get("/selftest", types.SelfTestProgress)

    def stop(self) -> None:
        self._link.post("/selftest/stop", None, dict)

"""The downloads under way, paused and failed; each ends as a model in the library. One thread a download.

Does not know which models are offered, nor how bytes travel (`transfer.py`).
"""

from __future__ import annotations

import json
import logging
import re
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from core.errors import BadRequest, Cancelled, MoaError, NoSpace
from core.models.network import Network, require_allowed
from core.models.supply.library import ModelLibrary, free_name
from core.models.supply.transfer import AGAIN, Source, Transfer
from core.types import DownloadRow

TELL_S = 0.25
END_S = 2.0
"""How long a pause waits for its thread; only a connection that is just being made takes longer."""
RATE_S = 5.0
"""The rate that is told is that of about the last five seconds."""

_log = logging.getLogger(__name__)


class Downloads:
    """Downloads into `folder`. Thread-safe. `changed` is called, on the download's thread, as a row changes."""

    def __init__(
        self, folder: Path, library: ModelLibrary, network: Callable[[], Network], changed: Callable[[], None]
    ) -> None:
        self._folder, self._library, self._network, self._changed = folder, library, network, changed
        self._lock = threading.Lock()
        self._rows: dict[str, DownloadRow] = {}
        self._transfers: dict[str, Transfer] = {}
        self._threads: dict[str, threading.Thread] = {}
        self._sources: dict[str, Source] = {}
        for note in sorted(folder.glob("*.gguf.part.json")):
            self._remember(note)

    def rows(self) -> tuple[DownloadRow, ...]:
        """Every download that is under way, paused, failed, or was finished since the start."""
        with self._lock:
            return tuple(self._rows.values())

    def get(self, id: str, url: str, sha256: str = "", size: int = 0) -> DownloadRow:
        """Begin a download, or go on with a paused one. Raises BadRequest for an address that cannot be used."""
        require_allowed(self._network().url(url))
        if sha256 and not re.fullmatch("[0-9a-fA-F]{64}", sha256):
            raise BadRequest(f"{sha256} is no SHA-256.", "It has 64 digits and letters from a to f.")
        name = file_name(url)
        with self._lock:
            row = self._rows.get(id)
            if row and row.state in ("running", "checking"):
                return row
            if any(r.state in ("running", "checking") and r.file == name for r in self._rows.values()):
                raise BadRequest(f"A file named {name} is being downloaded already.", "Wait for it, or pause it.")
            self._rows = {i: r for i, r in self._rows.items() if r.file != name or i == id}
            row = DownloadRow(id, name, url, "running", row.received if row else 0, size or (row.size if row else 0))
            self._rows[id] = row
            self._sources[id] = Source(url, sha256, size)
            network = self._network()
            transfer = Transfer(Source(network.url(url), sha256, size), self._part(row), network)
            before, self._transfers[id] = self._threads.get(id), transfer
            thread = threading.Thread(target=self._run, args=(id, transfer, before), name=f"download {id}", daemon=True)
            self._threads[id] = thread
        self._changed()
        thread.start()
        return row

    def go_on(self, id: str) -> DownloadRow:
        """Go on with a paused or failed download. Raises BadRequest for an unknown one."""
        with self._lock:
            self._known(id)
            source = self._sources[id]
        return self.get(id, source.url, source.sha256, source.size)

    def pause(self, id: str) -> None:
        """Stop it and keep what is here; returns when it has stopped. Raises BadRequest for an unknown one."""
        with self._lock:
            self._known(id)
            transfer, thread = self._transfers.get(id), self._threads.get(id)
        if transfer and thread:
            transfer.interrupt()
            thread.join(END_S)

    def drop(self, id: str) -> None:
        """Stop it and delete what is here. Raises BadRequest for an unknown one."""
        self.pause(id)
        with self._lock:
            row, source = self._rows.pop(id), self._sources.pop(id)
        if row.state != "done":
            Transfer(source, self._part(row), Network()).drop()
        self._changed()

    def close(self) -> None:
        """Pause all of them."""
        with self._lock:
            threads = list(self._threads.values())
            for transfer in self._transfers.values():
                transfer.interrupt()
        for thread in threads:
            thread.join(END_S)

    # ---- inside

    def _known(self, id: str) -> DownloadRow:
        if id not in self._rows:
            raise BadRequest(f"There is no download named {id}.", "`moa models downloads` lists them.")
        return self._rows[id]

    def _part(self, row: DownloadRow) -> Path:
        return self._folder / f"{row.file}.part"

    def _remember(self, note: Path) -> None:
        """A download that an earlier run left unfinished."""
        part = note.with_name(note.name.removesuffix(".json"))
        try:
            source = Source(**json.loads(note.read_text(encoding="utf-8")))
            received = part.stat().st_size
        except (OSError, ValueError, TypeError) as e:
            _log.warning("%s is of no use (%s)", note, e)
            return
        id = PurePosixPath(part.name).name.removesuffix(".gguf.part").lower()
        self._sources[id] = Source(source.url, source.sha256, source.size)
        self._rows[id] = DownloadRow(
            id, part.name.removesuffix(".part"), source.url, "paused", received, source.size, detail=AGAIN
        )

    def _set(self, id: str, **changes: object) -> None:
        with self._lock:
            if id in self._rows:
                self._rows[id] = replace(self._rows[id], **changes)  # type: ignore[arg-type]  # fields of DownloadRow
        self._changed()

    def _run(self, id: str, transfer: Transfer, before: threading.Thread | None) -> None:
        if before:
            before.join()  # it may still be waiting for a connection; two must not write one file
        try:
            model = self._fetch(id, transfer)
        except Cancelled:
            self._set(id, state="paused", rate=0.0, detail=AGAIN)
        except MoaError as e:
            if not transfer.received:
                transfer.drop()
            self._set(id, state="failed", rate=0.0, detail=str(e))
        except Exception as e:  # a thread that dies in silence would leave the row running for ever
            _log.exception("download of %s", id)
            self._set(id, state="failed", rate=0.0, detail=f"The download failed ({type(e).__name__}). {AGAIN}")
        else:
            self._set(id, state="done", rate=0.0, model=model, detail="")

    def _fetch(self, id: str, transfer: Transfer) -> str:
        """Fetch and take up a model; returns its id in the library."""
        source, pace = transfer.source, _Pace()

        def changed() -> None:
            if pace.due():
                state = "running" if transfer.received < source.size or not source.size else "checking"
                rate = pace.rate(transfer.received)
                self._set(id, state=state, received=transfer.received, size=source.size, rate=rate)

        digest = transfer.run(changed)
        target = free_name(self._folder / file_name(self._sources[id].url))
        transfer.finish(target)
        self._set(id, state="checking", received=transfer.received, size=transfer.received)
        try:
            model = self._library.add(target, digest, own=True)
        except NoSpace as e:
            raise NoSpace(
                f"{target} is here, but the disk is too full to list it.", "Free some space, then add that file."
            ) from e
        except MoaError:
            target.unlink(missing_ok=True)  # complete, as asked for, and still no model that can be used
            raise
        if model.path != str(target):
            target.unlink()  # the same content was here already
        return model.id


class _Pace:
    """How often to tell, and how fast it goes."""

    def __init__(self) -> None:
        self._told = 0.0
        self._marks: list[tuple[float, int]] = []

    def due(self) -> bool:
        now = time.monotonic()
        if now - self._told < TELL_S:
            return False
        self._told = now
        return True

    def rate(self, received: int) -> float:
        """Bytes per second."""
        now = time.monotonic()
        self._marks = [(t, n) for t, n in self._marks if now - t <= RATE_S] + [(now, received)]
        (first, before), (last, after) = self._marks[0], self._marks[-1]
        return round((after - before) / (last - first)) if last > first and after > before else 0.0


def file_name(url: str) -> str:
    """The name a download gets on disk. Raises BadRequest for an address that names no GGUF file."""
    name = PurePosixPath(unquote(urlsplit(url).path)).name
    if not name.lower().endswith(".gguf") or name.startswith(".") or any(c in '<>:"\\|?*' or c < " " for c in name):
        raise BadRequest(f"{url} does not name a .gguf file.", "Copy the address of the file itself.")
    return name

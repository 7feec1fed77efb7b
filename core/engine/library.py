"""Folders and files: watched, imported, compared, listed. Knows nothing of questions."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from core import errors
from core.engine.bulletin import Bulletin
from core.engine.parts import Parts
from core.events import Changed
from core.store.catalogue import File
from core.types import FilePage, FileRow, FolderRow, IndexReport

# Rows of one page of the list of files.
MOST_ROWS = 1_000


class Library:
    """What may be done with the folders a person chose. What changes anything raises `errors.OnlyRead` when the data
    folder can only be read."""

    def __init__(self, parts: Parts, bulletin: Bulletin, publish: Callable[[], None]) -> None:
        self._parts, self._bulletin, self._publish = parts, bulletin, publish

    def folders(self) -> tuple[FolderRow, ...]:
        """The watched folders; the library's own only once something was copied into it."""
        return self._parts.folders.rows()

    def add_folder(self, path: str) -> FolderRow:
        """Watch a folder. Raises `errors.BadRequest` for one that is missing, watched already, inside or around one."""
        self._parts.require_writable()
        row = self._parts.folders.add(path)
        self._bulletin.tell(Changed("folders"))
        return row

    def remove_folder(self, path: str) -> None:
        """Forget a folder and what was read in it; the user's files are not touched. Raises `errors.BadRequest`."""
        self._parts.require_writable()
        self._parts.folders.remove(path)
        self._bulletin.tell(Changed("folders"))
        self._publish()

    def accept_loss(self, path: str) -> None:
        """Forget what was read in files that are gone from this folder, even when all of it is. Raises
        `errors.BadRequest`."""
        self._parts.require_writable()
        self._parts.folders.accept_loss(path)

    def set_folder_options(self, path: str, ocr: bool | None = None, encoding: str | None = None) -> FolderRow:
        """Change how the files of a folder are read; None leaves an option as it is. `ocr`: recognise text in pictures
        and on scanned pages, after everything else (what was recognised is dropped when it is switched off, but costs
        nothing when it is switched on again while Moa remembers it). `encoding`: what its plain text
        files are in, as Python names it, or "auto" to find out for each (files that say it themselves keep their own).
        Only files that are concerned are read again. Raises `errors.BadRequest`."""
        self._parts.require_writable()
        row = self._parts.folders.set_options(path, ocr, encoding)
        self._bulletin.tell(Changed("folders"))
        return row

    def import_files(self, paths: Sequence[str]) -> tuple[FileRow, ...]:
        """Copy files into the library's own folder and index them. Raises `errors.BadRequest`."""
        self._parts.require_writable()
        targets = {str(t) for t in self._parts.folders.import_files(paths)}
        self._bulletin.tell(Changed("folders"))
        return tuple(r for r in self._parts.catalogue.file_rows() if r.path in targets)

    def files(self, state: str | None = None) -> tuple[FileRow, ...]:
        """What is known of each file, by path."""
        return self._parts.catalogue.file_rows(state)

    def retry(self, paths: Sequence[str] = (), state: str | None = None) -> tuple[FileRow, ...]:
        """Read files again though nothing about them changed, also those that stopped their reader three times: the
        files named, and in the folders named (or everywhere, when none is) those in `state`; "failed" when nothing is
        said, "failed" and "skipped" below a folder. Returns them as they wait. Raises `errors.BadRequest` for a path
        that is not known, or is left out by its name.
        """
        self._parts.require_writable()
        if state not in (None, "failed", "skipped", "indexed"):
            raise errors.BadRequest(f"Files that are {state} cannot be read again.", "Name failed, skipped or indexed.")
        catalogue, found = self._parts.catalogue, dict[int, File]()
        for path in paths or ("",):
            file = self._known(path) if path else None
            states = (state,) if state else ("failed", "skipped") if path else ("failed",)
            below = (
                () if file else catalogue.files_under(str(Path(path).expanduser().resolve()) if path else "", states)
            )
            if file and not file.recipe and file.state == "skipped":
                raise errors.BadRequest(f"{path} is left out.", file.reason)
            if path and not file and not below and not self._holds(path):
                raise errors.BadRequest(f"Moa knows no file {path}.", "See `moa files`.")
            found.update({f.id: f for f in ((file,) if file else below)})
        self._parts.lane.call(lambda: self._parts.indexer.read_again(list(found.values())))
        self._publish()
        return catalogue.rows_of(list(found))

    def unlock(self, path: str, password: str) -> FileRow:
        """Read a file that is locked with a password. The password is kept in the engine's memory until it ends, and
        tried on the other locked files; it is never stored. What was read is: its passages stay searchable, also after
        the next start, until the file changes or is gone. Raises `errors.BadRequest` for an unknown file,
        `errors.FileProblem` when it stays locked.
        """
        self._parts.require_writable()
        file = self._known(path)
        if file is None:
            raise errors.BadRequest(f"Moa knows no file {path}.", "See `moa files --state skipped`.")
        if not password:
            raise errors.BadRequest("The password is empty.", "Give the one that the file was locked with.")
        self._parts.lane.call(lambda: self._parts.indexer.unlock(file, password))
        self._bulletin.tell(Changed("files"))
        self._publish()
        return self._parts.catalogue.rows_of([file.id])[0]

    def _known(self, path: str) -> File | None:
        """The file at a path as a person gave it: as it stands, or with links resolved."""
        catalogue = self._parts.catalogue
        return catalogue.file(path) or catalogue.file(str(Path(path).expanduser().resolve()))

    def _holds(self, path: str) -> bool:
        """Whether a path is a watched folder or lies in one."""
        place = Path(path).expanduser().resolve()
        return any(place.is_dir() and place.is_relative_to(f.path) for f in self._parts.catalogue.folders())

    def file_page(self, state: str | None, part: str, offset: int, limit: int) -> FilePage:
        """Some rows of the list of files, by path: those in one state, whose path holds `part`."""
        return self._parts.catalogue.file_page(state, part, max(0, offset), max(0, min(limit, MOST_ROWS)))

    def index(self, wait: bool) -> IndexReport:
        """Compare every folder with the disk now; `wait` until nothing is pending. Counts what was done meanwhile.
        Losses that `status().notes` told before are taken as meant: a person asked for the folders as they are.
        """
        self._parts.require_writable()
        indexer, lane = self._parts.indexer, self._parts.lane
        before, began = replace(indexer.counts), time.monotonic()
        lane.confirm()
        if wait:
            lane.wait_until_idle()
        after = indexer.counts
        done = {name: getattr(after, name) - getattr(before, name) for name in before.__slots__}
        return IndexReport(**done, seconds=round(time.monotonic() - began, 2))

    def pause(self) -> None:
        """Read and embed nothing more, also after the next start, until `resume`."""
        self._parts.require_writable()
        self._parts.lane.pause(True)
        self._publish()

    def resume(self) -> None:
        """Go on indexing after `pause`."""
        self._parts.require_writable()
        self._parts.lane.pause(False)
        self._publish()

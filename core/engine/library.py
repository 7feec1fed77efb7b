"""Folders and files: watched, imported, compared, listed. Knows nothing of questions."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from core.engine.bulletin import Bulletin
from core.engine.parts import Parts
from core.events import Changed
from core.types import FileRow, FolderRow, IndexReport


class Library:
    """What may be done with the folders a person chose."""

    def __init__(self, parts: Parts, bulletin: Bulletin, publish: Callable[[], None]) -> None:
        self._parts, self._bulletin, self._publish = parts, bulletin, publish

    def folders(self) -> tuple[FolderRow, ...]:
        """The watched folders; the library's own only once something was copied into it."""
        return self._parts.folders.rows()

    def add_folder(self, path: str) -> FolderRow:
        """Watch a folder. Raises `errors.BadRequest` for one that is missing, watched already, inside or around one."""
        row = self._parts.folders.add(path)
        self._bulletin.tell(Changed("folders"))
        return row

    def remove_folder(self, path: str) -> None:
        """Forget a folder and what was read in it; the user's files are not touched. Raises `errors.BadRequest`."""
        self._parts.folders.remove(path)
        self._bulletin.tell(Changed("folders"))
        self._publish()

    def accept_loss(self, path: str) -> None:
        """Forget what was read in files that are gone from this folder, even when all of it is. Raises
        `errors.BadRequest`."""
        self._parts.folders.accept_loss(path)

    def import_files(self, paths: Sequence[str]) -> tuple[FileRow, ...]:
        """Copy files into the library's own folder and index them. Raises `errors.BadRequest`."""
        targets = {str(t) for t in self._parts.folders.import_files(paths)}
        self._bulletin.tell(Changed("folders"))
        return tuple(r for r in self._parts.catalogue.file_rows() if r.path in targets)

    def files(self, state: str | None = None) -> tuple[FileRow, ...]:
        """What is known of each file, by path."""
        return self._parts.catalogue.file_rows(state)

    def index(self, wait: bool) -> IndexReport:
        """Compare every folder with the disk now; `wait` until nothing is pending. Counts what was done meanwhile.
        Losses that `status().notes` told before are taken as meant: a person asked for the folders as they are.
        """
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
        self._parts.lane.pause(True)
        self._publish()

    def resume(self) -> None:
        """Go on indexing after `pause`."""
        self._parts.lane.pause(False)
        self._publish()

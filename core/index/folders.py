"""The watched folders: added, removed, watched, and the library's own that imported files are copied into.

What a person may ask for is checked here, before anything changes; the lane does the work.
"""

from __future__ import annotations

import filecmp
import logging
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from core import errors, whole
from core.files.watch import Watcher
from core.files.watch_limits import shown
from core.index.indexer import Indexer
from core.index.lane import Lane
from core.index.reconcile import Look, Reconciler
from core.paths import DataFolder
from core.store import folder_list
from core.store.catalogue import Catalogue, Folder
from core.text import PLAIN
from core.text.encoding import canonical
from core.types import FolderRow

log = logging.getLogger(__name__)

FREE_BYTES = 200 * 2**20
IMPORTED = "Imported files"
PART = ".part"
LONGEST_NAME = 255
"""Bytes; what every common file system takes."""
CONFIRM = "If it is gone for good, remove it: `moa folders remove`."


class Folders:
    """Which folders are watched. `notes` says which cannot be reached, lost files or cannot be followed."""

    def __init__(self, data: DataFolder, catalogue: Catalogue, indexer: Indexer, lane: Lane) -> None:
        self._data = data
        self._catalogue = catalogue
        self._indexer = indexer
        self._lane = lane
        self._own = data.imported.resolve()
        self._behind = False
        self._watcher = Watcher(self._settled, data.root)

    def rows(self) -> tuple[FolderRow, ...]:
        """The watched folders; the library's own only once something was copied into it."""
        emptied = {f.path for f in self._catalogue.folders() if f.id in self._indexer.reconciler.emptied}
        return tuple(
            replace(row, lost=0) if row.state == "unavailable" and row.path not in emptied else row
            for row in self._catalogue.folder_rows()
            if row.path != str(self._own) or row.files
        )

    def watch_all(self) -> None:
        """Follow every folder that is known from before; copies that a kill left half made are dropped."""
        for half in self._own.glob(f".*{PART}"):
            half.unlink(missing_ok=True)
        for folder in self._catalogue.folders():
            self._watcher.watch(folder.path)

    def looked(self, look: Look) -> None:
        """A folder was just looked through: see to it that each of its folders is watched."""
        self._watcher.confirm(look.folder.path, look.folders)
        if self._behind:
            self._remember()

    def add(self, path: str) -> FolderRow:
        """Watch a folder. Raises `errors.BadRequest`, or `errors.NoSpace` when its index would not fit."""
        folder = _canonical(path)
        self._check(path, folder)
        self._require_space()
        added = self._catalogue.add_folder(str(folder), folder.name or str(folder))
        self._watcher.watch(added.path)
        self._remember()
        self._lane.compare(added.id)
        return FolderRow(added.path, added.state, 0, added.collection)

    def _check(self, path: str, folder: Path) -> None:
        if not folder.exists():
            raise errors.BadRequest(f"There is no folder {path}.", "Check the name and try again.")
        if not folder.is_dir():
            raise errors.BadRequest(f"{path} is a file, not a folder.", "Use `moa import` for single files.")
        if not os.access(folder, os.R_OK | os.X_OK):
            raise errors.BadRequest(f"{path} may not be opened.", "Give yourself the right to read it.")
        if folder.is_relative_to(self._data.root.resolve()):
            raise errors.BadRequest(f"{path} is where Moa keeps its own data.", "Choose another folder.")
        for watched in self._users():
            there = Path(watched.path)
            if there == folder:
                raise errors.BadRequest(f"{path} is watched already.", "There is nothing to do.")
            if folder.is_relative_to(there):
                raise errors.BadRequest(
                    f"{path} lies inside {there}, which is watched already.", "Nothing was changed."
                )
            if there.is_relative_to(folder):
                raise errors.BadRequest(
                    f"{path} holds {there}, which is watched already.", "Remove that one first to watch all of it."
                )

    def remove(self, path: str) -> None:
        """Forget a folder and what was read in it; the user's files are not touched. Raises `errors.BadRequest`."""
        folder = self._watched(path)
        if folder.path == str(self._own):
            raise errors.BadRequest(f"{path} is not a watched folder.", "See `moa folders list`.")
        self._watcher.unwatch(folder.path)
        self._lane.call(lambda: self._indexer.forget(folder))
        self._remember()

    def accept_loss(self, path: str) -> None:
        """What is gone from this folder is gone for good: forget what was read in it. Raises `errors.BadRequest`."""
        self._lane.confirm(self._watched(path).id)

    def set_options(self, path: str, ocr: bool | None = None, encoding: str | None = None) -> FolderRow:
        """How the files of a folder are read; None leaves an option as it is, and the files it concerns are read again
        where it changed. Raises `errors.BadRequest`."""
        folder = self._watched(path)
        if encoding is not None:
            name = "" if encoding in ("", "auto") else canonical(encoding)
            if not name and encoding not in ("", "auto"):
                raise errors.BadRequest(
                    f"There is no text encoding named {encoding}.", "Try cp949, shift_jis, gb18030, big5 or cp1252."
                )
            if name != folder.encoding:
                self._lane.call(lambda: self._catalogue.set_folder_encoding(folder.id, name, PLAIN))
        if ocr is not None and ocr != folder.ocr:
            self._lane.call(lambda: self._catalogue.set_folder_ocr(folder.id, ocr))
        self._remember()
        return next(f for f in self._catalogue.folder_rows() if f.path == folder.path)

    def _watched(self, path: str) -> Folder:
        known = {f.path: f for f in self._catalogue.folders()}
        # As it stands first: following links on a share that does not answer takes for ever.
        folder = known.get(path) or known.get(str(Path(path).expanduser().absolute()))
        folder = folder or known.get(str(_canonical(path)))
        if folder is None:
            raise errors.BadRequest(f"{path} is not a watched folder.", "See `moa folders list`.")
        return folder

    def import_files(self, paths: Sequence[str]) -> tuple[Path, ...]:
        """Copy files into the library's own folder; returns where each lies now. The same content is not copied twice
        under its name, a name that is taken is numbered. Raises `errors.BadRequest` before anything is copied.
        """
        sources = [Path(p).expanduser().absolute() for p in paths]
        for source in sources:
            if not source.is_file():
                raise errors.BadRequest(f"There is no file {source}.", "Nothing was copied; check the name.")
            if not os.access(source, os.R_OK):
                raise errors.BadRequest(f"{source} may not be read.", "Nothing was copied.")
        self._require_space(sum(s.stat().st_size for s in sources))
        # First, so that a copy whose row finds no room on the disk is taken up as soon as there is some.
        folder = next((f for f in self._catalogue.folders() if f.path == str(self._own)), None)
        if folder is None:
            folder = self._catalogue.add_folder(str(self._own), IMPORTED)
            self._watcher.watch(folder.path)
            self._remember()
        imported = folder
        targets = tuple(_copy_into(source, self._own) for source in sources)
        self._lane.call(lambda: self._indexer.reconciler.run([imported]))
        return targets

    def notes(self) -> tuple[str, ...]:
        """Sentences on folders that cannot be reached, that lost many files, or that are not followed."""
        losses = self._indexer.reconciler.sightings.losses()
        notes = []
        for folder in self._catalogue.folders():
            if folder.state == "unavailable":
                notes.append(_unavailable(folder, self._indexer.reconciler))
            elif folder.id in losses:
                lost, of = losses[folder.id]
                notes.append(
                    f"{lost:,} of {of:,} files in {shown(folder.path)} are gone at once; what was read in them stays"
                    " findable. If you removed them, confirm it with `moa index`."
                )
        return (*notes, *self._watcher.problems())

    def close(self) -> None:
        """Follow nothing any more."""
        self._watcher.close()

    def _users(self) -> list[Folder]:
        return [f for f in self._catalogue.folders() if f.path != str(self._own)]

    def _remember(self) -> None:
        """Write the list of folders beside library.db, so that it outlives a damaged one; on a full disk, later."""
        listed = [
            folder_list.Listed(os.fsencode(f.path), f.collection, f.encoding, bool(f.ocr))
            for f in self._catalogue.folders()
        ]
        try:
            folder_list.write(self._data.root, listed)
            self._behind = False
        except errors.SetupProblem as problem:
            log.warning("%s", problem)
            self._behind = True

    def _settled(self, root: str) -> None:
        folder = next((f for f in self._catalogue.folders() if f.path == root), None)
        if folder is not None:
            self._lane.compare(folder.id)

    def _require_space(self, more: int = 0) -> None:
        if shutil.disk_usage(self._data.root).free < FREE_BYTES + more:
            raise errors.NoSpace(
                f"There is too little space left where {self._data.root} lies.", "Free some and try again."
            )


def _canonical(path: str) -> Path:
    return Path(path).expanduser().resolve()


def _unavailable(folder: Folder, seen: Reconciler) -> str:
    kept = "what was read in it stays findable."
    if folder.id in seen.hung:
        return f"The folder {shown(folder.path)} does not answer, so its server may be away; {kept} Moa keeps looking."
    if folder.id in seen.emptied:
        confirm = "If you emptied it, confirm it with `moa index`; if its disk is not there, connect it."
        return f"The folder {shown(folder.path)} is suddenly empty; {kept} {confirm}"
    return f"The folder {shown(folder.path)} cannot be reached; {kept} {CONFIRM}"


def _copy_into(source: Path, folder: Path) -> Path:
    """Copy `source` under its name, or `name (2)`, … when another file has it; never overwrites. A copy appears whole:
    it is made aside first.
    """
    number, target = 1, folder / source.name
    while target.exists():
        if filecmp.cmp(source, target, shallow=False):
            return target
        number += 1
        target = folder / _numbered(source, number)
    # A name of its own: with anything added, one of 255 bytes would be too long.
    descriptor, aside = tempfile.mkstemp(PART, ".", folder)
    os.close(descriptor)
    try:
        shutil.copy2(source, aside)
        Path(aside).rename(target)
    except OSError as e:
        Path(aside).unlink(missing_ok=True)
        raise whole.in_words(target, e) from e
    return target


def _numbered(source: Path, number: int) -> str:
    stem, end = source.stem, f" ({number}){source.suffix}"
    while len(os.fsencode(stem + end)) > LONGEST_NAME:
        stem = stem[:-1]
    return stem + end

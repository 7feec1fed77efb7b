"""Makes the catalogue equal to the disk: compares folders, takes down what changed, follows what moved.

Reads no file but for its digest, and embeds nothing. Several folders are compared together, so that a file that moved
from one to another is known for what it is: its row goes along, with everything read in it.

Losses: a folder that is missing, closed or suddenly empty is unavailable, and one that lost more than half of at least
`MANY` files at once keeps what was read in them: a disk that is not mounted, a sync program that lost its way and a
person who tidies up look the same from here. What was read stays findable, marked, until the files are back or a
person says that they are gone: `moa index` after the loss was told, or `Engine.accept_loss`. A disk that is not there
is never confirmed by `moa index`, only by name. Refused: a delay alone (GPT4All and others dropped whole libraries
after one), and asking for every deletion (people delete notes every day).
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from core.files.compare import Changes, Known, compare
from core.files.digest import digest
from core.files.patient import Hung, Patience, Tick
from core.files.walk import Found, Walk
from core.index.counts import Counts
from core.store.catalogue import Catalogue, File, Folder, Stat
from core.store.passages import Passages
from core.store.sightings import Sightings
from core.text import kind_of

MANY = 20
FIRST_WAIT_S, LONGEST_WAIT_S = 10.0, 300.0
"""How long a folder that hung is left alone, longer each time: asking holds the others up until it hangs again."""

Consent = Literal["told", "named"]
"""How a person said that what is gone is gone: by `moa index` after it was told, or naming the folder."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Look:
    """One folder as it was just looked through."""

    folder: Folder
    folders: list[str] = field(default_factory=list)
    """The folders in it that were entered."""
    changes: Changes = field(default_factory=Changes)
    known: dict[str, Known] = field(default_factory=dict)
    there: bool = True


@dataclass(frozen=True, slots=True)
class _Seen:
    """A folder on the disk. `inode` tells the very folder that held files, which a person may have emptied, from a bare
    mount point; `real` is where links lead."""

    found: list[Found]
    folders: list[str]
    inode: int
    real: str


class Reconciler:
    """`forget` is told the chunks that are gone, after the transaction that dropped them."""

    def __init__(
        self, catalogue: Catalogue, passages: Passages, counts: Counts, own: Path,
        forget: Callable[[tuple[int, ...]], None], patience: Patience,
    ) -> None:  # fmt: skip
        self.sightings = Sightings(catalogue.database)
        self._catalogue = catalogue
        self._passages = passages
        self._counts = counts
        self._own = own
        self._forget = forget
        self._unread: dict[str, str] = {}
        self.emptied: set[int] = set()
        """Ids of unavailable folders that are there, but suddenly empty."""
        self.hung: dict[int, float] = {}
        """When folders that do not answer are to be asked again, by id."""
        self._waits: dict[int, float] = {}
        self._patience = patience

    def run(self, folders: Sequence[Folder], consent: Mapping[int, Consent] | None = None) -> list[Look]:
        """Compare these folders with the disk. What is new or suspicious waits to be read, what is gone is forgotten
        or kept (see above); `consent` by folder id."""
        said = consent or {}
        looks = [look for f in folders if (look := self._look(f, said.get(f.id))) is not None]
        moved = None
        while moved is None:
            try:
                moved = self._moves(looks)
            except Hung as hung:
                self.hangs(hung.filename)
                looks = [look for look in looks if look.folder.id not in self.hung]
        gone: list[int] = []
        for look in looks:
            gone += self._apply(look, moved, look.folder.id in said)
        self._forget(tuple(gone))
        return looks

    def hangs(self, path: str) -> None:
        """The folder that holds `path` does not answer: it is unavailable until the call that hangs has come back."""
        for folder in self._catalogue.folders():
            if path == folder.path or path.startswith(folder.path.rstrip(os.sep) + os.sep):
                wait = self._waits[folder.id] = min(2 * self._waits.get(folder.id, FIRST_WAIT_S / 2), LONGEST_WAIT_S)
                self.hung[folder.id] = time.monotonic() + wait
                self.emptied.discard(folder.id)
                self._lose(folder)

    def answering(self) -> set[int]:
        """Folders that may answer again: the call that hung has come back, and they were left alone for a while."""
        due = {id for id, at in self.hung.items() if at <= time.monotonic()}
        return {f.id for f in self._catalogue.folders() if not self._patience.stuck(f.path)} & due if due else due

    # ---- looking

    def _look(self, folder: Folder, consent: Consent | None) -> Look | None:
        """What changed in a folder; None when it is unavailable."""
        try:
            if self._patience.stuck(folder.path):
                raise Hung(folder.path)
            seen = self._patience.call(folder.path, lambda tick: self._seen(folder.path, tick))
        except Hung:
            self.hangs(folder.path)
            return None
        self.hung.pop(folder.id, None)
        known = {path: Known._make(stat) for path, stat in self.sightings.stats_of(folder.id)}
        found = seen.found
        closed = any(f.closed and f.path == folder.path for f in found) or self._elsewhere(folder.path, seen.real)
        if closed:
            found = []
        empty = not found and any(not k.skipped for k in known.values())
        confirmed = consent == "named" or (consent == "told" and seen.inode == folder.inode)
        if (closed and consent != "named") or (empty and not confirmed):
            self._lose(folder)
            (self.emptied.discard if closed else self.emptied.add)(folder.id)
            return None
        self.emptied.discard(folder.id)
        if folder.state == "unavailable" and not closed:
            self._catalogue.set_folder_state(folder.id, "watched")
            known = {path: Known._make(stat) for path, stat in self.sightings.stats_of(folder.id)}
        if found and seen.inode != folder.inode:
            self._catalogue.set_folder_inode(folder.id, seen.inode)
        return Look(folder, seen.folders, compare(found, known), known, not closed)

    def _seen(self, path: str, tick: Tick) -> _Seen:
        """What lies in a folder now; may block for ever."""
        walk = Walk(path, self._own, self._why_unread, tick)
        return _Seen(list(walk), walk.folders, _inode(path), os.path.realpath(path))

    def _lose(self, folder: Folder) -> None:
        if folder.state != "unavailable":
            log.info("%r is unavailable", folder.path)
            self._catalogue.set_folder_state(folder.id, "unavailable")

    def _elsewhere(self, path: str, real: str) -> bool:
        """Whether a folder was replaced by a link into another watched one, which would be read twice."""
        if real == path:
            return False
        others = (f.path for f in self._catalogue.folders() if f.path != path)
        return any(real == other or real.startswith(other.rstrip(os.sep) + os.sep) for other in others)

    def _why_unread(self, name: str) -> str:
        """Why Moa cannot read files of this name, or nothing when it can. The answer is the same for a suffix."""
        suffix = name[name.rfind(".") :] if "." in name else name
        known = self._unread.get(suffix)
        if known is None:
            known = self._unread[suffix] = _unreadable(name)
            if len(self._unread) > 10_000:
                self._unread.clear()
        return known

    # ---- moves

    def _moves(self, looks: list[Look]) -> dict[str, tuple[File, Found, Folder]]:
        """{old path: what lies where now} of files whose content turned up under another path, in any of the folders.

        Only files of the same size are read, and SHA-256 decides. A file of the same name is preferred, so that whole
        folders of equal files keep theirs.
        """
        added = [(f, look.folder) for look in looks for f in look.changes.added if not f.skipped]
        gone = [path for look in looks for path in look.changes.gone] if added else []
        by_size: dict[int, list[File]] = {}
        for file in self.sightings.files_at(gone):
            if file.sha256:
                by_size.setdefault(file.size, []).append(file)
        moved: dict[str, tuple[File, Found, Folder]] = {}
        for found, folder in added:
            candidates = by_size.get(found.size)
            read = digest(found.path, self._patience) if candidates else None
            if not candidates or read is None:
                continue
            equal = [c for c in candidates if c.sha256 == read.sha256]
            if equal:
                name = os.path.basename(found.path)  # noqa: PTH119 (a string, to be quick)
                old = next((c for c in equal if os.path.basename(c.path) == name), equal[0])  # noqa: PTH119
                candidates.remove(old)
                moved[old.path] = (old, found, folder)
        return moved

    # ---- taking it down

    def _apply(self, look: Look, moved: dict[str, tuple[File, Found, Folder]], consent: bool) -> tuple[int, ...]:
        """Take down what changed in one folder, in one transaction; returns the chunks that are gone."""
        changes, id = look.changes, look.folder.id
        arrived = {f.path: file for file, f, folder in moved.values() if folder.id == id}
        added = [f for f in changes.added if f.path not in arrived]
        gone = [path for path in changes.gone if path not in moved]
        with self._catalogue.database.write():
            for file, found, folder in moved.values():
                if folder.id == id:
                    renamed = os.path.basename(file.path) != os.path.basename(found.path)  # noqa: PTH119
                    again = renamed or file.state == "waiting" or self._read_otherwise(file, look.folder)
                    self.sightings.move(file.id, id, _stat(found), reread=again)
            ids = self._note(id, [*added, *changes.suspects, *changes.relisted], look.known)
            ids += self._drop(look, gone, consent)
        self._counts.moved += len(arrived)
        self._counts.added += sum(not f.skipped for f in added)
        return ids

    def _read_otherwise(self, file: File, there: Folder) -> bool:
        """Whether files are read in another way in the folder that one has moved to."""
        here = self._catalogue.folder(file.folder) if file.folder != there.id else None
        return here is not None and (here.ocr, here.encoding) != (there.ocr, there.encoding)

    def _note(self, folder: int, found: list[Found], known: dict[str, Known]) -> tuple[int, ...]:
        """Put down what is to be read and what is skipped; returns the chunks of files that are skipped from now on."""
        self.sightings.note(folder, [_stat(f) for f in found if not f.skipped])
        skipped = [f for f in found if f.skipped]
        read_before = [f.path for f in skipped if f.path in known and not known[f.path].skipped]
        gone = self._passages.forget_files([file.id for file in self.sightings.files_at(read_before)])
        self.sightings.note_skipped(folder, [(_stat(f), f.skipped) for f in skipped])
        return gone

    def _drop(self, look: Look, gone: list[str], consent: bool) -> tuple[int, ...]:
        """Forget the files that are gone, or keep what was read in them when there are too many at once."""
        files = self.sightings.files_at(gone)
        lost = [f for f in files if f.sha256 and f.state != "unavailable"]
        held = [f for f in files if f.state == "unavailable"]
        alive = sum(not k.skipped for k in look.known.values()) - len(held)
        if not consent and alive >= MANY and 2 * len(lost) > alive:
            log.warning("%r lost %d of %d files at once: keeping what was read in them", look.folder.path,
                        len(lost), alive)  # fmt: skip
            self.sightings.hold(f.id for f in lost)
            held += lost
        if not consent:
            keep = {f.id for f in held}
            files = [f for f in files if f.id not in keep]
        self._counts.removed += sum(f.state != "skipped" or bool(f.recipe) for f in files)
        return self._passages.forget_files([f.id for f in files])


def _stat(found: Found) -> Stat:
    return Stat(found.path, found.size, found.mtime_ns, found.inode)


def _inode(path: str) -> int:
    try:
        return os.stat(path).st_ino  # noqa: PTH116 (a string, as everywhere here)
    except OSError:
        return 0


def _unreadable(name: str) -> str:
    path = Path(name)
    if kind_of(path) is not None:
        return ""
    return (
        f"Moa does not read {path.suffix} files yet."
        if path.suffix
        else "Moa does not read files without an extension yet."
    )

"""Every file in a folder as it lies on disk now, with a reason for each that is not read.

Does not know what was there before, and opens no file but those that say what to leave out (ignore.py).
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from core.files import exclude
from core.files.ignore import FILES, Rules, rules_of

# Attributes that say "the content is not on this disk": SF_DATALESS in Apple's <sys/stat.h>, and
# FILE_ATTRIBUTE_RECALL_ON_DATA_ACCESS in Microsoft's file attribute constants.
_DATALESS = 0x40000000
_RECALL = 0x00400000

LINK = "It is a link; Moa reads a file where it really lies."
SPECIAL = "It is not an ordinary file."
ONLINE = "It is online only; open it once to have it on this computer."
HIDDEN = "It is hidden by the system."


class Found(NamedTuple):
    """A file as a walk saw it, or a folder or link that was not followed. A tuple: there may be a million.

    `path` is exact, as the system gives it (`os.fsdecode`); `size` in bytes, `mtime_ns` in nanoseconds since the epoch.
    `inode` is 0 where the system does not tell it. All three are 0 for folders: what happens in one that is not
    entered is nobody's business.
    """

    path: str
    size: int = 0
    mtime_ns: int = 0
    inode: int = 0
    skipped: str = ""
    """Why it is not read, in one sentence; empty when it is."""
    closed: bool = False
    """A folder that could not be opened: what lies below it is unknown, not gone."""


class Walk:
    """Iterates over everything in `root` and below, folder by folder in the order of names.

    `own` is Moa's data folder: it is not entered, but may hold or be above `root` itself. `unread` says why a file of
    that name is of no kind that can be read; `tick` is called for each entry. Never raises for what it finds; a root
    that is missing or may not be opened gives one `Found` with its own path and `closed` set.
    """

    def __init__(
        self, root: str | Path, own: Path | None = None, unread: Callable[[str], str] = lambda name: "",
        tick: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        self._root = os.fspath(root)
        self._own = _place(own)
        self._unread = unread
        self._tick = tick
        self.folders: list[str] = []
        """Those entered so far, the root first."""

    def __iter__(self) -> Iterator[Found]:
        waiting: list[tuple[str, Rules | None]] = [(self._root, None)]
        while waiting:
            folder, above = waiting.pop()
            try:
                with os.scandir(folder) as entries:
                    listed = sorted(self._told(entries), key=_name)
            except OSError as e:
                # Gone since its parent was listed: nothing to tell, unless it is the root.
                if folder == self._root or not isinstance(e, FileNotFoundError):
                    yield Found(folder, skipped=f"The folder could not be opened ({e.strerror}).", closed=True)
                continue
            self.folders.append(folder)
            rules = above
            if any(entry.name in FILES for entry in listed):
                rules = rules_of(folder, [entry.name for entry in listed], above)
            deeper: list[tuple[str, Rules | None]] = []
            for entry in self._told(listed):
                try:
                    found = self._look(entry, rules)
                except FileNotFoundError:
                    continue
                except OSError as e:
                    found = Found(entry.path, skipped=f"It could not be looked at ({e.strerror}).", closed=True)
                if found is None:
                    deeper.append((entry.path, rules))
                elif found is not _OWN:
                    yield found
            deeper.reverse()
            waiting += deeper

    def _told(self, entries: Iterable[os.DirEntry[str]]) -> Iterator[os.DirEntry[str]]:
        for entry in entries:
            self._tick()
            yield entry

    def _look(self, entry: os.DirEntry[str], rules: Rules | None) -> Found | None:
        """What one entry is; None for a folder to enter."""
        name = entry.name
        if entry.is_symlink() or (_FLAGS and _is_junction(entry)):
            return Found(entry.path, skipped=LINK)
        if entry.is_dir(follow_symlinks=False):
            # The inode comes with the listing; only a match is worth a look at the device.
            if self._own is not None and entry.inode() == self._own[1] and _place(Path(entry.path)) == self._own:
                return _OWN
            reason = exclude.folder_left_out(name) or (rules.reason(entry.path, True) if rules else "")
            if not reason and _FLAGS and _hidden(entry.stat(follow_symlinks=False)):
                reason = HIDDEN
            return Found(entry.path, skipped=reason) if reason else None
        seen = entry.stat(follow_symlinks=False)
        reason = exclude.file_left_out(name)
        if not reason:
            if not entry.is_file(follow_symlinks=False):
                reason = SPECIAL
            elif _FLAGS and (reason := _flagged(seen)):
                pass
            else:
                reason = (rules.reason(entry.path, False) if rules else "") or self._unread(name)
        return Found(entry.path, seen.st_size, seen.st_mtime_ns, seen.st_ino, reason)


_OWN = Found("")
"""Stands for Moa's own data folder, which is never told."""
_FLAGS = sys.platform != "linux"


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _place(folder: Path | None) -> tuple[int, int] | None:
    try:
        seen = os.stat(folder) if folder is not None else None  # noqa: PTH116 (Path.stat would need the same None)
    except OSError:
        return None
    return None if seen is None else (seen.st_dev, seen.st_ino)


def _is_junction(entry: os.DirEntry[str]) -> bool:
    """Whether it is a Windows junction, a link that `is_symlink` does not know."""
    if sys.platform != "win32":
        return False
    return entry.stat(follow_symlinks=False).st_reparse_tag == stat.IO_REPARSE_TAG_MOUNT_POINT


def _flagged(seen: os.stat_result) -> str:
    """What the flags of macOS and Windows say against reading a file."""
    return HIDDEN if _hidden(seen) else ONLINE if _online_only(seen) else ""


def _hidden(seen: os.stat_result) -> bool:
    """Whether the system's own hidden flag is set (macOS ~/Library, Windows AppData)."""
    attributes: int = getattr(seen, "st_file_attributes", 0)
    flags: int = getattr(seen, "st_flags", 0)
    return bool(attributes & stat.FILE_ATTRIBUTE_HIDDEN or flags & stat.UF_HIDDEN)


def _online_only(seen: os.stat_result) -> bool:
    attributes: int = getattr(seen, "st_file_attributes", 0)
    flags: int = getattr(seen, "st_flags", 0)
    return bool(attributes & _RECALL or flags & _DATALESS)

"""Every file in a folder as it lies on disk now, with a reason for each that is not read.

Does not know what was there before, and opens no file but `.moaignore`.

pathspec (MPL-2.0, maintained, no dependencies): matches `.moaignore` the way git matches `.gitignore`.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from core.files import exclude

IGNORE_FILE = ".moaignore"

# Attributes that say "the content is not on this disk": SF_DATALESS in Apple's <sys/stat.h>, and
# FILE_ATTRIBUTE_RECALL_ON_DATA_ACCESS in Microsoft's file attribute constants.
_DATALESS = 0x40000000
_RECALL = 0x00400000

_LINK = "It is a link; Moa reads a file where it really lies."
_SECRET = "Its name says that it holds a password or a key."
_SPECIAL = "It is not an ordinary file."
_ONLINE = "It is online only; open it once to have it on this computer."
_IGNORED = f"{IGNORE_FILE} leaves it out."


@dataclass(frozen=True, slots=True)
class Found:
    """A file as a walk saw it, or a folder or link that was not followed.

    `path` is exact, as the system gives it (`os.fsdecode`); `size` in bytes, `mtime_ns` in nanoseconds since the epoch.
    `inode` and `device` are 0 where the system does not tell them (Windows).
    """

    path: str
    size: int = 0
    mtime_ns: int = 0
    inode: int = 0
    device: int = 0
    skipped: str = ""
    """Why it is not read, in one sentence; empty when it is."""
    closed: bool = False
    """A folder that could not be opened: what lies below it is unknown, not gone."""


def walk(root: str | Path, own: Path | None = None) -> Iterator[Found]:
    """Everything in `root` and below, folder by folder in the order of names.

    `own` is Moa's data folder: it is not entered, but may hold or be above `root` itself. Never raises for what it
    finds; a root that is missing or may not be opened yields one `Found` with its own path and `closed` set.
    """
    top = os.fspath(root)
    ignored = _ignore_rules(top)
    own_place = _place(own)
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                listed = sorted(entries, key=lambda e: e.name)
        except OSError as e:
            # Gone since its parent was listed: nothing to tell, unless it is the root.
            if folder == top or not isinstance(e, FileNotFoundError):
                yield Found(folder, skipped=f"The folder could not be opened ({e.strerror}).", closed=True)
            continue
        deeper: list[str] = []
        for entry in listed:
            try:
                found = _look(entry, own_place, ignored)
            except FileNotFoundError:
                continue
            except OSError as e:
                found = Found(entry.path, skipped=f"It could not be looked at ({e.strerror}).", closed=True)
            if isinstance(found, Found):
                yield found
            elif found:
                deeper.append(entry.path)
        waiting.extend(reversed(deeper))


def _look(entry: os.DirEntry[str], own: tuple[int, int] | None, ignored: Callable[[str, bool], bool]) -> Found | bool:
    """What one entry is: a `Found` to report, True for a folder to enter, False to leave it out silently."""
    name = entry.name
    folder = entry.is_dir(follow_symlinks=False)
    if exclude.folder_left_out(name) if folder else exclude.file_left_out(name):
        return False
    if entry.is_symlink() or _is_junction(entry):
        return Found(entry.path, skipped=_LINK)
    if folder:
        if (own is not None and _is(entry, own)) or (sys.platform != "linux" and _hidden(entry.stat())):
            return False
        return Found(entry.path, skipped=_IGNORED) if ignored(entry.path, True) else True
    seen = entry.stat(follow_symlinks=False)
    if _hidden(seen):
        return False
    reason = ""
    if exclude.secret(name):
        reason = _SECRET
    elif not stat.S_ISREG(seen.st_mode):
        reason = _SPECIAL
    elif _online_only(seen):
        reason = _ONLINE
    elif ignored(entry.path, False):
        reason = _IGNORED
    return Found(entry.path, seen.st_size, seen.st_mtime_ns, seen.st_ino, seen.st_dev, reason)


def _ignore_rules(root: str) -> Callable[[str, bool], bool]:
    """Whether `.moaignore` in `root` leaves out a path (and whether that is a folder)."""
    try:
        lines = Path(root, IGNORE_FILE).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return lambda path, folder: False
    import pathspec

    kept: list[str] = []
    for line in lines:
        # A line that makes no sense is passed over, as git does; the others still hold.
        try:
            pathspec.GitIgnoreSpec.from_lines([line])
        except ValueError:
            continue
        kept.append(line)
    spec = pathspec.GitIgnoreSpec.from_lines(kept)

    def ignored(path: str, folder: bool) -> bool:
        inside = os.path.relpath(path, root).replace(os.sep, "/")
        return spec.match_file(inside + "/" if folder else inside)

    return ignored


def _place(folder: Path | None) -> tuple[int, int] | None:
    try:
        seen = os.stat(folder) if folder is not None else None  # noqa: PTH116 (Path.stat would need the same None)
    except OSError:
        return None
    return None if seen is None else (seen.st_dev, seen.st_ino)


def _is(entry: os.DirEntry[str], place: tuple[int, int]) -> bool:
    # The inode comes with the listing; only a match is worth a look at the device.
    return entry.inode() == place[1] and _place(Path(entry.path)) == place


def _is_junction(entry: os.DirEntry[str]) -> bool:
    """Whether it is a Windows junction, a link that `is_symlink` does not know."""
    if sys.platform != "win32":
        return False
    return entry.stat(follow_symlinks=False).st_reparse_tag == stat.IO_REPARSE_TAG_MOUNT_POINT


def _hidden(seen: os.stat_result) -> bool:
    """Whether the system's own hidden flag is set (macOS ~/Library, Windows AppData)."""
    attributes: int = getattr(seen, "st_file_attributes", 0)
    flags: int = getattr(seen, "st_flags", 0)
    return bool(attributes & stat.FILE_ATTRIBUTE_HIDDEN or flags & stat.UF_HIDDEN)


def _online_only(seen: os.stat_result) -> bool:
    attributes: int = getattr(seen, "st_file_attributes", 0)
    flags: int = getattr(seen, "st_flags", 0)
    return bool(attributes & _RECALL or flags & _DATALESS)

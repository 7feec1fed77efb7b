"""Whether a folder lies on a file system that tells of the changes made in it.

Knows the names of file systems, nothing of watching. Changes that another machine makes on a network file system
reach no watcher here, and programs that show something as a folder (FUSE) may tell nothing at all: such folders are
looked through at times instead.
"""

from __future__ import annotations

import os
from pathlib import PurePath

QUIET = frozenset(
    (
        *("nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "9p", "afs", "afpfs", "webdav", "davfs", "ceph"),
        *("lustre", "gfs2", "ocfs2", "vboxsf", "vmhgfs", "prl_fs", "virtiofs", "drvfs", "fuse", "osxfuse", "macfuse"),
    )
)
# A FUSE driver for a disk in this machine (NTFS, exFAT): all changes pass through this system and are told.
LOCAL = frozenset(("fuseblk",))


def quiet_file_system(path: str, mounts: list[tuple[str, str]] | None = None) -> str:
    """The name of the file system `path` lies on when changes in it may not be told; empty when they are.

    `mounts` are (mount point, file system name) pairs; the system's own when not given.
    """
    if path.startswith("\\\\"):
        return "network"
    kind = _kind(path, _mounts() if mounts is None else mounts).casefold()
    if kind in LOCAL:
        return ""
    return kind if kind in QUIET or kind.startswith("fuse.") else ""


def _kind(path: str, mounts: list[tuple[str, str]]) -> str:
    """The file system of the innermost mount point that holds `path`; of two on one place the later hides the other."""
    wanted, best, kind = PurePath(path), -1, ""
    for point, name in mounts:
        depth = len(PurePath(point).parts)
        if depth >= best and wanted.is_relative_to(point):
            best, kind = depth, name
    return kind


def _mounts() -> list[tuple[str, str]]:
    import psutil

    try:
        listed = psutil.disk_partitions(all=True)
    except (OSError, RuntimeError):
        return []
    remote = [(p.mountpoint, "nfs") for p in listed if "remote" in p.opts.split(",")]
    return [(os.fspath(p.mountpoint), p.fstype) for p in listed] + remote

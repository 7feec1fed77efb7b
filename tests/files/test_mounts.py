"""Which file systems tell of changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.files.mounts import quiet_file_system

MOUNTS = [
    ("/", "ext4"),
    ("/mnt", "nfs4"),
    ("/mnt/disk", "fuseblk"),
    ("/home/a/cloud", "fuse.rclone"),
    ("/home/a/phone", "fuse"),
    ("/c", "9p"),
    ("/share", "cifs"),
    ("/twice", "nfs"),
    ("/twice", "xfs"),
]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/a/notes", ""),
        ("/home/a/cloudy", ""),
        ("/home/a/cloud/notes", "fuse.rclone"),
        ("/home/a/phone", "fuse"),
        ("/mnt/notes", "nfs4"),
        ("/mnt/disk/notes", ""),
        ("/c/Users", "9p"),
        ("/share", "cifs"),
        ("/twice", ""),
        ("\\\\server\\share", "network"),
    ],
)
def test_the_innermost_mount_decides(path: str, kind: str) -> None:
    assert quiet_file_system(path, MOUNTS) == kind


def test_this_machines_own_table_is_read(tmp_path: Path) -> None:
    assert quiet_file_system(str(tmp_path)) == ""

"""What a walk means for the catalogue, as a table."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.files.compare import Changes, Known, compare
from core.files.walk import Found

A = str(Path("/notes/a.md"))
OLD = Known(size=3, mtime_ns=10, inode=7)


def seen(path: str, size: int = 3, mtime_ns: int = 10, inode: int = 7) -> Found:
    return Found(path, size, mtime_ns, inode)


@pytest.mark.parametrize(
    ("found", "known", "changes"),
    [
        ([], {}, Changes()),
        ([seen(A)], {}, Changes(added=[seen(A)])),
        ([seen(A)], {A: OLD}, Changes(same=1)),
        ([seen(A, size=4)], {A: OLD}, Changes(suspects=[seen(A, size=4)])),
        ([seen(A, mtime_ns=11)], {A: OLD}, Changes(suspects=[seen(A, mtime_ns=11)])),
        ([seen(A, inode=8)], {A: OLD}, Changes(suspects=[seen(A, inode=8)])),
        ([], {A: OLD}, Changes(gone=[A])),
        ([seen(A + "2")], {A: OLD}, Changes(added=[seen(A + "2")], gone=[A])),
    ],
)
def test_one_file(found: list[Found], known: dict[str, Known], changes: Changes) -> None:
    assert compare(found, known) == changes


def test_a_reason_that_comes_goes_or_changes_is_taken_down() -> None:
    left_out = Known(3, 10, 7, "no")
    for found, known in (
        (seen(A)._replace(skipped="no"), OLD),
        (seen(A), left_out),
        (seen(A)._replace(skipped="never"), left_out),
    ):
        assert compare([found], {A: known}) == Changes(relisted=[found])
    assert compare([seen(A)._replace(skipped="no")], {A: left_out}) == Changes(same=1)


def test_what_lies_below_a_closed_folder_is_hidden_not_gone() -> None:
    private = str(Path("/notes/private"))
    below, beside = str(Path("/notes/private/b.md")), private + " things.md"
    closed = Found(private, skipped="no", closed=True)
    assert compare([closed], {below: OLD, beside: OLD}) == Changes(added=[closed], gone=[beside], hidden=[below])


def test_a_known_file_that_cannot_be_looked_at_is_not_dropped() -> None:
    assert compare([Found(A, skipped="disk error", closed=True)], {A: OLD}) == Changes(hidden=[A])


def test_a_closed_root_hides_everything() -> None:
    closed = Found(os.sep, skipped="no", closed=True)
    assert compare([closed], {A: OLD}) == Changes(added=[closed], hidden=[A])

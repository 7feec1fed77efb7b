"""The walk lists every file once, with a reason for each that is not read, and never fails."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from core.files import exclude
from core.files import walk as walking
from core.files.walk import Found, Walk

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX file system")


def put(path: Path, text: str = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def names(root: Path, own: Path | None = None) -> dict[str, str]:
    """{path below root: why it is skipped} of a walk."""
    return {os.path.relpath(f.path, root).replace(os.sep, "/"): f.skipped for f in Walk(root, own)}


def test_files_come_with_their_stat_in_the_order_of_names(tmp_path: Path) -> None:
    for name in ("b.md", "a.md", "회의/가.md", "회의/나.md"):
        put(tmp_path / name, name)
    found = list(Walk(tmp_path))
    assert [os.path.relpath(f.path, tmp_path) for f in found] == ["a.md", "b.md", "회의/가.md", "회의/나.md"]
    seen = (tmp_path / "a.md").stat()
    assert found[0] == Found(str(tmp_path / "a.md"), seen.st_size, seen.st_mtime_ns, seen.st_ino)


def test_what_is_hidden_or_holds_no_notes_is_listed_and_not_entered(tmp_path: Path) -> None:
    for name in (
        *("note.md", ".hidden.md", ".git/config.md", ".obsidian/a.md", "node_modules/p/readme.md", "venv/a.txt"),
        *("note.md~", "~$plan.docx", "copy.md.tmp", "Thumbs.db", "deep/__pycache__/x.txt", ".ssh/config"),
    ):
        put(tmp_path / name)
    hidden, programs, leftover = exclude.HIDDEN, exclude.PROGRAMS, exclude.LEFTOVER
    assert names(tmp_path) == {
        "note.md": "",
        ".hidden.md": hidden,
        ".git": hidden,
        ".obsidian": hidden,
        ".ssh": exclude.SECRET,
        "node_modules": programs,
        "venv": programs,
        "deep/__pycache__": programs,
        "note.md~": leftover,
        "~$plan.docx": leftover,
        "copy.md.tmp": leftover,
        "Thumbs.db": leftover,
    }


@pytest.mark.parametrize("name", ["server.pem", "id_rsa", "Passwords.kdbx", ".env", ".env.local", "client_secret.json"])
def test_secrets_are_listed_with_the_reason(name: str, tmp_path: Path) -> None:
    put(tmp_path / name)
    assert names(tmp_path) == {name: exclude.SECRET}


def test_a_note_about_secrets_is_a_note(tmp_path: Path) -> None:
    put(tmp_path / "Secret Santa.md")
    assert names(tmp_path) == {"Secret Santa.md": ""}


@posix
def test_links_are_listed_and_not_followed(tmp_path: Path) -> None:
    put(tmp_path / "outside/far.md")
    root = tmp_path / "notes"
    put(root / "a.md")
    (root / "file-link.md").symlink_to(root / "a.md")
    (root / "out").symlink_to(tmp_path / "outside", target_is_directory=True)
    (root / "loop").symlink_to(root, target_is_directory=True)
    (root / "dangling.md").symlink_to(root / "nothing")
    link = walking.LINK
    assert names(root) == {"a.md": "", "dangling.md": link, "file-link.md": link, "loop": link, "out": link}


@posix
def test_a_root_that_is_a_link_is_walked(tmp_path: Path) -> None:
    put(tmp_path / "real/a.md")
    (tmp_path / "link").symlink_to(tmp_path / "real", target_is_directory=True)
    assert [f.path for f in Walk(tmp_path / "link")] == [str(tmp_path / "link" / "a.md")]


def test_the_own_data_folder_is_not_entered(tmp_path: Path) -> None:
    own = tmp_path / "Moa data"
    put(own / "imported" / "b.md")
    put(tmp_path / "a.md")
    assert names(tmp_path, own) == {"a.md": ""}
    assert names(own / "imported", own) == {"b.md": ""}


@posix
def test_the_own_data_folder_is_known_under_another_name(tmp_path: Path) -> None:
    put(tmp_path / "real" / "data" / "b.md")
    (tmp_path / "link").symlink_to(tmp_path / "real", target_is_directory=True)
    assert names(tmp_path / "real", tmp_path / "link" / "data") == {}


def test_a_missing_root_is_told_apart_from_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert list(Walk(tmp_path / "empty")) == []
    (found,) = Walk(tmp_path / "missing")
    assert found.closed
    assert found.path == str(tmp_path / "missing")
    assert found.skipped.startswith("The folder could not be opened")


def refuse(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Make the system refuse to open one folder (file modes do not stop an administrator)."""
    real = os.scandir

    def scandir(path: str) -> object:
        if path == str(folder):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)


def test_a_folder_that_may_not_be_opened_is_one_closed_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "private" / "b.md")
    put(tmp_path / "a.md")
    refuse(monkeypatch, tmp_path / "private")
    assert [(Path(f.path).name, f.closed) for f in Walk(tmp_path)] == [("a.md", False), ("private", True)]


@posix
def test_what_is_not_an_ordinary_file_is_listed_and_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    assert names(tmp_path) == {"pipe.md": walking.SPECIAL}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps names that are not UTF-8")
def test_names_that_are_not_utf8_come_back_exactly(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/\xb8\xf0\xbe\xc6.md"
    with open(raw, "wb"):  # noqa: PTH123 (Path takes no bytes)
        pass
    (found,) = Walk(tmp_path)
    assert os.fsencode(found.path) == raw


@posix
def test_a_tree_deeper_than_the_call_stack(tmp_path: Path) -> None:
    folders = [tmp_path / "/".join("d" * depth) for depth in range(1, sys.getrecursionlimit() + 100)]
    for folder in folders:
        folder.mkdir()
    note = put(folders[-1] / "note.md")
    try:
        assert [f.path for f in Walk(tmp_path)] == [str(note)]
    finally:
        # Here, because the recursive removal of pytest and shutil would fail.
        note.unlink()
        for folder in reversed(folders):
            folder.rmdir()


def test_rules_hold_at_every_level_and_the_nearest_wins(tmp_path: Path) -> None:
    put(tmp_path / ".moaignore", "drafts/\n*.log.md\n!keep.log.md\n[unclosed\n")
    put(tmp_path / "code" / ".gitignore", "/build\n*.md\n!README.md\n")
    put(tmp_path / "code" / ".moaignore", "!plan.md\n")
    put(tmp_path / "code" / "deep" / ".gitignore", "!notes.md\n")
    for name in (
        *("a.md", "drafts/b.md", "sub/c.log.md", "keep.log.md", "build/a.md"),
        *("code/build/x.txt", "code/a.md", "code/README.md", "code/plan.md", "code/sub/build/x.txt"),
        *("code/deep/notes.md", "code/deep/other.md"),
    ):
        put(tmp_path / name)
    moa, git = ".moaignore leaves it out.", ".gitignore leaves it out."
    shown = {name: reason for name, reason in names(tmp_path).items() if not Path(name).name.startswith(".")}
    assert shown == {
        "a.md": "",
        "drafts": moa,
        "sub/c.log.md": moa,
        "keep.log.md": "",
        "build/a.md": "",
        "code/build": git,
        "code/a.md": git,
        "code/README.md": "",
        "code/plan.md": "",
        "code/sub/build/x.txt": "",
        "code/deep/notes.md": "",
        "code/deep/other.md": git,
    }


@pytest.mark.parametrize("seen", [{"st_file_attributes": 0x400020}, {"st_flags": 0x40000000}])
def test_files_that_are_online_only_are_recognised(seen: dict[str, int]) -> None:
    assert walking._online_only(cast(os.stat_result, SimpleNamespace(**seen)))


@pytest.mark.parametrize("seen", [{"st_file_attributes": 0x2}, {"st_flags": 0x8000}])
def test_the_systems_hidden_flag_is_recognised(seen: dict[str, int]) -> None:
    assert walking._hidden(cast(os.stat_result, SimpleNamespace(**seen)))


def test_a_file_that_vanishes_during_the_walk_is_not_listed(tmp_path: Path) -> None:
    put(tmp_path / "a.md")
    put(tmp_path / "b.md")
    found = iter(Walk(tmp_path))
    first = next(found)
    (tmp_path / "b.md").unlink()
    assert [first.path, *(f.path for f in found)] == [str(tmp_path / "a.md")]

"""Folder and catalogue compared, on real files and a real database: what is taken down, followed, kept, forgotten."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path

import pytest

from core.files.patient import Patience
from core.index.counts import Counts
from core.index.reconcile import Consent, Reconciler
from core.store import schema
from core.store.catalogue import Catalogue, Folder, Stat
from core.store.database import Database
from core.store.passages import Passages, Terms
from core.types import Chunk, Location

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX file system")


class Library:
    """A catalogue whose files are "read" by storing their content as one chunk."""

    def __init__(self, place: Path) -> None:
        self.database = Database(place / "library.db", schema.LIBRARY)
        self.catalogue, self.passages = Catalogue(self.database), Passages(self.database)
        self.gone: list[int] = []
        self.counts = Counts()
        own = place / "data"
        self.reconciler = Reconciler(self.catalogue, self.passages, self.counts, own, self.gone.extend, Patience())

    def watch(self, *folders: Path) -> None:
        for folder in folders:
            self.catalogue.add_folder(str(folder), folder.name)
        self.settle()

    def compare(self, consent: dict[int, Consent] | None = None) -> Counts:
        """One comparison of every folder; returns what it counted."""
        before = astuple(self.counts)
        self.reconciler.run(self.catalogue.folders(), consent)
        return Counts(*(now - then for now, then in zip(astuple(self.counts), before, strict=True)))

    def settle(self, consent: dict[int, Consent] | None = None) -> Counts:
        """Compare, then read what waits."""
        done = self.compare(consent)
        for file in self.catalogue.waiting(10_000):
            data = Path(file.path).read_bytes()
            text = data.decode("utf-8", "replace")
            stat = Stat(file.path, file.size, file.mtime_ns, file.inode)
            self.passages.replace(
                file.id, stat, hashlib.sha256(data).hexdigest(), "markdown", text, "r",
                [Chunk(0, text, Location(), text)], Terms("t", ("",), (text,)), "e",
            )  # fmt: skip
        return done

    def states(self) -> dict[str, str]:
        return {Path(r.path).name: r.state for r in self.catalogue.file_rows()}

    def paths(self) -> list[str]:
        return [r.path for r in self.catalogue.file_rows()]

    def folder(self, number: int = 0) -> Folder:
        return self.catalogue.folders()[number]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library(tmp_path)
    yield library
    library.database.close()


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    root = tmp_path / "notes"
    (root / "sub").mkdir(parents=True)
    (root / "a.md").write_text("apple", encoding="utf-8")
    (root / "sub" / "b.md").write_text("banana", encoding="utf-8")
    return root


def many(root: Path, count: int = 30) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    for n in range(count):
        (root / f"{n:03d}.md").write_text(f"note {n}", encoding="utf-8")
    return root


def ids(library: Library) -> dict[str, int]:
    sightings = library.reconciler.sightings
    return {f.path: f.id for folder in library.catalogue.folders() for f in sightings.files_of(folder.id).values()}


def test_an_unchanged_folder_is_left_alone(library: Library, notes: Path) -> None:
    library.watch(notes)
    assert library.states() == {"a.md": "indexed", "b.md": "indexed"}
    before = library.catalogue.file_rows()
    assert library.compare() == Counts()
    assert library.catalogue.file_rows() == before


def test_a_moved_file_keeps_its_row_and_waits_only_when_its_name_changed(library: Library, notes: Path) -> None:
    library.watch(notes)
    before = ids(library)
    (notes / "a.md").rename(notes / "sub" / "a.md")
    (notes / "sub" / "b.md").rename(notes / "sub" / "나.md")
    assert library.compare().moved == 2
    assert library.states() == {"a.md": "indexed", "나.md": "waiting"}
    after = ids(library)
    assert after[str(notes / "sub" / "a.md")] == before[str(notes / "a.md")]
    assert after[str(notes / "sub" / "나.md")] == before[str(notes / "sub" / "b.md")]
    assert library.gone == []


def test_a_whole_folder_that_moves_is_followed_without_reading(library: Library, notes: Path) -> None:
    many(notes / "old", 100)
    library.watch(notes)
    (notes / "old").rename(notes / "sub" / "new")
    assert library.compare() == Counts(moved=100)
    assert set(library.states().values()) == {"indexed"} and library.gone == []


def test_a_file_is_followed_from_one_watched_folder_to_another(library: Library, notes: Path, tmp_path: Path) -> None:
    other = many(tmp_path / "other", 1)
    library.watch(notes, other)
    before = ids(library)
    shutil.move(notes / "sub", other / "sub")
    assert library.compare() == Counts(moved=1)
    assert ids(library)[str(other / "sub" / "b.md")] == before[str(notes / "sub" / "b.md")]
    assert library.catalogue.file_rows()[-1].state == "indexed"


def test_equal_files_in_a_moved_folder_keep_their_own_rows(library: Library, notes: Path) -> None:
    old = notes / "old"
    old.mkdir()
    for n in range(10):
        (old / f"{n}.md").write_text("the same", encoding="utf-8")
    library.watch(notes)
    before = ids(library)
    old.rename(notes / "new")
    assert library.compare() == Counts(moved=10)
    after = ids(library)
    assert all(after[str(notes / "new" / f"{n}.md")] == before[str(old / f"{n}.md")] for n in range(10))


def test_two_files_that_change_places_are_read_again(library: Library, notes: Path) -> None:
    library.watch(notes)
    a, b, aside = notes / "a.md", notes / "sub" / "b.md", notes / "c.md"
    a.rename(aside)
    b.rename(a)
    aside.rename(b)
    library.settle()
    shown = {r.path: r.sha256 for r in library.catalogue.file_rows()}
    assert shown == {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in (a, b)}


def test_a_chain_of_renames_ends_equal_to_the_disk(library: Library, notes: Path) -> None:
    library.watch(notes)
    (notes / "sub" / "b.md").rename(notes / "c.md")
    (notes / "a.md").rename(notes / "sub" / "b.md")
    library.settle()
    shown = {r.path: r.sha256 for r in library.catalogue.file_rows()}
    assert shown == {
        str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in (notes / "c.md", notes / "sub" / "b.md")
    }


def test_a_file_of_the_same_size_and_time_is_suspicious_for_its_inode(library: Library, notes: Path) -> None:
    library.watch(notes)
    seen = (notes / "a.md").stat()
    (notes / "new.md").write_text("grape", encoding="utf-8")
    os.utime(notes / "new.md", ns=(seen.st_atime_ns, seen.st_mtime_ns))
    (notes / "new.md").replace(notes / "a.md")
    library.compare()
    assert library.states()["a.md"] == "waiting"


def test_the_newest_is_read_first_also_when_it_was_known(library: Library, notes: Path) -> None:
    many(notes / "many", 40)
    os.utime(notes / "a.md", (1, 1))
    library.watch(notes)
    many(notes / "more", 40)
    (notes / "a.md").write_text("edited", encoding="utf-8")
    os.utime(notes / "a.md", (2e9, 2e9))
    library.compare()
    assert Path(library.catalogue.waiting(1)[0].path).name == "a.md"


# ---- losses


def test_a_missing_root_keeps_everything_and_comes_back(library: Library, notes: Path) -> None:
    library.watch(notes)
    away = notes.rename(notes.with_name("away"))
    told: dict[int, Consent] = {library.folder().id: "told"}
    for consent in ({}, told):
        assert library.compare(consent) == Counts()
        assert library.folder().state == "unavailable"
        assert set(library.states().values()) == {"unavailable"}
    (away / "sub" / "b.md").unlink()
    away.rename(notes)
    assert library.compare() == Counts(removed=1)
    assert library.folder().state == "watched" and library.states() == {"a.md": "indexed"}


def test_files_that_waited_when_the_disk_went_are_read_when_it_is_back(library: Library, notes: Path) -> None:
    library.watch(notes)
    (notes / "a.md").write_text("edited", encoding="utf-8")
    (notes / "new.md").write_text("new", encoding="utf-8")
    library.compare()
    away = notes.rename(notes.with_name("away"))
    library.compare()
    assert library.catalogue.waiting(9) == ()
    away.rename(notes)
    library.settle()
    assert set(library.states().values()) == {"indexed"}
    sha = {Path(r.path).name: r.sha256 for r in library.catalogue.file_rows()}
    assert sha["a.md"] == hashlib.sha256(b"edited").hexdigest()


def test_an_emptied_folder_is_kept_until_it_is_confirmed(library: Library, notes: Path) -> None:
    library.watch(notes)
    (notes / "a.md").unlink()
    shutil.rmtree(notes / "sub")
    assert library.compare() == Counts() and library.folder().state == "unavailable"
    assert library.reconciler.emptied == {library.folder().id}
    assert library.compare({library.folder().id: "told"}).removed == 2
    assert library.states() == {} and library.folder().state == "watched"


def test_an_empty_mount_point_is_not_confirmed_by_looking_again(library: Library, notes: Path) -> None:
    """The disk was taken out: what lies under its name is another, empty folder."""
    library.watch(notes)
    notes.rename(notes.with_name("disk"))
    notes.mkdir()
    assert library.compare() == Counts()
    assert library.compare({library.folder().id: "told"}) == Counts()
    assert library.folder().state == "unavailable" and len(library.states()) == 2
    assert library.compare({library.folder().id: "named"}).removed == 2


def test_a_missing_root_is_forgotten_when_it_is_named(library: Library, notes: Path) -> None:
    library.watch(notes)
    shutil.rmtree(notes)
    library.compare()
    assert library.compare({library.folder().id: "named"}).removed == 2
    assert library.states() == {} and len(library.gone) == 2


def test_losing_more_than_half_at_once_is_asked_about(library: Library, tmp_path: Path) -> None:
    root = many(tmp_path / "notes", 30)
    library.watch(root)
    for n in range(16):
        (root / f"{n:03d}.md").unlink()
    assert library.compare() == Counts()
    assert sorted(library.states().values()) == ["indexed"] * 14 + ["unavailable"] * 16
    assert library.reconciler.sightings.losses() == {1: (16, 30)}
    # Still so at the next look; life goes on meanwhile; what comes back is as before.
    (root / "new.md").write_text("new", encoding="utf-8")
    (root / "020.md").unlink()
    (root / "000.md").write_text("note 0", encoding="utf-8")
    library.settle()
    assert sorted(library.states().values()) == ["indexed"] * 15 + ["unavailable"] * 15
    assert library.states()["000.md"] == "indexed"
    assert library.compare({1: "told"}).removed == 15
    assert len(library.states()) == 15 and library.reconciler.sightings.losses() == {}


def test_losing_few_or_half_is_nothing_special(library: Library, tmp_path: Path) -> None:
    small, large = many(tmp_path / "small", 19), many(tmp_path / "large", 30)
    library.watch(small, large)
    for n in range(15):
        (small / f"{n:03d}.md").unlink()
        (large / f"{n:03d}.md").unlink()
    assert library.compare().removed == 30


def test_what_moved_elsewhere_is_not_lost(library: Library, tmp_path: Path) -> None:
    root, other = many(tmp_path / "notes", 30), many(tmp_path / "other", 1)
    library.watch(root, other)
    for n in range(25):
        (root / f"{n:03d}.md").rename(other / f"moved {n}.md")
    assert library.compare() == Counts(moved=25)
    assert "unavailable" not in library.states().values()


# ---- what is listed


def test_every_path_has_a_state_or_a_reason(library: Library, notes: Path) -> None:
    for name in (".hidden.md", "server.pem", "photo.raw", "no extension", "b.md~"):
        (notes / name).write_text("x", encoding="utf-8")
    (notes / ".git").mkdir()
    (notes / ".moaignore").write_text("sub/\n", encoding="utf-8")
    library.watch(notes)
    reasons = {Path(r.path).name: r.reason for r in library.catalogue.file_rows() if r.state == "skipped"}
    assert set(library.states()) == {p.name for p in notes.iterdir()}
    assert set(reasons) == set(library.states()) - {"a.md"} and all(reasons.values())
    before = library.catalogue.file_rows()
    assert library.compare() == Counts() and library.catalogue.file_rows() == before


def test_what_is_left_out_from_now_on_is_forgotten_and_taken_in_again(library: Library, notes: Path) -> None:
    library.watch(notes)
    rules = notes / "sub" / ".gitignore"
    rules.write_text("b.md\n", encoding="utf-8")
    library.compare()
    assert library.states()["b.md"] == "skipped" and len(library.gone) == 1
    rules.unlink()
    library.settle()
    assert library.states() == {"a.md": "indexed", "b.md": "indexed"}


def test_a_folder_that_may_not_be_opened_is_listed_and_hides_nothing_away(
    library: Library, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.watch(notes)
    real = os.scandir

    def refuse(path: str) -> object:
        if path == str(notes / "sub"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    with monkeypatch.context() as m:
        m.setattr(os, "scandir", refuse)
        assert library.compare().removed == 0
        assert library.states() == {"a.md": "indexed", "b.md": "indexed", "sub": "skipped"}
    library.compare()
    assert library.states() == {"a.md": "indexed", "b.md": "indexed"}


@posix
def test_a_root_replaced_by_a_link_into_another_is_not_read_twice(
    library: Library, notes: Path, tmp_path: Path
) -> None:
    other = many(tmp_path / "other", 3)
    library.watch(notes, other)
    shutil.rmtree(notes)
    notes.symlink_to(other, target_is_directory=True)
    library.compare()
    assert library.folder().state == "unavailable" and len(library.paths()) == 5


@posix
def test_links_and_loops_index_nothing_twice(library: Library, notes: Path, tmp_path: Path) -> None:
    (notes / "loop").symlink_to(notes, target_is_directory=True)
    (notes / "sub" / "up").symlink_to("..", target_is_directory=True)
    (notes / "same.md").symlink_to(notes / "a.md")
    os.link(notes / "a.md", notes / "hard.md")
    library.watch(notes)
    states = library.states()
    assert [n for n, s in states.items() if s == "indexed"] == ["a.md", "hard.md", "b.md"]
    assert states["loop"] == states["up"] == states["same.md"] == "skipped"
    texts = {r[0] for r in library.database.read("SELECT DISTINCT hash FROM chunk")}
    assert len(texts) == 2, "a hard link has a vector of its own"

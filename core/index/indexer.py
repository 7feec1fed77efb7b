"""The steps of indexing: compare a folder with the catalogue, read a waiting file, embed a batch of chunks.

Knows no threads; `lane.py` says when. Each step leaves library.db consistent and returns what it did.
"""

from __future__ import annotations

import hashlib
import logging
import os
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from core import errors
from core.chunks import split
from core.files.compare import Known, compare
from core.files.walk import Found, walk
from core.index.embedder import Embedder
from core.index.readers import Readers, Reading
from core.index.strikes import CarefulReaders
from core.index.terms import indexed
from core.index.vectors import ChromaIndex, ExactIndex
from core.store.catalogue import Catalogue, File, Folder, Stat
from core.store.passages import Passages, Pending, Terms
from core.text import kind_of
from core.types import Chunk, Document

# Raise when a reader or the chunker starts to give another text: every file is then read again.
RECIPE = "2"
SPECIAL_TOKENS = 2
EMBED_AT_ONCE = 64
HASH_BLOCK = 1 << 20

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Counts:
    """What has been done since the engine started; `embedded` and `reused` count chunks, the rest files."""

    added: int = 0
    changed: int = 0
    moved: int = 0
    removed: int = 0
    failed: int = 0
    embedded: int = 0
    reused: int = 0


class Indexer:
    """Takes one step at a time; `own` is the data folder, which is never entered from a watched folder."""

    def __init__(
        self, catalogue: Catalogue, passages: Passages, readers: Readers, embedder: Embedder,
        exact: ExactIndex, chroma: ChromaIndex, own: Path,
    ) -> None:  # fmt: skip
        self.catalogue = catalogue
        self.passages = passages
        self.readers = CarefulReaders(readers, catalogue.database, RECIPE)
        self.embedder = embedder
        self.exact = exact
        self.chroma = chroma
        self.own = own
        self.counts = Counts()
        self.recipe = f"{RECIPE}/{embedder.id}"

    # ---- a folder

    def reconcile(self, folder: Folder) -> bool:
        """Make the catalogue of a folder equal to the disk: what is new or suspicious waits to be read, what is gone
        is forgotten. A folder that is missing or suddenly empty is only marked unavailable. True if anything changed.
        """
        found = list(walk(folder.path, self.own))
        known = self.catalogue.files_of(folder.id)
        if any(f.closed and f.path == folder.path for f in found) or (known and not found):
            if folder.state != "unavailable":
                self.catalogue.set_folder_state(folder.id, "unavailable")
            return folder.state != "unavailable"
        if folder.state == "unavailable":
            self.catalogue.set_folder_state(folder.id, "watched")
            known = self.catalogue.files_of(folder.id)
        found = [replace(f, skipped=f.skipped or _unreadable(f.path)) for f in found]
        with self.catalogue.database.write():
            changes = compare(found, {p: Known(k.size, k.mtime_ns, k.inode) for p, k in known.items()})
            gone = [known[p] for p in changes.gone]
            moved = self._moved(folder, changes.added, gone)
            added = [f for f in changes.added if f.path not in moved]
            seen = {f.path: f for f in found}
            # Files of a kind that could not be read so far, or can no longer be.
            other = [seen[p] for p in changes.same if seen[p].skipped != _skip(known[p])]
            ids = self._note(folder, [*added, *changes.suspects, *other], known)
            ids += self.passages.forget_files([f.id for f in gone if f.path not in moved.values()])
        self._forget_vectors(ids)
        self.counts.added += sum(not f.skipped for f in added)
        self.counts.removed += len(gone) - len(moved)
        return bool(moved or added or changes.suspects or other or gone)

    def _note(self, folder: Folder, found: list[Found], known: dict[str, File]) -> tuple[int, ...]:
        """Put down what is to be read and what is skipped; returns the chunks of files that are skipped from now on."""
        self.catalogue.note(folder.id, [_stat(f) for f in found if not f.skipped])
        skipped = [f for f in found if f.skipped]
        read_before = [known[f.path].id for f in skipped if f.path in known and known[f.path].sha256]
        gone = self.passages.forget_files(read_before)
        for f in skipped:
            self.catalogue.note_skipped(folder.id, _stat(f), f.skipped)
        return gone

    def _moved(self, folder: Folder, added: tuple[Found, ...], gone: list[File]) -> dict[str, str]:
        """{new path: old path} of files that lie elsewhere now; the content's SHA-256 decides. Their rows follow."""
        by_size: dict[int, list[File]] = {}
        for file in gone:
            if file.sha256:
                by_size.setdefault(file.size, []).append(file)
        moved: dict[str, str] = {}
        for f in added:
            candidates = None if f.skipped else by_size.get(f.size)
            digest = _sha256(Path(f.path)) if candidates else ""
            old = next((c for c in candidates or () if c.sha256 == digest), None)
            if old is None or candidates is None:
                continue
            candidates.remove(old)
            moved[f.path] = old.path
            self.catalogue.move(old.id, folder.id, _stat(f))
            # The title may come from the file's name; reading it again embeds only what says so.
            self.catalogue.note(folder.id, [_stat(f)])
        self.counts.moved += len(moved)
        return moved

    def forget(self, folder: Folder) -> None:
        """Forget a folder and everything read in it; the user's files are not touched."""
        with self.catalogue.database.write():
            ids = self.passages.forget_files([f.id for f in self.catalogue.files_of(folder.id).values()])
            self.catalogue.forget_folder(folder.id)
        self._forget_vectors(ids)

    # ---- a file

    def read(self, file: File) -> None:
        """Read one waiting file and put what it says where keyword search finds it; its chunks wait for vectors."""
        path = Path(file.path)
        try:
            reading = self.readers.read(path)
        except errors.FileProblem as problem:
            if path.exists():
                stat = Stat(file.path, file.size, file.mtime_ns, file.inode)
                self._forget_vectors(self.passages.clear(file.id, stat, "", "", "failed", str(problem)))
                self.counts.failed += 1
            else:
                self._forget_vectors(self.passages.forget_files([file.id]))
                self.counts.removed += 1
            return
        stat = Stat(file.path, reading.size, reading.mtime_ns, _inode(path, file.inode))
        document = reading.document
        if document.outcome != "ok":
            state = "failed" if document.outcome == "failed" else "skipped"
            gone = self.passages.clear(file.id, stat, reading.sha256, document.kind, state, document.reason)
            self._forget_vectors(gone)
            self.counts.failed += state == "failed"
            return
        self._store(file, stat, reading)

    def give_up(self, file: File) -> None:
        """A file that Moa itself fails on is listed as failed, so that it does not hold up the others."""
        stat = Stat(file.path, file.size, file.mtime_ns, file.inode)
        reason = "Moa made a mistake with this file; logs/engine.log says more."
        self._forget_vectors(self.passages.clear(file.id, stat, "", "", "failed", reason))
        self.counts.failed += 1

    def _store(self, file: File, stat: Stat, reading: Reading) -> None:
        document = reading.document
        stem = _name(file.path)
        title = document.title or stem
        chunks = split(document, self.embedder.count, self.embedder.limit - SPECIAL_TOKENS)
        reused, gone = self.passages.replace(
            file.id, stat, reading.sha256, document.kind, title, self.recipe, chunks,
            _terms(title, stem, document, chunks), self.embedder.id,
        )  # fmt: skip
        self._forget_vectors(gone)
        self.counts.changed += bool(file.sha256 and file.sha256 != reading.sha256)
        self.counts.reused += reused

    # ---- vectors

    def embed(self, may_go_on: Callable[[], bool] = lambda: True) -> int:
        """Give the next pending chunks their vectors, known ones for nothing; returns how many chunks are done.
        `may_go_on` is asked between batches."""
        pending = self.passages.pending(EMBED_AT_ONCE * 8)
        done = self._done(pending, self.passages.vectors(self.embedder.id, [p.hash for p in pending]))
        left = [p for p in pending if p.id not in done]
        texts = {p.hash: p.embed_text for p in left}
        # Texts of like length together: a batch costs what its longest member costs.
        order = sorted(texts, key=lambda h: len(texts[h]), reverse=True)
        for at in range(0, len(order), EMBED_AT_ONCE):
            if at and not may_go_on():
                break
            part = order[at : at + EMBED_AT_ONCE]
            new = self.embedder.passages([texts[h] for h in part]).astype("float16")
            vectors = {h: v.tobytes() for h, v in zip(part, new, strict=True)}
            self.passages.keep_vectors(self.embedder.id, vectors)
            done |= self._done([p for p in left if p.hash in vectors], vectors)
            self.counts.embedded += len(part)
        return len(done)

    def _done(self, chunks: tuple[Pending, ...] | list[Pending], vectors: dict[bytes, bytes]) -> set[int]:
        """Chunks whose vector is among these go to the vector index and are done; returns their ids."""
        ready = [c for c in chunks if c.hash in vectors]
        if ready:
            self._index([c.id for c in ready], [vectors[c.hash] for c in ready])
            self.passages.done(ready)
        return {c.id for c in ready}

    def _index(self, ids: list[int], vectors: list[bytes]) -> None:
        import numpy as np

        matrix = np.frombuffer(b"".join(vectors), np.float16).astype(np.float32).reshape(len(ids), -1)
        self.exact.put(ids, matrix)
        self.chroma.put(ids, vectors)

    def _forget_vectors(self, ids: tuple[int, ...]) -> None:
        if ids:
            self.exact.remove(ids)
            self.chroma.remove(ids)

    def load_vectors(self) -> list[tuple[int, bytes]]:
        """Fill exact search from library.db; returns what the vector index must hold."""
        import numpy as np

        self.passages.sweep(self.embedder.id)
        rows = self.passages.indexed_vectors(self.embedder.id)
        if rows:
            matrix = np.frombuffer(b"".join(v for _, v in rows), np.float16).astype(np.float32)
            self.exact.put([id for id, _ in rows], matrix.reshape(len(rows), -1))
        return rows


def _stat(found: Found) -> Stat:
    return Stat(found.path, found.size, found.mtime_ns, found.inode)


def _skip(file: File) -> str:
    """Why a known file was not opened; empty when it was."""
    return file.reason if file.state == "skipped" and not file.sha256 else ""


def _inode(path: Path, fallback: int) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return fallback


def _unreadable(path: str) -> str:
    """Why Moa cannot read files of this kind, or nothing when it can."""
    if kind_of(Path(path)) is not None:
        return ""
    suffix = Path(path).suffix
    return f"Moa does not read {suffix} files yet." if suffix else "Moa does not read files without an extension yet."


def _name(path: str) -> str:
    """A file's name without its extension, as text: bytes that are no UTF-8 become replacement characters."""
    return unicodedata.normalize("NFC", os.fsencode(Path(path).stem).decode("utf-8", "replace"))


def _terms(title: str, stem: str, document: Document, chunks: tuple[Chunk, ...]) -> Terms:
    named = title if stem == title else f"{title} {stem}"
    return Terms(
        indexed(" ".join((named, *document.aliases, *document.tags))),
        tuple(indexed(c.location.heading or "") for c in chunks),
        tuple(indexed(c.text) for c in chunks),
    )


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as f:
            return hashlib.file_digest(f, "sha256").hexdigest()
    except OSError:
        return ""

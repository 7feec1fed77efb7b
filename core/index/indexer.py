"""The steps of indexing a file: read what waits, embed a batch of chunks, forget.

Knows no threads; `lane.py` says when, `reconcile.py` which files. Each step leaves library.db consistent.
"""

from __future__ import annotations

import logging
import os
import threading
import time
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from core import errors
from core.chunks import split
from core.files.digest import digest
from core.files.patient import Hung
from core.index.counts import Counts
from core.index.embedding.exact import ExactIndex
from core.index.embedding.restore import restore
from core.index.embedding.space import Space, TextEmbedder
from core.index.embedding.vectors import ChromaIndex
from core.index.embedding.windows import SPECIAL_TOKENS, telling
from core.index.reading.cutting import Cutting
from core.index.reading.passwords import Passwords
from core.index.reading.readers import Readers, Reading
from core.index.reading.strikes import CarefulReaders
from core.index.recognising.recogniser import Recogniser
from core.index.recognising.scans import Recognition
from core.index.reconcile import Reconciler
from core.index.said import said
from core.index.terms import indexed, name_keys
from core.store.catalogue import UNSURE, Catalogue, File, Folder, Stat
from core.store.notes import NOTHING, Said
from core.store.passages import Passages, Pending, Terms
from core.types import Chunk, Document

# Raise when a reader or the chunker starts to give another text: every file is then read again.
RECIPE = "9"
# Some embedders read thousands of tokens at once. A passage that long says too much for one vector to tell what, and
# six of them fill any context.
LONGEST_PASSAGE = 512
EMBED_AT_ONCE = 32
LOST_LIMIT = 3
NS = 1_000_000_000
TICK_NS = 50_000_000
COARSE_NS = 2 * NS

log = logging.getLogger(__name__)


class Indexer:
    """Takes one step at a time; `own` is the data folder, which is never entered from a watched folder."""

    def __init__(
        self, catalogue: Catalogue, passages: Passages, readers: Readers, space: Space, own: Path,
        recogniser: Recogniser | None = None,
    ) -> None:  # fmt: skip
        self.catalogue = catalogue
        self.passages = passages
        self.readers = CarefulReaders(readers, catalogue.database, RECIPE)
        self.space = space
        """What search by meaning rests on now; replaced as one (`change.py`)."""
        self.counts = Counts()
        self.shown = threading.Event()
        """Whether exact search holds what library.db does: until then search by meaning would miss passages."""
        self.patience = readers.patience
        self.reconciler = Reconciler(catalogue, passages, self.counts, own, self._forget_vectors, self.patience)
        # How often a file that the disk lists could not be opened; see `read`.
        self._lost: dict[int, int] = {}
        self._passwords = Passwords()
        self.cutting: Cutting | None = None
        """The long document that is being cut while other things are done; its file still waits."""
        self.recognition = Recognition(catalogue, self.readers, recogniser or Recogniser(), self._passwords)

    @property
    def embedder(self) -> TextEmbedder:
        return self.space.embedder

    @property
    def exact(self) -> ExactIndex:
        return self.space.exact

    @property
    def chroma(self) -> ChromaIndex:
        return self.space.chroma

    @property
    def recipe(self) -> str:
        """What readers made a file's text, and whose measure its passages were cut to. Another measure is no reason to
        read a file again."""
        return f"{RECIPE}/{self.embedder.model_id}"

    # ---- a folder

    def forget(self, folder: Folder) -> None:
        """Forget a folder and everything read in it; the user's files are not touched."""
        with self.catalogue.database.write():
            ids = self.passages.forget_files([f.id for f in self.reconciler.sightings.files_of(folder.id).values()])
            self.catalogue.forget_folder(folder.id)
        self._forget_vectors(ids)

    # ---- a file

    def read(self, file: File) -> bool:
        """Read one waiting file and put what it says where keyword search finds it; its chunks wait for vectors.

        False when the file is gone: its folder must be compared again, which tells a deleted file from a disk that
        was taken out. Raises `Hung`.
        """
        began = time.time_ns()
        if self._read_before(file, began):
            return True
        path = Path(file.path)
        try:
            reading = self._opened(path, file)
        except errors.FileProblem as problem:
            if isinstance(problem.__cause__, Hung):
                raise problem.__cause__ from None
            if not self._there(path) and self._first_times(file):
                return False
            # Rights and disks are mended without a trace in size or time: look again whenever the folder is compared.
            stat = Stat(file.path, file.size, file.mtime_ns, UNSURE)
            self._clear(file, stat, "", "", "failed", str(problem), "failed")
            return True
        self._take(file, reading, began, may_wait=True)
        return True

    def _opened(self, path: Path, file: File) -> Reading:
        """What a file says, with the passwords given since the start when it asks for one."""
        folder = self.catalogue.folder(file.folder)
        encoding = folder.encoding if folder else ""
        reading = self.readers.read(path, None, encoding)
        for password in self._passwords if reading.document.outcome == "password" else ():
            again = self.readers.read(path, password, encoding)
            if again.document.outcome != "password":
                return again
        return reading

    def _take(self, file: File, reading: Reading, began: int, may_wait: bool = False) -> None:
        """Put down what was read; a long document later, if it may wait."""
        # The inode as the walk saw it: should another file lie there since, the next comparison finds out.
        stat = Stat(file.path, reading.size, reading.mtime_ns, _sure(file.inode, reading.mtime_ns, began))
        document = self.recognition.completed(reading.document, reading.sha256, self.catalogue.folder(file.folder))
        if document.outcome == "password" and file.chunks and file.sha256 == reading.sha256:
            # Unlocked once: the password is forgotten, what was read with it is not.
            self.reconciler.sightings.same(file.id, stat)
            return
        self.recognition.put(file.id, document)
        reading = replace(reading, document=document)
        if document.outcome == "ok" and may_wait and self.cutting is None and Cutting.worthwhile(document):
            self.cutting = Cutting(file, stat, reading, self.recipe, self.embedder.count, self.passage_tokens)
        elif document.outcome == "ok":
            chunks = split(document, self.embedder.count, self.passage_tokens)
            self._store(file, stat, reading, chunks, tuple(indexed(c.text) for c in chunks))
        else:
            state = "failed" if document.outcome == "failed" else "skipped"
            # An empty note may still be tagged, and has its day.
            noted = said(document, _name(file.path))
            self._clear(file, stat, reading.sha256, document.kind, state, document.reason, document.outcome, noted)

    def unlock(self, file: File, password: str) -> None:
        """Read a locked file with its password, which is then tried on other locked files as well. Raises
        `errors.FileProblem` when it stays locked or cannot be opened; then nothing changes."""
        began = time.time_ns()
        folder = self.catalogue.folder(file.folder)
        reading = self.readers.read(Path(file.path), password, folder.encoding if folder else "")
        if reading.document.outcome == "password":
            raise errors.FileProblem(f"{_name(file.path)} stays locked.", reading.document.reason)
        self._take(file, reading, began)
        if self._passwords.remember(password):
            self.catalogue.retry_locked()
            self.recognition.again(())

    def read_again(self, files: Sequence[File]) -> None:
        """Let these files wait to be read, whatever is known of them; strikes are forgotten."""
        self.readers.pardon(f.sha256 for f in files)
        self.recognition.again(f.sha256 for f in files)
        for file in files:
            self._lost.pop(file.id, None)
        self.catalogue.read_again([f.id for f in files])

    def _read_before(self, file: File, began: int) -> bool:
        """Whether a suspected file says what it said when it was read; then its new stat is all that is taken down."""
        if not file.sha256 or not file.chunks or not file.recipe.startswith(f"{RECIPE}/"):
            return False
        now = digest(file.path, self.patience)
        if now is None or now.sha256 != file.sha256:
            return False
        inode = _sure(now.inode, now.mtime_ns, began)
        self.reconciler.sightings.same(file.id, Stat(file.path, now.size, now.mtime_ns, inode))
        return True

    def _there(self, path: Path) -> bool:
        try:
            return bool(self.patience.call(str(path), lambda _: path.stat()))
        except Hung:
            raise
        except OSError:  # also "transport endpoint is not connected"
            return False

    def _first_times(self, file: File) -> bool:
        # Some file systems list names that cannot be opened; comparing again for ever would help nobody.
        self._lost[file.id] = self._lost.get(file.id, 0) + 1
        return self._lost[file.id] <= LOST_LIMIT

    def _clear(
        self, file: File, stat: Stat, sha256: str, kind: str, state: str, reason: str, outcome: str,
        noted: Said = NOTHING,
    ) -> None:  # fmt: skip
        gone = self.passages.clear(file.id, stat, sha256, kind, state, reason, self.recipe, outcome, noted)
        self._forget_vectors(gone)
        self.counts.failed += state == "failed"

    def give_up(self, file: File) -> None:
        """A file that Moa itself fails on is listed as failed, so that it does not hold up the others."""
        stat = Stat(file.path, file.size, file.mtime_ns, file.inode)
        self._clear(file, stat, "", "", "failed", "Moa made a mistake with this file; logs/engine.log says more.",
                    "failed")  # fmt: skip

    def finish_cutting(self) -> None:
        """Put down the long document that has been cut, unless it changed meanwhile: then it still waits to be read."""
        cutting, self.cutting = self.cutting, None
        if cutting is None:
            return
        chunks, bodies = cutting.future.result()
        file, now = cutting.file, self.catalogue.file(cutting.file.path)
        same = now and (now.id, now.size, now.mtime_ns) == (file.id, file.size, file.mtime_ns)
        if now and same and now.state == "waiting" and cutting.recipe == self.recipe:
            self._store(now, cutting.stat, cutting.reading, chunks, bodies)

    def give_up_cutting(self) -> None:
        """The document that is being cut waits to be read again."""
        cutting, self.cutting = self.cutting, None
        if cutting is not None:
            cutting.give_up()

    def _store(
        self, file: File, stat: Stat, reading: Reading, chunks: Sequence[Chunk], bodies: tuple[str, ...]
    ) -> None:  # fmt: skip
        document = reading.document
        stem = _name(file.path)
        title = document.title or stem
        reused, gone = self.passages.replace(
            file.id, stat, reading.sha256, document.kind, title, self.recipe, chunks,
            _terms(title, stem, document, chunks, bodies), self.embedder.id, said(document, stem),
        )  # fmt: skip
        self._forget_vectors(gone)
        self.counts.changed += bool(file.sha256 and file.sha256 != reading.sha256)
        self.counts.reused += reused

    @property
    def passage_tokens(self) -> int:
        """How long a passage may be, in the embedder's tokens."""
        return min(self.embedder.limit, LONGEST_PASSAGE) - SPECIAL_TOKENS

    # ---- vectors

    def embed(self, may_go_on: Callable[[], bool] = lambda: True) -> int:
        """Give the next pending chunks their vectors, known ones for nothing; returns how many chunks are done.
        `may_go_on` is asked between batches."""
        pending = self.passages.pending(EMBED_AT_ONCE * 8)
        done = self._done(pending, self.passages.vectors(self.embedder.id, [p.hash for p in pending]))
        left = [p for p in pending if p.id not in done]
        texts = {p.hash: p.embed_text for p in left}
        measured_by_others = {p.hash for p in left if p.recipe != self.recipe}
        # Texts of like length together: a batch costs what its longest member costs.
        order = sorted(texts, key=lambda h: self.embedder.count(texts[h]), reverse=True)
        for at in range(0, len(order), EMBED_AT_ONCE):
            if at and not may_go_on():
                break
            part = order[at : at + EMBED_AT_ONCE]
            given = [texts[h] for h in part]
            foreign = not measured_by_others.isdisjoint(part)
            new = telling(self.embedder, given, not foreign).astype("float16")
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

        told = [(id, v) for id, v in zip(ids, vectors, strict=True) if any(v)]
        if len(told) < len(ids):
            self._forget_vectors(tuple(set(ids) - {id for id, _ in told}))
            ids, vectors = [id for id, _ in told], [v for _, v in told]
        if ids:
            matrix = np.frombuffer(b"".join(vectors), np.float16).astype(np.float32).reshape(len(ids), -1)
            self.exact.put(ids, matrix)
            self.chroma.put(ids, vectors)

    def _forget_vectors(self, ids: tuple[int, ...]) -> None:
        if ids:
            self.exact.remove(ids)
            self.chroma.remove(ids)

    def load_vectors(self, space: Space | None = None) -> None:
        """Fill the exact search of a space, that which serves unless another is given, from library.db. Chunks that
        lack their vector wait for it again."""
        space = space or self.space
        restore(self.passages.database, space.embedder.id, self.embedder, self.passage_tokens)
        self.show_vectors(space)

    def show_vectors(self, space: Space) -> None:
        """As `load_vectors`, without mending anything."""
        import numpy as np

        for rows in self.passages.indexed_vectors(space.embedder.id):
            if rows:
                matrix = np.frombuffer(b"".join(v for _, v in rows), np.float16).astype(np.float32)
                space.exact.put([id for id, _ in rows], matrix.reshape(len(rows), -1))
        self.shown.set()


def _sure(inode: int, mtime_ns: int, began_ns: int) -> int:
    """`inode`, or `UNSURE` when the file was changed so shortly before it was read that a second change may carry the
    same time: kernels keep file times by the tick (up to 10 ms), FAT by two seconds (git calls this racy)."""
    window = COARSE_NS if mtime_ns % NS == 0 else TICK_NS
    return UNSURE if abs(began_ns - mtime_ns) < window else inode


def _name(path: str) -> str:
    """A file's name without its extension, as text: bytes that are no UTF-8 become replacement characters."""
    return unicodedata.normalize("NFC", os.fsencode(Path(path).stem).decode("utf-8", "replace"))


# What a web site calls a page, in words as often as not, and often in another language than its text.
SLUGS = ("permalink", "slug")


def _terms(title: str, stem: str, document: Document, chunks: Sequence[Chunk], bodies: tuple[str, ...]) -> Terms:
    named = title if stem == title else f"{title} {stem}"
    slugs = (value for name, value in document.fields if name in SLUGS)
    return Terms(
        indexed(" ".join((named, *document.aliases, *document.tags, *slugs))),
        tuple(indexed(c.location.heading or "") for c in chunks),
        bodies,
        name_keys(title, stem, *document.aliases),
    )

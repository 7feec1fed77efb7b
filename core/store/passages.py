"""Chunks of files with their keyword rows and vectors, in library.db.

Knows neither embedders nor Chroma: vectors come and go as float16 bytes under (embedder, hash of the text).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from core.store.catalogue import Stat
from core.store.common_terms import CommonTerms
from core.store.database import Database
from core.store.notes import NOTHING, Said, write_said
from core.store.scope import Scope
from core.store.term_scores import WORDS, TermScores
from core.types import Chunk, Location, Part

VECTORS_AT_ONCE = 5000
"""4 MB of 384 float16 each: a library of a million passages is not held twice while it is loaded."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What keyword search knows of one file: its terms as FTS5 is to store them, `bodies` one a chunk."""

    title: str
    headings: tuple[str, ...]
    bodies: tuple[str, ...]
    names: tuple[str, ...] = ()
    """What the file may be called in other texts (`terms.name_keys`)."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A chunk that has no vector yet. `hash` is that of `embed_text`."""

    id: int
    embed_text: str
    hash: bytes
    recipe: str = ""
    """That of its file."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A chunk as found again, with its file's path and title."""

    id: int
    file: int
    ordinal: int
    path: str
    title: str
    text: str
    location: Location
    parts: tuple[Part, ...] = ()
    """The places of its paragraphs, where there are several; none for what an older Moa read."""


def text_hash(text: str) -> bytes:
    """The key a text's vector is kept under: 16 bytes of BLAKE2b over exactly what is embedded."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class Passages:
    """Chunks, keyword rows and vectors. Every write is one transaction."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.common = CommonTerms(database)
        self.chunk_scores = TermScores(database, "chunk_terms")
        self.file_scores = TermScores(database, "file_terms")
        self._files = (-1, 0)

    def replace(
        self, file: int, stat: Stat, sha256: str, kind: str, title: str, recipe: str,
        chunks: Sequence[Chunk], terms: Terms, embedder: str, said: Said = NOTHING,
    ) -> tuple[int, tuple[int, ...]]:  # fmt: skip
        """Make `chunks` all that is known of a file's text, in one transaction with its row and keyword rows.

        A chunk whose text was there before keeps its row; other rows are used again under their old ids, so that
        the vector index is updated in place. Returns (chunks whose vector is already known, ids that are gone).
        """
        with self.database.write(WORDS) as c:
            old: dict[bytes, list[int]] = {}
            for id, h in c.execute("SELECT id, hash FROM chunk WHERE file = ? ORDER BY ordinal DESC", (file,)):
                old.setdefault(h, []).append(id)
            hashes = [text_hash(chunk.embed_text) for chunk in chunks]
            kept = [old[h].pop() if old.get(h) else None for h in hashes]
            spare = sorted((id for ids in old.values() for id in ids), reverse=True)
            reused = 0
            for chunk, h, id, heading, body in zip(chunks, hashes, kept, terms.headings, terms.bodies, strict=True):
                known = c.execute("SELECT 1 FROM vector WHERE embedder = ? AND hash = ?", (embedder, h)).fetchone()
                reused += bool(known)
                # A kept row with its vector is done; anything else still has to reach the vector index.
                pending = not (known and id is not None and self._done(c, id))
                where = chunk.location
                row = (file, chunk.ordinal, chunk.text, chunk.embed_text if pending else None, h, where.page,
                       where.line_from, where.line_to, where.heading, pending, _packed(chunk))  # fmt: skip
                id = id if id is not None else (spare.pop() if spare else None)
                id = c.execute(
                    "INSERT INTO chunk(id, file, ordinal, text, embed_text, hash, page, line_from, line_to, heading,"
                    " pending, parts) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(id) DO UPDATE SET"
                    " ordinal = excluded.ordinal, text = excluded.text, embed_text = excluded.embed_text,"
                    " hash = excluded.hash, page = excluded.page, line_from = excluded.line_from,"
                    " line_to = excluded.line_to, heading = excluded.heading, pending = excluded.pending,"
                    " parts = excluded.parts"
                    " RETURNING id",
                    (id, *row),
                ).fetchone()[0]
                c.execute(
                    "INSERT OR REPLACE INTO chunk_terms(rowid, title, heading, body) VALUES(?, ?, ?, ?)",
                    (id, terms.title, heading, body),
                )
            self._drop(c, spare)
            c.execute(
                "INSERT OR REPLACE INTO file_terms(rowid, title, body) VALUES(?, ?, ?)",
                (file, terms.title, " ".join(terms.bodies)),
            )
            c.execute("DELETE FROM name WHERE file = ?", (file,))
            c.executemany("INSERT OR IGNORE INTO name(key, file) VALUES(?, ?)", [(key, file) for key in terms.names])
            c.execute(
                "UPDATE file SET state = 'indexed', reason = '', sha256 = ?, size = ?, mtime_ns = ?, inode = ?,"
                " kind = ?, title = ?, chunks = ?, recipe = ? WHERE id = ?",
                (sha256, stat.size, stat.mtime_ns, stat.inode, kind, title, len(chunks), recipe, file),
            )
            write_said(c, file, said)
        return reused, tuple(spare)

    def clear(
        self, file: int, stat: Stat, sha256: str, kind: str, state: str, reason: str, recipe: str, outcome: str,
        said: Said = NOTHING,
    ) -> tuple[int, ...]:  # fmt: skip
        """A file that has no text to find (any more): `state` says failed or skipped, `outcome` what its reader said.
        Returns the ids that are gone."""
        with self.database.write(WORDS) as c:
            gone = [r[0] for r in c.execute("SELECT id FROM chunk WHERE file = ?", (file,))]
            self._drop(c, gone)
            c.execute("DELETE FROM file_terms WHERE rowid = ?", (file,))
            c.execute("DELETE FROM name WHERE file = ?", (file,))
            c.execute(
                "UPDATE file SET state = ?, reason = ?, sha256 = ?, size = ?, mtime_ns = ?, inode = ?, kind = ?,"
                " chunks = 0, recipe = ?, outcome = ? WHERE id = ?",
                (state, reason, sha256, stat.size, stat.mtime_ns, stat.inode, kind, recipe, outcome, file),
            )
            write_said(c, file, said)
        return tuple(gone)

    def forget_files(self, files: Sequence[int]) -> tuple[int, ...]:
        """Forget files that are gone, with all their chunks. Returns the ids of those chunks."""
        gone: list[int] = []
        with self.database.write(WORDS) as c:
            for file in files:
                ids = [r[0] for r in c.execute("SELECT id FROM chunk WHERE file = ?", (file,))]
                self._drop(c, ids)
                gone += ids
                c.execute("DELETE FROM file_terms WHERE rowid = ?", (file,))
                c.execute("DELETE FROM file WHERE id = ?", (file,))
        return tuple(gone)

    @staticmethod
    def _done(c: Any, id: int) -> bool:
        return bool(c.execute("SELECT 1 FROM chunk WHERE id = ? AND NOT pending", (id,)).fetchone())

    @staticmethod
    def _drop(c: Any, ids: Iterable[int]) -> None:
        rows = [(id,) for id in ids]
        c.executemany("DELETE FROM chunk_terms WHERE rowid = ?", rows)
        c.executemany("DELETE FROM chunk WHERE id = ?", rows)

    # ---- vectors

    def pending(self, limit: int) -> tuple[Pending, ...]:
        """Chunks without a vector, those of the newest files first."""
        rows: list[Any] = self.database.read(
            "SELECT c.id, c.embed_text, c.hash, f.recipe FROM chunk c JOIN file f ON f.id = c.file WHERE c.pending"
            " ORDER BY f.mtime_ns DESC, c.id LIMIT ?",
            (limit,),
        )
        return tuple(Pending(*r) for r in rows)

    def vectors(self, embedder: str, hashes: Sequence[bytes]) -> dict[bytes, bytes]:
        """The known vectors among these hashes: float16 bytes."""
        found: dict[bytes, bytes] = {}
        for at in range(0, len(hashes), 500):
            part = hashes[at : at + 500]
            marks = ",".join("?" * len(part))
            rows: list[Any] = self.database.read(
                f"SELECT hash, data FROM vector WHERE embedder = ? AND hash IN ({marks})", (embedder, *part)
            )
            found.update(rows)
        return found

    def keep_vectors(self, embedder: str, vectors: dict[bytes, bytes]) -> None:
        """Keep new vectors; they outlive the chunks they were made for until they are swept (upkeep.py)."""
        with self.database.write() as c:
            c.executemany(
                "INSERT OR REPLACE INTO vector(embedder, hash, data) VALUES(?, ?, ?)",
                [(embedder, h, v) for h, v in vectors.items()],
            )

    def done(self, chunks: Sequence[Pending]) -> None:
        """These chunks are findable by meaning now, unless their text changed meanwhile."""
        with self.database.write() as c:
            c.executemany(
                "UPDATE chunk SET pending = 0, embed_text = NULL WHERE id = ? AND hash = ?",
                [(chunk.id, chunk.hash) for chunk in chunks],
            )

    def indexed_vectors(self, embedder: str) -> Iterator[list[tuple[int, bytes]]]:
        """(chunk id, float16 bytes) of every chunk that is done, by id, but for zeros, which mean nothing; in parts."""
        after = 0
        while True:
            # CROSS: in this order. Left to itself SQLite begins with all vectors, for each part anew.
            rows: list[Any] = self.database.read(
                "SELECT c.id, v.data, v.data <> zeroblob(length(v.data)) FROM chunk c"
                " CROSS JOIN vector v ON v.hash = c.hash AND v.embedder = ? WHERE c.id > ? AND NOT c.pending"
                " ORDER BY c.id LIMIT ?",
                (embedder, after, VECTORS_AT_ONCE),
            )
            if not rows:
                return
            after = rows[-1][0]
            yield [(id, data) for id, data, tells in rows if tells]

    def counts(self) -> tuple[int, int]:
        """(all chunks, those without a vector)."""
        rows: list[Any] = self.database.read(
            "SELECT (SELECT count(*) FROM chunk), (SELECT count(*) FROM chunk WHERE pending)"
        )
        return rows[0][0], rows[0][1]

    # ---- finding

    def match_chunks(self, expression: str, limit: int, within: Scope) -> list[tuple[int, int, float]]:
        """(chunk id, file id, BM25 score, higher is better) for an FTS5 expression, best first."""
        condition, values = within.sql()
        # Ranked before anything is joined: a question of frequent words matches half of all chunks. `rank` is bm25 with
        # equal weights.
        every = "SELECT rowid AS id, -rank AS score FROM chunk_terms WHERE chunk_terms MATCH :match"
        best = f"{every} ORDER BY rank LIMIT :limit" if not condition else every
        rows: list[Any] = self.database.read(
            f"SELECT t.id, c.file, t.score FROM ({best}) t JOIN chunk c ON c.id = t.id JOIN file f ON f.id = c.file"
            f" WHERE 1 {condition} ORDER BY t.score DESC LIMIT :limit",
            {"match": expression, "limit": limit, **values},
        )
        return rows

    def best_chunks(self, terms: Sequence[str], limit: int) -> list[tuple[int, int, float]]:
        """As `match_chunks` for any of the terms, everywhere."""
        best = self.chunk_scores.best(terms, limit)
        rows: list[Any] = self.database.read(
            "SELECT id, file FROM chunk INDEXED BY chunk_of WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps([i for i, _ in best]),),
        )
        files = dict(rows)
        return [(id, files[id], score) for id, score in best if id in files]

    def match_files(self, expression: str, limit: int, within: Scope) -> dict[int, float]:
        """{file id: BM25 score} for an FTS5 expression, the best `limit` of them."""
        condition, values = within.sql()
        query = "SELECT rowid AS id, -rank AS score FROM file_terms WHERE file_terms MATCH :match"
        if condition:
            query = f"SELECT t.id, t.score FROM ({query}) t JOIN file f ON f.id = t.id WHERE 1 {condition}"
        rows: list[Any] = self.database.read(
            f"{query} ORDER BY score DESC LIMIT :limit", {"match": expression, "limit": limit, **values}
        )
        return dict(rows)

    def document_frequency(self, term: str) -> int:
        """In how many files a term stands (stemmed as FTS5 stems it)."""
        rows: list[Any] = self.database.read("SELECT count(*) FROM file_terms WHERE file_terms MATCH ?", (f'"{term}"',))
        return int(rows[0][0])

    def changed(self, paths: Sequence[str]) -> dict[str, float]:
        """{path: when the file was last written, seconds since the epoch} of those that are known."""
        marks = ",".join("?" * len(paths))
        rows: list[Any] = self.database.read(
            f"SELECT path, mtime_ns FROM file WHERE path IN ({marks})", tuple(map(os.fsencode, paths))
        )
        return {os.fsdecode(path): mtime_ns / 1e9 for path, mtime_ns in rows}

    def file_count(self) -> int:
        """How many files have text that can be found; counted once until some are written."""
        now = self.database.version_of(WORDS)
        if self._files[0] != now:
            rows: list[Any] = self.database.read("SELECT count(*) FROM file WHERE chunks > 0")
            self._files = now, int(rows[0][0])
        return self._files[1]

    def chunk_ids(self, within: Scope) -> list[int]:
        """The ids of all chunks of files in a scope."""
        condition, values = within.sql()
        rows: list[Any] = self.database.read(
            f"SELECT c.id FROM chunk c JOIN file f ON f.id = c.file WHERE 1 {condition}", values
        )
        return [r[0] for r in rows]

    def stored(self, ids: Sequence[int]) -> dict[int, Stored]:
        """Chunks by id, with path and title; ids that are gone are left out."""
        marks = ",".join("?" * len(ids))
        rows: list[Any] = self.database.read(
            "SELECT c.id, c.file, c.ordinal, f.path, f.title, c.text, c.parts, c.page, c.line_from, c.line_to,"
            " c.heading"
            f" FROM chunk c JOIN file f ON f.id = c.file WHERE c.id IN ({marks})",
            tuple(ids),
        )
        places = {r[0]: Location(*r[7:]) for r in rows}
        return {
            r[0]: Stored(r[0], r[1], r[2], os.fsdecode(r[3]), r[4], r[5], places[r[0]], _unpacked(r[6], places[r[0]]))
            for r in rows
        }


def _packed(chunk: Chunk) -> str:
    """The places of a chunk's paragraphs as JSON: [start, first line, last line, heading unless it is the chunk's]. All
    stand on its page."""
    own = chunk.location.heading
    rows = [
        [part.start, place.line_from, place.line_to, *([] if place.heading == own else [place.heading])]
        for part in chunk.parts
        for place in (part.location,)
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")) if rows else ""


def _unpacked(packed: str, chunk: Location) -> tuple[Part, ...]:
    rows: list[Any] = json.loads(packed) if packed else []
    return tuple(
        Part(start, Location(chunk.page, first, last, heading[0] if heading else chunk.heading))
        for start, first, last, *heading in rows
    )

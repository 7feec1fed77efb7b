"""What a look at the disk means for the file rows: noted, skipped, moved, kept although gone.

Knows what to write, not when: that is decided by comparing folder and catalogue. Every write is one transaction.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from core.store.catalogue import BACK, FILE_COLUMNS, UNSURE, File, Stat, file_of
from core.store.database import Database

HELD = "It is gone, together with most of its folder; what was read in it is kept until you confirm."


class Sightings:
    """File rows as walks write them."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def files_of(self, folder: int) -> dict[str, File]:
        """Every known file of a folder by path."""
        rows = self.database.read(f"SELECT {FILE_COLUMNS} FROM file WHERE folder = ?", (folder,))
        return {f.path: f for f in map(file_of, rows)}

    def stats_of(self, folder: int) -> Iterator[tuple[str, tuple[int, int, int, str]]]:
        """(path, (size, mtime_ns, inode, why a walk left it out)) of every known file of a folder."""
        rows: list[Any] = self.database.read(
            "SELECT path, size, mtime_ns, inode, CASE WHEN state = 'skipped' AND recipe = '' THEN reason ELSE '' END"
            " FROM file WHERE folder = ?",
            (folder,),
        )
        return ((os.fsdecode(r[0]), r[1:]) for r in rows)

    def files_at(self, paths: Sequence[str]) -> list[File]:
        """The known files among these paths."""
        found: list[File] = []
        for at in range(0, len(paths), 500):
            part = [os.fsencode(p) for p in paths[at : at + 500]]
            marks = ",".join("?" * len(part))
            found += map(file_of, self.database.read(f"SELECT {FILE_COLUMNS} FROM file WHERE path IN ({marks})", part))
        return found

    def note(self, folder: int, found: Iterable[Stat]) -> None:
        """Put new or suspicious paths down as waiting to be read."""
        with self.database.write() as c:
            c.executemany(
                "INSERT INTO file(folder, path, state, size, mtime_ns, inode) VALUES(?, ?, 'waiting', ?, ?, ?)"
                " ON CONFLICT(path) DO UPDATE SET folder = excluded.folder, state = 'waiting', reason = '',"
                " size = excluded.size, mtime_ns = excluded.mtime_ns, inode = excluded.inode",
                [(folder, os.fsencode(s.path), s.size, s.mtime_ns, s.inode) for s in found],
            )

    def note_skipped(self, folder: int, found: Iterable[tuple[Stat, str]]) -> None:
        """Put paths down that are not read, each with the reason."""
        with self.database.write() as c:
            c.executemany(
                "INSERT INTO file(folder, path, state, reason, size, mtime_ns, inode)"
                " VALUES(?, ?, 'skipped', ?, ?, ?, ?) ON CONFLICT(path) DO UPDATE SET folder = excluded.folder,"
                " state = 'skipped', reason = excluded.reason, size = excluded.size, mtime_ns = excluded.mtime_ns,"
                " inode = excluded.inode, sha256 = '', recipe = '', kind = '', outcome = ''",
                [(folder, os.fsencode(s.path), reason, s.size, s.mtime_ns, s.inode) for s, reason in found],
            )

    def move(self, id: int, folder: int, to: Stat, reread: bool) -> None:
        """The file `id` lies elsewhere now: its chunks and vectors stay as they are. `reread`: its name changed too."""
        with self.database.write() as c:
            c.execute(
                "UPDATE file SET folder = ?, path = ?, size = ?, mtime_ns = ?, inode = ? WHERE id = ?",
                (folder, os.fsencode(to.path), to.size, to.mtime_ns, to.inode, id),
            )
            if reread:
                c.execute("UPDATE file SET state = 'waiting', recipe = '' WHERE id = ?", (id,))
            else:
                c.execute(f"{BACK} WHERE id = ? AND state = 'unavailable'", (id,))

    def same(self, id: int, stat: Stat) -> None:
        """The file was suspected for nothing: its content is what was read before."""
        with self.database.write() as c:
            c.execute(
                "UPDATE file SET state = 'indexed', reason = '', size = ?, mtime_ns = ?, inode = ? WHERE id = ?",
                (stat.size, stat.mtime_ns, stat.inode, id),
            )

    # ---- files that are gone, and may come back

    def hold(self, ids: Iterable[int]) -> None:
        """Keep what was read in these files although they are gone."""
        with self.database.write() as c:
            c.executemany(
                "UPDATE file SET state = 'unavailable', reason = ?, inode = ? WHERE id = ?",
                [(HELD, UNSURE, id) for id in ids],
            )

    def held(self, folder: int) -> frozenset[str]:
        """The paths of the files of a folder that are kept although they are gone."""
        rows: list[Any] = self.database.read(
            "SELECT path FROM file WHERE folder = ? AND state = 'unavailable'", (folder,)
        )
        return frozenset(os.fsdecode(r[0]) for r in rows)

    def losses(self) -> dict[int, tuple[int, int]]:
        """{folder: (files kept although they are gone, files that were read in it)} of folders that lost some."""
        rows: list[Any] = self.database.read(
            "SELECT folder, sum(state = 'unavailable'), sum(sha256 <> '') FROM file GROUP BY folder"
            " HAVING sum(state = 'unavailable') > 0"
        )
        return {id: (lost, of) for id, lost, of in rows}

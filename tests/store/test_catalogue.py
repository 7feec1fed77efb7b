"""Lists of files as a window asks for them: a page at a time."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

from core.store import schema
from core.store.catalogue import Catalogue
from core.store.database import Database


def test_a_long_list_of_files_comes_a_page_at_a_time(tmp_path: Path) -> None:
    database = Database(tmp_path / "library.db", schema.LIBRARY)
    catalogue = Catalogue(database)
    folder = catalogue.add_folder("/n", "n")
    names = [*(f"/n/{i:04}.md" for i in range(500)), "/n/" + unicodedata.normalize("NFD", "회의 50%.md"), "/n/A_b.MD"]
    with database.write() as c:
        c.executemany(
            "INSERT INTO file(folder, path, state, size, mtime_ns, inode) VALUES(?, ?, ?, 1, 1, 1)",
            [(folder.id, os.fsencode(n), "failed" if n.endswith("7.md") else "indexed") for n in names],
        )
    page = catalogue.file_page(None, "", 490, 20)
    assert page.total == 502 and [r.path for r in page.rows] == sorted(names, key=os.fsencode)[490:]
    assert catalogue.file_page("failed", "", 0, 3).total == 50
    assert [r.path for r in catalogue.file_page("failed", "/01", 1, 2).rows] == ["/n/0117.md", "/n/0127.md"]
    assert [r.path for r in catalogue.file_page(None, "회의 50%", 0, 9).rows] == [names[500]]  # composed or not
    assert [r.path for r in catalogue.file_page(None, "a_B", 0, 9).rows] == ["/n/A_b.MD"]
    assert catalogue.file_page(None, "%", 0, 9).total == 1
    database.close()

"""What the library's words and names stand for: which files a name means, where a phrase stands.

Knows nothing of ranking. Reads only; the rows are written with the passages (passages.py).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from core.store.database import Database
from core.store.scope import Scope


class Lexicon:
    """Looks words and names up in library.db. Expressions are FTS5's, over terms as `core.index.terms` makes them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def files_named(self, keys: Sequence[str]) -> dict[str, list[int]]:
        """{key: ids of the files called so}, for the keys that name any, in their order."""
        found: dict[str, list[int]] = {}
        # As JSON: one statement, prepared once, whatever the number of keys.
        rows: list[Any] = self._database.read(
            "SELECT key, file FROM name WHERE key IN (SELECT value FROM json_each(?))", (json.dumps(keys),)
        )
        for key, file in rows:
            found.setdefault(key, []).append(file)
        return {key: found[key] for key in keys if key in found}

    def holding(self, expression: str, most: int) -> int:
        """In how many files an expression holds, counted up to `most`."""
        rows: list[Any] = self._database.read(
            "SELECT count(*) FROM (SELECT 1 FROM file_terms WHERE file_terms MATCH ? LIMIT ?)", (expression, most)
        )
        return int(rows[0][0])

    def holdings(self, terms: Sequence[str], most: int) -> dict[str, int]:
        """{term: in how many files it stands, counted up to `most`}."""
        rows: list[Any] = self._database.read(
            "SELECT value, (SELECT count(*) FROM (SELECT 1 FROM file_terms WHERE file_terms MATCH '\"' || value || '\"'"
            " LIMIT ?)) FROM json_each(?)",
            (most, json.dumps(terms)),
        )
        return dict(rows)

    def terms_of(self, files: Sequence[int], length: int) -> dict[int, list[str]]:
        """{file: its terms in order, those of its title first}, read from so many characters of each."""
        rows: list[Any] = self._database.read(
            "SELECT rowid, title || ' ' || substr(body, 1, ?) FROM file_terms"
            " WHERE rowid IN (SELECT value FROM json_each(?))",
            (length, json.dumps(files)),
        )
        return {file: terms.split() for file, terms in rows}

    def chunks_of(self, files: Sequence[int], within: Scope) -> dict[int, list[int]]:
        """{file: ids of its chunks in reading order}, of the files that are in the scope."""
        found: dict[int, list[int]] = {}
        condition, values = within.sql()
        rows: list[Any] = self._database.read(
            "SELECT c.file, c.id FROM chunk c JOIN file f ON f.id = c.file"
            f" WHERE c.file IN ({','.join(str(int(id)) for id in files)}) {condition} ORDER BY c.file, c.ordinal",
            values,
        )
        for file, id in rows:
            found.setdefault(file, []).append(id)
        return found

    def chunks_with(self, required: str, excluded: str, within: Scope) -> list[int]:
        """Ids of the chunks in the scope that hold `required`, of files that hold nothing of `excluded`; an empty
        expression asks for nothing."""
        conditions, values = within.sql()
        if required:
            conditions += " AND c.id IN (SELECT rowid FROM chunk_terms WHERE chunk_terms MATCH :required)"
        if excluded:
            conditions += " AND c.file NOT IN (SELECT rowid FROM file_terms WHERE file_terms MATCH :excluded)"
        rows: list[Any] = self._database.read(
            f"SELECT c.id FROM chunk c JOIN file f ON f.id = c.file WHERE 1 {conditions}",
            values | {"required": required, "excluded": excluded},
        )
        return [row[0] for row in rows]

"""Terms that stand in so many chunks that matching them costs more than it tells. Knows nothing of ranking.

The cost of keyword search is the rows it scores: at 100,000 chunks a question in natural language takes ten times as
long with its most frequent terms as without them. Leaving out terms of more than a fifth of all chunks costs .006
nDCG@10 at most (SQuADShifts .871 → .865, KorQuAD .945 → .944), of more than a tenth .03. So only large libraries leave
them out, and never more than leaves `LEAST` terms.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from core.store.database import Database

LARGE = 50_000
"""Chunks; below, matching everything takes about as long as embedding the question. Not lower, since among notes of one
subject the common words still tell: of 27,306 chunks of tax rulings recall@5 falls .861 → .848 without them."""
SHARE = 0.2
LEAST = 3
# Growth of the library after which the counts are taken anew.
GROWTH = 1.2


class CommonTerms:
    """Remembers which terms are common; each is counted once. Safe to use from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._chunks = 0
        self._counted: dict[str, int] = {}

    def left_out(self, terms: Sequence[str]) -> tuple[str, ...]:
        """`terms` without the common ones; the `LEAST` rarest stay in any case."""
        chunks = self._largest_id()
        if chunks < LARGE or len(terms) <= LEAST:
            return tuple(terms)
        with self._lock:
            if not self._chunks <= chunks <= GROWTH * self._chunks:
                self._chunks, self._counted = chunks, {}
            limit = int(SHARE * self._chunks)
            counts = {t: self._count(t) for t in terms}
        rarest = set(sorted(counts, key=lambda t: counts[t])[:LEAST])
        return tuple(t for t in terms if t in rarest or counts[t] < limit)

    def _count(self, term: str) -> int:
        if term not in self._counted:
            rows: list[Any] = self._database.read(
                "SELECT count(*) FROM chunk_terms WHERE chunk_terms MATCH ?", (f'"{term}"',)
            )
            self._counted[term] = int(rows[0][0])
        return self._counted[term]

    def _largest_id(self) -> int:
        """About the number of chunks: ids of removed ones are few, and counting rows would walk through all of them."""
        rows: list[Any] = self._database.read("SELECT max(id) FROM chunk")
        return int(rows[0][0] or 0)

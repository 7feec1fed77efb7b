"""Passages within what a question limits itself to; wider when that leaves nothing."""

from __future__ import annotations

from dataclasses import replace

from core.answer.filters import Reading
from core.retrieval.search import Found, Search
from core.store.notes import Notes
from core.types import Passage


def find(search: Search, notes: Notes, reading: Reading, k: int, dense: bool) -> tuple[Found, Reading]:
    """(what was found, the reading as it was searched). Filters that leave no file or no passage are taken off, dates
    first, and marked so; the limits a person chose are kept."""
    for tried in _narrow_to_wide(reading):
        if tried.scope and tried.scope != reading.base and not notes.count(tried.scope):
            continue
        found = _all_parts(search, tried, k, dense)
        if found.passages:
            return found, tried
    wide = reading.without_filters() if reading.filters else reading
    return _all_parts(search, wide, k, dense), wide


def _narrow_to_wide(reading: Reading) -> list[Reading]:
    tries = [reading]
    kinds = {f.kind for f in reading.filters}
    if "date" in kinds and len(kinds) > 1:
        filters = tuple(replace(f, applied=f.kind != "date") for f in reading.filters)
        tries.append(replace(reading, filters=filters, scope=reading.scope.only(days=reading.base.days)))
    return tries


def _all_parts(search: Search, reading: Reading, k: int, dense: bool) -> Found:
    """The passages of the whole question, and of its parts in turn, each passage once."""
    whole = search.find(reading.searched, k, reading.scope, dense)
    if not reading.parts:
        return whole
    lists = [whole.passages, *(search.find(p, k, reading.scope, dense).passages for p in reading.parts)]
    merged: dict[tuple[str, str], Passage] = {}
    for rank in range(k):
        for hits in lists:
            if rank < len(hits):
                merged.setdefault((hits[rank].path, hits[rank].text), hits[rank])
    hits = tuple(replace(p, n=n) for n, p in enumerate(list(merged.values())[:k], 1))
    return replace(whole, passages=hits)

"""Passages within what a question limits itself to; with others where that is in doubt; wider when nothing is left."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from core.answer.question.filters import Beside, Reading
from core.index.terms import words_of
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
        tries.append(replace(reading, filters=filters, scope=reading.scope.only(days=reading.base.days), beside=None))
    return tries


def _all_parts(search: Search, reading: Reading, k: int, dense: bool) -> Found:
    """The passages of the whole question, of what is searched beside it, and of its parts, in turn, each passage once.
    Nothing when the whole question finds nothing."""
    whole = search.find(reading.searched, k, reading.scope, dense)
    if not whole.passages or not (reading.beside or reading.parts):
        return whole
    lists = [whole.passages]
    if reading.beside:
        lists.append(_beside(search, reading.beside, k, dense))
    lists += [search.find(p, k, reading.scope, dense).passages for p in reading.parts]
    merged: dict[tuple[str, str], Passage] = {}
    for rank in range(k):
        for hits in lists:
            if rank < len(hits):
                merged.setdefault((hits[rank].path, hits[rank].text), hits[rank])
    hits = tuple(replace(p, n=n) for n, p in enumerate(list(merged.values())[:k], 1))
    return replace(whole, passages=hits)


def _beside(search: Search, beside: Beside, k: int, dense: bool) -> tuple[Passage, ...]:
    found = search.find(beside.words, k, beside.scope, dense).passages
    return tuple(p for p in found if all(_says(p, date) for date in beside.said))


def _says(passage: Passage, date: str) -> bool:
    """Whether a passage, its title or its heading hold each word of a date: Korean ones also before a particle."""
    text = f"{passage.title} {passage.location.heading or ''} {passage.text}"
    words = set(words_of(text))
    text = unicodedata.normalize("NFC", text)
    return all(w in words or (not w.isascii() and w in text) for w in words_of(date))

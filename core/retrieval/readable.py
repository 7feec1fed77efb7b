"""Ranked chunks → passages to read: copies folded into one, neighbours joined, files kept from crowding out. Pure.

Finding wants small chunks, reading wants whole thoughts: chunks that follow each other in one file and are both among
the best become one passage. The same text in several places is one hit that knows its other places.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence

from core.index.terms import words_of
from core.store.passages import Stored
from core.types import Location, Part

JOINED = 3
"""Chunks of one passage at most."""
MOST_LINES = 4
SHINGLE = 4
SAMPLE = 24
# Of the sampled word runs two texts must share to be called the same. A min-wise sample of 24 estimates the share
# with a standard error of .06 at .9 (Broder, "On the resemblance and containment of documents", 1997).
SAME = 0.9
_SEPARATOR = " > "


class Group:
    """Chunks of one file that are read together, in reading order; `best` is the one that was found first."""

    def __init__(self, best: Stored, sample: set[int]) -> None:
        self.best = best
        self.chunks = [best]
        self.also: dict[str, None] = {}
        self._sample = sample

    def takes(self, chunk: Stored) -> bool:
        """Whether the chunk lies next to these, in the same part of the file; then it is one of them now."""
        first, last = self.chunks[0], self.chunks[-1]
        if chunk.file != first.file or len(self.chunks) == JOINED or chunk.location.page != first.location.page:
            return False
        if chunk.ordinal == first.ordinal - 1:
            self.chunks.insert(0, chunk)
        elif chunk.ordinal == last.ordinal + 1:
            self.chunks.append(chunk)
        else:
            return False
        return True

    def same_as(self, sample: set[int]) -> bool:
        """Whether a text with this sample says what the best of these says."""
        shared = self._sample & sample
        if len(shared) < SAME * min(len(sample), len(self._sample)):
            return False
        least = sorted(self._sample | sample)[:SAMPLE]
        return len(shared.intersection(least)) >= SAME * len(least)

    @property
    def text(self) -> str:
        """The chunks' texts, with the kind of gap between them that the file has."""
        text = self.chunks[0].text
        for before, after in zip(self.chunks, self.chunks[1:], strict=False):
            text += _gap(before.location, after.location) + after.text
        return text

    @property
    def parts(self) -> tuple[Part, ...]:
        """The places of the paragraphs of `text`, each chunk's after the other."""
        found: list[Part] = []
        at, before = 0, None
        for chunk in self.chunks:
            at += len(_gap(before.location, chunk.location)) if before else 0
            found += [Part(at + p.start, p.location) for p in chunk.parts or (Part(0, chunk.location),)]
            at, before = at + len(chunk.text), chunk
        return tuple(found)

    @property
    def location(self) -> Location:
        """From the first to the last line; the part of the heading path that all share."""
        if len(self.chunks) == 1:
            return self.best.location
        first, last = self.chunks[0].location, self.chunks[-1].location
        return Location(first.page, first.line_from, last.line_to, _common(c.location.heading for c in self.chunks))


def gather(ranked: Sequence[Stored], per_file: int, k: int) -> list[Group]:
    """The k best groups of ranked chunks; no file stands more than `per_file` times before all others had a turn."""
    groups: list[Group] = []
    of_file: dict[int, list[Group]] = {}
    with_run: dict[int, list[int]] = {}
    for chunk in ranked:
        here = of_file.setdefault(chunk.file, [])
        if any(group.takes(chunk) for group in here):
            continue
        sample = _sample(chunk.text)
        # Only who shares a run can be the same, and hardly anybody does.
        alike = sorted({n for run in sample for n in with_run.get(run, ())})
        twin = next((groups[n] for n in alike if groups[n].same_as(sample)), None)
        if twin:
            if chunk.path != twin.best.path:
                twin.also[chunk.path] = None
            continue
        for run in sample:
            with_run.setdefault(run, []).append(len(groups))
        group = Group(chunk, sample)
        groups.append(group)
        here.append(group)
    first = [g for g in groups if of_file[g.best.file].index(g) < per_file]
    later = [g for g in groups if of_file[g.best.file].index(g) >= per_file]
    return (first + later)[:k]


def _sample(text: str) -> set[int]:
    """The smallest hashes of a text's runs of words; a text of few words is one run. Alike in every process: numbers,
    unlike strings, have no hash by chance."""
    words = " ".join(words_of(text)).encode("utf-8", "surrogatepass").split()
    codes = list(map(zlib.crc32, words))
    runs = zip(*(codes[n:] for n in range(SHINGLE)), strict=False) if len(codes) > SHINGLE else [tuple(codes)]
    return set(sorted(set(map(hash, runs)))[:SAMPLE])


def _gap(before: Location, after: Location) -> str:
    if before.line_to is None or after.line_from is None:
        return "\n\n"
    # As many line ends as the file has there, so that a quote's line can be told from its place in the text.
    return "\n" * min(after.line_from - before.line_to, MOST_LINES) or " "


def _common(headings: Iterable[str | None]) -> str | None:
    paths = [(heading or "").split(_SEPARATOR) for heading in headings]
    shared = []
    for names in zip(*paths, strict=False):
        if len(set(names)) > 1:
            break
        shared.append(names[0])
    return _SEPARATOR.join(shared) or None

"""One hundred true sentences and one hundred with a planted error, held against the sample notes they speak of.

claims.tsv: note, true sentence, false sentence, what is wrong with it (number, date, name, or swap:NOTE, the true
sentence cited to another note). Written by hand, most of them reworded, in Korean and English.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

from core.answer.checking.support import Source, check
from core.text import read
from core.types import Location, Passage

NOTES = Path(__file__).resolve().parents[2] / "resources" / "sample-notes"
ROWS = [line.split("\t") for line in Path(__file__).with_name("claims.tsv").read_text("utf-8").splitlines()]


@cache
def _sources() -> dict[str, Source]:
    found = {}
    for n, path in enumerate(sorted(NOTES.rglob("*.md")), start=1):
        document = read(path, path.read_bytes())
        name = unicodedata.normalize("NFC", path.stem)
        found[name] = Source(Passage(n, str(path), document.title, Location(), document.text, 1.0))
    return found


def _held(claim: str, cited: str, true: str) -> bool:
    """The sentence cited to one note, when the right one and some of their neighbours were found as well."""
    every = _sources()
    keys = sorted(every)
    at = keys.index(true)
    others = {true, *(keys[(at + step) % len(keys)] for step in (1, 2, 3))} - {cited}
    return check(claim, every[cited], [every[o] for o in sorted(others)]).supported


def test_planted_errors_are_found() -> None:
    missed = []
    for note, true, false, kind in ROWS:
        cited = kind.partition(":")[2] or note
        if _held(true if cited != note else false, cited, note):
            missed.append((kind, false))
    assert len(ROWS) == 100 and len(missed) <= 5, missed


def test_true_sentences_are_left_alone() -> None:
    alarms = [(true, check(true, _sources()[note], [])) for note, true, _, _ in ROWS if not _held(true, note, note)]
    assert len(alarms) <= 5, alarms

"""What text recognition saw on one page: the words of Tesseract's table, in the order a person reads them.

Knows no program and no picture. Tesseract's own analysis of a page's layout takes spaced Korean for columns and for
vertical text: on pages set in Myeongjo it lost .19 to .68 of the characters, and .03 to .04 when it was told that the
page is one column (mode 4). So it is told that, and the columns, which then stand side by side in one line, are found
here, from where the words lie. A line of noise is left out by its confidence, a page of it by its mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from core.text.encoding import sound

SURE = 60.0
"""A page whose words have a lower mean confidence (0 to 100) is gibberish: blurred print, drawings, photographs."""
_LINE = 40.0
_GUTTER = 0.018
"""Of the width of what is printed: the least space between two columns (a word space is under .01)."""
_CROSSING = 0.1
"""So many of the lines may cross a gutter, as headings do."""
_STEPS = 400
_SPACE = 0.25
"""Of the height of a line: the least space between two Korean words. Between syllables it is under .23."""
_DOUBT = 90.0
_HANGUL = re.compile("[가-힣]")
_ONLY_HANGUL = re.compile("[가-힣.,!?]+")
_JOINS_BEFORE, _JOINS_AFTER = re.compile(r"[가-힣\d(]"), re.compile(r"[가-힣\d.,!?)]")
"""What may stand at the two sides of a place that is no word space although Tesseract says so."""
_FEWEST = 6
"""Lines from which a gap in all of them is no accident."""
_NEW_PARAGRAPH = 1.5


class _Word(NamedTuple):
    left: int
    top: int
    right: int
    bottom: int
    confidence: float
    text: str


class _Line(NamedTuple):
    """Words from left to right; `key` is the line's number on the page as Tesseract counts."""

    key: tuple[str, ...]
    words: list[_Word]


@dataclass(frozen=True, slots=True)
class Recognised:
    """A page: `paragraphs` in reading order, `confidence` from 0 to 100, the mean over all letters."""

    paragraphs: tuple[str, ...]
    confidence: float


def page(table: str, korean: str = "") -> Recognised:
    """The page in a table as `tesseract … tsv` writes it. `korean`: the same page as the Korean model alone saw it,
    whose words take the place of `doubtful` ones where it is surer."""
    other = {line.key: line for line in _lines(korean)}
    lines = [_mended(line, other) for line in _lines(table)]
    lines = [line for line in lines if _confidence(line.words) >= _LINE]
    paragraphs = tuple(text for column in _columns(lines) for text in _paragraphs(column))
    return Recognised(paragraphs, _confidence([word for line in lines for word in line.words]))


def doubtful(table: str) -> bool:
    """Whether a line of Hangul holds Latin words that are not sure: two models at once take some syllables for such."""
    return any(_is_doubtful(word, line) for line in _lines(table) for word in line.words)


def _is_doubtful(word: _Word, line: _Line) -> bool:
    return (
        word.confidence < _DOUBT and not _HANGUL.search(word.text) and any(_HANGUL.search(w.text) for w in line.words)
    )


def _mended(line: _Line, other: dict[tuple[str, ...], _Line]) -> _Line:
    """`line` with what another look at it is surer of in the place of doubtful words."""
    again = other.get(line.key)
    if again is None:
        return line
    words: list[_Word] = []
    for word in line.words:
        there = [w for w in again.words if word.left < (w.left + w.right) / 2 < word.right and w.top < word.bottom]
        surer = _is_doubtful(word, line) and there and all(_ONLY_HANGUL.fullmatch(w.text) for w in there)
        words += there if surer and _confidence(there) > word.confidence else [word]
    return _Line(line.key, words)


def _lines(table: str) -> Iterator[_Line]:
    """Words by line. Columns: level, page, block, paragraph, line, word, left, top, width, height, confidence, text."""
    line = _Line((), [])
    for row in table.splitlines():
        cells = row.split("\t")
        if len(cells) != 12 or cells[0] != "5" or not cells[11].strip():
            continue
        left, top, width, height = (int(cell) for cell in cells[6:10])
        if tuple(cells[1:5]) != line.key:
            if line.words:
                yield line
            line = _Line(tuple(cells[1:5]), [])
        text = sound(cells[11]).strip()
        line.words.append(_Word(left, top, left + width, top + height, float(cells[10]), text))
    if line.words:
        yield line


def _confidence(words: Sequence[_Word]) -> float:
    letters = sum(len(word.text) for word in words)
    return sum(word.confidence * len(word.text) for word in words) / letters if letters else 0.0


def _columns(lines: list[_Line]) -> Iterator[list[_Line]]:
    """The lines column by column. One that crosses the gutter, as headings do, parts what is above from what is
    below."""
    gutter = _gutter(lines)
    if gutter is None:
        yield lines
        return
    left, right = list[_Line](), list[_Line]()
    for line in lines:
        if _crosses(line, gutter):
            yield from (left, right, [line])
            left, right = [], []
            continue
        for side, words in (
            (left, [w for w in line.words if w.right <= gutter]),
            (right, [w for w in line.words if w.left >= gutter]),
        ):
            if words:
                side.append(_Line(line.key, words))
    yield from (left, right)


def _crosses(line: _Line, gutter: float) -> bool:
    """Whether a word lies over the gutter, or no more than a word space does."""
    before = max((word.right for word in line.words if word.right <= gutter), default=None)
    after = min((word.left for word in line.words if word.left >= gutter), default=None)
    if any(word.left < gutter < word.right for word in line.words):
        return True
    return before is not None and after is not None and after - before < 0.8 * _height(line)


def _gutter(lines: list[_Line]) -> float | None:
    """Where the space between two columns lies, in pixels; None on a page of one column."""
    if len(lines) < _FEWEST:
        return None
    start = min(word.left for line in lines for word in line.words)
    width = max(max(word.right for line in lines for word in line.words) - start, 1)
    # How many lines have something at each of so many places across the page.
    covered = [0] * (_STEPS + 1)
    for line in lines:
        for at in {
            at for w in line.words for at in range(_step(w.left - start, width), _step(w.right - start, width) + 1)
        }:
            covered[at] += 1
    free = [at for at in range(_STEPS // 4, 3 * _STEPS // 4) if covered[at] <= max(_CROSSING * len(lines), 1)]
    best, run = list[int](), list[int]()
    for at, following in pairwise([*free, -1]):
        run.append(at)
        if following != at + 1:
            best, run = max(best, run, key=len), []
    if len(best) < _GUTTER * _STEPS:
        return None
    middle = start + (best[0] + best[-1] + 1) / 2 * width / _STEPS
    beside = sum(line.words[0].left < middle < line.words[-1].right for line in lines)
    return middle if beside >= _FEWEST // 2 else None


def _step(x: int, width: int) -> int:
    return min(x * _STEPS // width, _STEPS)


def _height(line: _Line) -> float:
    return median(word.bottom - word.top for word in line.words)


def _paragraphs(lines: list[_Line]) -> Iterator[str]:
    """Lines joined; a larger space above a line begins a paragraph."""
    tops = [min(word.top for word in line.words) for line in lines]
    pitch = median(b - a for a, b in pairwise(tops)) if len(tops) > 2 else 0.0
    current: list[str] = []
    for number, line in enumerate(lines):
        height = _height(line)
        usual = max(min(pitch, 2.5 * height), 1.5 * height)
        if current and tops[number] - tops[number - 1] > _NEW_PARAGRAPH * usual:
            yield " ".join(current)
            current = []
        current.append(_written(line))
    if current:
        yield " ".join(current)


def _written(line: _Line) -> str:
    """The words of a line. Tesseract parts Hangul at any syllable: there only a visible space is one."""
    tall = max(word.bottom - word.top for word in line.words)
    text = line.words[0].text
    for before, word in pairwise(line.words):
        near = word.left - before.right < _SPACE * tall and _HANGUL.search(before.text + word.text)
        joined = near and _JOINS_BEFORE.match(before.text[-1]) and _JOINS_AFTER.match(word.text)
        text += word.text if joined else f" {word.text}"
    return text

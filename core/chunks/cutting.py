"""Cuts one text that is too large into pieces that fit: at lines, then sentences, then words, then anywhere.

Knows nothing of documents. Joined together the pieces are the text again, character for character.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

Cost = Callable[[str], int]

# Korean, English, Chinese and Japanese sentence ends; the Asian full stops need no space after them.
_SENTENCE = re.compile("(?:[.!?…][\"'”’)\\]」』]*(?=\\s)|[。！？][\"'”’)\\]」』]*)\\s*")
_LINE = re.compile(r"\n+")
_WORD = re.compile(r"\s+")
_LEVELS = (_LINE, _SENTENCE, _WORD)


def cut(text: str, cost: Cost, budget: int, level: int = 0) -> Iterator[str]:
    """Pieces of `text`, each costing at most `budget` where one character can; boundaries as natural as possible."""
    if level == len(_LEVELS):
        yield from _anywhere(text, cost, budget)
        return
    piece, spent = "", 0
    for segment in _segments(text, _LEVELS[level]):
        price = cost(segment)
        if piece and spent + price > budget:
            yield piece
            piece, spent = "", 0
        if price > budget:
            yield from cut(segment, cost, budget, level + 1)
        else:
            piece += segment
            spent += price
    if piece:
        yield piece


def _segments(text: str, boundary: re.Pattern[str]) -> Iterator[str]:
    start = 0
    for match in boundary.finditer(text):
        if match.end() > start:
            yield text[start : match.end()]
            start = match.end()
    if start < len(text):
        yield text[start:]


def _anywhere(text: str, cost: Cost, budget: int) -> Iterator[str]:
    # Slices of a likely size first: halving a megabyte would count it twenty times over.
    step = max(1, 2 * budget)
    for start in range(0, len(text), step):
        yield from _halved(text[start : start + step], cost, budget)


def _halved(text: str, cost: Cost, budget: int) -> Iterator[str]:
    if len(text) < 2 or cost(text) <= budget:
        yield text
        return
    middle = len(text) // 2
    yield from _halved(text[:middle], cost, budget)
    yield from _halved(text[middle:], cost, budget)

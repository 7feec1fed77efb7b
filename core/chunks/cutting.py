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
_LEVELS = (_LINE, _SENTENCE)
_LONGEST_WORD = 100
"""Characters; what is longer is no word, and may be cut anywhere."""


def cut(text: str, cost: Cost, budget: int, level: int = 0) -> Iterator[str]:
    """Pieces of `text`, each costing at most `budget` where one character can; boundaries as natural as possible."""
    if level == len(_LEVELS):
        yield from _windows(text, cost, budget)
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


def pieces(text: str, count: Cost, budget: int) -> list[str]:
    """`text` in parts of at most about `budget` tokens; whole where it is no longer. No token is less than a byte."""
    if len(text.encode("utf-8", "surrogatepass")) <= budget or count(text) <= budget:
        return [text]
    return [part for part in cut(text, count, budget) if part.strip()] or [text]


def _segments(text: str, boundary: re.Pattern[str]) -> Iterator[str]:
    start = 0
    for match in boundary.finditer(text):
        if match.end() > start:
            yield text[start : match.end()]
            start = match.end()
    if start < len(text):
        yield text[start:]


def _windows(text: str, cost: Cost, budget: int) -> Iterator[str]:
    """Pieces that end after a word, each counted about once: pricing every word of 20 MB would take a minute."""
    start, per_token = 0, 3.0
    while start < len(text):
        end = _after_word(text, start, start + max(1, int(budget * per_token)))
        price = cost(text[start:end])
        if end < len(text) and 2 * price < budget:
            end = _after_word(text, start, start + _scaled(end - start, price, budget))
            price = cost(text[start:end])
        while price > budget and end - start > 1:
            end = _after_word(text, start, start + _scaled(end - start, price, budget))
            price = cost(text[start:end])
        yield text[start:end]
        per_token = 0.95 * (end - start) / max(price, 1)
        start = end


def _scaled(characters: int, price: int, budget: int) -> int:
    """How many characters may cost `budget` when so many cost `price`; a little less, so that few tries are in vain."""
    return max(1, int(0.95 * characters * budget / max(price, 1)))


def _after_word(text: str, start: int, end: int) -> int:
    """The last place behind a space that is not behind `end`; `end` itself where no space is near."""
    if end >= len(text):
        return len(text)
    for at in range(end - 1, max(start, end - _LONGEST_WORD), -1):
        if text[at].isspace():
            return at + 1
    return end

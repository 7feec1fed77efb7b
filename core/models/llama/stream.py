"""Bytes of tokens to whole characters, cut where an answer ends. Pure."""

from __future__ import annotations

import codecs
from collections.abc import Sequence


class Letters:
    """Takes the bytes of token after token; a Korean syllable is often spread over several."""

    def __init__(self, stops: Sequence[str]) -> None:
        """`stops`: texts at the first of which the answer ends; none where tokens say so."""
        self.ended = False
        self._stops = stops
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._hold = ""
        self._keep = max(map(len, stops), default=1) - 1

    def add(self, data: bytes) -> str:
        """What can be shown now: all but an unfinished character and a tail that may begin a stop."""
        self._hold += self._decoder.decode(data)
        found = [at for stop in self._stops if (at := self._hold.find(stop)) >= 0]
        if found:
            self.ended = True
            self._hold = self._hold[: min(found)]
            return self.rest()
        cut = len(self._hold) - self._keep
        if cut <= 0:
            return ""
        out, self._hold = self._hold[:cut], self._hold[cut:]
        return out

    def rest(self) -> str:
        """What was held back; half a character at the very end is dropped."""
        out, self._hold = self._hold, ""
        return out

"""Server-sent events out of a byte stream that arrives in any pieces.

Knows nothing of Qt, of HTTP or of what the events mean.
"""

from __future__ import annotations


class EventParser:
    """Collects bytes and gives back the data of each finished event.

    Pieces may end anywhere, inside a character or between CR and LF: only whole lines are decoded.
    The format: https://html.spec.whatwg.org/multipage/server-sent-events.html (comments and the
    fields id and retry are ignored; the event's name is inside its JSON).
    """

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[bytes] = []

    def feed(self, piece: bytes) -> list[bytes]:
        """Add `piece`; return the data of the events that it completed, as UTF-8."""
        lines = (self._rest + piece).replace(b"\r\n", b"\n").split(b"\n")
        self._rest = lines.pop()
        finished = []
        for line in lines:
            line = line.removesuffix(b"\r")
            if not line:
                if self._data:
                    finished.append(b"\n".join(self._data))
                    self._data = []
            elif line.startswith(b"data:"):
                self._data.append(line[5:].removeprefix(b" "))
        return finished

"""XML as a stream of events, within bounds.

Knows no vocabulary. Parsed by the standard library's expat: it fetches nothing, and a document that defines entities
of its own is refused, which leaves nothing that could expand. Depth is bounded; a document that breaks off gives what
came before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import html5
from typing import Literal, NamedTuple
from xml.parsers import expat

from core.text.encoding import decode
from core.text.unreadable import Unreadable, damaged, trap

MAX_DEPTH = 1_000
_STEP = 1 << 16
_DECLARED = re.compile(rb"<\?xml[^>]{0,100}?encoding=[\"']([\w.:-]+)")
_EXPAT_READS = {b"utf-8", b"utf8", b"us-ascii", b"utf-16", b"iso-8859-1"}
BROKEN = "It is damaged; the text up to the damage was read."


class Event(NamedTuple):
    """`name` is the element's, without its namespace; `text` only for "text"; `line` counts from 1."""

    what: Literal["start", "end", "text"]
    name: str
    text: str
    attributes: dict[str, str]
    line: int

    def get(self, name: str, namespace: str = "") -> str:
        """An attribute by its name, whatever its prefix; `namespace` is a part of its namespace's address."""
        for key, value in self.attributes.items():
            space, _, local = key.rpartition(" ")
            if local == name and namespace in space:
                return value
        return ""


def events(data: bytes | str, warnings: list[str]) -> Iterator[Event]:
    """Elements and text in document order. A document that breaks off adds to `warnings`; one that is damaged before
    its first text raises Unreadable, as do hostile ones."""
    if isinstance(data, bytes):
        declared = _DECLARED.search(data[:200])
        if declared and declared[1].lower() not in _EXPAT_READS:
            data = decode(data, declared[1].decode("ascii")).text
    stream = _Stream()
    said = False
    for start in range(0, len(data) or 1, _STEP):
        problem = stream.feed(data[start : start + _STEP], start + _STEP >= len(data))
        for event in stream.taken():
            said = said or event.what == "text"
            yield event
        if problem:
            if not said:
                raise damaged("the program that made it")
            warnings.append(BROKEN)
            return


class _Stream:
    def __init__(self) -> None:
        self._events: list[Event] = []
        self._depth = 0
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.EntityDeclHandler = _refuse
        # Entities nobody declared (&nbsp; in a page saved as XML) are passed over, not an error.
        parser.UseForeignDTD(True)
        parser.SkippedEntityHandler = self._skipped
        self._parser = parser

    def feed(self, part: bytes | str, last: bool) -> bool:
        """Whether the document is broken here."""
        try:
            self._parser.Parse(part, last)
        except expat.ExpatError:
            return True
        return False

    def taken(self) -> list[Event]:
        taken, self._events = self._events, []
        return taken

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise trap(f"nests its elements more than {MAX_DEPTH:,} deep")
        self._events.append(Event("start", _local(name), "", attributes, self._parser.CurrentLineNumber))

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._events.append(Event("end", _local(name), "", {}, self._parser.CurrentLineNumber))

    def _text(self, text: str) -> None:
        self._events.append(Event("text", "", text, {}, self._parser.CurrentLineNumber))

    def _skipped(self, name: str, parameter: bool) -> None:
        if not parameter:
            self._text(html5.get(f"{name};", ""))


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _refuse(*declaration: object) -> None:
    raise Unreadable("failed", "It defines XML entities of its own, which can be a trap; save it again without them.")


def one_text(data: bytes, name: str) -> str:
    """The text of the first element called `name`, else nothing; for titles in small files."""
    inside = 0
    parts: list[str] = []
    try:
        for event in events(data, []):
            if event.name == name:
                inside += 1 if event.what == "start" else -1
                if not inside:
                    break
            elif inside and event.what == "text":
                parts.append(event.text)
    except Unreadable:
        return ""
    return "".join(parts)

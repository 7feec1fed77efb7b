"""Subtitles and transcripts (SRT, WebVTT, SAMI): what is said, with its time.

Knows nothing of styles and positions. WebVTT: W3C; SAMI (SMI, which Korean films come with): Microsoft's "Understanding
SAMI 1.0"; SRT has no standard.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from core.text.encoding import decode
from core.text.structure import GROUP
from core.types import Block, Document, Location

_CUE = re.compile(r"\s*(?:(\d{1,3}):)?(\d\d):(\d\d)[.,]\d{1,3}\s*-->")
_SPEAKER = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>")
_SYNC = re.compile(r"<sync\s[^>]*?start\s*=\s*[\"']?(\d{1,9})[^>]*>", re.IGNORECASE)
_BREAK = re.compile(r"<br[^>]*>", re.IGNORECASE)
_END = re.compile(r"</(?:body|sami)>", re.IGNORECASE)
_MARKUP = re.compile(r"<!--.*?-->|<[^<>]*>")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<\d[\d:.]*>|\{\\[^}]*\}")


def read(data: bytes, password: str | None = None) -> Document:
    """Cues in groups of about a passage; places are lines and the first cue's time, `00:12:04`."""
    decoded = decode(data)
    if decoded.problem:
        return Document("unsupported", "subtitles", reason=decoded.problem)
    cues = _sami(decoded.text) if _SYNC.search(decoded.text) else _cues(decoded.text.split("\n"))
    blocks = tuple(_grouped(cues))
    return Document("ok", "subtitles", blocks=blocks, warnings=decoded.warnings)


def _cues(lines: list[str]) -> Iterator[tuple[str, int, list[str]]]:
    """(time, line number of the first line of text, lines of text)."""
    number = 0
    while number < len(lines):
        match = _CUE.match(lines[number])
        number += 1
        if not match:
            continue
        start = number
        while number < len(lines) and lines[number].strip():
            number += 1
        said = [_seen(line) for line in lines[start:number]]
        yield f"{int(match[1] or 0):02}:{match[2]}:{match[3]}", start + 1, said


def _sami(text: str) -> Iterator[tuple[str, int, list[str]]]:
    """As `_cues`: a cue lasts until the next one; one without words only ends the last."""
    marks = list(_SYNC.finditer(text))
    line, counted = 1, 0
    for here, after in zip(marks, [*marks[1:], None], strict=True):
        line, counted = line + text.count("\n", counted, here.start()), here.start()
        part = _END.split(text[here.end() : after.start() if after else len(text)])[0]
        said = [" ".join(unescape(_MARKUP.sub("", s)).split()) for s in _BREAK.sub("\n", part).split("\n")]
        seconds = int(here[1]) // 1000
        time = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        yield time, line, [s for s in said if s]


def _seen(line: str) -> str:
    return unescape(_TAG.sub("", _SPEAKER.sub(r"\1: ", line))).strip()


def _grouped(cues: Iterator[tuple[str, int, list[str]]]) -> Iterator[Block]:
    time, size = "", 0
    for at, line, said in cues:
        text = "\n".join(said)
        if not text.strip():
            continue
        if not time or size + len(text) > GROUP:
            time, size = at, 0
        size += len(text)
        yield Block(text, Location(line_from=line, line_to=line + len(said) - 1, heading=time))

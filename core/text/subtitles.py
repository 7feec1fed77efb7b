"""Subtitles and transcripts (SRT, WebVTT): what is said, with its time.

Knows nothing of styles and positions. WebVTT: W3C; SRT has no standard.
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
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<\d[\d:.]*>|\{\\[^}]*\}")


def read(data: bytes, password: str | None = None) -> Document:
    """Cues in groups of about a passage; places are lines and the first cue's time, `00:12:04`."""
    decoded = decode(data)
    if decoded.problem:
        return Document("unsupported", "subtitles", reason=decoded.problem)
    blocks = tuple(_grouped(_cues(decoded.text.split("\n"))))
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

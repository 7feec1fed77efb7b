from __future__ import annotations

import pytest

from app.sse import EventParser
from core import events
from core.serve import wire

STREAM = (
    b": hello\n" + b"".join(wire.sse(events.Token(piece)) for piece in ("안녕", "하세요 😀", "a\nb")) + b"event: x\n\n"
)


@pytest.mark.parametrize("step", [1, 2, 3, 7, 64, len(STREAM)])
def test_pieces_may_end_anywhere(step: int) -> None:
    parser = EventParser()
    found = [data for at in range(0, len(STREAM), step) for data in parser.feed(STREAM[at : at + step])]
    values = [wire.event_of(data) for data in found]
    assert values == [events.Token("안녕"), events.Token("하세요 😀"), events.Token("a\nb")]


@pytest.mark.parametrize("step", [1, 5])
def test_carriage_returns_and_several_data_lines(step: int) -> None:
    raw = b"event: token\r\ndata: one\r\ndata:two\r\n\r\n"
    parser = EventParser()
    assert [d for at in range(0, len(raw), step) for d in parser.feed(raw[at : at + step])] == [b"one\ntwo"]


def test_an_unfinished_event_is_kept_back() -> None:
    parser = EventParser()
    assert parser.feed(b"data: half\n") == []
    assert parser.feed(b"\n") == [b"half"]

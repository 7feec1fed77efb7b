"""A listener's mailbox: newest status only, each changed list once, however slow the listener is."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest
from starlette.types import Message

from core import events, types
from core.serve import streams, wire


def test_a_slow_listener_is_sent_the_newest_status_and_each_list_once() -> None:
    async def run() -> list[bytes]:
        box = streams.Mailbox(asyncio.get_running_loop())
        for n in range(1000):
            box.put(events.StatusChanged(types.Status(True, chunks=n)))
            box.put(events.Changed("files"))
            box.put(events.Changed("folders"))
        got = []
        async for piece in box.events():
            got.append(piece)
            if len(got) == 3:
                box.close()
        return got

    last = events.StatusChanged(types.Status(True, chunks=999))
    assert asyncio.run(run()) == [wire.sse(e) for e in (last, events.Changed("files"), events.Changed("folders"))]


def test_a_listener_that_reads_nothing_is_dropped(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(streams, "SEND_LIMIT_S", 0.01)
    ended: list[bool] = []

    async def forever(*args: Any) -> Any:
        await asyncio.Event().wait()

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            await forever()

    async def source() -> Any:
        while True:
            yield b"data: {}\n\n"

    async def run() -> None:
        stream = streams.EventStream(source(), lambda: ended.append(True), set())
        with contextlib.suppress(asyncio.TimeoutError):
            async with asyncio.timeout(10):
                await stream({"type": "http"}, forever, send)

    asyncio.run(run())
    assert ended
    assert "was dropped" in caplog.text

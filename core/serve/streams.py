"""Server-sent events out of the engine's threads: an answer's events, and the status every window follows.

Knows of no route and of no engine; what it is given is a function to iterate or to subscribe with.

Written on bare ASGI because a closed connection must stop an answer at once, also while the model is
still loading and nothing is being sent; a framework's streaming notices at its next write.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from core import errors, events
from core.serve import wire

log = logging.getLogger(__name__)

SEND_LIMIT_S = 30.0
"""A reader that has taken nothing for this long is dropped."""

HEADERS = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store")]

STATUS_OF = {errors.BadRequest: 400, errors.FileProblem: 409, errors.DataFolderInUse: 409}


def failure(error: errors.MoaError, status: int | None = None) -> Response:
    """The reply that carries `error`."""
    code = status or STATUS_OF.get(type(error), 500)
    return Response(wire.error_body(error), status_code=code, media_type="application/json")


class EventStream(Response):
    """A reply of server-sent events; `end` is called as soon as the client is gone or `live` is closed.

    An error before the first event becomes an ordinary error reply.
    """

    def __init__(self, source: AsyncIterator[bytes], end: Callable[[], None], live: set[Callable[[], None]]) -> None:
        self.background = None
        self.status_code = 200
        self._source = source
        self._end = end
        self._live = live

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        tasks = {asyncio.create_task(_gone(receive)), pump := asyncio.create_task(self._pump(scope, receive, send))}
        self._live.add(self._end)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._live.discard(self._end)
            self._end()
            for task in tasks:
                task.cancel()
        if pump.done() and not pump.cancelled():
            pump.result()

    async def _pump(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            first = await anext(self._source, b"")
        except errors.MoaError as e:
            await failure(e)(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": self.status_code, "headers": HEADERS})
        try:
            await _send(send, first)
            async for piece in self._source:
                await _send(send, piece)
        except TimeoutError:
            log.warning("A listener has read nothing for %d s and was dropped.", SEND_LIMIT_S)
            return
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _send(send: Send, piece: bytes) -> None:
    async with asyncio.timeout(SEND_LIMIT_S):
        await send({"type": "http.response.body", "body": piece, "more_body": True})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def answer(
    ask: Callable[[threading.Event], Iterator[events.AnswerEvent]], stop: threading.Event, qid: str | None
) -> AsyncIterator[bytes]:
    """The events of `ask(stop)`, iterated in a thread of its own, each as soon as it exists.

    An error before the first event is raised; one after it becomes the event `Failed`.
    """
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[events.AnswerEvent | Exception | None] = asyncio.Queue()

    def put(item: events.AnswerEvent | Exception | None) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: the engine ends and nobody listens
            loop.call_soon_threadsafe(queue.put_nowait, item)

    def run() -> None:
        try:
            for event in ask(stop):
                put(event)
        except Exception as e:  # whatever it is, it belongs to the one who asked
            put(e)
        else:
            put(None)

    threading.Thread(target=run, name="answer", daemon=True).start()
    begun = False
    while (item := await queue.get()) is not None:
        if isinstance(item, Exception):
            if not begun:
                raise item
            yield wire.sse(_failed(item, qid))
            return
        begun = True
        yield wire.sse(item)


def _failed(error: Exception, qid: str | None) -> events.Failed:
    if isinstance(error, errors.MoaError):
        return events.Failed(error.title, error.advice, qid)
    log.error("An answer failed.", exc_info=error)
    return events.Failed("The engine made a mistake while answering.", "Details are in logs/engine.log.", qid)


class Mailbox:
    """What one listener has not been sent yet: the newest status, and which lists changed.

    Never more than five events, however slow the listener: a newer status replaces an older one, and
    a list that changed twice is still to be fetched once. `put` and `close` may be called on any thread.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._waiting: dict[str, events.EngineEvent] = {}
        self._wake = asyncio.Event()
        self._closed = False

    def put(self, event: events.EngineEvent) -> None:
        """Keep `event` until it is sent or a newer one takes its place."""
        with self._lock:
            self._waiting["status" if isinstance(event, events.StatusChanged) else event.what] = event
        self._ring()

    def close(self) -> None:
        """End the stream."""
        self._closed = True
        self._ring()

    def _ring(self) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
            self._loop.call_soon_threadsafe(self._wake.set)

    async def events(self) -> AsyncIterator[bytes]:
        """The events, until closed."""
        while not self._closed:
            await self._wake.wait()
            self._wake.clear()
            with self._lock:
                waiting, self._waiting = self._waiting, {}
            for event in waiting.values():
                yield wire.sse(event)

"""Search, ask and the stream of events on the wire."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from fastapi import FastAPI, Response
from starlette.concurrency import run_in_threadpool

from core import events
from core.serve import streams, wire
from core.serve.routes import reply

if TYPE_CHECKING:
    from core.engine import Engine


def add(app: FastAPI, engine: Engine) -> None:
    """Add the routes to `app`."""

    @app.post("/search")
    def search(body: wire.SearchBody) -> Response:
        return reply(
            engine.questions.search(
                body.query,
                body.k,
                body.within,
                body.patient,
                tag=body.tag,
                since=body.since,
                until=body.until,
                without=body.without,
            )
        )

    @app.post("/ask")
    async def ask(body: wire.AskBody) -> Response:
        stop = threading.Event()
        source = streams.answer(
            lambda stop: engine.questions.ask(
                body.question,
                within=body.within,
                model=body.model,
                conversation=body.conversation,
                qid=body.qid,
                tag=body.tag,
                since=body.since,
                until=body.until,
                without=body.without,
                stop=stop,
            ),
            stop,
            body.qid,
        )
        return streams.EventStream(source, stop.set, app.state.live)

    @app.get("/events")
    async def follow() -> Response:
        box = streams.Mailbox(asyncio.get_running_loop())
        leave = engine.subscribe(box.put)

        def end() -> None:
            leave()
            box.close()

        async def first_status_then_changes() -> AsyncIterator[bytes]:
            yield wire.sse(events.StatusChanged(await run_in_threadpool(engine.status)))
            async for piece in box.events():
                yield piece

        return streams.EventStream(first_status_then_changes(), end, app.state.live)

"""The routes of `wire`, over an engine. Knows nothing of sockets, processes or files.

FastAPI (MIT, maintained): routing and checking of request bodies. Its generated documentation is off,
it would load scripts from the internet. Plain functions run in worker threads, so a call that blocks
(a search, a comparison of folders) never holds up another.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from core import errors, events, types
from core.serve import streams, wire

if TYPE_CHECKING:
    from core.engine import Engine


def create(
    engine: Engine,
    stop: Callable[[], None],
    examine: Callable[[Engine], tuple[types.Check, ...]],
    token: str = "",
) -> FastAPI:
    """The application that serves `engine`.

    `stop` ends the process after the reply; `examine` makes the lines of `moa doctor`; a `token` that is
    not empty must come with every request. `app.state.live` holds a function to end each open stream.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.state.live = set()
    _errors(app)
    _library(app, engine)
    _questions(app, engine)
    _models(app, engine)
    _chats(app, engine)

    @app.get("/status")
    def status() -> Response:
        return _json(engine.status())

    @app.get("/doctor")
    def doctor() -> Response:
        return _json(examine(engine))

    @app.post("/stop")
    def end() -> Response:
        stop()
        return _json({})

    if token:
        app.add_middleware(_Bearer, token=token)
    return app


def _json(value: object) -> Response:
    return Response(wire.encode(value), media_type="application/json")


def _library(app: FastAPI, engine: Engine) -> None:
    @app.get("/folders")
    def folders() -> Response:
        return _json(engine.folders())

    @app.post("/folders")
    def add(body: wire.PathBody) -> Response:
        return _json(engine.add_folder(body.path))

    @app.post("/folders/remove")
    def remove(body: wire.PathBody) -> Response:
        engine.remove_folder(body.path)
        return _json({})

    @app.post("/import")
    def import_files(body: wire.PathsBody) -> Response:
        return _json(engine.import_files(body.paths))

    @app.post("/index")
    def index(body: wire.IndexBody) -> Response:
        return _json(engine.index(body.wait))

    @app.post("/pause")
    def pause() -> Response:
        engine.pause()
        return _json({})

    @app.post("/resume")
    def resume() -> Response:
        engine.resume()
        return _json({})

    @app.get("/files")
    def files(state: str = "") -> Response:
        return _json(engine.files(state or None))


def _questions(app: FastAPI, engine: Engine) -> None:
    @app.post("/search")
    def search(body: wire.SearchBody) -> Response:
        return _json(engine.search(body.query, body.k, body.within, body.patient))

    @app.post("/ask")
    async def ask(body: wire.AskBody) -> Response:
        stop = threading.Event()
        source = streams.answer(
            lambda stop: engine.ask(
                body.question,
                within=body.within,
                model=body.model,
                conversation=body.conversation,
                qid=body.qid,
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


def _models(app: FastAPI, engine: Engine) -> None:
    @app.get("/models")
    def models() -> Response:
        return _json(engine.models())

    @app.post("/models/add")
    def add(body: wire.PathBody) -> Response:
        return _json(engine.add_model(body.path))

    @app.post("/models/use")
    def use(body: wire.IdBody) -> Response:
        engine.use_model(body.id)
        return _json({})

    @app.post("/models/remove")
    def remove(body: wire.IdBody) -> Response:
        engine.remove_model(body.id)
        return _json({})

    @app.get("/models/fit")
    def fit(id: str) -> Response:
        return _json(engine.fit(id))


def _chats(app: FastAPI, engine: Engine) -> None:
    @app.get("/chats")
    def chats() -> Response:
        return _json(engine.chats())

    # Before the next: the first route that fits is taken.
    @app.get("/chats/search")
    def search(q: str) -> Response:
        return _json(engine.search_chats(q))

    @app.get("/chats/{id:path}")
    def chat(id: str) -> Response:
        return _json(engine.chat(id))

    @app.post("/chats/remove")
    def remove(body: wire.IdBody) -> Response:
        engine.remove_chat(body.id)
        return _json({})


def _errors(app: FastAPI) -> None:
    @app.exception_handler(errors.MoaError)
    async def moa(request: Request, error: errors.MoaError) -> Response:
        return streams.failure(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return streams.failure(errors.BadRequest(f"The request does not fit: {where}: {first['msg']}."))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        title = f"{request.method} {request.url.path}: {error.detail}."
        return streams.failure(errors.BadRequest(title), error.status_code)

    # The traceback is logged by the server, to which the exception goes on after this reply.
    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> Response:
        title = f"The engine made a mistake ({type(error).__name__})."
        return streams.failure(errors.MoaError(title, "Details are in logs/engine.log."))


class _Bearer:
    """Lets through only requests that carry the token: the loopback address is open to every user."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = dict(scope["headers"]).get(b"authorization", b"") if scope["type"] == "http" else b""
        if secrets.compare_digest(given, self._expected):
            await self._app(scope, receive, send)
        else:
            refusal = errors.BadRequest("This engine belongs to someone else.", "Its token is in engine.json.")
            await streams.failure(refusal, 401)(scope, receive, send)

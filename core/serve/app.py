"""The routes of `wire`, over an engine. Knows nothing of sockets, processes or files.

FastAPI (MIT, maintained): routing and checking of request bodies. Its generated documentation is off,
it would load scripts from the internet.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from core import errors, types
from core.serve import streams
from core.serve.routes import chats, embedders, learning, library, models, questions, reply

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
    library.add(app, engine)
    questions.add(app, engine)
    models.add(app, engine)
    embedders.add(app, engine)
    chats.add(app, engine)
    learning.add(app, engine)

    @app.get("/status")
    def status() -> Response:
        return reply(engine.status())

    @app.get("/doctor")
    def doctor() -> Response:
        return reply(examine(engine))

    @app.post("/stop")
    def end() -> Response:
        stop()
        return reply({})

    if token:
        app.add_middleware(_Bearer, token=token)
    return app


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

    @app.exception_handler(UnicodeEncodeError)
    async def no_text(request: Request, error: UnicodeEncodeError) -> Response:
        return streams.failure(
            errors.BadRequest("The request holds characters that are no text.", "Check what was sent.")
        )

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

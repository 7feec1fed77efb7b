"""The self-test on the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI, Response

from core.serve import wire
from core.serve.routes import reply

if TYPE_CHECKING:
    from core.engine import Engine


def add(app: FastAPI, engine: Engine) -> None:
    """Add the routes to `app`."""

    @app.post("/selftest")
    def selftest(body: wire.SelfTestBody) -> Response:
        return reply(engine.learning.selftest(body.n, body.seed))

    @app.get("/selftest")
    def progress() -> Response:
        return reply(engine.learning.progress)

    @app.post("/selftest/stop")
    def stop() -> Response:
        engine.learning.stop()
        return reply({})

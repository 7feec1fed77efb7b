"""Language models on the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI, Response

from core.serve import wire
from core.serve.routes import reply

if TYPE_CHECKING:
    from core.engine import Engine


def add(app: FastAPI, engine: Engine) -> None:
    """Add the routes to `app`."""

    @app.get("/models")
    def models() -> Response:
        return reply(engine.models.rows())

    @app.post("/models/add")
    def add(body: wire.PathBody) -> Response:
        return reply(engine.models.add(body.path))

    @app.post("/models/use")
    def use(body: wire.IdBody) -> Response:
        engine.models.use(body.id)
        return reply({})

    @app.post("/models/remove")
    def remove(body: wire.IdBody) -> Response:
        engine.models.remove(body.id)
        return reply({})

    @app.get("/models/fit")
    def fit(id: str) -> Response:
        return reply(engine.models.fit(id))

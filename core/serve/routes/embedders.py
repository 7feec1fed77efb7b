"""Embedding models on the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI, Response

from core.serve import wire
from core.serve.routes import reply

if TYPE_CHECKING:
    from core.engine import Engine


def add(app: FastAPI, engine: Engine) -> None:
    """Add the routes to `app`."""

    @app.get("/embedders")
    def embedders() -> Response:
        return reply(engine.embedders.rows())

    @app.post("/embedders/add")
    def add(body: wire.PathBody) -> Response:
        return reply(engine.embedders.add(body.path))

    @app.post("/embedders/remove")
    def remove(body: wire.IdBody) -> Response:
        engine.embedders.remove(body.id)
        return reply({})

    @app.get("/embedders/cost")
    def cost(id: str) -> Response:
        return reply(engine.embedders.cost(id))

    @app.post("/embedders/use")
    def use(body: wire.IdBody) -> Response:
        engine.embedders.use(body.id)
        return reply({})

    @app.post("/embedders/cancel")
    def cancel() -> Response:
        engine.embedders.cancel()
        return reply({})

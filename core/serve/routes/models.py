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
    def add(body: wire.ModelBody) -> Response:
        return reply(engine.models.add(body.path, body.copy))

    @app.post("/models/adapt")
    def adapt(body: wire.AdaptBody) -> Response:
        return reply(engine.models.adapt(body.id, body.path, body.scale))

    @app.post("/models/connect")
    def connect(body: wire.ConnectBody) -> Response:
        return reply(engine.models.connect(body.url, body.model, body.key, body.context))

    @app.get("/models/offers")
    def offers() -> Response:
        return reply(engine.models.offers())

    @app.get("/models/downloads")
    def downloads() -> Response:
        return reply(engine.models.downloads())

    @app.post("/models/get")
    def get(body: wire.GetBody) -> Response:
        return reply(engine.models.get(body.what, body.sha256))

    @app.post("/models/downloads/pause")
    def pause(body: wire.IdBody) -> Response:
        engine.models.pause_download(body.id)
        return reply({})

    @app.post("/models/downloads/remove")
    def drop(body: wire.IdBody) -> Response:
        engine.models.drop_download(body.id)
        return reply({})

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

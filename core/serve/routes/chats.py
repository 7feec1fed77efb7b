"""Conversations on the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI, Response

from core.serve import wire
from core.serve.routes import reply

if TYPE_CHECKING:
    from core.engine import Engine


def add(app: FastAPI, engine: Engine) -> None:
    """Add the routes to `app`."""

    @app.get("/chats")
    def chats() -> Response:
        return reply(engine.chats.rows())

    # Before the last: the first route that fits is taken.
    @app.get("/chats/search")
    def search(q: str) -> Response:
        return reply(engine.chats.search(q))

    @app.get("/chats/export")
    def export(id: str) -> Response:
        return reply(engine.chats.export(id))

    @app.get("/chats/{id:path}")
    def chat(id: str) -> Response:
        return reply(engine.chats.show(id))

    @app.post("/chats/rename")
    def rename(body: wire.RenameBody) -> Response:
        engine.chats.rename(body.id, body.title)
        return reply({})

    @app.post("/chats/retract")
    def retract(body: wire.RetractBody) -> Response:
        engine.chats.retract(body.id, body.question)
        return reply({})

    @app.post("/chats/remove")
    def remove(body: wire.IdBody) -> Response:
        engine.chats.remove(body.id)
        return reply({})

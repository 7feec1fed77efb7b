"""Folders and files on the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI, Response

from core.serve import wire
from core.serve.routes import reply

if TYPE_CHECKING:
    from core.engine import Engine


def add(app: FastAPI, engine: Engine) -> None:
    """Add the routes to `app`."""

    @app.get("/folders")
    def folders() -> Response:
        return reply(engine.library.folders())

    @app.post("/folders")
    def add(body: wire.PathBody) -> Response:
        return reply(engine.library.add_folder(body.path))

    @app.post("/folders/remove")
    def remove(body: wire.PathBody) -> Response:
        engine.library.remove_folder(body.path)
        return reply({})

    @app.post("/folders/options")
    def options(body: wire.FolderOptionsBody) -> Response:
        return reply(engine.library.set_folder_options(body.path, body.ocr, body.encoding))

    @app.post("/folders/accept-loss")
    def accept_loss(body: wire.PathBody) -> Response:
        engine.library.accept_loss(body.path)
        return reply({})

    @app.post("/import")
    def import_files(body: wire.PathsBody) -> Response:
        return reply(engine.library.import_files(body.paths))

    @app.post("/index")
    def index(body: wire.IndexBody) -> Response:
        return reply(engine.library.index(body.wait))

    @app.post("/pause")
    def pause() -> Response:
        engine.library.pause()
        return reply({})

    @app.post("/resume")
    def resume() -> Response:
        engine.library.resume()
        return reply({})

    @app.get("/files/page")
    def file_page(state: str = "", part: str = "", offset: int = 0, limit: int = 200) -> Response:
        return reply(engine.library.file_page(state or None, part, offset, limit))

    @app.get("/files")
    def files(state: str = "") -> Response:
        return reply(engine.library.files(state or None))

    @app.post("/files/retry")
    def retry(body: wire.RetryBody) -> Response:
        return reply(engine.library.retry(body.paths, body.state))

    @app.post("/files/unlock")
    def unlock(body: wire.UnlockBody) -> Response:
        return reply(engine.library.unlock(body.path, body.password))

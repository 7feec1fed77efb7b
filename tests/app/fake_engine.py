"""An engine that is not one: serves the wire's shapes on a Unix socket with believable rows.

Run as a program: `python fake_engine.py --data DIR [--scene empty|indexing|ready|degraded] [--delay S]
[--pace MS] [--many N]`. Uses the real wire shapes, so that a changed shape fails here too.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from core import errors, events
from core.paths import DataFolder
from core.serve import wire
from core.types import (
    Citation,
    Conversation,
    ConversationRow,
    EmbedderChange,
    EmbedderCost,
    EmbedderInfo,
    EmbedderRow,
    FilePage,
    Fit,
    FolderRow,
    Memory,
    Message,
    ModelInfo,
    ModelRow,
    Needed,
    Progress,
    SearchResult,
    Status,
    Timings,
)
from tests.app.fake_notes import ANSWER, CHATS, NOTES, PASSAGES, QUOTES, UNKNOWN, files


class FakeEngine:
    """Answers every route the window uses. `asked` and friends let a test look at what came."""

    def __init__(self, data: DataFolder, scene: str, pace_ms: float, many: int) -> None:
        self.data = data
        self.scene = scene
        self.pace_s = pace_ms / 1000
        self.rows = files(many)
        self.connected: ModelRow | None = None
        self.next_embedder: EmbedderChange | None = None
        self.adapters: tuple[str, ...] = ()
        self.folders: list[FolderRow] = [] if scene == "empty" else [FolderRow(NOTES, "watched", 1284, "노트")]
        if scene == "degraded":
            self.folders.append(FolderRow("/media/jiwon/usb-stick/Archive", "unavailable", 310, "Archive"))
        self.model = "none" if scene in ("empty", "quotes") else "qwen3-4b-instruct-q4"
        self.listeners: set[asyncio.Queue[events.EngineEvent]] = set()
        self.server: uvicorn.Server | None = None
        self.done = 412
        self.paused = False
        self.told: list[Message] = []

    def status(self) -> Status:
        empty = not self.folders
        counts = {} if empty else {"indexed": 1279, "failed": 1, "skipped": 3, "waiting": 1}
        return Status(
            running=True,
            pid=os.getpid(),
            version="0.1.0",
            folders=len(self.folders),
            files=counts,
            chunks=0 if empty else 9_312,
            pending=2_240 if self.scene == "indexing" else 0,
            eta_s=150.0 if self.scene == "indexing" else None,
            next_embedder=self.next_embedder,
            embedder=EmbedderInfo("all-MiniLM-L6-v2", 384, "cpu", "loading" if self.scene == "indexing" else "ready"),
            model=None if self.model == "none" else ModelInfo(self.model, "ready", "cpu", "24 layers on the processor"),
            rss_mb=Memory(410, 0),
            progress=Progress("reading", self.done, 1284, f"{NOTES}/여행/제주 여행 2025.md")
            if self.scene == "indexing"
            else Progress(),
            notes=("“Archive” is not there now (unplugged?). Its notes are kept.",) if self.scene == "degraded" else (),
            paused=self.paused,
        )

    def tell(self, event: events.EngineEvent) -> None:
        for queue in self.listeners:
            queue.put_nowait(event)

    async def events(self, request: Request) -> StreamingResponse:
        async def stream() -> AsyncIterator[bytes]:
            queue: asyncio.Queue[events.EngineEvent] = asyncio.Queue()
            self.listeners.add(queue)
            try:
                yield wire.sse(events.StatusChanged(self.status()))
                while True:
                    yield wire.sse(await queue.get())
            finally:
                self.listeners.discard(queue)

        return StreamingResponse(stream(), media_type="text/event-stream")

    async def ask(self, request: Request) -> Response:
        body = wire.decode(await request.body(), wire.AskBody)
        if not body.question.strip():
            return self._error(errors.BadRequest("The question is empty.", "Write what you want to know."))
        return StreamingResponse(self._answer(body), media_type="text/event-stream")

    async def _answer(self, body: wire.AskBody) -> AsyncIterator[bytes]:
        unknown = "zebra" in body.question
        quotes = self.model == "none"
        text = UNKNOWN if unknown else QUOTES if quotes else ANSWER
        passages = PASSAGES[2:] if unknown else PASSAGES
        yield wire.sse(events.PassagesFound(passages))
        yield wire.sse(events.Notice("Loading the model…"))
        if "crash" in body.question:
            yield wire.sse(events.Failed("The model's process ended.", "Ask again; it is started anew."))
            return
        # Small pieces cut anywhere in the UTF-8: what a reader of the stream must bear.
        if not quotes:
            for at in range(0, len(text), 2):
                line = wire.sse(events.Token(text[at : at + 2]))
                yield line[: len(line) // 2]
                yield line[len(line) // 2 :]
                await asyncio.sleep(self.pace_s)
        cited = () if unknown else tuple(Citation(p.n, p.path, p.location, p.text[:40], True) for p in passages[:3])
        answer = events.Answered(
            text=text,
            mode="extract" if quotes else "model",
            answerable=not unknown,
            citations=cited,
            coverage=None,
            model=None if quotes else self.model,
            conversation=body.conversation or "c9",
            timings=Timings(31.0, None if quotes else 420.0, None if quotes else 18.2, 900, 640),
        )
        now = time.time()
        self.told += [
            Message("user", body.question, now),
            Message("assistant", text, now, answer.mode, answer.model, answer.answerable, cited, passages),
        ]
        yield wire.sse(answer)
        self.tell(events.Changed("chats"))

    async def search(self, request: Request) -> Response:
        body = wire.decode(await request.body(), wire.SearchBody)
        hits = () if "zebra" in body.query else PASSAGES[: body.k]
        return self._json(SearchResult(hits))

    async def add_folder(self, request: Request) -> Response:
        path = wire.decode(await request.body(), wire.PathBody).path
        if any(row.path == path for row in self.folders):
            return self._error(errors.BadRequest(f"“{Path(path).name}” is watched already.", "Nothing was changed."))
        row = FolderRow(path, "watched", 12, Path(path).name)
        self.folders.append(row)
        self.tell(events.Changed("folders"))
        self.tell(events.StatusChanged(self.status()))
        return self._json(row)

    async def remove_folder(self, request: Request) -> Response:
        path = wire.decode(await request.body(), wire.PathBody).path
        self.folders = [row for row in self.folders if row.path != path]
        self.tell(events.StatusChanged(self.status()))
        return self._json({})

    async def import_files(self, request: Request) -> Response:
        paths = wire.decode(await request.body(), wire.PathsBody).paths
        rows = tuple(replace(self.rows[0], path=str(self.data.imported / Path(p).name), state="waiting") for p in paths)
        return self._json(rows)

    async def chats(self, request: Request) -> Response:
        rows = () if self.scene == "empty" else CHATS
        if self.told:
            rows = (ConversationRow("c9", self.told[0].text, 9e9, 9e9, len(self.told)), *rows)
        return self._json(rows)

    async def chat(self, request: Request) -> Response:
        key = request.path_params["id"]
        long = tuple(
            Message("user", f"질문 {i}: 제주에서 점심은 어디서 먹었지?", 1.0)
            if i % 2 == 0
            else Message("assistant", ANSWER, 1.0, "model", self.model, True, (), PASSAGES)
            for i in range(140)
        )
        return self._json(Conversation(key, "제주 여행", 1.0, 2.0, tuple(self.told) if key == "c9" else long))

    async def models(self, request: Request) -> Response:
        rows = (
            ModelRow("qwen3-4b-instruct-q4", "Qwen3 4B Instruct", "/m/q.gguf", 2_497_280_256, "qwen3", "Q4_K_M",
                     262_144, self.model == "qwen3-4b-instruct-q4", "", "", self.adapters),
            ModelRow("exaone-32b", "EXAONE 4.0 32B", "/m/e.gguf", 19_300_000_000, "exaone4", "Q4_K_M", 131_072, False),
            ModelRow("gone", "gemma-3-1b", "/m/g.gguf", 806_000_000, "gemma3", "Q4_0", 32_768, False,
                     "The file is not there any more."),
        )  # fmt: skip
        return self._json((*rows, self.connected) if self.connected else rows)

    async def connect(self, request: Request) -> Response:
        body = wire.decode(await request.body(), wire.ConnectBody)
        if not body.model:
            return self._error(errors.BadRequest(f"{body.url} has 2 models.", "Name one of them with --model: a, b."))
        self.connected = ModelRow(
            "server", f"org/{body.model}", body.url, 0, "server", "", 8192, False, "", "office:8000", ()
        )  # fmt: skip
        self.tell(events.Changed("models"))
        return self._json(self.connected)

    async def adapt(self, request: Request) -> Response:
        body = wire.decode(await request.body(), wire.AdaptBody)
        self.adapters = () if body.path == "none" else (f"{Path(body.path).name} at {body.scale:g}",)
        self.tell(events.Changed("models"))
        return self._json(ModelRow(body.id, body.id, "", 0, "", "", 0, False, "", "", self.adapters))

    async def embedders(self, request: Request) -> Response:
        built_in = EmbedderRow(
            "built-in", "", "built-in", "/m/mini", 90_000_000, 384, 256, serving=True, next=False, languages=("en",)
        )
        other = EmbedderRow(
            "bge-m3-q8_0", "/m/bge-m3-q8_0.gguf", "gguf", "/m/bge-m3-q8_0.gguf", 640_000_000, 0, 0, serving=False,
            next=self.next_embedder is not None,
        )  # fmt: skip
        return self._json((built_in, other))

    async def embedder_cost(self, request: Request) -> Response:
        cost = EmbedderCost(
            "bge-m3@1", 1024, 512, True, True, 9_312, 0, 0.0, 12.0, 776.0, 19_600_000, 90_000_000_000
        )  # fmt: skip
        return self._json(cost)

    async def use_embedder(self, request: Request) -> Response:
        choice = wire.decode(await request.body(), wire.IdBody).id
        self.next_embedder = EmbedderChange(choice, "bge-m3@1", 3_000, 9_312, 526.0, "embedding")
        return self._changed_embedder()

    async def keep_embedder(self, request: Request) -> Response:
        self.next_embedder = None
        return self._changed_embedder()

    def _changed_embedder(self) -> Response:
        self.tell(events.Changed("embedders"))
        self.tell(events.StatusChanged(self.status()))
        return self._json({})

    async def use_model(self, request: Request) -> Response:
        self.model = wire.decode(await request.body(), wire.IdBody).id
        self.tell(events.StatusChanged(self.status()))
        return self._json({})

    async def fit(self, request: Request) -> Response:
        fits = request.query_params["id"] != "exaone-32b"
        why = (
            "Fits: all 36 layers on the processor, 3.4 GB of 9.1 GB free."
            if fits
            else "Needs 21.8 GB of memory; 9.1 GB are free. Close other programs or choose a smaller model."
        )
        need = Needed(2400, 600, 300)
        return self._json(Fit(request.query_params["id"], fits, "cpu", 0, 36, 4096, "q8_0", need, 9100, why))

    async def page(self, request: Request) -> Response:
        q = request.query_params
        offset, limit = int(q["offset"]), int(q["limit"])
        rows = [
            r
            for r in (self.rows if self.folders else ())
            if (not q["state"] or r.state == q["state"]) and q["part"].casefold() in r.path.casefold()
        ]
        return self._json(FilePage(len(rows), tuple(rows[offset : offset + limit])))

    async def pause(self, request: Request) -> Response:
        self.paused = request.url.path == "/pause"
        self.tell(events.StatusChanged(self.status()))
        return self._json({})

    async def chats_found(self, request: Request) -> Response:
        return self._json([row for row in CHATS if request.query_params["q"] in row.title])

    async def exported(self, request: Request) -> Response:
        return self._json(f"# {request.query_params['id']}\n\n제주")

    async def retract(self, request: Request) -> Response:
        body = wire.decode(await request.body(), wire.RetractBody)
        if len(self.told) >= 2 and self.told[-2].text == body.question:
            del self.told[-2:]
        return self._json({})

    async def stop(self, request: Request) -> Response:
        if self.server is not None:
            self.server.should_exit = True
            self.server.force_exit = True
        return self._json({})

    async def nothing(self, request: Request) -> Response:
        return self._json({})

    def _json(self, value: object) -> Response:
        return Response(wire.encode(value), media_type="application/json")

    def _error(self, error: errors.MoaError) -> Response:
        return Response(wire.error_body(error), status_code=400, media_type="application/json")

    def app(self) -> Starlette:
        async def status(request: Request) -> Response:
            return self._json(self.status())

        async def list_folders(request: Request) -> Response:
            return self._json(self.folders)

        async def files(request: Request) -> Response:
            state = request.query_params.get("state")
            return self._json([] if not self.folders else [r for r in self.rows if not state or r.state == state])

        get, post = ["GET"], ["POST"]
        return Starlette(
            routes=[
                Route("/status", status, methods=get),
                Route("/events", self.events, methods=get),
                Route("/stop", self.stop, methods=post),
                Route("/folders", list_folders, methods=get),
                Route("/folders", self.add_folder, methods=post),
                Route("/folders/remove", self.remove_folder, methods=post),
                Route("/import", self.import_files, methods=post),
                Route("/files", files, methods=get),
                Route("/files/page", self.page, methods=get),
                Route("/files/retry", self.nothing, methods=post),
                Route("/files/unlock", self.nothing, methods=post),
                Route("/folders/accept-loss", self.nothing, methods=post),
                Route("/folders/options", self.nothing, methods=post),
                Route("/pause", self.pause, methods=post),
                Route("/resume", self.pause, methods=post),
                Route("/search", self.search, methods=post),
                Route("/ask", self.ask, methods=post),
                Route("/models", self.models, methods=get),
                Route("/models/fit", self.fit, methods=get),
                Route("/models/use", self.use_model, methods=post),
                Route("/models/connect", self.connect, methods=post),
                Route("/models/adapt", self.adapt, methods=post),
                Route("/embedders", self.embedders, methods=get),
                Route("/embedders/cost", self.embedder_cost, methods=get),
                Route("/embedders/use", self.use_embedder, methods=post),
                Route("/embedders/cancel", self.keep_embedder, methods=post),
                Route("/models/add", self.nothing, methods=post),
                Route("/models/remove", self.nothing, methods=post),
                Route("/chats", self.chats, methods=get),
                Route("/chats/remove", self.nothing, methods=post),
                Route("/chats/rename", self.nothing, methods=post),
                Route("/chats/retract", self.retract, methods=post),
                Route("/chats/search", self.chats_found, methods=get),
                Route("/chats/export", self.exported, methods=get),
                Route("/chats/{id}", self.chat, methods=get),
            ]
        )


async def serve(fake: FakeEngine) -> None:
    """Listen, say where, and stop when told."""
    at = fake.data.socket
    at.parent.mkdir(parents=True, exist_ok=True)
    at.unlink(missing_ok=True)
    server = uvicorn.Server(uvicorn.Config(fake.app(), uds=str(at), log_level="warning", timeout_graceful_shutdown=1))
    fake.server = server

    async def announce() -> None:
        while not server.started:
            await asyncio.sleep(0.01)
        fake.data.endpoint.write_bytes(wire.encode(wire.Endpoint(os.getpid(), "0.1.0", socket=str(at))))
        print("ready", flush=True)  # noqa: T201
        while fake.scene == "indexing":
            fake.done = min(fake.done + 3, 1284)
            fake.tell(events.StatusChanged(fake.status()))
            await asyncio.sleep(0.25)

    task = asyncio.create_task(announce())
    await server.serve()
    task.cancel()
    fake.data.endpoint.unlink(missing_ok=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--scene", default="ready")
    parser.add_argument("--delay", type=float, default=0.0)
    parser.add_argument("--pace", type=float, default=12.0)
    parser.add_argument("--many", type=int, default=300)
    given = parser.parse_args()
    time.sleep(given.delay)  # an engine that takes its time to start
    asyncio.run(serve(FakeEngine(DataFolder(Path(given.data)), given.scene, given.pace, given.many)))


if __name__ == "__main__":
    main()

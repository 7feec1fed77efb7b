"""The wire's shapes: routes, request bodies, and how an event becomes a line. Standard library only
besides msgspec, so that the window can import it and still open at once.

msgspec (BSD-3, maintained, no dependencies): typed JSON to and from plain dataclasses without importing
a framework into the window.

Routes (all JSON; errors are `{"error": {"kind", "title", "advice"}}` with status 4xx or 5xx):

    GET  /status                    → Status
    GET  /events                    → server-sent events: StatusChanged first, then StatusChanged and Changed
    POST /stop                      → {}           the engine ends after the reply
    GET  /folders                   → [FolderRow]
    POST /folders        PathBody   → FolderRow
    POST /folders/remove PathBody   → {}
    POST /folders/options FolderOptionsBody → FolderRow   what is None stays as it is
    POST /folders/accept-loss PathBody → {}        what is gone from this folder is gone for good
    POST /import         PathsBody  → [FileRow]
    POST /index          IndexBody  → IndexReport  (wait: when nothing is pending any more)
    POST /pause                     → {}           index nothing more, also after the next start
    POST /resume                    → {}
    GET  /files?state=              → [FileRow]
    POST /files/retry    RetryBody  → [FileRow]    those that wait to be read again
    POST /files/unlock   UnlockBody → FileRow      as it was read with the password
    GET  /files/page?state=&part=&offset=&limit= → FilePage  by path; `part`: in the path
    POST /search         SearchBody → SearchResult
    POST /ask            AskBody    → server-sent events: AnswerEvent...; closing the connection stops the answer
    GET  /models                    → [ModelRow]
    POST /models/add     ModelBody  → ModelRow
    POST /models/use     IdBody     → {}           id "none": answer without a model
    POST /models/remove  IdBody     → {}
    GET  /models/fit?id=            → Fit
    POST /models/connect ConnectBody → ModelRow    a model on another server
    POST /models/adapt   AdaptBody  → ModelRow     a LoRA adapter; path "none": without any
    GET  /models/offers             → [Offer]      what can be downloaded
    GET  /models/downloads          → [DownloadRow]  "changed: downloads" tells when to look again
    POST /models/get     GetBody    → DownloadRow  an offer, an address, or a paused download: begins or goes on
    POST /models/downloads/pause  IdBody → {}
    POST /models/downloads/remove IdBody → {}
    GET  /embedders                 → [EmbedderRow]  "changed: embedders" tells when to look again
    POST /embedders/add    PathBody → EmbedderRow
    POST /embedders/remove IdBody   → {}           its vectors go, its files stay
    GET  /embedders/cost?id=        → EmbedderCost measured by a trial of some seconds; changes nothing
    POST /embedders/use    IdBody   → {}           prepared in the background (`Status.next_embedder`), then it serves
    POST /embedders/cancel          → {}           stay with the one that serves
    GET  /chats                     → [ConversationRow]
    GET  /chats/{id}                → Conversation
    GET  /chats/search?q=           → [ConversationRow]
    GET  /chats/export?id=          → str          the conversation as Markdown
    POST /chats/rename   RenameBody → {}
    POST /chats/retract  RetractBody → {}          forget the last question, if it is this one, and what came after it
    POST /chats/remove   IdBody     → {}
    POST /selftest       SelfTestBody → SelfTest   when all questions were asked
    GET  /selftest                  → SelfTestProgress
    POST /selftest/stop             → {}           the one that runs ends with what was asked by then
    GET  /doctor                    → [Check]
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from core import errors, events, lossless

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where an engine listens (engine.json). `socket` is a path; on Windows `port` and `token` instead."""

    pid: int
    version: str
    socket: str = ""
    port: int = 0
    token: str = ""


@dataclass(frozen=True, slots=True)
class PathBody:
    path: str


@dataclass(frozen=True, slots=True)
class PathsBody:
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FolderOptionsBody:
    """`ocr`: recognise text in pictures. `encoding`: what plain text files are in, or "auto"."""

    path: str
    ocr: bool | None = None
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class RetryBody:
    """Files and folders; none: everywhere. `state`: failed, skipped or indexed."""

    paths: tuple[str, ...] = ()
    state: str | None = None


@dataclass(frozen=True, slots=True)
class UnlockBody:
    path: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class IdBody:
    id: str


@dataclass(frozen=True, slots=True)
class ModelBody:
    """A GGUF file; `copy`: Moa keeps one of its own."""

    path: str
    copy: bool = False


@dataclass(frozen=True, slots=True)
class GetBody:
    """`what`: the id of an offer or a download, or the address of a GGUF file, whose digest `sha256` is if known."""

    what: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class AdaptBody:
    """A LoRA adapter for the model `id`; `scale` 1 is its full strength."""

    id: str
    path: str
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class ConnectBody:
    """A server that speaks OpenAI's chat completions. `model` "": the only one it has; `context` 0: what it tells."""

    url: str
    model: str = ""
    key: str = ""
    context: int = 0


@dataclass(frozen=True, slots=True)
class RenameBody:
    id: str
    title: str


@dataclass(frozen=True, slots=True)
class RetractBody:
    id: str
    question: str


@dataclass(frozen=True, slots=True)
class IndexBody:
    wait: bool = False


@dataclass(frozen=True, slots=True)
class SearchBody:
    """`within` limits to files under that path, `tag`, `since` and `until` by tag and day (also in words: "last week").
    `without`: phrases of the question that are no filters. `patient`: wait for the embedder to finish loading."""

    query: str
    k: int = 10
    within: str | None = None
    patient: bool = False
    tag: str | None = None
    since: str | None = None
    until: str | None = None
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SelfTestBody:
    """`n`: at most so many questions; the same `seed` asks the same of the same notes."""

    n: int = 100
    seed: int = 0


@dataclass(frozen=True, slots=True)
class AskBody:
    """`model`: None the chosen one, "none" quotes only, else a model's id. `conversation`: None starts a new one. The
    rest as for `SearchBody`."""

    question: str
    within: str | None = None
    model: str | None = None
    conversation: str | None = None
    qid: str | None = None
    tag: str | None = None
    since: str | None = None
    until: str | None = None
    without: tuple[str, ...] = ()


def encode(value: object) -> bytes:
    """JSON of any value of core.types, core.events or this module."""
    return lossless.encode(value)


def decode(data: bytes | str, shape: type[T]) -> T:
    """The value of type `shape` in JSON `data`. Raises `errors.MoaError` when it does not fit."""
    try:
        return lossless.decode(data, shape)
    except msgspec.DecodeError as e:
        raise errors.MoaError(
            "The engine and this program do not understand each other.",
            "Both must be of one version: run `moa stop`, then start again.",
        ) from e


def sse(event: events.AnswerEvent | events.EngineEvent) -> bytes:
    """One server-sent event: its name and its JSON."""
    return b"event: " + event.event.encode() + b"\ndata: " + encode(event) + b"\n\n"


def event_of(data: bytes | str) -> events.AnswerEvent | events.EngineEvent:
    """The event in the JSON of one `data:` line. Raises `errors.MoaError` when it is none."""
    raw: Any = decode(data, dict)
    shape = events.BY_NAME.get(str(raw.get("event")))
    if shape is None:
        raise errors.MoaError("The engine sent an event this program does not know.")
    return decode(data, shape)


def error_body(error: errors.MoaError) -> bytes:
    """The JSON body of a failed request."""
    return encode({"error": {"kind": type(error).__name__, "title": error.title, "advice": error.advice}})


def error_of(data: bytes | str) -> errors.MoaError:
    """The error in a failed request's body, as the class it was raised with."""
    try:
        e = lossless.decode(data, dict)["error"]
        return errors.BY_NAME.get(e["kind"], errors.MoaError)(e["title"], e["advice"])
    except (msgspec.DecodeError, KeyError, TypeError):
        return errors.MoaError("The engine failed in a way it could not put into words.", "See logs/engine.log.")

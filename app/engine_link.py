"""The engine's HTTP and server-sent events as Qt signals; the only file of the desktop that knows the wire.

No threads: QNetworkAccessManager speaks over the local socket on the event loop. Knows no widgets.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from PySide6.QtCore import QCoreApplication, QElapsedTimer, QObject, QTimer, QUrl, Signal
from PySide6.QtNetwork import QNetworkAccessManager, QNetworkReply, QNetworkRequest

from app.engine_process import EngineProcess, default_command
from app.sse import EventParser
from core import errors, events
from core.paths import DataFolder
from core.serve import wire
from core.types import Status

log = logging.getLogger(__name__)

POLL_MS = 150
STATUS_TIMEOUT_MS = 8_000
# A second death within this time is a fault that a third start will not mend.
RESTART_WINDOW_MS = 60_000
# How long an engine started by somebody else may take to say where it listens, after ours was refused.
OTHERS_MS = 4_000
STOP_MS = 4_000
BATCH_MS = 30
SLOW_START_MS = 20_000


@dataclass(frozen=True, slots=True)
class LinkState:
    """How the window stands with its engine; `text` and `advice` are for people."""

    phase: Literal["starting", "ready", "lost", "failed", "closed"]
    text: str = ""
    advice: str = ""


def _error_in(reply: QNetworkReply) -> errors.MoaError:
    """Why `reply` failed: the engine's own words, else that it could not be reached."""
    if reply.attribute(QNetworkRequest.Attribute.HttpStatusCodeAttribute) is None:
        return errors.EngineUnavailable(
            QCoreApplication.translate("EngineLink", "The engine does not answer."),
            QCoreApplication.translate("EngineLink", "Moa tries to reach it again."),
        )
    return wire.error_of(bytes(reply.readAll().data()))


class Call(QObject):
    """One request. Exactly one of `done` (the value) and `failed` (a MoaError) comes, unless it was dropped."""

    done = Signal(object)
    failed = Signal(object)

    def __init__(self, reply: QNetworkReply, shape: Any, parent: QObject) -> None:
        super().__init__(parent)
        self._reply: QNetworkReply | None = reply
        self._shape = shape
        reply.setParent(self)
        reply.finished.connect(self._finished)

    def drop(self) -> None:
        """Forget the request; nothing comes any more. May be called at any time."""
        reply, self._reply = self._reply, None
        if reply is not None:
            reply.abort()
            self.deleteLater()

    def _finished(self) -> None:
        reply, self._reply = self._reply, None
        if reply is None:
            return
        self.deleteLater()
        if reply.error() != QNetworkReply.NetworkError.NoError:
            self.failed.emit(_error_in(reply))
            return
        data = bytes(reply.readAll().data())
        try:
            value = wire.decode(data, self._shape) if self._shape is not None else None
        except errors.MoaError as e:
            self.failed.emit(e)
            return
        self.done.emit(value)


class _Stream(QObject):
    """A reply of server-sent events; hands each event's value to `take` and ends with `over`."""

    def __init__(
        self,
        reply: QNetworkReply,
        take: Callable[[events.AnswerEvent | events.EngineEvent], None],
        over: Callable[[errors.MoaError | None], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._reply: QNetworkReply | None = reply
        self._parser = EventParser()
        self._take = take
        self._over = over
        reply.setParent(self)
        reply.readyRead.connect(self._read)
        reply.finished.connect(self._finished)

    def close(self) -> None:
        """Close the connection; neither an event nor the end comes any more."""
        reply, self._reply = self._reply, None
        if reply is not None:
            reply.abort()
            self.deleteLater()

    def _read(self) -> None:
        reply = self._reply
        if reply is None or reply.attribute(QNetworkRequest.Attribute.HttpStatusCodeAttribute) != 200:
            return
        for data in self._parser.feed(bytes(reply.readAll().data())):
            if self._reply is None:
                return
            try:
                self._take(wire.event_of(data))
            except errors.MoaError as e:
                log.warning("%s", e)

    def _finished(self) -> None:
        self._read()
        reply, self._reply = self._reply, None
        if reply is None:
            return
        self.deleteLater()
        self._over(_error_in(reply) if reply.error() != QNetworkReply.NetworkError.NoError else None)


class AnswerStream(QObject):
    """One question on its way. `text` carries what was written since the last `text`, about every 30 ms.

    `answered` or `failed` comes last, once, unless the stream was cancelled.
    """

    passages = Signal(object)
    notice = Signal(str)
    text = Signal(str)
    answered = Signal(object)
    failed = Signal(object)

    def __init__(self, reply: QNetworkReply, parent: QObject) -> None:
        super().__init__(parent)
        self._written: list[str] = []
        self._over = False
        self._batch = QTimer(self)
        self._batch.setSingleShot(True)
        self._batch.setInterval(BATCH_MS)
        self._batch.timeout.connect(self._flush)
        self._stream = _Stream(reply, self._take, self._ended, self)

    def cancel(self) -> None:
        """Stop the answer: closing the connection stops the engine's work on it."""
        if not self._over:
            self._over = True
            self._batch.stop()
            self._stream.close()
            self.deleteLater()

    def _take(self, event: events.AnswerEvent | events.EngineEvent) -> None:
        if isinstance(event, events.Token):
            self._written.append(event.text)
            if not self._batch.isActive():
                self._batch.start()
            return
        self._flush()
        if isinstance(event, events.PassagesFound):
            self.passages.emit(event.passages)
        elif isinstance(event, events.Notice):
            self.notice.emit(event.text)
        elif isinstance(event, events.Answered):
            self._last(self.answered, event)
        elif isinstance(event, events.Failed):
            self._last(self.failed, errors.MoaError(event.title, event.advice))

    def _ended(self, error: errors.MoaError | None) -> None:
        self._flush()
        stopped = errors.EngineUnavailable(
            self.tr("The engine stopped while it was answering."), self.tr("Ask again when it is back.")
        )
        self._last(self.failed, stopped if error is None or isinstance(error, errors.EngineUnavailable) else error)

    def _last(self, signal: Any, value: object) -> None:
        if not self._over:
            self._over = True
            self._batch.stop()
            signal.emit(value)
            self.deleteLater()

    def _flush(self) -> None:
        self._batch.stop()
        if self._written:
            text, self._written = "".join(self._written), []
            self.text.emit(text)


class EngineLink(QObject):
    """Finds the engine of a data folder, starts one when none runs, and carries requests to it.

    `state_changed` (LinkState), `status_changed` (Status), `listing_changed` ("folders", "files", "models",
    "chats"), `closed` when `shutdown` is through.
    """

    state_changed = Signal(object)
    status_changed = Signal(object)
    listing_changed = Signal(str)
    closed = Signal()

    def __init__(self, data: DataFolder, command: Sequence[str] | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = LinkState("starting", self.tr("Starting the engine…"))
        self.status = Status(running=False)
        self._data = data
        self._net = QNetworkAccessManager(self)
        self._endpoint: wire.Endpoint | None = None
        self._stream: _Stream | None = None
        self._process = EngineProcess(data, command or default_command(data), self)
        self._process.ended.connect(self._process_ended)
        self._last_words = ""
        self._since_start = QElapsedTimer()
        self._since_refused = QElapsedTimer()
        self._since_lost = QElapsedTimer()
        self._poll = QTimer(self)
        self._poll.setSingleShot(True)
        self._poll.setInterval(POLL_MS)
        self._poll.timeout.connect(self._look)

    @property
    def ready(self) -> bool:
        return self.state.phase == "ready"

    def start(self) -> None:
        """Look for the engine, and start one when none answers. Also the answer to "Start again"."""
        self._since_start.start()
        self._since_refused.invalidate()
        self._set(LinkState("starting", self.tr("Starting the engine…")))
        self._look()

    def get(self, path: str, shape: Any, **query: str) -> Call:
        """GET `path`; the value in the reply has the type `shape`."""
        asked = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
        return Call(self._net.get(self._request(f"{path}?{asked}" if asked else path)), shape, self)

    def post(self, path: str, body: object | None, shape: Any = None) -> Call:
        """POST `body` to `path`; with `shape` None the reply's body is not looked at."""
        return Call(self._net.post(self._request(path), wire.encode(body if body is not None else {})), shape, self)

    def ask(self, body: wire.AskBody) -> AnswerStream:
        """Ask a question; its answer streams."""
        return AnswerStream(self._net.post(self._request("/ask"), wire.encode(body)), self)

    def shutdown(self) -> None:
        """Let go; stop the engine if this window started it, then `closed`."""
        self._poll.stop()
        if self._stream is not None:
            self._stream.close()
            self._stream = None
        was = self.state.phase
        self.state = LinkState("closed")
        if not self._process.running:
            self.closed.emit()
            return
        QTimer.singleShot(STOP_MS, self, self._process.kill)
        if was == "ready":
            self.post("/stop", None).failed.connect(self._process.kill)
        else:
            self._process.kill()

    def _request(self, path: str) -> QNetworkRequest:
        at = self._endpoint or wire.Endpoint(pid=0, version="", socket=str(self._data.socket))
        if at.socket:
            # Qt keeps connections by host name and forgets the socket's path, so the name carries the engine's pid.
            request = QNetworkRequest(QUrl(f"unix+http://moa-{at.pid}{path}"))
            request.setAttribute(QNetworkRequest.Attribute.FullLocalServerNameAttribute, at.socket)
        else:
            request = QNetworkRequest(QUrl(f"http://127.0.0.1:{at.port}{path}"))
            request.setRawHeader(b"Authorization", f"Bearer {at.token}".encode())
        request.setHeader(QNetworkRequest.KnownHeaders.ContentTypeHeader, "application/json")
        return request

    def _look(self) -> None:
        try:
            self._endpoint = wire.decode(self._data.endpoint.read_bytes(), wire.Endpoint)
        except (OSError, errors.MoaError):
            self._endpoint = None
            self._not_there()
            return
        request = self._request("/status")
        request.setTransferTimeout(STATUS_TIMEOUT_MS)
        call = Call(self._net.get(request), Status, self)
        call.done.connect(self._found)
        call.failed.connect(self._not_there)

    def _found(self, status: Status) -> None:
        if self.state.phase == "closed":
            return
        self.status = status
        self._stream = _Stream(self._net.get(self._request("/events")), self._take, self._lost, self)
        self._set(LinkState("ready"))
        self.status_changed.emit(status)

    def _not_there(self, _error: object = None) -> None:
        if self.state.phase in ("closed", "failed"):
            return
        refused = self._since_refused
        if refused.isValid() and refused.elapsed() > OTHERS_MS:
            self._give_up()
            return
        if not self._process.running and not refused.isValid():
            self._process.start()
        if self.state.phase == "starting" and self._since_start.elapsed() > SLOW_START_MS:
            self._set(LinkState("starting", self.tr("Still starting the engine; the first time takes longer…")))
        self._poll.start()

    def _process_ended(self, said: str) -> None:
        if self.state.phase == "closed":
            self.closed.emit()
            return
        if self.state.phase in ("starting", "lost"):
            # It may have been refused because another engine holds the data folder: that one is looked for.
            self._last_words = said
            self._since_refused.start()

    def _take(self, event: events.AnswerEvent | events.EngineEvent) -> None:
        if isinstance(event, events.StatusChanged):
            self.status = event.status
            self.status_changed.emit(event.status)
        elif isinstance(event, events.Changed):
            self.listing_changed.emit(event.what)

    def _lost(self, _error: object = None) -> None:
        self._stream = None
        if self.state.phase == "closed":
            return
        self._net.clearConnectionCache()
        again = self._since_lost.isValid() and self._since_lost.elapsed() < RESTART_WINDOW_MS
        self._since_lost.start()
        self._since_refused.invalidate()
        self._last_words = ""
        if again:
            self._give_up()
            return
        self._since_start.start()
        self._set(LinkState("lost", self.tr("The engine stopped. Starting it again…")))
        self._poll.start()

    def _give_up(self) -> None:
        advice = self._last_words or self.tr("The file logs/engine.log in Moa's data folder says more.")
        self._set(LinkState("failed", self.tr("The engine is not running."), advice))

    def _set(self, state: LinkState) -> None:
        if state != self.state or state.phase == "starting":
            self.state = state
            self.state_changed.emit(state)

"""One request, one stream of events, one answer on its way: the wire's replies as Qt signals.

With engine_link.py the only file of the desktop that knows the wire. Loaded after the first picture was
drawn: Qt's network and msgspec take as long as all the window's own code.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, QTimer, QUrl, Signal
from PySide6.QtNetwork import QNetworkAccessManager, QNetworkReply, QNetworkRequest

from app import engine_words
from app.sse import EventParser
from core import errors, events
from core.paths import DataFolder
from core.serve import wire
from core.types import Status

log = logging.getLogger(__name__)

STATUS_TIMEOUT_MS = 8_000
BATCH_MS = 30


def _error_in(reply: QNetworkReply) -> errors.MoaError:
    """Why `reply` failed: the engine's own words, else that it could not be reached."""
    code = reply.attribute(QNetworkRequest.Attribute.HttpStatusCodeAttribute)
    if code is None or code < 400:
        return errors.EngineUnavailable(
            QCoreApplication.translate("EngineLink", "The engine does not answer."),
            QCoreApplication.translate("EngineLink", "Moa tries to reach it again."),
        )
    return _worded(wire.error_of(bytes(reply.readAll().data())))


def _worded(error: errors.MoaError) -> errors.MoaError:
    """The same in the language of the window; a sentence that is in it already stays."""
    return type(error)(engine_words.said(error.title), engine_words.said(error.advice))


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

    def then(self, owner: QObject, do: Callable[[Any], object]) -> None:
        """Have `do` called with the value unless `owner` is gone by then. For what is no method: Qt forgets a method
        with its object, but a function would be called with widgets that are no more (after a change of language).
        """
        self.done.connect(lambda value: do(value) if shiboken6.isValid(owner) else None)

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
            self.failed.emit(_worded(e))
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

    understood = Signal(object)
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
        if isinstance(event, events.Understood):
            self.understood.emit(event)
        elif isinstance(event, events.PassagesFound):
            self.passages.emit(event.passages)
        elif isinstance(event, events.Notice):
            self.notice.emit(engine_words.said(event.text))
        elif isinstance(event, events.Answered):
            self._last(self.answered, event)
        elif isinstance(event, events.Failed):
            self._last(self.failed, _worded(errors.MoaError(event.title, event.advice)))

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


class Channel(QObject):
    """Requests to the engine that engine.json names. `status` and `changed` come after `listen`, `lost` last."""

    status = Signal(object)
    changed = Signal(str)
    lost = Signal()

    def __init__(self, data: DataFolder, parent: QObject) -> None:
        super().__init__(parent)
        self._data = data
        self._net = QNetworkAccessManager(self)
        self._endpoint = wire.Endpoint(pid=0, version="", socket=str(data.socket))
        self._stream: _Stream | None = None

    def find(self) -> bool:
        """Read where the engine listens; False when none says so."""
        try:
            self._endpoint = wire.decode(self._data.endpoint.read_bytes(), wire.Endpoint)
        except (OSError, errors.MoaError):
            return False
        return True

    def knock(self) -> Call:
        """Ask for the status, not longer than eight seconds."""
        request = self._request("/status")
        request.setTransferTimeout(STATUS_TIMEOUT_MS)
        return Call(self._net.get(request), Status, self)

    def listen(self) -> None:
        """Hear the engine's own events until it ends or `close`."""
        self._stream = _Stream(self._net.get(self._request("/events")), self._take, self._over, self)

    def close(self) -> None:
        """Stop hearing, without `lost`."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def get(self, path: str, shape: Any, query: dict[str, str]) -> Call:
        asked = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
        return Call(self._net.get(self._request(f"{path}?{asked}" if asked else path)), shape, self)

    def post(self, path: str, body: object | None, shape: Any) -> Call:
        return Call(self._net.post(self._request(path), wire.encode(body if body is not None else {})), shape, self)

    def ask(self, question: str, conversation: str | None, without: tuple[str, ...]) -> AnswerStream:
        body = wire.encode(wire.AskBody(question=question, conversation=conversation, without=without))
        return AnswerStream(self._net.post(self._request("/ask"), body), self)

    def _request(self, path: str) -> QNetworkRequest:
        at = self._endpoint
        if at.socket:
            # Qt keeps connections by host name and forgets the socket's path, so the name carries the engine's pid.
            request = QNetworkRequest(QUrl(f"unix+http://moa-{at.pid}{path}"))
            request.setAttribute(QNetworkRequest.Attribute.FullLocalServerNameAttribute, at.socket)
        else:
            request = QNetworkRequest(QUrl(f"http://127.0.0.1:{at.port}{path}"))
            request.setRawHeader(b"Authorization", f"Bearer {at.token}".encode())
        request.setHeader(QNetworkRequest.KnownHeaders.ContentTypeHeader, "application/json")
        return request

    def _take(self, event: events.AnswerEvent | events.EngineEvent) -> None:
        if isinstance(event, events.StatusChanged):
            self.status.emit(event.status)
        elif isinstance(event, events.Changed):
            self.changed.emit(event.what)

    def _over(self, _error: errors.MoaError | None) -> None:
        self._stream = None
        self._net.clearConnectionCache()
        self.lost.emit()

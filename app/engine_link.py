"""Finds the engine, starts one when none runs, and says how the window stands with it.

No threads, no widgets. The replies themselves are streams.py's; they are the only two files that know the wire.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from app import engine_words
from app.engine_process import EngineProcess, default_command
from core.paths import DataFolder

if TYPE_CHECKING:
    from app.streams import AnswerStream, Call, Channel
    from core.types import Status

POLL_MS = 150
# A second death within this time is a fault that a third start will not mend.
RESTART_WINDOW_MS = 60_000
# How long an engine started by somebody else may take to say where it listens, after ours was refused.
OTHERS_MS = 4_000
STOP_MS = 4_000
SLOW_START_MS = 20_000


@dataclass(frozen=True, slots=True)
class LinkState:
    """How the window stands with its engine; `text` and `advice` are for people."""

    phase: Literal["starting", "ready", "lost", "failed", "closed"]
    text: str = ""
    advice: str = ""


class EngineLink(QObject):
    """Finds the engine of a data folder, starts one when none runs, and carries requests to it.

    `state_changed` (LinkState), `status_changed` (Status), `listing_changed` ("folders", "files", "models",
    "chats"), `closed` when `shutdown` is through.
    """

    state_changed = Signal(object)
    status_changed = Signal(object)
    listing_changed = Signal(str)
    closed = Signal()

    def __init__(self, data: DataFolder, command: Sequence[str] | None, parent: QObject) -> None:
        """`parent` must own it: were it Python's, the last reference to it could go with a slot of one of its own
        calls, in the middle of that call's destruction, and it would delete the call once more (a crash, measured).
        """
        super().__init__(parent)
        self.state = LinkState("starting", self.tr("Starting the engine…"))
        self.status: Status | None = None
        """The latest; None until an engine has answered."""
        self._data = data
        self._made: Channel | None = None
        self._process = EngineProcess(data, command or default_command(data), self)
        self._process.ended.connect(self._process_ended)
        self._last_words = ""
        self._tried = False
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
        self._tried = False
        self._set(LinkState("starting", self.tr("Starting the engine…")))
        self._look()

    @property
    def _channel(self) -> Channel:
        if self._made is None:
            from app.streams import Channel

            self._made = Channel(self._data, self)
            self._made.status.connect(self._status)
            self._made.changed.connect(self.listing_changed)
            self._made.lost.connect(self._lost)
        return self._made

    def get(self, path: str, shape: Any, **query: str) -> Call:
        """GET `path`; the value in the reply has the type `shape`."""
        return self._channel.get(path, shape, query)

    def post(self, path: str, body: object | None, shape: Any = None) -> Call:
        """POST `body` to `path`; with `shape` None the reply's body is not looked at."""
        return self._channel.post(path, body, shape)

    def ask(self, question: str, conversation: str | None = None, without: tuple[str, ...] = ()) -> AnswerStream:
        """Ask a question, in a conversation or a new one; its answer streams. `without`: phrases that are no
        filters."""
        return self._channel.ask(question, conversation, without)

    def shutdown(self) -> None:
        """Let go; stop the engine if this window started it, then `closed`."""
        self._poll.stop()
        if self._made is not None:
            self._made.close()
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

    def _look(self) -> None:
        if not self._channel.find():
            self._not_there()
            return
        call = self._channel.knock()
        call.done.connect(self._found)
        call.failed.connect(self._not_there)

    def _found(self, status: Status) -> None:
        if self.state.phase == "closed":
            return
        self.status = status
        self._channel.listen()
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
            self._tried = True
            self._process.start()
        if self.state.phase == "starting" and self._since_start.elapsed() > SLOW_START_MS:
            self._set(LinkState("starting", self.tr("Still starting the engine; the first time takes longer…")))
        self._poll.start()

    def _process_ended(self, said: str) -> None:
        if self.state.phase == "closed":
            self.closed.emit()
            return
        # The death of an engine that had served is heard of twice; only one that never answered was refused.
        if self._tried and self.state.phase in ("starting", "lost"):
            # It may have been refused because another engine holds the data folder: that one is looked for.
            self._last_words = said
            self._since_refused.start()

    def _status(self, status: Status) -> None:
        self.status = status
        self.status_changed.emit(status)

    def _lost(self) -> None:
        if self.state.phase == "closed":
            return
        again = self._since_lost.isValid() and self._since_lost.elapsed() < RESTART_WINDOW_MS
        self._since_lost.start()
        self._since_refused.invalidate()
        self._tried = False
        self._last_words = ""
        if again:
            self._give_up()
            return
        self._since_start.start()
        self._set(LinkState("lost", self.tr("The engine stopped. Starting it again…")))
        self._poll.start()

    def _give_up(self) -> None:
        more = self.tr("The file logs/engine.log in Moa's data folder says more.")
        advice = engine_words.said(self._last_words) or more
        self._set(LinkState("failed", self.tr("The engine is not running."), advice))

    def _set(self, state: LinkState) -> None:
        if state != self.state or state.phase == "starting":
            self.state = state
            self.state_changed.emit(state)

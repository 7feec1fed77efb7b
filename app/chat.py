"""The conversation: turns from top to bottom, the question below, one answer at a time.

Talks to the engine through EngineLink only; shows sources by asking whoever listens to its signals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app import icons
from app.composer import Composer
from app.engine_link import EngineLink, LinkState
from app.stylesheet import set_role
from app.theme import Theme
from core.errors import MoaError

if TYPE_CHECKING:
    from app.streams import AnswerStream, Call
    from app.turns import AnswerTurn
    from core.events import Answered
    from core.types import Conversation, Message, Passage

NEWEST = 50
COLUMN_WIDTH = 780
NEAR_END = 40


class EmptyChat(QWidget):
    """What stands where the conversation will be: an invitation, and what is being waited for."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 12, 24, 12)
        layout.setSpacing(10)
        mark = QLabel(self)
        mark.setPixmap(icons.moa_pixmap(52))
        title = QLabel(self.tr("What would you like to know?"), self)
        set_role(title, "title")
        words = QLabel(self.tr("The answer comes from your notes, with its sources beside it."), self)
        set_role(words, "muted")
        self._waiting = QLabel(self)
        set_role(self._waiting, "accent")
        layout.addStretch(1)
        for label in (mark, title, words, self._waiting):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(label is not mark)
            layout.addWidget(label)
        layout.addStretch(1)

    def show_state(self, state: LinkState) -> None:
        """Say what is being waited for, in a line that keeps its room when there is nothing to say."""
        self._waiting.setText(state.text if state.phase != "ready" else "")


class ChatPage(QWidget):
    """`sources` carries (passages, cited numbers); `chosen` a passage's number; `moved` the conversation's id."""

    sources = Signal(object, object)
    chosen = Signal(int)
    moved = Signal(str)

    def __init__(self, link: EngineLink, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._theme = theme
        self._conversation: str | None = None
        self._older: list[Message] = []
        self._answer: AnswerTurn | None = None
        self._stream: AnswerStream | None = None
        self._queued = ""
        self._opening: Call | None = None
        self._at_end = True
        self._build()
        self._empty.show_state(link.state)
        link.state_changed.connect(self._link_changed)

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setAccessibleName(self.tr("Conversation"))
        page = QWidget()
        set_role(page, "page")
        outer = QHBoxLayout(page)
        outer.setContentsMargins(20, 18, 20, 12)
        column = QWidget(page)
        column.setMaximumWidth(COLUMN_WIDTH)
        self._turns = QVBoxLayout(column)
        self._turns.setContentsMargins(0, 0, 0, 0)
        self._turns.setSpacing(16)
        self._turns.addStretch(1)
        outer.addStretch(1)
        outer.addWidget(column, 100)
        outer.addStretch(1)
        self._scroll.setWidget(page)
        bar = self._scroll.verticalScrollBar()
        bar.rangeChanged.connect(self._grown)
        bar.valueChanged.connect(self._scrolled)
        self._empty = EmptyChat(self)
        self.composer = Composer(self._theme, self)
        self.composer.setMaximumWidth(COLUMN_WIDTH)
        self.composer.asked.connect(self.ask)
        self.composer.stopped.connect(self.stop)
        below = QHBoxLayout()
        below.setContentsMargins(20, 4, 20, 14)
        below.addStretch(1)
        below.addWidget(self.composer, 100)
        below.addStretch(1)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(self._empty, 1)
        layout.addLayout(below)
        self._show_empty(True)

    @property
    def conversation(self) -> str | None:
        return self._conversation

    @property
    def blank(self) -> bool:
        """Nothing asked, nothing being written."""
        return not self._empty.isHidden() and self.composer.edit.empty

    def new(self) -> None:
        """Start over with an empty conversation."""
        self._leave()
        self._conversation = None
        self._clear()
        self._show_empty(True)
        self.sources.emit((), frozenset())
        self.moved.emit("")
        self.composer.edit.setFocus()

    def open(self, conversation: str) -> None:
        """Fetch and show a stored conversation."""
        if self._opening is not None:
            self._opening.drop()
        from core.types import Conversation

        self._opening = self._link.get(f"/chats/{conversation}", Conversation)
        self._opening.done.connect(self._show)
        self._opening.failed.connect(self._not_opened)

    def ask(self, question: str) -> None:
        """Ask now, or as soon as the engine is there."""
        from app.turns import QuestionTurn

        self.stop()
        self._show_empty(False)
        self._add(QuestionTurn(question, self), mine=True)
        turn = self._answer_turn()
        self._add(turn)
        self._answer = turn
        self._at_end = True
        self.composer.set_busy(True)
        self.sources.emit((), frozenset())
        if self._link.ready:
            self._send(question)
        else:
            self._queued = question
            turn.say(self._link.state.text or self.tr("Waiting for the engine…"))

    def stop(self) -> None:
        """Stop the answer under way; what was written stays."""
        self._queued = ""
        if self._stream is not None:
            self._stream.cancel()
            self._stream = None
        if self._answer is not None:
            self._answer.stop()
        self._settled()

    def _send(self, question: str) -> None:
        turn = self._answer
        if turn is None:
            return
        turn.say(self.tr("Looking through your notes…"))
        stream = self._link.ask(question, self._conversation)
        stream.passages.connect(self._passages)
        stream.notice.connect(self._notice)
        stream.text.connect(turn.add_text)
        stream.answered.connect(self._answered)
        stream.failed.connect(self._failed)
        self._stream = stream

    def _passages(self, passages: tuple[Passage, ...]) -> None:
        if self._answer is not None:
            self._answer.show_passages(passages)
            self._answer.say(self.tr("Passages found. Waiting for the answer…"))
            self.sources.emit(passages, frozenset())

    def _notice(self, text: str) -> None:
        if self._answer is not None:
            self._answer.say(text)

    def _answered(self, answer: Answered) -> None:
        turn = self._answer
        self._stream = None
        self._conversation = answer.conversation or self._conversation
        if turn is not None:
            turn.finish(answer)
            self.sources.emit(turn.passages, turn.cited)
        self._settled()
        if self._conversation:
            self.moved.emit(self._conversation)

    def _failed(self, error: MoaError) -> None:
        self._stream = None
        if self._answer is not None:
            self._answer.fail(error)
        self._settled()

    def _settled(self) -> None:
        self._answer = None
        self.composer.set_busy(False)

    def _show_empty(self, empty: bool) -> None:
        self._empty.setVisible(empty)
        self._scroll.setVisible(not empty)

    def _leave(self) -> None:
        self.stop()
        if self._opening is not None:
            self._opening.drop()
            self._opening = None

    def _link_changed(self, state: LinkState) -> None:
        self._empty.show_state(state)
        if state.phase == "ready" and self._queued:
            question, self._queued = self._queued, ""
            self._send(question)
        elif self._queued and self._answer is not None:
            self._answer.say(" ".join(filter(None, (state.text, state.advice))))

    def _show(self, conversation: Conversation) -> None:
        self._opening = None
        self._leave()
        self._clear()
        self._conversation = conversation.id
        self._older = list(conversation.messages)
        self._show_empty(not self._older)
        self._at_end = True
        self._build_older()
        last = next((m for m in reversed(conversation.messages) if m.role == "assistant"), None)
        if last is not None:
            self.sources.emit(last.passages, frozenset(c.n for c in last.citations))
        else:
            self.sources.emit((), frozenset())
        self.moved.emit(conversation.id)
        self.composer.edit.setFocus()

    def _not_opened(self, error: MoaError) -> None:
        self._opening = None
        from app import outside

        outside.say(self, error.title, error.advice)

    def _build_older(self) -> None:
        """Build the newest turns that are not built yet, above the others, keeping what is seen in its place."""
        from app.turns import QuestionTurn

        some, self._older = self._older[-NEWEST:], self._older[:-NEWEST]
        bar = self._scroll.verticalScrollBar()
        from_end = bar.maximum() - bar.value()
        for at, message in enumerate(some):
            if message.role == "user":
                self._add(QuestionTurn(message.text, self), mine=True, at=at)
            else:
                turn = self._answer_turn()
                turn.show_message(message)
                self._add(turn, at=at)
        if not self._at_end:
            self._turns.activate()
            QTimer.singleShot(0, self, lambda: bar.setValue(bar.maximum() - from_end))

    def _answer_turn(self) -> AnswerTurn:
        from app.turns import AnswerTurn

        turn = AnswerTurn(self._theme, self)
        turn.link.connect(self._follow)
        turn.sources_wanted.connect(self._show_sources)
        return turn

    def _add(self, turn: QWidget, mine: bool = False, at: int | None = None) -> None:
        row = QWidget(self)
        layout = QHBoxLayout(row)
        # A question is set in from the left, so that who speaks is seen without reading.
        layout.setContentsMargins(60 if mine else 0, 0, 0, 0)
        if mine:
            layout.addStretch(1)
        layout.addWidget(turn, 100)
        self._turns.insertWidget(self._turns.count() - 1 if at is None else at, row)

    def _clear(self) -> None:
        self._older = []
        while self._turns.count() > 1:
            item = self._turns.takeAt(0)
            row = item.widget() if item is not None else None
            if row is not None:
                row.hide()
                row.deleteLater()

    def _follow(self, turn: AnswerTurn, href: str) -> None:
        from app import links, outside

        target = links.judge(href)
        if target.kind == "passage":
            self._show_sources(turn)
            self.chosen.emit(target.n)
        elif target.kind == "web":
            outside.open_web(self, target)

    def _show_sources(self, turn: AnswerTurn) -> None:
        self.sources.emit(turn.passages, turn.cited)

    def _scrolled(self, value: int) -> None:
        bar = self._scroll.verticalScrollBar()
        self._at_end = value >= bar.maximum() - NEAR_END
        if value <= bar.minimum() and self._older and bar.maximum() > 0:
            self._build_older()

    def _grown(self) -> None:
        if self._at_end:
            self._to_end()

    def _to_end(self) -> None:
        bar = self._scroll.verticalScrollBar()
        bar.setValue(bar.maximum())

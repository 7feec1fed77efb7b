"""The conversation page: what was said, the question below, one answer at a time.

Talks to the engine through EngineLink only; shows sources by asking whoever listens to its signals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app import icons
from app.composer import Composer
from app.engine_link import EngineLink, LinkState
from app.stylesheet import set_role
from app.theme import Theme
from app.thread import COLUMN_WIDTH, WIDER_KEY, Thread
from core.errors import MoaError

if TYPE_CHECKING:
    from app.streams import AnswerStream, Call
    from app.turns import AnswerTurn
    from core.events import Answered
    from core.types import Conversation, ConversationRow, Passage, SearchResult

# What "search wider" shows at most.
WIDER = 30


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
        hint = QLabel(self.tr("@folder, #tag or “last week” in a question limits it to those notes."), self)
        set_role(hint, "muted")
        self._waiting = QLabel(self)
        set_role(self._waiting, "accent")
        layout.addStretch(1)
        for label in (mark, title, words, hint, self._waiting):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(label is not mark)
            layout.addWidget(label)
        layout.addStretch(1)

    def show_state(self, state: LinkState) -> None:
        """Say what is being waited for, in a line that keeps its room when there is nothing to say."""
        self._waiting.setText(state.text if state.phase != "ready" else "")


class ChatPage(QWidget):
    """`sources` carries (passages, citations, title); `chosen` a passage's number; `moved` the conversation's id;
    `sources_wanted` when they were asked for."""

    sources = Signal(object, object, str)
    chosen = Signal(int)
    sources_wanted = Signal()
    moved = Signal(str)

    def __init__(self, link: EngineLink, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._theme = theme
        self._conversation: str | None = None
        self._answer: AnswerTurn | None = None
        self._stream: AnswerStream | None = None
        self._queued = ""
        self._replacing = ""
        self._nameless = ""
        self._opening: Call | None = None
        self._build()
        self._empty.show_state(link.state)
        link.state_changed.connect(self._link_changed)
        link.listing_changed.connect(self._listing_changed)

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.thread_view = Thread(self._theme, self)
        self.thread_view.made.connect(self._answer_made)
        self.thread_view.edit_wanted.connect(self._edit)
        self._empty = EmptyChat(self)
        self.composer = Composer(self._theme, self)
        self.composer.setMaximumWidth(COLUMN_WIDTH)
        self.composer.asked.connect(self._submitted)
        self.composer.stopped.connect(self.stop)
        self.composer.edit_dropped.connect(self._keep_question)
        below = QHBoxLayout()
        below.setContentsMargins(20, 4, 20, 14)
        below.addStretch(1)
        below.addWidget(self.composer, 100)
        below.addStretch(1)
        layout.addWidget(self.thread_view, 1)
        layout.addWidget(self._empty, 1)
        layout.addLayout(below)
        self._show_empty(True)
        wider = QShortcut(QKeySequence(WIDER_KEY), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        wider.activated.connect(self._search_wider)

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
        self.thread_view.clear()
        self._show_empty(True)
        self.sources.emit((), (), "")
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
        self.stop()
        self._begin(question)
        self._send_when_ready(question)

    def stop(self) -> None:
        """Stop the answer under way; what was written stays."""
        self._queued = ""
        if self._stream is not None:
            self._stream.cancel()
            self._stream = None
            if self._conversation is None and self.thread_view.question is not None:
                # The engine keeps what was written; it tells the conversation's id with an answer's end only.
                self._nameless = self.thread_view.question.text
        if self._answer is not None:
            self._answer.stop()
        self._settled()

    # A question on its way.

    def _begin(self, question: str) -> None:
        self._show_empty(False)
        self._answer = self.thread_view.add(question)
        self.composer.set_busy(True)
        self.sources.emit((), (), "")

    def _send_when_ready(self, question: str) -> None:
        if self._link.ready:
            self._send(question)
        elif self._answer is not None:
            self._queued = question
            self._answer.say(self._link.state.text or self.tr("Waiting for the engine…"))

    def _send(self, question: str) -> None:
        turn = self._answer
        if turn is None:
            return
        turn.say(self.tr("Looking through your notes…"))
        stream = self._link.ask(question, self._conversation, turn.without)
        stream.understood.connect(turn.show_understood)
        stream.passages.connect(self._passages)
        stream.notice.connect(turn.note)
        stream.text.connect(turn.add_text)
        stream.answered.connect(self._answered)
        stream.failed.connect(self._failed)
        self._stream = stream

    def _passages(self, passages: tuple[Passage, ...]) -> None:
        if self._answer is not None:
            self._answer.show_passages(passages)
            self._answer.say(self.tr("Passages found. Waiting for the answer…"))
            self.sources.emit(passages, (), "")

    def _answered(self, answer: Answered) -> None:
        turn = self._answer
        self._stream = None
        self._conversation = answer.conversation or self._conversation
        if turn is not None:
            turn.finish(answer)
            self._show_sources(turn)
        self._settled()
        if self._conversation:
            self.moved.emit(self._conversation)

    def _failed(self, error: MoaError) -> None:
        self._stream = None
        if self._answer is not None:
            self._answer.fail(error)
        self._settled()

    def _settled(self) -> None:
        if self._answer is not None:
            self.thread_view.set_last(True)
        self._answer = None
        self.composer.set_busy(False)

    # The last question once more.

    def _ask_again(self, _turn: AnswerTurn) -> None:
        question = self.thread_view.question
        if self._answer is None and question is not None:
            self._replace(question.text, question.text)

    def _drop_filters(self, without: tuple[str, ...]) -> None:
        question = self.thread_view.question
        if self._answer is None and question is not None:
            self._replace(question.text, question.text, without)

    def _edit(self, question: str) -> None:
        self._replacing = question
        self.composer.begin_edit(question)

    def _keep_question(self) -> None:
        self._replacing = ""

    def _submitted(self, question: str) -> None:
        replaced, self._replacing = self._replacing, ""
        if replaced:
            self._replace(replaced, question)
        else:
            self.ask(question)

    def _replace(self, before: str, question: str, without: tuple[str, ...] = ()) -> None:
        """Ask `question` in the place of the last one, which the conversation forgets first."""
        self.thread_view.drop_last()
        self._begin(question)
        if self._answer is not None:
            self._answer.without = without
        if self._conversation is None or not self._link.ready:
            self._send_when_ready(question)
            return
        from core.serve.wire import RetractBody

        call = self._link.post("/chats/retract", RetractBody(self._conversation, before))
        call.then(self, lambda _: self._send(question))
        call.failed.connect(self._failed)

    # Further than an answer went.

    def _search_wider(self, _turn: AnswerTurn | None = None) -> None:
        question, answer = self.thread_view.question, self.thread_view.answer
        if question is None or answer is None or not self._link.ready:
            return
        from core.serve.wire import SearchBody
        from core.types import SearchResult

        # Wider is also without the filters that were read out of the question.
        body = SearchBody(question.text, k=WIDER, without=answer.phrases)
        call = self._link.post("/search", body, SearchResult)
        call.done.connect(self._found_wider)
        call.failed.connect(self._not_opened)

    def _found_wider(self, result: SearchResult) -> None:
        self.sources.emit(result.hits, (), self.tr("Near your question: {0}").format(len(result.hits)))
        self.sources_wanted.emit()

    # Stored conversations.

    def _show_empty(self, empty: bool) -> None:
        self._empty.setVisible(empty)
        self.thread_view.setVisible(not empty)

    def _leave(self) -> None:
        self.stop()
        self._nameless = self._replacing = ""
        self.composer.end_edit()
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

    def _listing_changed(self, what: str) -> None:
        if what == "chats" and self._nameless and self._conversation is None:
            from core.types import ConversationRow

            self._link.get("/chats", tuple[ConversationRow, ...]).done.connect(self._adopt)

    def _adopt(self, rows: tuple[ConversationRow, ...]) -> None:
        """Go on in the conversation whose first answer was stopped: the newest, if it is named by that question."""
        question, self._nameless = " ".join(self._nameless.split()), ""
        newest = max(rows, key=lambda r: r.created, default=None)
        named = newest is not None and question.startswith(newest.title.rstrip("…"))
        if question and named and newest is not None and self._conversation is None:
            self._conversation = newest.id
            self.moved.emit(newest.id)

    def _show(self, conversation: Conversation) -> None:
        self._opening = None
        self._leave()
        self._conversation = conversation.id
        self.thread_view.show_messages(conversation.messages)
        self._show_empty(not conversation.messages)
        if self.thread_view.answer is not None:
            self._show_sources(self.thread_view.answer)
        else:
            self.sources.emit((), (), "")
        self.moved.emit(conversation.id)
        self.composer.edit.setFocus()

    def _not_opened(self, error: MoaError) -> None:
        self._opening = None
        from app import outside

        outside.say(self, error.title, error.advice)

    def _answer_made(self, turn: AnswerTurn) -> None:
        turn.link.connect(self._follow)
        turn.sources_wanted.connect(self._open_sources)
        turn.again_wanted.connect(self._ask_again)
        turn.wider_wanted.connect(self._search_wider)
        turn.filters_dropped.connect(self._drop_filters)

    def _follow(self, turn: AnswerTurn, href: str) -> None:
        from app import links, outside

        target = links.judge(href)
        if target.kind == "passage":
            self._show_sources(turn)
            self.chosen.emit(target.n)
        elif target.kind == "web":
            outside.open_web(self, target)

    def _open_sources(self, turn: AnswerTurn) -> None:
        self._show_sources(turn)
        self.sources_wanted.emit()

    def _show_sources(self, turn: AnswerTurn) -> None:
        self.sources.emit(turn.passages, turn.citations, "")

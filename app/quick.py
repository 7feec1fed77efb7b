"""Quick ask: a small window on top of everything. Passages as you type, Enter for the answer, Esc hides.

A conversation of one question; going on with it happens in the main window.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QGuiApplication, QInputMethodEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app import icons, links, outside
from app.engine_link import EngineLink, LinkState
from app.passage_list import PassageList
from app.streams import AnswerStream, Call
from app.stylesheet import set_role
from app.theme import Theme
from app.turns import AnswerTurn
from core.errors import MoaError
from core.events import Answered
from core.serve.wire import SearchBody
from core.types import Passage, SearchResult

DEBOUNCE_MS = 150
HITS = 8
WIDTH = 680
# A longer answer scrolls; a shorter one takes the room it needs.
ANSWER_HEIGHT = 300
FROM_TOP = 0.18


class AskLine(QLineEdit):
    """A line that also tells what an input method is composing: `typed` carries all that is seen."""

    typed = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.composing = ""
        self.textChanged.connect(self._tell)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self.composing = event.preeditString()
        super().inputMethodEvent(event)
        self._tell()

    def _tell(self) -> None:
        at = self.cursorPosition()
        text = self.text()
        self.typed.emit(text[:at] + self.composing + text[at:])


class QuickAsk(QWidget):
    """`continued` carries (conversation or empty, question) to go on with in the main window."""

    continued = Signal(str, str)

    def __init__(self, link: EngineLink, theme: Theme) -> None:
        flags = Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
        super().__init__(None, flags | Qt.WindowType.Tool)
        self.setWindowTitle(self.tr("Moa quick ask"))
        self._link = link
        self._theme = theme
        self._search: Call | None = None
        self._stream: AnswerStream | None = None
        self._turn: AnswerTurn | None = None
        self._question = ""
        self._conversation = ""
        self._debounce = QTimer(self)
        self._debounce.setSingleShot(True)
        self._debounce.setInterval(DEBOUNCE_MS)
        self._debounce.timeout.connect(self._look)
        self._build()
        theme.changed.connect(self._retint)
        link.state_changed.connect(self._link_changed)
        self._retint()
        self._link_changed(link.state)

    def _build(self) -> None:
        whole = QVBoxLayout(self)
        # The window is always as tall as what is in it.
        whole.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        whole.setContentsMargins(0, 0, 0, 0)
        frame = QFrame(self)
        set_role(frame, "quick")
        whole.addWidget(frame)
        layout = QVBoxLayout(frame)
        layout.setContentsMargins(16, 12, 16, 10)
        layout.setSpacing(8)
        top = QHBoxLayout()
        self._glyph = QLabel(frame)
        self._line = AskLine(frame)
        set_role(self._line, "quick")
        self._line.setPlaceholderText(self.tr("Ask or search your notes…"))
        self._line.setAccessibleName(self.tr("Question"))
        self._line.typed.connect(self._typed)
        self._line.installEventFilter(self)
        top.addWidget(self._glyph)
        top.addWidget(self._line, 1)
        layout.addLayout(top)
        self._rule = QFrame(frame)
        set_role(self._rule, "line")
        layout.addWidget(self._rule)
        self._list = PassageList(self._theme, frame)
        self._list.opened.connect(self._open)
        layout.addWidget(self._list)
        self._area = QScrollArea(frame)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout.addWidget(self._area)
        foot = QHBoxLayout()
        self._hint = QLabel(frame)
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        set_role(self._hint, "muted")
        self._go_on = QPushButton(self.tr("Continue in Moa"), frame)
        self._go_on.setToolTip(self.tr("Ctrl+Enter"))
        set_role(self._go_on, "flat")
        self._go_on.clicked.connect(self._continue)
        foot.addWidget(self._hint, 1)
        foot.addWidget(self._go_on)
        layout.addLayout(foot)
        frame.setFixedWidth(min(WIDTH, QGuiApplication.primaryScreen().availableGeometry().width() - 20))
        self._show_parts()

    def appear(self) -> None:
        """Show it in front, ready to type, on the screen where the pointer is."""
        self.show()
        self._place()
        self.raise_()
        self.activateWindow()
        self._line.setFocus()
        self._line.selectAll()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_parts()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys that mean something here although the line has the focus; and how tall the answer has become."""
        if watched is self._area.widget() and event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self._fit_answer()
        if watched is not self._line:
            return super().eventFilter(watched, event)
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent) or self._line.composing:
            return super().eventFilter(watched, event)
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self._list.count:
            self._list.step(1 if key == Qt.Key.Key_Down else -1)
            self._show_hint()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._entered(bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        else:
            return super().eventFilter(watched, event)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._entered(bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        else:
            super().keyPressEvent(event)

    def _entered(self, control: bool) -> None:
        QGuiApplication.inputMethod().commit()
        if control:
            self._continue()
        elif (chosen := self._list.chosen) is not None:
            self._open(chosen)
        else:
            self._ask(self._line.text().strip())

    # Passages as you type.

    def _typed(self, text: str) -> None:
        if text.strip() == self._question and self._turn is not None:
            return
        self._drop_answer()
        self._list.choose_none()
        if text.strip():
            self._debounce.start()
        else:
            self._debounce.stop()
            self._show_passages(())

    def _look(self) -> None:
        if self._search is not None:
            self._search.drop()
            self._search = None
        text = (self._line.text() + self._line.composing).strip()
        if text and self._link.ready:
            self._search = self._link.post("/search", SearchBody(text, k=HITS), SearchResult)
            self._search.done.connect(self._found)
            self._search.failed.connect(self._not_found)

    def _found(self, result: SearchResult) -> None:
        self._search = None
        self._show_passages(result.hits)

    def _not_found(self, error: MoaError) -> None:
        self._search = None
        self._hint.setText(str(error))

    def _show_passages(self, passages: tuple[Passage, ...]) -> None:
        self._list.fill(passages)
        self._show_parts()

    def _open(self, passage: Passage) -> None:
        self.hide()
        outside.open_file(self, passage.path)

    # The answer.

    def _ask(self, question: str) -> None:
        if not question or not self._link.ready:
            return
        self._drop_answer()
        self._debounce.stop()
        self._question = question
        turn = self._make_turn()
        turn.say(self.tr("Looking through your notes…"))
        stream = self._link.ask(question)
        stream.understood.connect(turn.show_understood)
        stream.passages.connect(self._passages)
        stream.notice.connect(turn.note)
        stream.text.connect(turn.add_text)
        stream.answered.connect(self._answered)
        stream.failed.connect(self._failed)
        self._stream = stream
        self._show_parts()
        self._fit_answer()

    def _make_turn(self) -> AnswerTurn:
        """Room for an answer, as tall as it becomes."""
        turn = self._turn = AnswerTurn(self._theme)
        turn.link.connect(self._follow)
        turn.sources_wanted.connect(self._continue)
        page = QWidget()
        set_role(page, "page")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 8, 0)
        column.addWidget(turn)
        column.addStretch(1)
        self._area.setFixedHeight(1)
        self._area.setWidget(page)
        page.installEventFilter(self)
        return turn

    def _fit_answer(self) -> None:
        """As tall as the answer, up to where it scrolls; while it is being written only ever taller."""
        page = self._area.widget()
        layout = page.layout() if page is not None else None
        if layout is None:
            return
        tall = layout.totalHeightForWidth(self._area.viewport().width())
        tall = tall if tall >= 0 else layout.totalSizeHint().height()
        if self._stream is not None:
            tall = max(tall, self._area.height())
        self._area.setFixedHeight(min(tall, ANSWER_HEIGHT))

    def _passages(self, passages: tuple[Passage, ...]) -> None:
        if self._turn is not None:
            self._turn.show_passages(passages)
            self._list.fill(passages)

    def _answered(self, answer: Answered) -> None:
        self._stream = None
        self._conversation = answer.conversation
        if self._turn is not None:
            self._turn.finish(answer)
        self._fit_answer()
        self._show_hint()

    def _failed(self, error: MoaError) -> None:
        self._stream = None
        if self._turn is not None:
            self._turn.fail(error)

    def _drop_answer(self) -> None:
        if self._stream is not None:
            self._stream.cancel()
            self._stream = None
        self._turn = None
        self._question = self._conversation = ""
        self._show_parts()

    def _follow(self, turn: AnswerTurn, href: str) -> None:
        target = links.judge(href)
        passage = next((p for p in turn.passages if p.n == target.n), None)
        if target.kind == "passage" and passage is not None:
            self._open(passage)
        elif target.kind == "web":
            outside.open_web(self, target)

    def _continue(self) -> None:
        question = self._question or self._line.text().strip()
        conversation = self._conversation
        self._drop_answer()
        self._line.clear()
        self.hide()
        self.continued.emit(conversation, question)

    # How it looks.

    def _show_parts(self) -> None:
        answering = self._turn is not None
        self._area.setVisible(answering)
        self._list.setVisible(not answering and self._list.count > 0)
        self._rule.setVisible(answering or self._list.count > 0)
        self._show_hint()

    def _show_hint(self) -> None:
        if not self._link.ready:
            text = self._link.state.text
        elif self._turn is not None:
            text = self.tr("Esc hides")
        elif self._list.chosen is not None:
            text = self.tr("Enter opens the note · ↑↓ choose · Esc hides")
        else:
            text = self.tr("Enter asks · ↑↓ choose a passage · Esc hides")
        self._hint.setText(text)

    def _link_changed(self, _state: LinkState) -> None:
        self._show_hint()
        if self._link.ready and self._line.text().strip() and self._turn is None:
            self._debounce.start()

    def _place(self) -> None:
        screen = QGuiApplication.screenAt(QCursor.pos()) or QGuiApplication.primaryScreen()
        free = screen.availableGeometry()
        self.move(free.x() + (free.width() - self.width()) // 2, free.y() + round(free.height() * FROM_TOP))

    def _retint(self) -> None:
        self._glyph.setPixmap(icons.moa_pixmap(26))

"""Where a question is written: grows with the text, Enter sends, Shift+Enter starts a new line.

Input methods: Enter that ends a composition (Hangul, kana) never sends, and what is still being
composed is taken into the text before it is read.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal
from PySide6.QtGui import QFocusEvent, QGuiApplication, QInputMethodEvent, QKeyEvent, QTextCursor
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app import icons
from app.stylesheet import set_role, set_state
from app.theme import Theme

MOST_LINES = 6


class QuestionEdit(QPlainTextEdit):
    """`submitted`: Enter outside a composition; `focused` follows the focus, `composed` the input method."""

    submitted = Signal()
    focused = Signal(bool)
    composed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "question")
        self._composing = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and not self._composing and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.submitted.emit()
            event.accept()
            return
        super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)
        self.composed.emit()

    @property
    def empty(self) -> bool:
        """Nothing written, nothing being composed."""
        return self.document().isEmpty() and not self._composing

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focused.emit(False)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Dropped files are for the window, not for the text."""
        return not source.hasUrls() and super().canInsertFromMimeData(source)

    def _fit(self) -> None:
        lines = min(max(round(self.document().size().height()), 1), MOST_LINES)
        height = round(lines * self.fontMetrics().lineSpacing() + 2 * self.document().documentMargin() + 4)
        if height != self.maximumHeight():
            self.setFixedHeight(height)


class Composer(QFrame):
    """`asked` carries the question; `stopped` the wish to stop the answer under way, `edit_dropped` to leave the last
    question as it was."""

    asked = Signal(str)
    stopped = Signal()
    edit_dropped = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "composer")
        self._theme = theme
        self._busy = False
        self.edit = QuestionEdit(self)
        self.edit.setPlaceholderText(self.tr("Ask your notes…"))
        self.edit.setAccessibleName(self.tr("Question"))
        self.edit.submitted.connect(self._submit)
        self.edit.focused.connect(self._focus_moved)
        self.edit.textChanged.connect(self._refresh)
        self.edit.composed.connect(self._refresh)
        self._button = QPushButton(self)
        set_role(self._button, "round")
        self._button.clicked.connect(self._pressed)
        self._editing = QLabel(self.tr("Your last question, in other words. Esc leaves it as it was."), self)
        set_role(self._editing, "muted")
        self._editing.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 7, 8, 7)
        column.setSpacing(2)
        column.addWidget(self._editing)
        layout = QHBoxLayout()
        layout.setSpacing(8)
        layout.addWidget(self.edit, 1, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self._button, 0, Qt.AlignmentFlag.AlignBottom)
        column.addLayout(layout)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setFocusProxy(self.edit)
        theme.changed.connect(self._refresh)
        self._refresh()

    def set_busy(self, busy: bool) -> None:
        """While an answer is written the button stops it."""
        self._busy = busy
        self._refresh()

    def begin_edit(self, question: str) -> None:
        """Have `question` written anew; what is sent then takes its place."""
        self.put(question)
        self._editing.show()
        self.edit.setFocus()
        self.edit.moveCursor(QTextCursor.MoveOperation.End)

    def end_edit(self) -> None:
        """Back to a question of its own."""
        if not self._editing.isHidden():
            self._editing.hide()
            self.edit.clear()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and not self._editing.isHidden():
            self.end_edit()
            self.edit_dropped.emit()
        elif event.key() == Qt.Key.Key_Escape and self._busy:
            self.stopped.emit()
        else:
            super().keyPressEvent(event)

    def put(self, text: str) -> None:
        """Write `text` for the user."""
        self.edit.setPlainText(text)

    def _submit(self) -> None:
        if self._busy:
            return
        QGuiApplication.inputMethod().commit()
        text = self.edit.toPlainText().strip()
        if text:
            self.edit.clear()
            self._editing.hide()
            self.asked.emit(text)

    def _pressed(self) -> None:
        if self._busy:
            self.stopped.emit()
        else:
            self._submit()
        self.edit.setFocus()

    def _focus_moved(self, here: bool) -> None:
        set_state(self, "focused", here)

    def _refresh(self) -> None:
        colors = self._theme.colors
        enabled = self._busy or not self.edit.empty
        self._button.setIcon(
            icons.icon("stop" if self._busy else "send", colors.on_accent if enabled else colors.muted, 20)
        )
        words = self.tr("Stop the answer") if self._busy else self.tr("Send the question")
        self._button.setAccessibleName(words)
        self._button.setToolTip(words)
        self._button.setEnabled(enabled)

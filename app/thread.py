"""The turns of a conversation from top to bottom: the newest fifty built, older ones when scrolled to.

Lays out and scrolls; knows nothing of the engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.stylesheet import set_role
from app.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.turns import AnswerTurn, QuestionTurn
    from core.types import Message

NEWEST = 50
COLUMN_WIDTH = 780
NEAR_END = 40
ABOVE = 18
WIDER_KEY = "Ctrl+Shift+F"


class Thread(QScrollArea):
    """`made` carries each answer's turn when it is built; `edit_wanted` the question to be asked in other words."""

    made = Signal(object)
    edit_wanted = Signal(str)
    _grew = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._older: list[Message] = []
        self._rows: list[QWidget] = []
        self._at_end = True
        # Whether the last question is still to be kept in sight while its answer grows.
        self._keeps_question = True
        self.question: QuestionTurn | None = None
        """The last question."""
        self.answer: AnswerTurn | None = None
        """The last answer."""
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Conversation"))
        page = QWidget()
        set_role(page, "page")
        outer = QHBoxLayout(page)
        outer.setContentsMargins(20, 18, 20, 12)
        column = QWidget(page)
        column.setMaximumWidth(COLUMN_WIDTH)
        self._turns = QVBoxLayout(column)
        self._turns.setContentsMargins(0, 0, 0, 0)
        self._turns.setSpacing(12)
        self._turns.addStretch(1)
        outer.addStretch(1)
        outer.addWidget(column, 100)
        outer.addStretch(1)
        self.setWidget(page)
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(self._grown)
        self._grew.connect(self._follow, Qt.ConnectionType.QueuedConnection)
        bar.valueChanged.connect(self._scrolled)

    @property
    def built(self) -> int:
        """How many turns there are as widgets."""
        return len(self._rows)

    def clear(self) -> None:
        """Begin anew."""
        self._older = []
        self.question = self.answer = None
        while self._rows:
            self._drop(self._rows.pop())

    def show_messages(self, messages: Sequence[Message]) -> None:
        """Show a stored conversation, its end in sight."""
        self.clear()
        self._older = list(messages)
        self._at_end = self._keeps_question = True
        self._build_older()
        self.set_last(True)

    def add(self, question: str) -> AnswerTurn:
        """A question, and the turn its answer will be written to, in sight."""
        self.set_last(False)
        self.question = self._question_turn(question)
        self._place(self.question, mine=True)
        self.answer = self._answer_turn()
        self._place(self.answer)
        self._at_end = self._keeps_question = True
        return self.answer

    def set_last(self, last: bool) -> None:
        """Offer, or do not, to ask the last question again."""
        if self.question is not None and self.answer is not None:
            self.question.set_last(last)
            self.answer.set_last(last)

    def drop_last(self) -> None:
        """Take the last question and its answer away."""
        for _ in range(2):
            if self._rows:
                self._drop(self._rows.pop())
        self.question = self.answer = None

    def _drop(self, row: QWidget) -> None:
        self._turns.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _build_older(self) -> None:
        """Build the newest turns that are not built yet, above the others, keeping what is seen in its place."""
        some, self._older = self._older[-NEWEST:], self._older[:-NEWEST]
        bar = self.verticalScrollBar()
        from_end = bar.maximum() - bar.value()
        first = not self._rows
        for at, message in enumerate(some):
            if message.role == "user":
                question = self._question_turn(message.text)
                self._place(question, mine=True, at=at)
                self.question = question if first else self.question
            else:
                turn = self._answer_turn()
                turn.show_message(message)
                self._place(turn, at=at)
                self.answer = turn if first else self.answer
        if not self._at_end:
            self._turns.activate()
            QTimer.singleShot(0, self, lambda: bar.setValue(bar.maximum() - from_end))

    def _question_turn(self, text: str) -> QuestionTurn:
        from app.turns import QuestionTurn

        turn = QuestionTurn(text, self._theme, self)
        turn.edit_wanted.connect(self.edit_wanted)
        return turn

    def _answer_turn(self) -> AnswerTurn:
        from app.turns import AnswerTurn

        turn = AnswerTurn(self._theme, self)
        self.made.emit(turn)
        return turn

    def _place(self, turn: QWidget, mine: bool = False, at: int | None = None) -> None:
        row = QWidget(self)
        layout = QHBoxLayout(row)
        # A question is set in from the left, so that who speaks is seen without reading.
        layout.setContentsMargins(60 if mine else 0, 0, 0, 0)
        if mine:
            layout.addStretch(1)
        layout.addWidget(turn, 100)
        place = len(self._rows) if at is None else at
        self._turns.insertWidget(place, row)
        self._rows.insert(place, row)

    def _scrolled(self, value: int) -> None:
        bar = self.verticalScrollBar()
        self._at_end = value >= bar.maximum() - NEAR_END
        if value <= bar.minimum() and self._older and bar.maximum() > 0:
            self._build_older()

    def _grown(self) -> None:
        if self._at_end and self._keeps_question:
            # Where the question stands is known once the new turns have their places.
            self._grew.emit()
        elif self._at_end:
            bar = self.verticalScrollBar()
            bar.setValue(bar.maximum())

    def _follow(self) -> None:
        """Show the end, but a long answer from its beginning: it is read from there."""
        if not self._at_end:
            return
        bar = self.verticalScrollBar()
        begin = self._beginning()
        if self._keeps_question and begin < bar.maximum():
            self._keeps_question = False
            bar.setValue(begin)
            self._at_end = False
        else:
            bar.setValue(bar.maximum())

    def _beginning(self) -> int:
        """Where the last question is at the top; of a question that fills the page, its end."""
        page = self.widget()
        if self.question is None or self.answer is None or page is None or not self.answer.isVisible():
            return self.verticalScrollBar().maximum()
        self._turns.activate()
        question, answer = (turn.mapTo(page, QPoint(0, 0)).y() for turn in (self.question, self.answer))
        return max(question - ABOVE, answer - self.viewport().height() // 2, 0)

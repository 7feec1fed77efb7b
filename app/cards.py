"""A passage as a card: number, file, place, text, and the buttons that open it.

Everything on it is plain text. The card can be reached and used with the keyboard alone.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app import icons, outside, wording
from app.labels import PlainLabel, breakable
from app.stylesheet import set_role, set_state
from app.text_view import TextView
from app.theme import Theme

if TYPE_CHECKING:
    from core.types import Passage

FOLDED = 420


class PassageCard(QFrame):
    """One passage. `picked` when it was clicked or came into focus; `step` asks for the next or previous card."""

    picked = Signal(int)
    step = Signal(int, int)

    def __init__(
        self, passage: Passage, quotes: Collection[str] | None, theme: Theme, parent: QWidget | None = None
    ) -> None:
        """`quotes`: the words an answer took from it; None when no answer names it."""
        super().__init__(parent)
        set_role(self, "card")
        self.passage = passage
        self._quotes = quotes
        self._theme = theme
        self._chosen = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        name = wording.file_name(passage.path)
        where = wording.place(passage.location)
        self.setAccessibleName(self.tr("Source {0}: {1}, {2}").format(passage.n, name, where))
        self.setAccessibleDescription(passage.text)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 8)
        layout.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(8)
        number = QLabel(str(passage.n), self)
        set_role(number, "badge")
        number.setProperty("cited", quotes is not None)
        number.setMinimumWidth(20)
        number.setFixedHeight(20)
        number.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = PlainLabel(breakable(name), "heading", self)
        title.setToolTip(breakable(wording.visible(passage.path)))
        head.addWidget(number, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(title, 1)
        layout.addLayout(head)
        if where:
            layout.addWidget(PlainLabel(where, "muted", self))
        self._text = TextView(self)
        self._text.setAccessibleName(self.tr("Text of source {0}").format(passage.n))
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout.addWidget(self._text)
        buttons = self._buttons()
        layout.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addLayout(buttons)
        self._fold(True)
        theme.changed.connect(self._retint)
        self._retint()

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(0, 2, 0, 0)
        row.setSpacing(2)
        self._open = QPushButton(self.tr("Open"), self)
        self._folder = QPushButton(self.tr("Show in folder"), self)
        self._more = QPushButton(self.tr("More"), self)
        self._open.clicked.connect(self.open)
        self._folder.clicked.connect(self._open_folder)
        self._more.clicked.connect(self._unfold)
        self._open.setAccessibleName(self.tr("Open source {0}").format(self.passage.n))
        self._folder.setAccessibleName(self.tr("Show source {0} in its folder").format(self.passage.n))
        self._more.setAccessibleName(self.tr("Show all of source {0}").format(self.passage.n))
        set_role(self._more, "flat")
        for button in (self._open, self._folder):
            set_role(button, "flat")
            row.addWidget(button)
        row.addStretch(1)
        return row

    def select(self, on: bool) -> None:
        """Draw it as the chosen one, with the words the answer took from it."""
        set_state(self, "selected", on)
        self._chosen = on
        if on and self._quotes and not self._mark() and self._more.isVisibleTo(self):
            self._fold(False)
        self._mark()

    def _mark(self) -> bool:
        return self._text.mark(self._quotes or () if self._chosen else (), self._theme.colors.mark)

    def open(self) -> None:
        """Open the file in its own program."""
        outside.open_file(self, self.passage.path)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.step.emit(self.passage.n, 1 if key == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.picked.emit(self.passage.n)
        super().mousePressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.picked.emit(self.passage.n)
        super().focusInEvent(event)

    def _fold(self, folded: bool) -> None:
        text = "\n".join(line for line in self.passage.text.splitlines() if line.strip())
        long = len(text) > FOLDED
        self._text.show_plain(text[:FOLDED].rstrip() + "…" if folded and long else text)
        self._more.setVisible(folded and long)

    def _unfold(self) -> None:
        self._fold(False)
        self._mark()

    def _open_folder(self) -> None:
        outside.open_folder_of(self, self.passage.path)

    def _retint(self) -> None:
        self._open.setIcon(icons.icon("open", self._theme.colors.muted, 16))
        self._folder.setIcon(icons.icon("folder", self._theme.colors.muted, 16))
        self._mark()

"""One sentence across the top of the page, with at most one thing to do about it."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from app import icons
from app.labels import PlainLabel
from app.stylesheet import set_role, set_state
from app.theme import Theme

Tone = Literal["info", "warning", "danger"]
SHORT_MS = 7_000


class Banner(QFrame):
    """Hidden until there is something to say. `acted` when its button was pressed."""

    acted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "banner")
        self._theme = theme
        self._text = PlainLabel("", "text", self)
        self._action = QPushButton(self)
        self._action.clicked.connect(self.acted)
        self._action.hide()
        self._close = QPushButton(self)
        set_role(self._close, "flat")
        self._close.setAccessibleName(self.tr("Close this message"))
        self._close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 8, 8, 8)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._action, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        theme.changed.connect(self._retint)
        self._retint()
        self.hide()

    def say(self, text: str, tone: Tone = "info", action: str = "", short: bool = False) -> None:
        """Show `text`; `short` ones go by themselves."""
        self._timer.stop()
        self._text.setText(text)
        self._text.setAccessibleName(text)
        self._action.setText(action)
        self._action.setVisible(bool(action))
        set_state(self, "tone", tone)
        self.show()
        if short:
            self._timer.start(SHORT_MS)

    def _retint(self) -> None:
        self._close.setIcon(icons.icon("close", self._theme.colors.muted, 16))

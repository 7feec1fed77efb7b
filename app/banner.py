"""One sentence across the top of the page, with at most one thing to do about it; or floating over it for a while."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from app import icons
from app.labels import PlainLabel
from app.stylesheet import set_role, set_state
from app.theme import Theme

Tone = Literal["info", "warning", "danger"]
SHORT_MS = 7_000
MARGIN = 14
# What stands beside the words of a floating one: margins, the button that closes it.
AROUND = 90


class Banner(QFrame):
    """Hidden until there is something to say. `acted` when its button was pressed."""

    acted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "banner")
        self._theme = theme
        self.about_action = False
        """It tells how something went that the user did: the next thing done makes it old."""
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
        theme.changed.connect(self._retint)
        self._retint()
        self.hide()

    def say(self, text: str, tone: Tone = "info", action: str = "") -> None:
        """Show `text` until it is closed."""
        self.about_action = False
        self._text.setText(text)
        self._text.setAccessibleName(text)
        self._action.setText(action)
        self._action.setVisible(bool(action))
        set_state(self, "tone", tone)
        self.show()

    def _retint(self) -> None:
        self._close.setIcon(icons.icon("close", self._theme.colors.muted, 16))


class Toast(Banner):
    """Floats over the page and goes by itself, so that nothing a person is about to click moves away."""

    def __init__(self, theme: Theme, over: QWidget) -> None:
        super().__init__(theme, over)
        set_state(self, "floating", True)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        over.installEventFilter(self)

    def say(self, text: str, tone: Tone = "info", action: str = "") -> None:
        """Show `text` for some seconds."""
        super().say(text, tone, action)
        self._place()
        self.raise_()
        self._timer.start(SHORT_MS)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        over = self.parentWidget()
        if over is not None:
            wanted = self._text.fontMetrics().horizontalAdvance(self._text.text()) + AROUND
            width = min(wanted, over.width() - 2 * MARGIN)
            self.setGeometry((over.width() - width) // 2, MARGIN, width, self.heightForWidth(width))

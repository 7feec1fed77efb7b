"""The first thing a new user sees: what Moa is, and one button."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app import icons
from app.stylesheet import set_role

WIDTH = 600


class WelcomePage(QWidget):
    """`wanted` when the user wants to choose a folder."""

    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QWidget(self)
        column.setMaximumWidth(WIDTH)
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 16, 0, 16)
        layout.setSpacing(0)
        around = QHBoxLayout(self)
        around.setContentsMargins(28, 0, 28, 0)
        around.addStretch(1)
        around.addWidget(column, 100)
        around.addStretch(1)
        picture = QLabel(self)
        picture.setPixmap(icons.moa_pixmap(76))
        title = QLabel(self.tr("Ask your own notes"), self)
        set_role(title, "hero")
        words = QLabel(
            self.tr(
                "Moa reads the folders you choose and answers from them, with the passages it used beside the answer. "
                "Your files are only read, and nothing leaves this computer."
            ),
            self,
        )
        self.button = QPushButton(self.tr("Choose a folder…"), self)
        set_role(self.button, "big")
        self.button.setCursor(Qt.CursorShape.PointingHandCursor)
        self.button.clicked.connect(self.wanted)
        drop = QLabel(self.tr("or drop one here"), self)
        set_role(drop, "muted")
        kinds = QLabel(self.tr("Notes, web pages, PDF, office and Hangul documents, mail, in Korean and English"), self)
        set_role(kinds, "muted")
        layout.addStretch(3)
        for widget, after in ((picture, 18), (title, 10), (words, 24), (self.button, 10), (drop, 26), (kinds, 0)):
            if isinstance(widget, QLabel):
                widget.setAlignment(Qt.AlignmentFlag.AlignCenter)
                widget.setWordWrap(widget.pixmap().isNull())
                layout.addWidget(widget)
            else:
                layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
            layout.addSpacing(after)
        layout.addStretch(4)

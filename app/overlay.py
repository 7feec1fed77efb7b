"""What is drawn over the window while something is dragged across it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from app import icons
from app.stylesheet import set_role
from app.theme import Theme


class DropOverlay(QFrame):
    """Covers its parent while shown; takes no events, so the drop reaches the window."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        set_role(self, "overlay")
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        layout = QVBoxLayout(self)
        layout.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.setSpacing(12)
        self._glyph = QLabel(self)
        self._glyph.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = QLabel(self.tr("Drop it here"), self)
        set_role(title, "title")
        words = QLabel(self.tr("Drop folders to watch, files to copy into your library, or a model"), self)
        for label in (self._glyph, title, words):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(label)
        parent.installEventFilter(self)
        self.hide()

    def appear(self) -> None:
        """Cover the window."""
        self._glyph.setPixmap(icons.pixmap("drop", self._theme.colors.accent, 48))
        self._cover()
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._cover()
        return super().eventFilter(watched, event)

    def _cover(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())

"""A watched folder as a card: where it is, how it stands, and what may be done with it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app import icons, outside, wording
from app.labels import ElidedLabel
from app.stylesheet import set_role
from app.theme import Theme
from core.types import FolderRow


class FolderCard(QFrame):
    """One watched folder. `unwanted` carries its path."""

    unwanted = Signal(str)

    def __init__(self, row: FolderRow, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        set_role(self, "card")
        self._path = row.path
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 6, 8)
        layout.setSpacing(10)
        glyph = QLabel(self)
        glyph.setPixmap(icons.pixmap("folder", theme.colors.accent, 22))
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(ElidedLabel(wording.visible(row.path), "heading", self))
        count = self.tr("1 file") if row.files == 1 else self.tr("{0} files").format(f"{row.files:,}")
        role = "warning" if row.state == "unavailable" else "muted"
        words.addWidget(ElidedLabel(f"{count} · {wording.folder_state(row.state)}", role, self))
        layout.addWidget(glyph)
        layout.addLayout(words, 1)
        show = QPushButton(self.tr("Show"), self)
        show.setAccessibleName(self.tr("Show folder {0}").format(wording.visible(row.path)))
        show.clicked.connect(self._show)
        remove = QPushButton(self.tr("Remove…"), self)
        remove.setAccessibleName(self.tr("Stop watching {0}").format(wording.visible(row.path)))
        remove.clicked.connect(self._remove)
        for button in (show, remove):
            set_role(button, "flat")
            layout.addWidget(button)

    def _show(self) -> None:
        outside.open_file(self, self._path)

    def _remove(self) -> None:
        self.unwanted.emit(self._path)

"""A watched folder as a card: where it is, how it stands, and what may be done with it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app import engine_words, icons, outside, wording
from app.labels import ElidedLabel, PlainLabel
from app.stylesheet import set_role
from app.theme import Theme
from core.types import FolderRow

IMPORTED = "Imported files"
"""What the engine calls its own folder of copies; every other one is known by where it is."""


class FolderCard(QFrame):
    """One watched folder. The signals carry its path, `options_wanted` its row."""

    unwanted = Signal(str)
    options_wanted = Signal(object)
    loss_accepted = Signal(str)

    def __init__(self, row: FolderRow, theme: Theme, parent: QWidget, paused: bool = False) -> None:
        super().__init__(parent)
        set_role(self, "card")
        self._row = row
        self._path = row.path
        whole = QVBoxLayout(self)
        whole.setContentsMargins(12, 8, 6, 8)
        whole.setSpacing(4)
        layout = QHBoxLayout()
        layout.setSpacing(10)
        glyph = QLabel(self)
        glyph.setPixmap(icons.pixmap("folder", theme.colors.accent, 22))
        words = QVBoxLayout()
        words.setSpacing(1)
        title = engine_words.said(IMPORTED) if row.collection == IMPORTED else wording.visible(row.path)
        words.addWidget(ElidedLabel(title, "heading", self))
        count = self.tr("1 file") if row.files == 1 else self.tr("{0} files").format(f"{row.files:,}")
        role = "warning" if row.state == "unavailable" else "muted"
        state = "paused" if paused and row.state == "watched" else row.state
        facts = [count] if row.lost else [count, wording.folder_state(state)]
        if row.ocr:
            facts.append(self.tr("text in pictures recognised"))
        if row.encoding:
            facts.append(self.tr("plain text is {0}").format(row.encoding))
        words.addWidget(ElidedLabel(" · ".join(facts), role, self))
        whole.addLayout(layout)
        if row.lost:
            whole.addLayout(self._loss(row.lost))
        layout.addWidget(glyph)
        layout.addLayout(words, 1)
        show = QPushButton(self.tr("Show"), self)
        show.setAccessibleName(self.tr("Show folder {0}").format(wording.visible(row.path)))
        show.clicked.connect(self._show)
        options = QPushButton(self.tr("Options…"), self)
        options.setAccessibleName(self.tr("Options of folder {0}").format(wording.visible(row.path)))
        options.clicked.connect(self._options)
        remove = QPushButton(self.tr("Remove…"), self)
        remove.setAccessibleName(self.tr("Stop watching {0}").format(wording.visible(row.path)))
        remove.clicked.connect(self._remove)
        for button in (show, options, remove):
            set_role(button, "flat")
            layout.addWidget(button)

    def _loss(self, lost: int) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        words = (
            self.tr("1 file is gone from here. What Moa read in it stays findable until you decide.")
            if lost == 1
            else self.tr(
                "{0} files are gone from here at once. What Moa read in them stays findable until you decide."
            ).format(f"{lost:,}")
        )
        row.addWidget(PlainLabel(words, "warning", self), 1)
        forget = QPushButton(self.tr("Forget them"), self)
        forget.setAccessibleName(self.tr("Forget the files that are gone from {0}").format(wording.visible(self._path)))
        forget.clicked.connect(self._accept_loss)
        row.addWidget(forget)
        return row

    def _accept_loss(self) -> None:
        self.loss_accepted.emit(self._path)

    def _options(self) -> None:
        self.options_wanted.emit(self._row)

    def _show(self) -> None:
        outside.open_file(self, self._path)

    def _remove(self) -> None:
        self.unwanted.emit(self._path)

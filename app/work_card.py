"""How far reading is: in words, as a bar, and with the button that pauses it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app import wording
from app.labels import PlainLabel
from app.stylesheet import set_role
from core.types import Status


class WorkCard(QFrame):
    """`pause_wanted` carries whether to pause or to go on."""

    pause_wanted = Signal(bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        set_role(self, "card")
        self._paused = False
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 8, 8, 8)
        layout.setSpacing(10)
        words = QVBoxLayout()
        words.setSpacing(5)
        self._text = PlainLabel("", "text", self)
        self._text.setAccessibleName(self.tr("State of reading"))
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress of reading your files"))
        words.addWidget(self._text)
        words.addWidget(self._bar)
        layout.addLayout(words, 1)
        self._button = QPushButton(self)
        self._button.clicked.connect(self._pressed)
        layout.addWidget(self._button)
        self._name_button()

    def show_status(self, status: Status) -> None:
        """Show how far the engine is."""
        at = status.progress
        doing = wording.progress(at, status.pending, status.eta_s, rate=True)
        if status.paused:
            words = self.tr("Paused. What is new or changed is not found until you go on.")
            if status.pending:
                words += " " + self.tr("{0} still to do").format(f"{status.pending:,}")
        else:
            words = doing or self._calm(status)
        self._text.setText(words)
        self._text.setToolTip(wording.visible(at.path))
        # Always there, so that nothing below it moves: full when all is done, empty when there is nothing.
        busy = bool(doing) and not status.paused
        self._bar.setRange(0, at.total if busy else 1)
        self._bar.setValue(min(at.done, at.total) if busy else int(bool(status.files) and not status.pending))
        if status.paused != self._paused:
            self._paused = status.paused
            self._name_button()
        self._button.setEnabled(True)

    def _calm(self, status: Status) -> str:
        if not status.folders and not status.files:
            return self.tr("Nothing to read yet.")
        return self.tr("Everything is read: {0} files, {1} passages").format(
            f"{status.files.get('indexed', 0):,}", f"{status.chunks:,}"
        )

    def _name_button(self) -> None:
        self._button.setText(self.tr("Go on") if self._paused else self.tr("Pause"))
        self._button.setAccessibleName(self.tr("Go on reading") if self._paused else self.tr("Pause reading"))

    def _pressed(self) -> None:
        # Until the engine says how it stands now, so that a second click is not taken for the opposite.
        self._button.setEnabled(False)
        self.pause_wanted.emit(not self._paused)

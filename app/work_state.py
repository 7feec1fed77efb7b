"""How far reading is: in words and as a bar; the button that pauses it stands where its owner puts it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QPushButton, QVBoxLayout, QWidget

from app import wording
from app.labels import PlainLabel
from core.types import Status


class WorkState(QWidget):
    """`pause_wanted` carries whether to pause or to go on; `button` asks for it."""

    pause_wanted = Signal(bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._paused = self._pressed_here = False
        words = QVBoxLayout(self)
        words.setContentsMargins(0, 0, 0, 2)
        words.setSpacing(5)
        self._text = PlainLabel("", "muted", self)
        self._text.setAccessibleName(self.tr("State of reading"))
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        # It keeps its room, so that nothing below it moves.
        keep = self._bar.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self._bar.setSizePolicy(keep)
        self._bar.hide()
        self._bar.setAccessibleName(self.tr("Progress of reading your files"))
        words.addWidget(self._text)
        words.addWidget(self._bar)
        self.button = QPushButton(parent)
        self.button.clicked.connect(self._pressed)
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
        self._bar.setVisible(bool(doing) or (status.paused and bool(status.pending)))
        self._bar.setRange(0, at.total if doing and not status.paused else 1)
        self._bar.setValue(min(at.done, at.total))
        if status.paused != self._paused:
            self._paused = status.paused
            self._name_button()
        if not self.button.isEnabled():
            self.button.setEnabled(True)
            if self._pressed_here and self.button.isVisible():
                self.button.setFocus()
            self._pressed_here = False

    def _calm(self, status: Status) -> str:
        if not status.folders and not status.files:
            return self.tr("Nothing to read yet.")
        files, failed = status.files.get("indexed", 0), status.files.get("failed", 0)
        numbers = f"{files:,}", f"{status.chunks:,}"
        if not failed:
            return self.tr("Everything is read: {0} files, {1} passages").format(*numbers)
        words = self.tr("Read: {0} files, {1} passages").format(*numbers)
        return f"{words} · " + self.tr("{0} could not be read").format(f"{failed:,}")

    def _name_button(self) -> None:
        self.button.setText(self.tr("Go on") if self._paused else self.tr("Pause"))
        self.button.setAccessibleName(self.tr("Go on reading") if self._paused else self.tr("Pause reading"))

    def _pressed(self) -> None:
        # Until the engine says how it stands now, so that a second click is not taken for the opposite. A button that
        # is switched off loses the focus; it is given back, or Tab would start from somewhere else.
        self._pressed_here = self.button.hasFocus()
        self.button.setEnabled(False)
        self.pause_wanted.emit(not self._paused)

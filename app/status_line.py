"""The line at the bottom: what the engine is doing, how far it is, and who answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QWidget

from app import engine_words, wording
from app.engine_link import LinkState
from app.stylesheet import set_role
from app.theme import Theme

if TYPE_CHECKING:
    from core.types import Status


def summary(state: LinkState, status: Status | None) -> str:
    """The engine's state in one sentence, for the status line and the tray."""
    if state.phase != "ready" or status is None:
        return state.text
    doing = wording.progress(status.progress, status.pending, status.eta_s)
    if doing:
        return doing
    if not status.folders and not status.files:
        return QCoreApplication.translate("StatusLine", "Ready. No folder chosen yet.")
    count = status.files.get("indexed", 0)
    if count == 1:
        return QCoreApplication.translate("StatusLine", "Ready · 1 file")
    return QCoreApplication.translate("StatusLine", "Ready · {0} files").format(f"{count:,}")


def working(status: Status | None) -> bool:
    """Whether the engine is busy with files, or will be in a moment."""
    return status is not None and bool(status.pending or wording.progress(status.progress, 0, None))


class StatusLine(QFrame):
    """`notes_wanted` when the user asks what is not as it should be."""

    notes_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "statusline")
        self._theme = theme
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 4, 14, 4)
        layout.setSpacing(10)
        self._dot = QLabel("●", self)
        self._dot.setAccessibleName("")
        self._text = self._label(QSizePolicy.Policy.Preferred)
        self._text.setAccessibleName(self.tr("State of Moa"))
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(110)
        self._bar.setAccessibleName(self.tr("Progress of reading your files"))
        self._notes = QPushButton(self)
        set_role(self._notes, "flat")
        self._notes.setProperty("tone", "warning")
        self._notes.clicked.connect(self.notes_wanted)
        self._embedder = self._label(QSizePolicy.Policy.Preferred)
        self._model = self._label(QSizePolicy.Policy.Ignored)
        self._model.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for widget in (self._dot, self._text, self._bar, self._notes):
            layout.addWidget(widget)
        layout.addWidget(self._model, 1)
        layout.insertWidget(4, self._embedder)
        # As tall as with the button for notices, so that nothing above it moves when that comes.
        self.setMinimumHeight(39)
        self._bar.hide()
        self._notes.hide()
        self._embedder.hide()

    def _label(self, policy: QSizePolicy.Policy) -> QLabel:
        label = QLabel(self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setSizePolicy(policy, QSizePolicy.Policy.Preferred)
        set_role(label, "muted")
        return label

    def show_state(self, state: LinkState, status: Status | None) -> None:
        """Show the engine's state; called with every new status."""
        self._text.setText(summary(state, status))
        if state.phase == "ready" and status is not None:
            self._show_work(status)
            self._show_parts(status)
            self._show_notes(status.notes)
        else:
            self._text.setToolTip(state.advice)
            self._bar.setRange(0, 0)
            self._bar.setVisible(state.phase != "failed")
            self._embedder.hide()
            self._model.setText("")
            self._show_notes(())
        colors = self._theme.colors
        calm = state.phase == "ready" and not working(status)
        color = colors.danger if state.phase == "failed" else colors.accent if calm else colors.warning
        self._dot.setStyleSheet(f"color: {color};")

    def _show_work(self, status: Status) -> None:
        at = status.progress
        self._text.setToolTip(wording.visible(at.path))
        self._bar.setRange(0, at.total)
        self._bar.setValue(min(at.done, at.total))
        self._bar.setVisible(working(status))

    def _show_parts(self, status: Status) -> None:
        embedder = wording.embedder_state(status.embedder)
        self._embedder.setText(embedder)
        self._embedder.setVisible(bool(embedder))
        self._embedder.setToolTip(engine_words.said(status.embedder.detail) if status.embedder else "")
        self._model.setText(wording.model_state(status.model))
        facts = (status.model.device, status.model.detail) if status.model else ()
        self._model.setToolTip(" · ".join(engine_words.said(fact) for fact in facts if fact))

    def _show_notes(self, notes: tuple[str, ...]) -> None:
        self._notes.setVisible(bool(notes))
        self._notes.setText(self.tr("1 notice") if len(notes) == 1 else self.tr("{0} notices").format(len(notes)))
        self._notes.setToolTip("\n".join(engine_words.said(note) for note in notes))

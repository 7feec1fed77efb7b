"""A model as a card: one to choose, one on its way here, one that can be downloaded."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from app import engine_words, outside, wording
from app.labels import PlainLabel
from app.stylesheet import set_role, set_state
from core.types import DownloadRow, Fit, Offer

NO_MODEL = "none"
# After so long without a byte, how fast it was and how long it takes say nothing any more.
SILENT_MS = 4_000


class ModelCard(QFrame):
    """One choice. The signals carry the model's id; `adapter_wanted` comes only from one that `adapts`. `leaves`: what
    goes to another computer, and where."""

    chosen = Signal(str)
    unwanted = Signal(str)
    adapter_wanted = Signal(str)

    def __init__(
        self,
        key: str,
        title: str,
        lines: tuple[str, ...],
        parent: QWidget,
        *,
        problem: str = "",
        leaves: str = "",
        adapts: bool = False,
    ) -> None:
        super().__init__(parent)
        set_role(self, "card")
        self._key = key
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 10, 8, 10)
        layout.setSpacing(12)
        self.radio = QRadioButton(self)
        self.radio.setAccessibleName(self.tr("Answer with {0}").format(title))
        self.radio.setEnabled(not problem)
        self.radio.clicked.connect(self._choose)
        if not problem:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        layout.addWidget(self.radio, 0, Qt.AlignmentFlag.AlignTop)
        self._words = QVBoxLayout()
        self._words.setSpacing(2)
        self._words.addWidget(PlainLabel(title, "heading", self))
        for line in filter(None, lines):
            self._words.addWidget(PlainLabel(line, "muted", self))
        for line in filter(None, (leaves, engine_words.said(problem))):
            self._words.addWidget(PlainLabel(line, "warning", self))
        # There from the beginning, so that nothing below it moves when the engine has worked it out.
        self._fit = PlainLabel(self.tr("Looking whether it fits…"), "muted", self)
        self._fit.setVisible(adapts)
        self._words.addWidget(self._fit)
        layout.addLayout(self._words, 1)
        if adapts:
            adapter = QPushButton(self.tr("Adapter…"), self)
            set_role(adapter, "flat")
            adapter.setAccessibleName(self.tr("Adapter for {0}").format(title))
            adapter.clicked.connect(self._adapt)
            layout.addWidget(adapter, 0, Qt.AlignmentFlag.AlignTop)
        if key != NO_MODEL:
            remove = QPushButton(self.tr("Remove…"), self)
            set_role(remove, "flat")
            remove.setAccessibleName(self.tr("Remove model {0}").format(title))
            remove.clicked.connect(self._remove)
            layout.addWidget(remove, 0, Qt.AlignmentFlag.AlignTop)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The whole card chooses: a round button is a small thing to hit."""
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.radio.click()

    def show_fit(self, fit: Fit) -> None:
        """How it would be loaded here."""
        self._fit.setText(wording.fit(fit))
        set_state(self._fit, "role", "muted" if fit.fits else "warning")
        self._fit.setToolTip("\u200b" + engine_words.said(fit.why))

    def _choose(self) -> None:
        self.chosen.emit(self._key)

    def _adapt(self) -> None:
        self.adapter_wanted.emit(self._key)

    def _remove(self) -> None:
        self.unwanted.emit(self._key)


class OfferCard(QFrame):
    """A model that can be downloaded. `wanted` carries its id."""

    wanted = Signal(str)

    def __init__(self, offer: Offer, parent: QWidget) -> None:
        super().__init__(parent)
        set_role(self, "card")
        self._id = offer.id
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 10, 10, 10)
        layout.setSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(PlainLabel(wording.visible(offer.name), "heading", self))
        words.addWidget(PlainLabel(engine_words.said(offer.good_at), "text", self))
        languages = ", ".join(engine_words.said(wording.language(code)) for code in offer.languages)
        licence = offer.licence.replace("not for commercial use", self.tr("not for commercial use"))
        facts = [languages, licence, offer.quantization]
        words.addWidget(PlainLabel(wording.visible(" · ".join(filter(None, facts))), "muted", self))
        memory = wording.size(offer.memory_mb << 20)
        fits = (
            self.tr("Fits: needs {0} of memory").format(memory)
            if offer.fits
            else self.tr("Needs {0} of memory, more than is free now").format(memory)
        )
        words.addWidget(PlainLabel(fits, "muted" if offer.fits else "warning", self))
        layout.addLayout(words, 1)
        get = QPushButton(self.tr("Download {0}").format(wording.size(offer.size)), self)
        get.setAccessibleName(self.tr("Download {0}, {1}").format(offer.name, wording.size(offer.size)))
        get.clicked.connect(self._want)
        layout.addWidget(get, 0, Qt.AlignmentFlag.AlignTop)

    def _want(self) -> None:
        self.wanted.emit(self._id)


class DownloadCard(QFrame):
    """A model on its way here. The signals carry its id."""

    paused = Signal(str)
    resumed = Signal(str)
    dropped = Signal(str)

    def __init__(self, row: DownloadRow, parent: QWidget) -> None:
        super().__init__(parent)
        set_role(self, "card")
        self._row = row
        self._silence = QTimer(self)
        self._silence.setSingleShot(True)
        self._silence.setInterval(SILENT_MS)
        self._silence.timeout.connect(self._show_silence)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 8, 8, 8)
        layout.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(4)
        name = wording.visible(row.file)
        words.addWidget(PlainLabel(name, "heading", self))
        self._said = PlainLabel("", "muted", self)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress of {0}").format(name))
        words.addWidget(self._said)
        words.addWidget(self._bar)
        layout.addLayout(words, 1)
        self.pause = QPushButton(self)
        self.pause.clicked.connect(self._pressed)
        self._drop = QPushButton(self.tr("Give up"), self)
        self._drop.setAccessibleName(self.tr("Give the download of {0} up").format(name))
        self._drop.clicked.connect(self._give_up)
        for button in (self.pause, self._drop):
            set_role(button, "flat")
            layout.addWidget(button)
        self.show_row(row)

    def show_row(self, row: DownloadRow) -> None:
        """Show how far it is."""
        if row.state == "running" and (row.received != self._row.received or not self._silence.isActive()):
            self._silence.start()
        elif row.state != "running":
            self._silence.stop()
        self._row = row
        going, failed = row.state in ("running", "checking"), row.state == "failed"
        self._said.setText(wording.download(row, engine_words.said(row.detail)))
        set_state(self._said, "role", "warning" if failed else "muted")
        # In KiB: a progress bar counts in 32 bits, and a model has more bytes than that.
        self._bar.setRange(0, row.size >> 10)
        self._bar.setValue(row.received >> 10)
        self._bar.setVisible(not failed)
        self.pause.setText(self.tr("Pause") if going else self.tr("Try again") if failed else self.tr("Go on"))
        self.pause.setAccessibleName(f"{self.pause.text()}: {wording.visible(row.file)}")
        self.pause.setEnabled(row.state != "checking")

    def _show_silence(self) -> None:
        self._said.setText(wording.download(replace(self._row, rate=0.0)) + " · " + self.tr("waiting for the server…"))

    def _pressed(self) -> None:
        (self.paused if self._row.state == "running" else self.resumed).emit(self._row.id)

    def _give_up(self) -> None:
        received = wording.size(self._row.received)
        if not self._row.received or outside.confirm(
            self,
            self.tr("Give up this download?"),
            f"{wording.visible(self._row.file)}\n\n"
            + self.tr("The {0} that came so far are deleted.").format(received),
            self.tr("Give up"),
        ):
            self.dropped.emit(self._row.id)

"""The models page: who writes the answers. Quoting without a model is the first choice, and always there."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app import outside, wording
from app.engine_link import EngineLink
from app.labels import PlainLabel
from app.streams import Call
from app.stylesheet import set_role
from core.errors import MoaError
from core.serve.wire import IdBody, PathBody
from core.types import Fit, ModelRow

NO_MODEL = "none"


class ModelCard(QFrame):
    """One choice. `chosen` and `unwanted` carry the model's id."""

    chosen = Signal(str)
    unwanted = Signal(str)

    def __init__(self, key: str, title: str, lines: tuple[str, ...], problem: str, parent: QWidget) -> None:
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
        layout.addWidget(self.radio, 0, Qt.AlignmentFlag.AlignTop)
        self._words = QVBoxLayout()
        self._words.setSpacing(2)
        self._words.addWidget(PlainLabel(title, "heading", self))
        for line in filter(None, lines):
            self._words.addWidget(PlainLabel(line, "muted", self))
        if problem:
            self._words.addWidget(PlainLabel(wording.visible(problem), "warning", self))
        layout.addLayout(self._words, 1)
        if key != NO_MODEL:
            remove = QPushButton(self.tr("Remove…"), self)
            set_role(remove, "flat")
            remove.setAccessibleName(self.tr("Remove model {0}").format(title))
            remove.clicked.connect(self._remove)
            layout.addWidget(remove, 0, Qt.AlignmentFlag.AlignTop)

    def show_fit(self, fit: Fit) -> None:
        """How it would be loaded here."""
        self._words.addWidget(PlainLabel(wording.visible(fit.why), "muted" if fit.fits else "warning", self))

    def _choose(self) -> None:
        self.chosen.emit(self._key)

    def _remove(self) -> None:
        self.unwanted.emit(self._key)


class ModelsPage(QWidget):
    """`failed` carries a MoaError; `said` a sentence."""

    failed = Signal(object)
    said = Signal(str)

    def __init__(self, link: EngineLink, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._rows: tuple[ModelRow, ...] | None = None
        self._cards: dict[str, ModelCard] = {}
        self._call: Call | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 18, 24, 14)
        layout.setSpacing(10)
        head = QHBoxLayout()
        title = QLabel(self.tr("Models"), self)
        set_role(title, "title")
        self._add = QPushButton(self.tr("Add a model file…"), self)
        set_role(self._add, "primary")
        self._add.clicked.connect(self._choose_file)
        head.addWidget(title, 1)
        head.addWidget(self._add)
        layout.addLayout(head)
        words = self.tr(
            "A language model reads the passages and writes the answer, on this computer. "
            "Moa takes models in the GGUF format. Without one, Moa answers with quotes."
        )
        layout.addWidget(PlainLabel(words, "muted", self))
        self._area = QScrollArea(self)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout.addWidget(self._area, 1)

    def refresh(self) -> None:
        """Fetch the models, when this page is seen."""
        if not (self.isVisible() and self._link.ready):
            return
        if self._call is not None:
            self._call.drop()
        self._call = self._link.get("/models", tuple[ModelRow, ...])
        self._call.done.connect(self._fill)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def _fill(self, rows: tuple[ModelRow, ...]) -> None:
        self._call = None
        if rows == self._rows:
            return
        self._rows = rows
        page = QWidget()
        set_role(page, "page")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(8)
        group = QButtonGroup(page)
        quotes = self.tr("Answers are the best sentences of your notes, word for word. Needs no memory, comes at once.")
        none = ModelCard(NO_MODEL, self.tr("Quotes, without a model"), (quotes,), "", page)
        self._cards = {NO_MODEL: none} | {row.id: self._card(row, page) for row in rows}
        for key, card in self._cards.items():
            group.addButton(card.radio)
            card.chosen.connect(self._use)
            card.unwanted.connect(self._remove)
            column.addWidget(card)
            with QSignalBlocker(card.radio):
                card.radio.setChecked(any(r.active and r.id == key for r in rows))
        if not any(row.active for row in rows):
            none.radio.setChecked(True)
        column.addStretch(1)
        self._area.setWidget(page)
        for row in rows:
            if not row.problem:
                self._link.get("/models/fit", Fit, id=row.id).done.connect(self._fits)

    def _card(self, row: ModelRow, page: QWidget) -> ModelCard:
        facts = [wording.file_name(row.path), row.architecture, row.quantization, wording.size(row.size)]
        if row.context:
            facts.append(self.tr("up to {0} tokens").format(f"{row.context:,}"))
        title = wording.visible(row.name or row.id)
        return ModelCard(row.id, title, (wording.visible(" · ".join(filter(None, facts))),), row.problem, page)

    def _fits(self, fit: Fit) -> None:
        if fit.id in self._cards:
            self._cards[fit.id].show_fit(fit)

    def _use(self, key: str) -> None:
        self._do("/models/use", IdBody(key))

    def _remove(self, key: str) -> None:
        row = next((r for r in self._rows or () if r.id == key), None)
        if row is not None and outside.confirm(
            self,
            self.tr("Remove this model?"),
            f"{wording.visible(row.name or row.id)}\n\n" + self.tr("You can add it again from its file."),
            self.tr("Remove"),
        ):
            self._do("/models/remove", IdBody(key))

    def _choose_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self,
            self.tr("Choose a model file"),
            "",
            self.tr("Language models (*.gguf)") + ";;" + self.tr("All files (*)"),
        )
        if path:
            self.said.emit(self.tr("Adding the model…"))
            self._do("/models/add", PathBody(path))

    def _do(self, route: str, body: object) -> None:
        call = self._link.post(route, body)
        call.done.connect(self._done)
        call.failed.connect(self._failed)

    def _done(self) -> None:
        self._rows = None
        self.said.emit("")
        self.refresh()

    def _failed(self, error: MoaError) -> None:
        self._rows = None
        self.failed.emit(error)
        self.refresh()

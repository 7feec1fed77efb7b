"""Embedding models on the models page: which one searches by meaning, what another one costs, how far it is.

Knows the engine only over the wire. Nothing changes before the person has seen what it costs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app import engine_words, outside, wording
from app.engine_link import EngineLink
from app.labels import PlainLabel
from app.streams import Call
from app.stylesheet import set_role
from core.errors import MoaError
from core.serve.wire import IdBody, PathBody
from core.types import EmbedderChange, EmbedderCost, EmbedderRow, Status


class EmbedderCard(QFrame):
    """One embedding model. The signals carry its id."""

    wanted = Signal(str)
    unwanted = Signal(str)
    given_up = Signal()

    def __init__(self, row: EmbedderRow, parent: QWidget) -> None:
        super().__init__(parent)
        set_role(self, "card")
        self._id = row.id
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 10, 8, 10)
        layout.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(4)
        name = _name(row)
        words.addWidget(PlainLabel(name, "heading", self))
        words.addWidget(PlainLabel(self._facts(row), "muted", self))
        if row.problem:
            words.addWidget(PlainLabel(engine_words.said(row.problem), "warning", self))
        self._said = PlainLabel("", "muted", self)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress of {0}").format(name))
        for widget in (self._said, self._bar):
            widget.setVisible(row.next)
            words.addWidget(widget)
        layout.addLayout(words, 1)
        if row.next:
            self._button(layout, self.tr("Stay with the old one"), self._stay)
        elif not row.serving and not row.problem:
            button = self._button(layout, self.tr("Change to it…"), self._want)
            button.setAccessibleName(self.tr("Change to {0}").format(name))
        if row.kind in ("folder", "gguf") and not (row.serving or row.next):
            button = self._button(layout, self.tr("Remove…"), self._remove)
            button.setAccessibleName(self.tr("Remove model {0}").format(name))

    def _facts(self, row: EmbedderRow) -> str:
        facts = [self.tr("Searches by meaning now") if row.serving else ""]
        if row.dim:
            facts.append(self.tr("{0} dimensions").format(f"{row.dim:,}"))
        facts.append(", ".join(engine_words.said(wording.language(code)) for code in row.languages[:6]))
        if row.size:
            facts.append(wording.size(row.size))
        if row.choice:
            facts.append(wording.file_name(row.path) if row.kind != "cache" else "")
        return wording.visible(" · ".join(filter(None, facts)))

    def _button(self, layout: QHBoxLayout, text: str, pressed: Callable[[], None]) -> QPushButton:
        button = QPushButton(text, self)
        set_role(button, "flat")
        button.clicked.connect(pressed)
        layout.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return button

    def show_change(self, change: EmbedderChange) -> None:
        """How far it is being prepared."""
        self._bar.setRange(0, change.total)
        self._bar.setValue(change.done)
        self._bar.setVisible(change.state != "failed")
        words = self.tr("Being opened…")
        if change.state == "failed":
            words = engine_words.said(change.detail)
        elif change.total:
            words = self.tr("{0} of {1} passages; the old one serves meanwhile").format(
                f"{change.done:,}", f"{change.total:,}"
            )
            if change.eta_s:
                words += " · " + self.tr("{0} left").format(wording.duration(change.eta_s))
        self._said.setText(words)

    def show_trying(self, trying: bool) -> None:
        """It is being tried on passages, which takes a minute where it is new here: nothing else can be asked of it."""
        self._said.setText(self.tr("Being tried on some of your passages; this can take a minute…"))
        self._bar.setRange(0, 0)
        for widget in (self._said, self._bar):
            widget.setVisible(trying)
        for button in self.findChildren(QPushButton):
            button.setEnabled(not trying)

    def focus(self) -> None:
        """Tab goes on from here: the card was made anew under the button that was pressed."""
        for button in self.findChildren(QPushButton)[:1]:
            button.setFocus()

    def _want(self) -> None:
        self.wanted.emit(self._id)

    def _remove(self) -> None:
        self.unwanted.emit(self._id)

    def _stay(self) -> None:
        self.given_up.emit()


class EmbeddersSection(QWidget):
    """`failed` carries a MoaError, `said` a sentence, `asked` the card of what was just asked for: it is to be seen."""

    failed = Signal(object)
    said = Signal(str)
    asked = Signal(object)

    def __init__(self, link: EngineLink, parent: QWidget) -> None:
        super().__init__(parent)
        self._link = link
        self._rows: tuple[EmbedderRow, ...] = ()
        self._cards: dict[str, EmbedderCard] = {}
        self._call: Call | None = None
        self._trying = ""
        """The model whose cost is being found out."""
        self._changing = ""
        """The model that was just changed to and is not shown so yet."""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 6)
        self._column.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(PlainLabel(self.tr("Search by meaning"), "heading", self), 1)
        for text, choose in (
            (self.tr("Add a folder…"), self._choose_folder),
            (self.tr("Add a file…"), self._choose_file),
        ):
            button = QPushButton(text, self)
            set_role(button, "flat")
            button.setAccessibleName(self.tr("{0} with an embedding model").format(text))
            button.clicked.connect(choose)
            head.addWidget(button)
        self._column.addLayout(head)
        link.status_changed.connect(self._show_status)
        self.hide()

    def refresh(self) -> None:
        """Fetch the list; the section shows itself when there is one."""
        if self._call is not None:
            self._call.drop()
        self._call = self._link.get("/embedders", tuple[EmbedderRow, ...])
        self._call.done.connect(self._fill)

    def _fill(self, rows: tuple[EmbedderRow, ...]) -> None:
        self._call = None
        self.show()
        if rows == self._rows:
            return
        self._rows = rows
        for old in self._cards.values():
            self._column.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._cards = {row.id: EmbedderCard(row, self) for row in rows}
        for card in self._cards.values():
            card.wanted.connect(self._ask_cost)
            card.unwanted.connect(self._remove)
            card.given_up.connect(self._give_up)
            self._column.addWidget(card)
        if self._trying in self._cards:
            self._cards[self._trying].show_trying(True)
        if self._link.status is not None:
            self._show_status(self._link.status)
        if self._changing in self._cards:
            card, self._changing = self._cards[self._changing], ""
            card.focus()
            self.asked.emit(card)

    def _show_status(self, status: Status) -> None:
        change = status.next_embedder
        if change is None:
            return
        for row in self._rows:
            if row.next and row.id in self._cards:
                self._cards[row.id].show_change(change)

    def _ask_cost(self, key: str) -> None:
        self._tried()
        self._trying = key
        self._cards[key].show_trying(True)
        self.asked.emit(self._cards[key])
        call = self._link.get("/embedders/cost", EmbedderCost, id=key)
        call.then(self, partial(self._offer, key))
        call.failed.connect(self._failed)

    def _tried(self) -> None:
        if self._trying in self._cards:
            self._cards[self._trying].show_trying(False)
        self._trying = ""

    def _offer(self, key: str, cost: EmbedderCost) -> None:
        self._tried()
        row = next((r for r in self._rows if r.id == key), None)
        if row is not None and outside.confirm(
            self,
            self.tr("Change the embedding model?"),
            f"{_name(row)}\n\n{self._words(cost)}",
            self.tr("Change"),
        ):
            self._changing = key
            self._do("/embedders/use", IdBody(key))

    def _words(self, cost: EmbedderCost) -> str:
        if not cost.passages:
            lines = [self.tr("All your passages are prepared for it: it searches at once.")]
        else:
            lines = [
                self.tr("{0} passages are learned anew, which takes {1}, and {2} on the disk.").format(
                    f"{cost.passages:,}", wording.duration(cost.seconds), wording.size(cost.bytes)
                ),
                self.tr("Until then the present one goes on searching, and new notes are found at once."),
            ]
        if not cost.korean:
            lines.append(self.tr("It does not know Korean: Korean questions are searched by their words only."))
        if not cost.english:
            lines.append(self.tr("It does not know English: English questions are searched by their words only."))
        return "\n\n".join(lines)

    def _remove(self, key: str) -> None:
        row = next((r for r in self._rows if r.id == key), None)
        if row is not None and outside.confirm(
            self,
            self.tr("Remove this embedding model?"),
            f"{_name(row)}\n\n{self.tr('What it learned of your notes is forgotten; its files stay where they are.')}",
            self.tr("Remove"),
        ):
            self._do("/embedders/remove", IdBody(key))

    def _give_up(self) -> None:
        self._do("/embedders/cancel", None)

    def _choose_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self, self.tr("Choose the folder of a sentence-transformers model"))
        if path:
            self.add(Path(path))

    def _choose_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, self.tr("Choose an embedding model"), "", self.tr("Embedding models (*.gguf)")
        )
        if path:
            self.add(Path(path))

    def add(self, path: Path) -> None:
        """Take an embedding model up."""
        call = self._link.post("/embedders/add", PathBody(str(path)), EmbedderRow)
        call.done.connect(self._added)
        call.failed.connect(self._failed)

    def _added(self, row: EmbedderRow) -> None:
        self.said.emit(self.tr("“{0}” was added. Change to it to have it search.").format(_name(row)))
        self.refresh()

    def _do(self, route: str, body: object) -> None:
        call = self._link.post(route, body)
        call.done.connect(self.refresh)
        call.failed.connect(self._failed)

    def _failed(self, error: MoaError) -> None:
        self._tried()
        self.failed.emit(error)


def _name(row: EmbedderRow) -> str:
    """The built-in one has a name of its own in every language."""
    if row.kind == "built-in":
        return QCoreApplication.translate("embedding_models", "The one that comes with Moa")
    return wording.visible(row.id)

"""The models page: who writes the answers, what is on its way here, what can be downloaded, and what searches.

Quoting without a model is the first choice, and always there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app import outside, wording
from app.embedding_models import EmbeddersSection
from app.engine_link import EngineLink
from app.labels import PlainLabel
from app.model_cards import NO_MODEL, DownloadCard, ModelCard, OfferCard
from app.model_dialogs import AdapterDialog, AskingDialog, ServerDialog
from app.streams import Call
from app.stylesheet import set_role
from core.errors import MoaError
from core.serve.wire import GetBody, IdBody, ModelBody
from core.types import DownloadRow, Fit, ModelRow, Offer

SERVER = "server"
"""The architecture of a model that runs on a server."""


class ModelsPage(QWidget):
    """`failed` carries a MoaError; `said` a sentence."""

    failed = Signal(object)
    said = Signal(str)

    def __init__(self, link: EngineLink, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._rows: tuple[ModelRow, ...] | None = None
        self._offers: tuple[Offer, ...] | None = None
        self._cards: dict[str, ModelCard] = {}
        self._downloads: dict[str, DownloadCard] = {}
        self._calls: dict[str, Call] = {}
        self._wanted = ""
        """The download that was asked for here and is not in the list yet."""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 18, 24, 14)
        layout.setSpacing(10)
        head = QHBoxLayout()
        title = QLabel(self.tr("Models"), self)
        set_role(title, "title")
        add = QPushButton(self.tr("Add a model file…"), self)
        set_role(add, "primary")
        add.clicked.connect(self._choose_file)
        connect = QPushButton(self.tr("Connect a server…"), self)
        connect.clicked.connect(self._connect)
        head.addWidget(title, 1)
        head.addWidget(connect)
        head.addWidget(add)
        layout.addLayout(head)
        words = self.tr(
            "A language model reads the passages and writes the answer, on this computer. "
            "Moa takes models in the GGUF format. Without one, Moa answers with quotes."
        )
        layout.addWidget(PlainLabel(words, "muted", self))
        area = self._area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        page = QWidget()
        set_role(page, "page")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 6, 4, 0)
        column.setSpacing(8)
        self._here = _Section("", page)
        self._group = QButtonGroup(self._here)
        self._coming = _Section(self.tr("Downloading"), page)
        self._offered = _Section(self.tr("Models that can be downloaded"), page)
        self._meaning = EmbeddersSection(link, page)
        self._meaning.failed.connect(self.failed)
        self._meaning.said.connect(self.said)
        self._meaning.asked.connect(self._reveal)
        for section in (self._here, self._coming, self._offered, self._meaning):
            column.addWidget(section)
        column.addStretch(1)
        area.setWidget(page)
        layout.addWidget(area, 1)

    def refresh(self) -> None:
        """Fetch everything, when this page is seen."""
        self._fetch("/models", tuple[ModelRow, ...], self._fill)
        self._fetch("/models/downloads", tuple[DownloadRow, ...], self._fill_downloads)
        self._fetch("/models/offers", tuple[Offer, ...], self._fill_offers)
        self._fetch_embedders()

    def listing_changed(self, what: str) -> None:
        """Fetch again what the engine says has changed."""
        if what == "models":
            self.refresh()
        elif what == "embedders":
            self._fetch_embedders()
        elif what == "downloads":
            self._fetch("/models/downloads", tuple[DownloadRow, ...], self._fill_downloads)

    def _fetch_embedders(self) -> None:
        if self.isVisible() and self._link.ready:
            self._meaning.refresh()

    def _fetch(self, path: str, shape: object, take: object) -> None:
        if not (self.isVisible() and self._link.ready):
            return
        if path in self._calls:
            self._calls.pop(path).drop()
        call = self._calls[path] = self._link.get(path, shape)
        call.done.connect(lambda _: self._calls.pop(path, None))
        call.failed.connect(lambda _: self._calls.pop(path, None))
        call.done.connect(take)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def add(self, path: Path) -> None:
        """Take a model file up."""
        self.said.emit(self.tr("Adding the model…"))
        call = self._link.post("/models/add", ModelBody(str(path)), ModelRow)
        call.done.connect(self._added)
        call.failed.connect(self._failed)

    def _added(self, row: ModelRow) -> None:
        self._done()
        self.said.emit(self.tr("“{0}” was added. Choose it to have it answer.").format(_name(row)))
        self._area.verticalScrollBar().setValue(0)

    # What is shown.

    def _fill(self, rows: tuple[ModelRow, ...]) -> None:
        if rows == self._rows:
            return
        self._rows = rows
        focused = next((key for key, card in self._cards.items() if card.radio.hasFocus()), None)
        with self._in_place():
            self._fill_cards(rows)
        if focused in self._cards:
            # Cards are made anew; Tab goes on from the same one.
            self._cards[focused].radio.setFocus()
        for row in rows:
            if not row.problem and row.architecture != SERVER:
                self._link.get("/models/fit", Fit, id=row.id).done.connect(self._fits)

    def _fill_cards(self, rows: tuple[ModelRow, ...]) -> None:
        self._here.clear()
        quotes = self.tr("Answers are the best sentences of your notes, word for word. Needs no memory, comes at once.")
        none = ModelCard(NO_MODEL, self.tr("Quotes, without a model"), (quotes,), self._here)
        self._cards = {NO_MODEL: none} | {row.id: self._card(row) for row in rows}
        for key, card in self._cards.items():
            self._group.addButton(card.radio)
            card.chosen.connect(self._use)
            card.unwanted.connect(self._remove)
            card.adapter_wanted.connect(self._adapt)
            self._here.add(card)
            with QSignalBlocker(card.radio):
                card.radio.setChecked(any(r.active and r.id == key for r in rows))
        if not any(row.active for row in rows):
            none.radio.setChecked(True)

    @contextmanager
    def _in_place(self) -> Iterator[None]:
        """Keep what is seen where it is while cards above it come and go: nobody may click on what moved in."""
        bar, page = self._area.verticalScrollBar(), self._area.widget()
        seen = next(
            (s for s in (self._offered, self._meaning) if s.isVisible() and s.geometry().bottom() > bar.value()), None
        )
        before = seen.y() if seen is not None else 0
        yield
        layout = page.layout() if page is not None else None
        if seen is not None and page is not None and layout is not None and bar.value() > 0:
            page.resize(page.width(), max(layout.totalHeightForWidth(page.width()), self._area.viewport().height()))
            layout.activate()
            bar.setValue(bar.value() + seen.y() - before)

    def _card(self, row: ModelRow) -> ModelCard:
        server = row.architecture == SERVER
        leaves = ""
        if row.remote:
            leaves = self.tr("Questions and passages go to {0}, outside this computer").format(row.remote)
        if server:
            facts = [self.tr("A server: {0}").format(row.path)]
        else:
            facts = [wording.file_name(row.path), row.architecture, row.quantization]
        if row.size:
            facts.append(wording.size(row.size))
        if row.context:
            facts.append(self.tr("up to {0} tokens").format(f"{row.context:,}"))
        title = _name(row)
        lines = [wording.visible(" · ".join(filter(None, facts)))]
        if row.adapters:
            lines.append(self.tr("With adapter: {0}").format(wording.visible(", ".join(row.adapters))))
        return ModelCard(
            row.id, title, tuple(lines), self._here, problem=row.problem, leaves=wording.visible(leaves),
            adapts=not server and not row.problem,
        )  # fmt: skip

    def _fits(self, fit: Fit) -> None:
        if fit.id in self._cards:
            self._cards[fit.id].show_fit(fit)

    def _fill_downloads(self, rows: tuple[DownloadRow, ...]) -> None:
        rows = tuple(row for row in rows if row.state != "done")
        if [row.id for row in rows] != list(self._downloads):
            with self._in_place():
                self._fill_coming(rows)
                self._show_offers()
        for row in rows:
            self._downloads[row.id].show_row(row)
        if self._wanted in self._downloads:
            # What was just asked for is shown, wherever it was asked for.
            card, self._wanted = self._downloads[self._wanted], ""
            card.pause.setFocus()
            self._reveal(card)

    def _reveal(self, card: QWidget) -> None:
        """Bring a card into sight, once it has its place."""
        QTimer.singleShot(0, card, partial(self._area.ensureWidgetVisible, card))

    def _fill_coming(self, rows: tuple[DownloadRow, ...]) -> None:
        self._coming.clear()
        self._downloads = {}
        for row in rows:
            card = self._downloads[row.id] = DownloadCard(row, self._coming)
            card.paused.connect(self._pause)
            card.resumed.connect(self._get)
            card.dropped.connect(self._drop)
            self._coming.add(card)

    def _fill_offers(self, offers: tuple[Offer, ...]) -> None:
        if offers != self._offers:
            self._offers = offers
            with self._in_place():
                self._show_offers()

    def _show_offers(self) -> None:
        wanted = [o for o in self._offers or () if not o.here and o.id not in self._downloads]
        if self._offered.shown != wanted:
            self._offered.clear()
            self._offered.shown = wanted
            for offer in wanted:
                card = OfferCard(offer, self._offered)
                card.wanted.connect(self._get)
                self._offered.add(card)

    # What is done.

    def _use(self, key: str) -> None:
        self._do("/models/use", IdBody(key))

    def _get(self, key: str) -> None:
        self._wanted = "" if key in self._downloads else key
        self._do("/models/get", GetBody(key))

    def _pause(self, key: str) -> None:
        self._do("/models/downloads/pause", IdBody(key))

    def _drop(self, key: str) -> None:
        self._do("/models/downloads/remove", IdBody(key))

    def _remove(self, key: str) -> None:
        row = next((r for r in self._rows or () if r.id == key), None)
        if row is not None and outside.confirm(
            self,
            self.tr("Remove this model?"),
            f"{_name(row)}\n\n"
            + (
                self.tr("Its key is deleted from the keyring. You can connect it again.")
                if row.architecture == SERVER
                else (
                    self.tr("Its file is deleted, which frees {0}: {1}")
                    if row.own
                    else self.tr("Its file stays where it is, {0} on the disk: {1}")
                ).format(wording.size(row.size), wording.visible(row.path))
            ),
            self.tr("Remove"),
        ):
            self._do("/models/remove", IdBody(key))

    def _connect(self) -> None:
        dialog = ServerDialog(self)
        dialog.wanted.connect(lambda body: self._through(dialog, "/models/connect", body, self._connected))
        dialog.open()

    def _connected(self, row: ModelRow) -> None:
        self.said.emit(self.tr("“{0}” is connected. Choose it to have it answer.").format(_name(row)))

    def _adapt(self, key: str) -> None:
        row = next((r for r in self._rows or () if r.id == key), None)
        if row is not None:
            dialog = AdapterDialog(row, self)
            dialog.wanted.connect(lambda body: self._through(dialog, "/models/adapt", body, None))
            dialog.open()

    def _through(self, dialog: AskingDialog, route: str, body: object, then: Callable[[ModelRow], None] | None) -> None:
        """Have the engine do what a dialog asks for, and tell the dialog how it went."""
        call = self._link.post(route, body, ModelRow)
        call.done.connect(dialog.done_well)
        call.done.connect(self._done)
        if then is not None:
            call.done.connect(then)
        call.failed.connect(dialog.show_error)

    def _choose_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self,
            self.tr("Choose a model file"),
            "",
            self.tr("Language models (*.gguf)") + ";;" + self.tr("All files (*)"),
        )
        if path:
            self.add(Path(path))

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


def _name(row: ModelRow) -> str:
    """A name to show: servers often name a model by its whole path."""
    return wording.file_name(row.name or row.id) if row.architecture == SERVER else wording.visible(row.name or row.id)


class _Section(QWidget):
    """Cards under a heading; nothing at all while there are none."""

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.shown: list[Offer] = []
        self._cards: list[QWidget] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 6)
        self._column.setSpacing(8)
        if title:
            self._column.addWidget(PlainLabel(title, "heading", self))
        self.hide()

    def add(self, card: QWidget) -> None:
        self._cards.append(card)
        self._column.addWidget(card)
        # At once and not with the next event, so that it has its place as soon as the section is laid out.
        card.show()
        self.show()

    def clear(self) -> None:
        for card in self._cards:
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = []
        self.hide()

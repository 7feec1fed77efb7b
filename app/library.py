"""The library page: how far reading is, the watched folders, and the files in them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app import engine_words, outside, wording
from app.engine_link import EngineLink
from app.file_list import FileList
from app.folder_cards import FolderCard
from app.labels import PlainLabel
from app.streams import Call
from app.stylesheet import set_role
from app.theme import Theme
from app.work_state import WorkState
from core.serve.wire import PathBody
from core.types import FolderRow, Status

# Above what the files need, a folder is seen for so many pixels of the window; more scroll.
HEIGHT_A_FOLDER = 180
HEIGHT_OF_FILES = 320
GAP = 6


class LibraryPage(QWidget):
    """`folder_wanted` and `files_wanted` when the user wants to add something; `failed` carries a MoaError, `said` a
    sentence."""

    folder_wanted = Signal()
    files_wanted = Signal()
    failed = Signal(object)
    said = Signal(str)

    def __init__(self, link: EngineLink, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._theme = theme
        self._folders: tuple[FolderRow, ...] = ()
        self._call: Call | None = None
        self._stale = False
        self._standing: tuple[int, int, tuple[str, ...], int] | None = None
        self._known = 0
        self._paused = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 16, 24, 10)
        layout.setSpacing(8)
        self._work = WorkState(self)
        self._work.pause_wanted.connect(self._pause)
        layout.addLayout(self._head())
        layout.addWidget(self._work)
        self._area = QScrollArea(self)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout.addWidget(self._area)
        self._files = FileList(link, self)
        self._files.failed.connect(self.failed)
        self._files.said.connect(self.said)
        layout.addWidget(self._files, 1)
        theme.changed.connect(self._fill_folders)
        self._fill_folders()

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        title = QLabel(self.tr("Library"), self)
        set_role(title, "title")
        row.addWidget(title, 1)
        copy = QPushButton(self.tr("Copy files in…"), self)
        copy.setToolTip(self.tr("Copies files into Moa's own folder; yours stay where they are"))
        copy.clicked.connect(self.files_wanted)
        add = self._add = QPushButton(self.tr("Choose a folder…"), self)
        set_role(add, "primary")
        add.clicked.connect(self.folder_wanted)
        for button in (self._work.button, copy, add):
            row.addWidget(button)
        return row

    def refresh(self) -> None:
        """Fetch folders and files again, when this page is seen."""
        if not (self._link.ready and self.isVisible()):
            return
        self._files.refresh()
        # A busy engine is not asked anew before it has answered: once more after that.
        self._stale = self._call is not None
        if self._call is None:
            self._call = self._link.get("/folders", tuple[FolderRow, ...])
            self._call.done.connect(self._take_folders)
            self._call.failed.connect(self._not_fetched)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def show_status(self, status: Status) -> None:
        """Show how far reading is, and how many files are in which state."""
        self._work.show_status(status)
        self._files.show_status(status)
        if status.paused != self._paused:
            self._paused = status.paused
            self._fill_folders()
        # A folder whose files are gone, or are back, says so in these and nowhere else. While files are being read
        # their number changes all the time; it is looked at after that.
        if status.progress.stage not in ("looking", "reading"):
            self._known = sum(status.files.values())
        standing = (status.folders, status.files.get("unavailable", 0), status.notes, self._known)
        if standing != self._standing:
            self._standing = standing
            self.refresh()
        elif status.progress.stage:
            self._files.refresh()

    def _take_folders(self, rows: tuple[FolderRow, ...]) -> None:
        self._call = None
        if rows != self._folders:
            self._folders = rows
            self._fill_folders()
            self._files.name_folders(tuple((row.path, engine_words.said(row.collection)) for row in rows))
        if self._stale:
            self.refresh()

    def _not_fetched(self) -> None:
        self._call = None

    def _fill_folders(self) -> None:
        page = QWidget()
        set_role(page, "page")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        for row in self._folders:
            card = FolderCard(row, self._theme, page, self._paused)
            card.unwanted.connect(self._remove)
            card.loss_accepted.connect(self._accept_loss)
            card.options_wanted.connect(self._options)
            column.addWidget(card)
        if not self._folders:
            column.addWidget(
                PlainLabel(self.tr("No folder yet. Choose one, or drop it on this window."), "muted", page)
            )
        column.addStretch(1)
        self._area.setWidget(page)
        # Made anew each time, they would come last with Tab, after the files that stand below them.
        before = self._add
        for button in page.findChildren(QPushButton):
            QWidget.setTabOrder(before, button)
            before = button
        self._fit_folders()

    def _fit_folders(self) -> None:
        page, width = self._area.widget(), self._area.viewport().width()
        if page is not None:
            # Sentences break: how tall the cards are depends on how wide they may be.
            cards = page.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
            cards = cards[: self._seen_folders()]
            tall = sum(c.heightForWidth(width) if c.hasHeightForWidth() else c.sizeHint().height() for c in cards)
            self._area.setFixedHeight(tall + GAP * (len(cards) - 1))

    def _seen_folders(self) -> int:
        return max(1, (self.window().height() - HEIGHT_OF_FILES) // HEIGHT_A_FOLDER)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_folders()

    def _pause(self, pause: bool) -> None:
        self._do("/pause" if pause else "/resume", None)

    def _remove(self, path: str) -> None:
        if outside.confirm(
            self,
            self.tr("Stop watching this folder?"),
            f"{wording.visible(path)}\n\n"
            + self.tr("Moa forgets what it read there. The folder and its files stay as they are."),
            self.tr("Stop watching"),
        ):
            self._do("/folders/remove", PathBody(path))

    def _accept_loss(self, path: str) -> None:
        if outside.confirm(
            self,
            self.tr("Forget the files that are gone?"),
            f"{wording.visible(path)}\n\n"
            + self.tr("What Moa read in them is not found any more. If they come back, Moa reads them again."),
            self.tr("Forget them"),
        ):
            self._do("/folders/accept-loss", PathBody(path))

    def _options(self, row: FolderRow) -> None:
        from app.folder_options import FolderOptions

        dialog = FolderOptions(row, self)
        dialog.chosen.connect(lambda body: self._do("/folders/options", body))
        dialog.open()

    def _do(self, route: str, body: object | None) -> None:
        call = self._link.post(route, body)
        call.done.connect(self.refresh)
        call.failed.connect(self.failed)

"""The library page: the watched folders, and what is known of each file in them."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app import icons, outside, wording
from app.engine_link import EngineLink
from app.file_table import FOLDER, NAME, STATE, FileTable
from app.labels import ElidedLabel, PlainLabel
from app.streams import Call
from app.stylesheet import set_role
from app.theme import Theme
from core.errors import MoaError
from core.serve.wire import PathBody
from core.types import FileRow, FileState, FolderRow, Status

STATES: tuple[FileState, ...] = ("indexed", "waiting", "failed", "skipped", "unavailable")
# While files are being read the list changes all the time; a list of 100,000 files is not fetched more often.
REFRESH_MS = 1_500


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
        show = QPushButton(self.tr("Show"), self)
        show.setAccessibleName(self.tr("Show folder {0}").format(wording.visible(row.path)))
        show.clicked.connect(self._show)
        remove = QPushButton(self.tr("Remove…"), self)
        remove.setAccessibleName(self.tr("Stop watching {0}").format(wording.visible(row.path)))
        remove.clicked.connect(self._remove)
        layout.addWidget(glyph)
        layout.addLayout(words, 1)
        for button in (show, remove):
            set_role(button, "flat")
            layout.addWidget(button)

    def _show(self) -> None:
        outside.open_file(self, self._path)

    def _remove(self) -> None:
        self.unwanted.emit(self._path)


class LibraryPage(QWidget):
    """`folder_wanted` and `files_wanted` when the user wants to add something; `failed` carries a MoaError."""

    folder_wanted = Signal()
    files_wanted = Signal()
    failed = Signal(object)

    def __init__(self, link: EngineLink, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._theme = theme
        self._folders: tuple[FolderRow, ...] = ()
        self._calls: dict[str, Call] = {}
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(REFRESH_MS)
        self._later.timeout.connect(self._fetch)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 18, 24, 14)
        layout.setSpacing(10)
        layout.addLayout(self._head())
        self._area = QScrollArea(self)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout.addWidget(self._area)
        layout.addLayout(self._filters())
        layout.addWidget(self._files(), 1)
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
        add = QPushButton(self.tr("Choose a folder…"), self)
        set_role(add, "primary")
        add.clicked.connect(self.folder_wanted)
        row.addWidget(copy)
        row.addWidget(add)
        return row

    def _filters(self) -> QHBoxLayout:
        row = QHBoxLayout()
        label = QLabel(self.tr("Files"), self)
        set_role(label, "heading")
        self._count = QLabel(self)
        set_role(self._count, "muted")
        self._state = QComboBox(self)
        self._state.setAccessibleName(self.tr("Show files in this state"))
        self._state.addItem(self.tr("All files"), "")
        for state in STATES:
            self._state.addItem(wording.file_state(state), state)
        self._needle = QLineEdit(self)
        set_role(self._needle, "filter")
        self._needle.setPlaceholderText(self.tr("Part of a name"))
        self._needle.setAccessibleName(self.tr("Show files whose path contains this"))
        self._needle.setClearButtonEnabled(True)
        self._needle.setMaximumWidth(220)
        self._state.currentIndexChanged.connect(self._narrow)
        self._needle.textChanged.connect(self._narrow)
        row.addWidget(label)
        row.addWidget(self._count, 1)
        row.addWidget(self._needle)
        row.addWidget(self._state)
        return row

    def _files(self) -> QTableView:
        self._table = FileTable(self)
        self._view = QTableView(self)
        self._view.setModel(self._table)
        self._view.setAccessibleName(self.tr("Files"))
        self._view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._view.setShowGrid(False)
        self._view.setTabKeyNavigation(False)
        self._view.setWordWrap(False)
        self._view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._view.verticalHeader().hide()
        self._view.verticalHeader().setDefaultSectionSize(32)
        header = self._view.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        for column, width in ((NAME, 250), (FOLDER, 220), (STATE, 165)):
            self._view.setColumnWidth(column, width)
        self._view.activated.connect(self._open)
        return self._view

    def refresh(self) -> None:
        """Fetch folders and files: at once when this page is seen, not more often than every 1.5 s."""
        if self.isVisible() and not self._later.isActive():
            self._fetch()
            self._later.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def show_status(self, status: Status) -> None:
        """Put the number of files into the list of states."""
        total = sum(status.files.values())
        self._state.setItemText(0, self.tr("All files ({0})").format(f"{total:,}"))
        for at, state in enumerate(STATES, start=1):
            count = status.files.get(state, 0)
            self._state.setItemText(
                at, f"{wording.file_state(state)} ({count:,})" if count else wording.file_state(state)
            )
        if status.progress.stage:
            self.refresh()

    def _fetch(self) -> None:
        if not (self._link.ready and self.isVisible()):
            return
        for call in self._calls.values():
            call.drop()
        folders = self._link.get("/folders", tuple[FolderRow, ...])
        files = self._link.get("/files", tuple[FileRow, ...])
        folders.done.connect(self._take_folders)
        files.done.connect(self._take_files)
        self._calls = {"folders": folders, "files": files}

    def _take_folders(self, rows: tuple[FolderRow, ...]) -> None:
        if rows != self._folders:
            self._folders = rows
            self._fill_folders()

    def _take_files(self, rows: tuple[FileRow, ...]) -> None:
        chosen = self._view.currentIndex().row()
        kept = self._table.row(chosen).path if chosen >= 0 else ""
        at = self._view.verticalScrollBar().value()
        self._table.set_rows(rows)
        for row in range(self._table.shown if kept else 0):
            if self._table.row(row).path == kept:
                self._view.selectRow(row)
                break
        self._view.verticalScrollBar().setValue(at)
        self._counted()

    def _fill_folders(self) -> None:
        page = QWidget()
        set_role(page, "page")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for row in self._folders:
            card = FolderCard(row, self._theme, page)
            card.unwanted.connect(self._remove)
            column.addWidget(card)
        if not self._folders:
            column.addWidget(
                PlainLabel(self.tr("No folder yet. Choose one, or drop it on this window."), "muted", page)
            )
        column.addStretch(1)
        self._area.setWidget(page)
        # Three folders are seen at once; more scroll, so that the files keep their room.
        self._area.setFixedHeight(min(page.sizeHint().height(), 3 * 66))

    def _narrow(self) -> None:
        self._table.narrow(self._state.currentData() or "", self._needle.text().strip())
        self._counted()

    def _counted(self) -> None:
        self._count.setText(f"{self._table.shown:,}")

    def _open(self, index: QModelIndex) -> None:
        outside.open_file(self, self._table.row(index.row()).path)

    def _remove(self, path: str) -> None:
        if outside.confirm(
            self,
            self.tr("Stop watching this folder?"),
            f"{wording.visible(path)}\n\n"
            + self.tr("Moa forgets what it read there. The folder and its files stay as they are."),
            self.tr("Stop watching"),
        ):
            call = self._link.post("/folders/remove", PathBody(path))
            call.done.connect(self._fetch)
            call.failed.connect(self._not_removed)

    def _not_removed(self, error: MoaError) -> None:
        self.failed.emit(error)

"""The list of files: narrowed by state and name, with everything that is known of the chosen one below it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QHBoxLayout,
    QHeaderView,
    QInputDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app import engine_words, outside, wording
from app.engine_link import EngineLink
from app.file_table import FOLDER, NAME, PAGE, STATE, FileTable
from app.labels import Muted, PlainLabel, RightElided
from app.streams import Call
from app.stylesheet import set_role
from core.errors import MoaError
from core.serve.wire import RetryBody, UnlockBody
from core.types import FilePage, FileRow, FileState, Status

# What comes and goes while files are read stands last, so that nothing moves under the pointer.
STATES: tuple[FileState | str, ...] = ("", "indexed", "failed", "skipped", "unavailable", "waiting")
# While files are being read the list changes all the time.
REFRESH_MS = 1_500
TYPING_MS = 150
NARROW = 700
# A window lower than this gives its height to the rows.
LOW = 600
ROW, LOW_ROW = 32, 26
PASSWORD_WIDTH = 440


class FileList(QWidget):
    """Fetches the rows that are in sight."""

    failed = Signal(object)
    said = Signal(str)

    def __init__(self, link: EngineLink, parent: QWidget) -> None:
        super().__init__(parent)
        self._link = link
        self._first: Call | None = None
        self._more: Call | None = None
        self._chosen: FileRow | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(REFRESH_MS)
        self._stale = False
        self._later.timeout.connect(self._settled)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self.start)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(self._filters())
        layout.addWidget(self._files(), 1)
        layout.addLayout(self._details())
        self._show_chosen(None)

    def _filters(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(2)
        self._group = QButtonGroup(self)
        self._states: dict[str, QPushButton] = {}
        for state in STATES:
            button = QPushButton(self)
            set_role(button, "chip")
            button.setCheckable(True)
            self._group.addButton(button)
            self._states[state] = button
            row.addWidget(button)
        self._states[""].setChecked(True)
        self._group.buttonClicked.connect(self.start)
        self._needle = QLineEdit(self)
        set_role(self._needle, "filter")
        self._needle.setPlaceholderText(self.tr("File name"))
        self._needle.setAccessibleName(self.tr("Show files whose path contains this"))
        self._needle.setClearButtonEnabled(True)
        self._needle.setMaximumWidth(200)
        self._needle.setMinimumWidth(110)
        self._needle.textChanged.connect(self._typing.start)
        row.addStretch(1)
        row.addWidget(self._needle, 2)
        self._name_states({})
        return row

    def _files(self) -> QTableView:
        self._table = FileTable(self)
        self._table.missing.connect(self._fetch_more)
        view = self._view = QTableView(self)
        view.setModel(self._table)
        view.setAccessibleName(self.tr("Files"))
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setShowGrid(False)
        view.setTabKeyNavigation(False)
        view.setWordWrap(False)
        view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._menu)
        view.verticalHeader().hide()
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        view.verticalHeader().setDefaultSectionSize(ROW)
        header = view.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        for column, width in ((NAME, 250), (FOLDER, 220)):
            view.setColumnWidth(column, width)
        view.setItemDelegateForColumn(FOLDER, Muted(view))
        view.setItemDelegateForColumn(STATE, RightElided(view))
        view.activated.connect(self._open)
        view.selectionModel().currentRowChanged.connect(self._row_chosen)
        return view

    def _details(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        self._about = PlainLabel("", "muted", self)
        self._about.setMinimumHeight(2 * self._about.fontMetrics().lineSpacing())
        self._about.setAccessibleName(self.tr("About the chosen file"))
        row.addWidget(self._about, 1)
        self._open_button = self._button(self.tr("Open"))
        self._open_button.clicked.connect(self._open)
        self._folder_button = self._button(self.tr("Show in folder"))
        self._folder_button.clicked.connect(self._open_folder)
        self._unlock_button = self._button(self.tr("Enter password…"))
        self._unlock_button.clicked.connect(lambda: self._ask_password())
        self._retry_button = self._button(self.tr("Try again"))
        self._retry_button.clicked.connect(self._retry)
        self._retry_all_button = self._button(self.tr("Try all again"))
        self._retry_all_button.setAccessibleName(self.tr("Try all files again that could not be read"))
        self._retry_all_button.clicked.connect(self._retry_all)
        for button in (
            self._unlock_button,
            self._retry_button,
            self._retry_all_button,
            self._open_button,
            self._folder_button,
        ):
            row.addWidget(button)
        return row

    def _button(self, words: str) -> QPushButton:
        button = QPushButton(words, self)
        set_role(button, "flat")
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Where there is little room the folder gives way: it is in the tool tip, and why a file was not read is not.
        self._view.setColumnHidden(FOLDER, self.width() < NARROW)
        self._view.setColumnWidth(NAME, 210 if self.width() < NARROW else 250)
        low = self.window().height() < LOW
        self._view.verticalHeader().setDefaultSectionSize(LOW_ROW if low else ROW)
        self._about.setMinimumHeight((1 if low else 2) * self._about.fontMetrics().lineSpacing())

    # What is shown.

    def show_status(self, status: Status) -> None:
        """Put the numbers of files on the states."""
        self._name_states(status.files)

    def _name_states(self, counts: dict[str, int]) -> None:
        for state, button in self._states.items():
            count = counts.get(state, 0) if state else sum(counts.values())
            name = wording.file_state_short(state)
            button.setText(f"{name} {count:,}" if count else name)
            button.setAccessibleName(self.tr("Show: {0}").format(button.text()))
            # A state no file is in needs no button; the one that was chosen stays, or the list would lie.
            button.setVisible(not state or bool(count) or button.isChecked())

    def name_folders(self, roots: tuple[tuple[str, str], ...]) -> None:
        """Tell folders from the watched one they are in: (path, name) of each."""
        self._table.name_folders(roots)

    def refresh(self) -> None:
        """Fetch what is in sight again: at once, but not more often than every 1.5 s."""
        if self._later.isActive():
            self._stale = True
        elif self.isVisible():
            self._later.start()
            if self._table.total:
                self._table.refresh()
            # An engine that takes longer than 1.5 s is not asked anew each time, or it would never be heard.
            elif self._first is None:
                self.start()

    def _settled(self) -> None:
        if self._stale:
            self._stale = False
            self.refresh()

    def start(self) -> None:
        """Fetch the list from its beginning, as it is narrowed now."""
        if not self._link.ready:
            return
        self._drop()
        self._first = self._page(0)
        self._first.done.connect(self._started)

    def _page(self, offset: int) -> Call:
        state = next(state for state, button in self._states.items() if button.isChecked())
        part = self._needle.text().strip()
        call = self._link.get(
            "/files/page", FilePage, state=state, part=part, offset=str(offset), limit=str(PAGE)
        )  # fmt: skip
        call.failed.connect(self._not_fetched)
        return call

    def _started(self, page: FilePage) -> None:
        self._first = None
        self._table.start(page)
        self._view.scrollToTop()
        self._keep_choice()

    def _fetch_more(self, offset: int) -> None:
        if self._first is not None or self._more is not None or not self._link.ready:
            return  # asked for again by the painting that follows the answer
        self._more = self._page(offset)
        self._more.then(self, partial(self._fetched, offset))

    def _fetched(self, offset: int, page: FilePage) -> None:
        self._more = None
        self._table.put(offset, page)
        self._keep_choice()
        self._view.viewport().update()

    def _not_fetched(self) -> None:
        self._first = self._more = None

    def _drop(self) -> None:
        for call in (self._first, self._more):
            if call is not None:
                call.drop()
        self._first = self._more = None

    # The chosen file.

    def _row_chosen(self, now: QModelIndex) -> None:
        self._show_chosen(self._table.row(now.row()) if now.isValid() else None)

    def _keep_choice(self) -> None:
        """The same file stays chosen though rows were added before it."""
        if self._chosen is None:
            return
        at = self._table.find(self._chosen.path)
        if at < 0:
            self._view.clearSelection()
            self._view.setCurrentIndex(QModelIndex())
            self._show_chosen(None)
        elif self._view.currentIndex().row() != at:
            self._view.selectRow(at)
        else:
            self._show_chosen(self._table.row(at))

    def _show_chosen(self, row: FileRow | None) -> None:
        self._chosen = row
        if row is None and any(button.hasFocus() for button in (self._unlock_button, self._retry_button)):
            # The button goes with what it was for; Tab goes on from the list, not from the top of the page.
            self._view.setFocus()
        self._unlock_button.setVisible(row is not None and row.outcome == "password")
        self._retry_button.setVisible(row is not None and row.state == "failed")
        self._retry_all_button.setVisible(self._states["failed"].isChecked() and self._table.total > 1)
        for button in (self._open_button, self._folder_button):
            button.setEnabled(row is not None)
        if row is None:
            self._about.setText(self.tr("Choose a file to see what Moa knows of it."))
            return
        facts = [wording.file_state(row.state), wording.size(row.size)]
        if row.chunks:
            facts.append(self.tr("1 passage") if row.chunks == 1 else self.tr("{0} passages").format(f"{row.chunks:,}"))
        name = wording.file_name(row.path)
        self._about.setText(f"{name} · {' · '.join(facts)}\n{engine_words.said(row.reason)}".rstrip())

    def _menu(self, at: QPoint) -> None:
        if not self._view.indexAt(at).isValid() or self._chosen is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Open")).triggered.connect(self._open)
        menu.addAction(self.tr("Show in folder")).triggered.connect(self._open_folder)
        if self._chosen.state == "failed":
            menu.addAction(self.tr("Try again")).triggered.connect(self._retry)
        if self._chosen.outcome == "password":
            menu.addAction(self.tr("Enter password…")).triggered.connect(lambda: self._ask_password())
        menu.popup(self._view.viewport().mapToGlobal(at))

    def _retry(self) -> None:
        if self._chosen is not None:
            self._post("/files/retry", RetryBody((self._chosen.path,)))

    def _retry_all(self) -> None:
        self._post("/files/retry", RetryBody())

    def _ask_password(self, said: str = "") -> None:
        """Ask for the password of the chosen file. It goes to the engine, which never stores it."""
        row = self._chosen
        if row is None:
            return
        name = wording.file_name(row.path)
        dialog = QInputDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self.tr("A locked file"))
        words = self.tr("Password of “{0}”. It is kept in memory until Moa ends, and never stored.").format(name)
        dialog.setLabelText(f"{said}\n\n{words}" if said else words)
        dialog.setMinimumWidth(PASSWORD_WIDTH)
        for label in dialog.findChildren(QLabel):
            # A long name would make it wider than the screen.
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        dialog.setTextEchoMode(QLineEdit.EchoMode.Password)
        dialog.textValueSelected.connect(partial(self._unlock, row.path))
        dialog.open()

    def _unlock(self, path: str, password: str) -> None:
        if not password:
            return
        self._about.setText(self.tr("Opening “{0}”…").format(wording.file_name(path)))
        call = self._link.post("/files/unlock", UnlockBody(path, password), FileRow)
        call.done.connect(self._unlocked)
        call.failed.connect(self._not_unlocked)

    def _unlocked(self, row: FileRow) -> None:
        words = self.tr("“{0}” is open. The same password is tried on other locked files.")
        self.said.emit(words.format(wording.file_name(row.path)))
        self.refresh()

    def _not_unlocked(self, error: MoaError) -> None:
        self._show_chosen(self._chosen)
        self._ask_password(str(error))

    def _post(self, route: str, body: object) -> None:
        call = self._link.post(route, body)
        call.done.connect(self.refresh)
        call.failed.connect(self.failed)

    def _open(self) -> None:
        if self._chosen is not None:
            outside.open_file(self, self._chosen.path)

    def _open_folder(self) -> None:
        if self._chosen is not None:
            outside.open_folder_of(self, self._chosen.path)

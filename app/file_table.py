"""What is known of each file, as a table that holds only the pages of rows that were looked at.

Asks for rows by `missing` and is handed them by `put`; knows nothing of the engine. With 100,000 files a whole list
is 25 MB on the wire and stops the window for half a second each time it is fetched; a page of 200 rows is nothing.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from app import engine_words, wording
from core.types import FilePage, FileRow

Index = QModelIndex | QPersistentModelIndex
NAME, FOLDER, STATE = range(3)
PAGE = 200
# Pages that are kept although they are out of sight.
MOST_PAGES = 50


class FileTable(QAbstractTableModel):
    """`missing` carries the offset of a page that is in sight and not known, or not known to be still so."""

    missing = Signal(int)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._total = 0
        self._pages: dict[int, tuple[FileRow, ...]] = {}
        self._fresh: set[int] = set()
        self._wanted: int | None = None
        self._roots: tuple[tuple[str, str], ...] = ()
        self._ask = QTimer(self)
        self._ask.setSingleShot(True)
        self._ask.setInterval(0)
        self._ask.timeout.connect(self._tell_missing)

    @property
    def total(self) -> int:
        """Rows of the whole list."""
        return self._total

    def start(self, page: FilePage) -> None:
        """Show another list, of which `page` is the beginning."""
        self.beginResetModel()
        self._total, self._pages, self._fresh = page.total, {0: page.rows}, {0}
        self.endResetModel()

    def put(self, offset: int, page: FilePage) -> None:
        """Take rows that were missing; the list may have become longer or shorter meanwhile."""
        before, none = self._total, QModelIndex()
        if page.total < before:
            self.beginRemoveRows(none, page.total, before - 1)
        elif page.total > before:
            self.beginInsertRows(none, before, page.total - 1)
        self._total = page.total
        at = offset // PAGE
        self._pages.pop(at, None)
        self._pages[at] = page.rows
        self._fresh.add(at)
        while len(self._pages) > MOST_PAGES:
            oldest = next(iter(self._pages))
            del self._pages[oldest]
            self._fresh.discard(oldest)
        if page.total < before:
            self.endRemoveRows()
        elif page.total > before:
            self.endInsertRows()
        if page.rows:
            self.dataChanged.emit(self.index(offset, NAME), self.index(offset + len(page.rows) - 1, STATE))

    def name_folders(self, roots: tuple[tuple[str, str], ...]) -> None:
        """Tell folders from the watched one they are in: (path, name) of each."""
        if roots != self._roots:
            self._roots = roots
            if self._total:
                self.dataChanged.emit(self.index(0, FOLDER), self.index(self._total - 1, FOLDER))

    def refresh(self) -> None:
        """What is in sight is shown until the same rows were fetched again."""
        self._fresh.clear()
        if self._total:
            self.dataChanged.emit(self.index(0, NAME), self.index(self._total - 1, STATE))

    def row(self, at: int) -> FileRow | None:
        """A row, or None while it is not known."""
        page = self._pages.get(at // PAGE)
        return page[at % PAGE] if page is not None and at % PAGE < len(page) else None

    def find(self, path: str) -> int:
        """Where `path` is among the rows that are known, or -1."""
        for at, rows in self._pages.items():
            for n, row in enumerate(rows):
                if row.path == path:
                    return at * PAGE + n
        return -1

    def _tell_missing(self) -> None:
        at, self._wanted = self._wanted, None
        if at is not None and at not in self._fresh:
            self.missing.emit(at * PAGE)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else self._total

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 3

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("File"), self.tr("Folder"), self.tr("State"))[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and index.row() // PAGE not in self._fresh:
            # Asked after the painting, and only for what was painted last: fast scrolling skips what it passes.
            self._wanted = index.row() // PAGE
            self._ask.start()
        row = self.row(index.row())
        if row is None:
            return "…" if role == Qt.ItemDataRole.DisplayRole and index.column() == NAME else None
        if role == Qt.ItemDataRole.DisplayRole:
            column = index.column()
            if column == NAME:
                return wording.file_name(row.path)
            if column == FOLDER:
                return wording.folder_within(row.path, self._roots)
            return " · ".join(filter(None, (wording.file_state(row.state), engine_words.said(row.reason))))
        if role == Qt.ItemDataRole.ToolTipRole:
            lines = [wording.visible(row.path), wording.size(row.size)]
            # A zero-width space first: a tool tip takes text that begins like HTML for HTML.
            return "\u200b" + "\n".join([*lines, engine_words.said(row.reason)] if row.reason else lines)
        return None

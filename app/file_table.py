"""What is known of each file, as a table that can be narrowed by state and by name.

Holds the rows it was given; asks nobody for more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app import wording
from core.types import FileRow

Index = QModelIndex | QPersistentModelIndex
NAME, FOLDER, STATE, REASON = range(4)


class FileTable(QAbstractTableModel):
    """Rows in the order they came, narrowed by `narrow`."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._all: tuple[FileRow, ...] = ()
        self._rows: list[FileRow] = []
        self._state = ""
        self._needle = ""

    def set_rows(self, rows: Sequence[FileRow]) -> None:
        """Replace everything."""
        self._all = tuple(rows)
        self._choose()

    def narrow(self, state: str, needle: str) -> None:
        """Show files in `state` (empty: all) whose path has `needle` in it."""
        self._state = state
        self._needle = needle.casefold()
        self._choose()

    def row(self, at: int) -> FileRow:
        return self._rows[at]

    @property
    def shown(self) -> int:
        return len(self._rows)

    def _choose(self) -> None:
        self.beginResetModel()
        self._rows = [
            row
            for row in self._all
            if (not self._state or row.state == self._state)
            and (not self._needle or self._needle in row.path.casefold())
        ]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 4

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("File"), self.tr("Folder"), self.tr("State"), self.tr("Why"))[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            column = index.column()
            if column == NAME:
                return wording.file_name(row.path)
            if column == FOLDER:
                return wording.folder_name(row.path)
            return wording.file_state(row.state) if column == STATE else wording.visible(row.reason)
        if role == Qt.ItemDataRole.ToolTipRole:
            lines = [wording.visible(row.path), wording.size(row.size)]
            # A zero-width space first: a tool tip takes text that begins like HTML for HTML.
            return "\u200b" + "\n".join([*lines, wording.visible(row.reason)] if row.reason else lines)
        return None

"""Labels for names and texts that come from files: never taken for HTML, never wider than their room."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.stylesheet import set_role


class PlainLabel(QLabel):
    """Text that is never taken for HTML, however it looks."""

    def __init__(self, text: str, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        # Long names without spaces must not widen what they stand in.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        set_role(self, role)
        self.setText(text)


class ElidedLabel(QLabel):
    """One line of plain text that gives up its middle when there is no room; the whole is in the tool tip."""

    def __init__(self, text: str, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        set_role(self, role)
        self._whole = text
        self.setText(text)
        self.setToolTip(breakable(text))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideMiddle, self.width()))


class RightElided(QStyledItemDelegate):
    """A cell whose sentence gives up its end, where the others of the table give up their middle."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        option.textElideMode = Qt.TextElideMode.ElideRight


class Muted(QStyledItemDelegate):
    """A cell that says less than the others of its row."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        option.palette.setColor(QPalette.ColorRole.Text, option.palette.color(QPalette.ColorRole.PlaceholderText))


def breakable(text: str) -> str:
    """`text` with invisible places to break after the separators of paths and names; for showing only."""
    for mark in "/\\_-.":
        text = text.replace(mark, f"{mark}\u200b")
    return text

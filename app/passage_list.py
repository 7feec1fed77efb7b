"""Passages as a short list to choose from: name and place on one line, the text below.

Paints plain text; nothing in it is ever taken for HTML.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app import wording
from app.theme import Theme
from core.types import Passage

PASSAGE = Qt.ItemDataRole.UserRole
PADDING = 9
ROWS_SEEN = 5


class _PassagePainter(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, 3 * QFontMetrics(option.font).lineSpacing() + 2 * PADDING + 3)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        passage: Passage = index.data(PASSAGE)
        colors = self._theme.colors
        state, box, font = option.state, QRect(option.rect), QFont(option.font)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.accent_soft if chosen else colors.hover))
            painter.drawRoundedRect(box.adjusted(0, 1, 0, -1), 8, 8)
        box.adjust(PADDING + 2, PADDING, -PADDING - 2, -PADDING)
        bold = QFont(font)
        bold.setWeight(QFont.Weight.DemiBold)
        height = QFontMetrics(font).lineSpacing()
        where = wording.place(passage.location)
        metrics = QFontMetrics(bold)
        name = metrics.elidedText(
            wording.file_name(passage.path), Qt.TextElideMode.ElideMiddle, round(box.width() * 0.6)
        )
        painter.setFont(bold)
        painter.setPen(QColor(colors.text))
        line = QRect(box.x(), box.y(), box.width(), height)
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
        painter.drawText(line, flags, name)
        painter.setFont(font)
        painter.setPen(QColor(colors.muted))
        line.setLeft(box.x() + metrics.horizontalAdvance(name) + 12)
        painter.drawText(line, flags, QFontMetrics(font).elidedText(where, Qt.TextElideMode.ElideLeft, line.width()))
        words = " ".join(passage.text.split())
        painter.setPen(QColor(colors.text))
        below = QRect(box.x(), box.y() + height + 3, box.width(), 2 * height)
        painter.setClipRect(below)
        painter.drawText(below, int(Qt.TextFlag.TextWordWrap), words[:400])
        painter.restore()


class PassageList(QListView):
    """`opened` carries the passage that was clicked twice or chosen with Enter."""

    opened = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._items = QStandardItemModel(self)
        self.setModel(self._items)
        self.setItemDelegate(_PassagePainter(theme, self))
        self.setAccessibleName(self.tr("Passages"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("QListView { background: transparent; border: none; }")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.activated.connect(self._activated)

    @property
    def count(self) -> int:
        return self._items.rowCount()

    @property
    def chosen(self) -> Passage | None:
        """The passage that the user has chosen, or None."""
        index = self.currentIndex()
        return index.data(PASSAGE) if index.isValid() and self.selectionModel().isSelected(index) else None

    def fill(self, passages: Sequence[Passage]) -> None:
        """Replace the list; nothing is chosen."""
        self._items.clear()
        for passage in passages:
            item = QStandardItem()
            item.setData(passage, PASSAGE)
            # For assistive technology, which does not see what is painted.
            place = wording.place(passage.location)
            item.setData(
                f"{wording.file_name(passage.path)}, {place}: {passage.text}", Qt.ItemDataRole.AccessibleTextRole
            )
            self._items.appendRow(item)
        rows = min(len(passages), ROWS_SEEN)
        self.setFixedHeight(rows * max(self.sizeHintForRow(0), 1) + 4)

    def step(self, by: int) -> None:
        """Choose the next or previous passage; going up from the first chooses none."""
        at = self.currentIndex().row() + by if self.chosen is not None else (0 if by > 0 else -1)
        if at < 0:
            self.choose_none()
        elif at < self.count:
            self.setCurrentIndex(self._items.index(at, 0))

    def choose_none(self) -> None:
        """Let go of the choice."""
        self.clearSelection()
        self.setCurrentIndex(QModelIndex())

    def _activated(self, index: QModelIndex) -> None:
        self.opened.emit(index.data(PASSAGE))

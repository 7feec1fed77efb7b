"""How a question was read: the one that stands alone, and its filters, each of which can be taken off."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtWidgets import QLayout, QLayoutItem, QPushButton, QVBoxLayout, QWidget

from app import wording
from app.labels import PlainLabel
from app.stylesheet import set_role
from core.events import Understood


class Flow(QLayout):
    """Puts things beside each other, and on the next line what has no room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(6)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, at: int) -> QLayoutItem | None:
        return self._items[at] if 0 <= at < len(self._items) else None

    def takeAt(self, at: int) -> QLayoutItem | None:
        return self._items.pop(at) if 0 <= at < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._lay(QRect(0, 0, width, 0), False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._lay(rect, True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _lay(self, rect: QRect, place: bool) -> int:
        x, y, height = rect.x(), rect.y(), 0
        for item in self._items:
            hint = item.sizeHint().boundedTo(QSize(max(rect.width(), 1), 10_000))
            if x > rect.x() and x + hint.width() > rect.right() + 1:
                x, y, height = rect.x(), y + height + self.spacing(), 0
            if place:
                item.setGeometry(QRect(QPoint(x, y), hint))
            x, height = x + hint.width() + self.spacing(), max(height, hint.height())
        return y + height - rect.y()


class Reading(QWidget):
    """`dropped` carries the phrases that are to be taken for words and not for filters."""

    dropped = Signal(object)

    def __init__(self, understood: Understood, without: tuple[str, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self._without = without
        self.phrases = tuple(filter.phrase for filter in understood.filters)
        """The words that were taken for filters."""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 2)
        column.setSpacing(4)
        if understood.rewritten:
            words = self.tr("Understood as: {0}").format(wording.visible(understood.question))
            column.addWidget(PlainLabel(words, "muted", self))
        if understood.parts:
            words = self.tr("Searched apart: {0}").format(wording.visible(" · ".join(understood.parts)))
            column.addWidget(PlainLabel(words, "muted", self))
        if not understood.filters:
            return
        row = QWidget(self)
        flow = Flow(row)
        for filter in understood.filters:
            label = wording.visible(filter.label or filter.phrase)
            if not filter.only and filter.applied:
                # A date the notes may as well tell of: notes of that time come first, others with them.
                label = self.tr("{0} first").format(label)
            if not filter.applied:
                label = self.tr("{0}: nothing there, searched without it").format(label)
            chip = QPushButton(f"{label}  ✕".replace("&", "&&"), row)
            set_role(chip, "filter")
            chip.setProperty("applied", filter.applied)
            chip.setAccessibleName(self.tr("Ask again without the filter {0}").format(label))
            chip.setToolTip(self.tr("Read from “{0}”. Click to ask again without it.").format(filter.phrase))
            chip.clicked.connect(partial(self._drop, filter.phrase))
            flow.addWidget(chip)
        column.addWidget(row)

    def set_last(self, last: bool) -> None:
        """Filters can be taken off the last answer's question only."""
        for chip in self.findChildren(QPushButton):
            chip.setEnabled(last)

    def _drop(self, phrase: str) -> None:
        self.dropped.emit((*self._without, phrase))

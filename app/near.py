"""A passage that came near a question, as a button that shows it: its number, its file, its place."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from app import wording
from app.stylesheet import set_role
from core.types import Passage

# What stands beside the words: padding and border of the role.
AROUND = 22


class NearButton(QPushButton):
    """Where there is little room the file's name gives up its middle; the place stays."""

    def __init__(self, passage: Passage, parent: QWidget) -> None:
        super().__init__(parent)
        where = wording.place(replace(passage.location, heading=None))
        self._begin, self._name = f"{passage.n}  ", wording.file_name(passage.path)
        self._end = f" · {where}" if where else ""
        whole = f"{self._begin}{self._name}{self._end}"
        self.setAccessibleName(self.tr("Nearest passage {0}").format(whole))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        set_role(self, "near")
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        metrics = self.fontMetrics()
        room = self.width() - AROUND - metrics.horizontalAdvance(f"{self._begin}{self._end}")
        name = metrics.elidedText(self._name, Qt.TextElideMode.ElideMiddle, max(room, 60))
        self.setText(f"{self._begin}{name}{self._end}".replace("&", "&&"))
        self.setToolTip(self._name if name != self._name else "")

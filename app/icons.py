"""Moa's own icon and the line icons, drawn in the theme's colours.

The line icons are black in resources/icons; only their shape is used.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from core.paths import RESOURCES

FOLDER = RESOURCES / "icons"


def pixmap(name: str, color: str, size: int, ratio: float = 2.0) -> QPixmap:
    """The shape of icon `name` in one colour, `size` logical pixels wide."""
    drawn = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    QSvgRenderer(str(FOLDER / f"{name}.svg")).render(painter)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(drawn.rect(), QColor(color))
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    return drawn


def icon(name: str, color: str, size: int = 20) -> QIcon:
    """A line icon for a button, of one colour whether the button is enabled or not."""
    made = QIcon(drawn := pixmap(name, color, size))
    made.addPixmap(drawn, QIcon.Mode.Disabled)
    return made


def moa_pixmap(size: int, ratio: float = 2.0) -> QPixmap:
    """Moa's own icon."""
    drawn = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    QSvgRenderer(str(FOLDER / "moa.svg")).render(painter)
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    return drawn


def moa_icon(dot: str = "") -> QIcon:
    """Moa's own icon in the usual sizes; `dot` is the colour of a mark in its corner."""
    made = QIcon()
    for size in (16, 22, 32, 48, 64, 128):
        drawn = moa_pixmap(size, 1.0)
        if dot:
            painter = QPainter(drawn)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(QColor(dot))
            painter.setPen(QColor("#ffffff"))
            across = size * 0.42
            painter.drawEllipse(QRectF(size - across - 0.5, size - across - 0.5, across, across))
            painter.end()
        made.addPixmap(drawn)
    return made

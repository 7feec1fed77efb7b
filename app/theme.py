"""Moa's colours in light and dark, and putting one of them on: palette, style sheet, fonts.

Knows which widgets there are only by their roles (stylesheet.py). Two palettes of our own, because
many desktops give Qt no hint of a dark mode (QStyleHints.setColorScheme does nothing there).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from app.stylesheet import sheet

Choice = Literal["system", "light", "dark"]
SMALLEST_POINTS = 11.0


@dataclass(frozen=True, slots=True)
class Colors:
    """Named by what they are for. Text on its ground has a contrast of at least 4.5."""

    window: str
    surface: str
    sidebar: str
    border: str
    text: str
    muted: str
    accent: str
    on_accent: str
    accent_soft: str
    question: str
    hover: str
    code: str
    mark: str
    warning: str
    warning_soft: str
    danger: str
    danger_soft: str


LIGHT = Colors(
    window="#faf9f7",
    surface="#ffffff",
    sidebar="#f1efeb",
    border="#e0ddd6",
    text="#1f2328",
    muted="#5f646b",
    accent="#2a6b59",
    on_accent="#ffffff",
    accent_soft="#e2efea",
    question="#e9f0ed",
    hover="#e7e4de",
    code="#f3f1ed",
    mark="#ffe7a3",
    warning="#7a5200",
    warning_soft="#fdf3da",
    danger="#a3271f",
    danger_soft="#fbe9e7",
)
DARK = Colors(
    window="#1b1d1f",
    surface="#242729",
    sidebar="#151719",
    border="#373b3f",
    text="#e8e9ea",
    muted="#a2a8ae",
    accent="#6cc0a6",
    on_accent="#0c1f19",
    accent_soft="#203a32",
    question="#25322e",
    hover="#2c3033",
    code="#1d2022",
    mark="#5c4a14",
    warning="#f0c674",
    warning_soft="#372e1a",
    danger="#f2958d",
    danger_soft="#3d2422",
)


def palette(colors: Colors) -> QPalette:
    """The palette that Fusion draws with."""
    made = QPalette()
    roles = QPalette.ColorRole
    for role, color in (
        (roles.Window, colors.window),
        (roles.WindowText, colors.text),
        (roles.Base, colors.surface),
        (roles.AlternateBase, colors.window),
        (roles.Text, colors.text),
        (roles.PlaceholderText, colors.muted),
        (roles.Button, colors.surface),
        (roles.ButtonText, colors.text),
        (roles.BrightText, colors.danger),
        (roles.Highlight, colors.accent),
        (roles.HighlightedText, colors.on_accent),
        (roles.Accent, colors.accent),
        (roles.Link, colors.accent),
        (roles.LinkVisited, colors.accent),
        (roles.ToolTipBase, colors.surface),
        (roles.ToolTipText, colors.text),
        (roles.Light, colors.surface),
        (roles.Midlight, colors.hover),
        (roles.Mid, colors.border),
        (roles.Dark, colors.border),
        (roles.Shadow, colors.border),
    ):
        made.setColor(role, QColor(color))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(colors.muted))
    return made


class Theme(QObject):
    """Puts the chosen colours on the application and follows the system where it says something."""

    changed = Signal()

    def __init__(self, app: QApplication, choice: Choice) -> None:
        super().__init__(app)
        self._app = app
        self.choice: Choice = choice
        self.colors = LIGHT
        app.setStyle("Fusion")
        font = app.font()
        # Some desktops say nothing of a font size, and Qt's own is 9 points: too small to read at arm's length.
        if 0 < font.pointSizeF() < SMALLEST_POINTS:
            font.setPointSizeF(SMALLEST_POINTS)
        font.setStyleStrategy(QFont.StyleStrategy.PreferAntialias)
        app.setFont(font)
        # How the desktop looked before our palette: the only hint where the colour scheme is unknown.
        self._dark_before = app.palette().color(QPalette.ColorRole.Window).lightness() < 128
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)
        self._apply()

    def choose(self, choice: Choice) -> None:
        """Change to light, dark, or what the system says, at once."""
        self.choice = choice
        self._apply()

    @property
    def dark(self) -> bool:
        if self.choice != "system":
            return self.choice == "dark"
        scheme = QGuiApplication.styleHints().colorScheme()
        return self._dark_before if scheme == Qt.ColorScheme.Unknown else scheme == Qt.ColorScheme.Dark

    def _system_changed(self) -> None:
        if self.choice == "system":
            self._apply()

    def _apply(self) -> None:
        self.colors = DARK if self.dark else LIGHT
        self._app.setPalette(palette(self.colors))
        self._app.setStyleSheet(sheet(self.colors))
        self.changed.emit()

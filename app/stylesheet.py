"""The style sheet: the shape of each role of widget, in the theme's colours.

A widget says what it is by the property `role`; nothing here depends on a class of ours.
"""

from __future__ import annotations

from dataclasses import asdict
from string import Template
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from core.paths import RESOURCES

if TYPE_CHECKING:
    from app.theme import Colors

_SHEET = Template("""
QMainWindow, QDialog { background: $window; }
QToolTip { color: $text; background: $surface; border: 1px solid $border; padding: 4px 6px; }
QMenuBar { background: $sidebar; padding: 2px 4px; }
QMenuBar::item { padding: 4px 10px; border-radius: 5px; background: transparent; }
QMenuBar::item:selected { background: $hover; }
QMenu { background: $surface; border: 1px solid $border; padding: 5px; }
QMenu::item { padding: 6px 26px 6px 22px; border-radius: 5px; }
QMenu::item:selected { background: $accent_soft; color: $text; }
QMenu::item:disabled { color: $muted; }
QMenu::separator { height: 1px; background: $border; margin: 5px 8px; }
QScrollArea, QScrollArea > QWidget > QWidget[role="page"] { background: transparent; border: none; }
QSplitter::handle { background: $border; }
QSplitter::handle:horizontal { width: 1px; }

QScrollBar:vertical { background: transparent; width: 10px; margin: 2px 1px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 1px 2px; }
QAbstractItemView QScrollBar { background: $surface; }
QScrollBar::handle { background: $border; border-radius: 4px; min-height: 32px; min-width: 32px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QLabel[role="title"] { font-size: 17pt; font-weight: 600; }
QLabel[role="hero"] { font-size: 22pt; font-weight: 600; }
QLabel[role="heading"] { font-weight: 600; }
QLabel[role="muted"], QLabel[role="caption"] { color: $muted; }
QLabel[role="accent"] { color: $accent; font-weight: 600; }
QLabel[role="warning"] { color: $warning; }
QLabel[role="danger"] { color: $danger; }
QLabel[role="badge"] { background: $accent_soft; color: $accent; border-radius: 10px; font-weight: 600;
    padding: 0 5px; }
QLabel[role="badge"][cited="true"] { background: $accent; color: $on_accent; }

QPushButton { background: $surface; border: 1px solid $border; border-radius: 7px; padding: 6px 14px;
    min-height: 20px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $border; }
QPushButton:focus { border-color: $accent; outline: none; }
QPushButton:disabled { color: $muted; background: transparent; }
QPushButton[role="primary"], QDialogButtonBox QPushButton:default { background: $accent; color: $on_accent;
    border: 1px solid $accent; font-weight: 600; }
QMessageBox QPushButton:default { background: $surface; color: $text; border-color: $border; font-weight: 400; }
QMessageBox QPushButton:focus { border-color: $accent; }
QMessageBox QLabel#qt_msgbox_label { font-weight: 600; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QDialogButtonBox QPushButton { padding: 6px 18px; }
QPushButton[role="primary"]:hover { background: $accent; border-color: $text; }
QPushButton[role="primary"]:focus, QDialogButtonBox QPushButton:default:focus { border-color: $text; }
QPushButton[role="primary"]:disabled, QDialogButtonBox QPushButton:disabled { background: $border;
    border-color: $border; color: $muted; }
QPushButton[role="big"] { background: $accent; color: $on_accent; border: 2px solid $accent; border-radius: 10px;
    padding: 11px 30px; font-size: 13pt; font-weight: 600; }
QPushButton[role="big"]:hover, QPushButton[role="big"]:focus { border-color: $text; }
QPushButton[role="flat"] { background: transparent; border: 1px solid transparent; padding: 4px 9px; color: $muted; }
QPushButton[role="flat"][tone="warning"] { color: $warning; }
QPushButton[role="flat"]:hover { background: $hover; color: $text; }
QPushButton[role="flat"]:focus { border-color: $accent; }
QPushButton[role="chip"] { background: transparent; border: 1px solid transparent; border-radius: 13px;
    padding: 2px 10px; color: $muted; }
QPushButton[role="chip"]:hover { background: $hover; color: $text; }
QPushButton[role="chip"]:checked { background: $accent_soft; color: $accent; border-color: $accent; }
QPushButton[role="chip"]:focus { border-color: $accent; }
QPushButton[role="filter"] { background: $accent_soft; color: $accent; border: 1px solid transparent;
    border-radius: 12px; padding: 2px 10px; }
QPushButton[role="filter"][applied="false"] { background: $warning_soft; color: $warning; }
QPushButton[role="filter"]:hover, QPushButton[role="filter"]:focus { border-color: $accent; }
QPushButton[role="near"] { background: transparent; border: 1px solid transparent; text-align: left; padding: 4px 9px;
    color: $accent; }
QPushButton[role="near"]:hover { background: $hover; }
QPushButton[role="near"]:focus { border-color: $accent; }
QPushButton[role="nav"] { background: transparent; border: 1px solid transparent; text-align: left; padding: 7px 10px; }
QPushButton[role="nav"]:hover { background: $hover; }
QPushButton[role="nav"]:checked { background: $accent_soft; color: $accent; font-weight: 600; }
QPushButton[role="nav"]:focus { border-color: $accent; }
QPushButton[role="round"] { border-radius: 17px; min-width: 34px; max-width: 34px; min-height: 34px; max-height: 34px;
    padding: 0; background: $accent; border: 1px solid $accent; }
QPushButton[role="round"]:focus, QPushButton[role="round"]:hover { border-color: $text; }
QPushButton[role="round"]:disabled { background: $border; border-color: $border; }

QWidget[role="sidebar"] { background: $sidebar; }
QWidget[role="panel"] { background: $sidebar; }
QFrame[role="statusline"] { background: $sidebar; border: none; border-top: 1px solid $border; }
QFrame[role="card"] { background: $surface; border: 1px solid $border; border-radius: 10px; }
QFrame[role="card"]:focus { border-color: $accent; }
QFrame[role="card"][selected="true"] { border: 1px solid $accent; background: $accent_soft; }
QFrame[role="question"] { background: $question; border: none; border-radius: 12px; }
QFrame[role="composer"] { background: $surface; border: 1px solid $border; border-radius: 14px; }
QFrame[role="composer"][focused="true"] { border-color: $accent; }
QFrame[role="banner"] { background: $accent_soft; border: none; border-radius: 8px; }
QFrame[role="banner"][floating="true"] { border: 1px solid $accent; border-radius: 10px; }
QFrame[role="banner"][tone="warning"] { background: $warning_soft; }
QFrame[role="banner"][tone="danger"] { background: $danger_soft; }
QFrame[role="quick"] { background: $window; border: 1px solid $border; border-radius: 14px; }
QFrame[role="line"] { background: $border; border: none; max-height: 1px; min-height: 1px; }
QFrame[role="overlay"] { background: $accent_soft; border: 3px dashed $accent; }

QTextBrowser[role="message"], QPlainTextEdit[role="question"], QLineEdit[role="quick"] {
    background: transparent; border: none; }
QPlainTextEdit[role="question"], QLineEdit[role="quick"] { selection-background-color: $accent;
    selection-color: $on_accent; }
QLineEdit[role="quick"] { font-size: 14pt; padding: 4px 0; }
QLineEdit[role="filter"], QComboBox { background: $surface; border: 1px solid $border;
    border-radius: 7px; padding: 5px 9px; min-height: 20px; }
QLineEdit[role="filter"]:focus, QComboBox:focus { border-color: $accent; }
QComboBox::drop-down { border: none; width: 26px; }
QComboBox::down-arrow { image: url("$chevron"); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $surface; border: 1px solid $border; padding: 4px;
    selection-background-color: $accent_soft; selection-color: $text; outline: none; }

QListWidget { background: transparent; border: none; outline: none; }
QListWidget::item { border-radius: 7px; padding: 7px 9px; margin: 1px 0; }
QListWidget::item:hover { background: $hover; }
QListWidget::item:selected { background: $accent_soft; color: $text; }
QTableView { background: $surface; border: 1px solid $border; border-radius: 8px; gridline-color: transparent;
    selection-background-color: $accent_soft; selection-color: $text; outline: none; }
QTableView::item { padding: 4px 8px; border: none; }
QHeaderView { background: transparent; border: none; }
QHeaderView::section { background: $surface; color: $muted; border: none; border-bottom: 1px solid $border;
    padding: 6px 11px; font-weight: 600; }
QTableCornerButton::section { background: $surface; border: none; }
QProgressBar { background: $border; border: none; border-radius: 3px; min-height: 6px; max-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QRadioButton, QCheckBox { spacing: 9px; }
QRadioButton::indicator { width: 15px; height: 15px; border-radius: 8px; border: 1px solid $muted;
    background: $surface; }
QRadioButton::indicator:checked { border: 5px solid $accent; width: 7px; height: 7px; }
QRadioButton::indicator:focus { border-color: $accent; }
QCheckBox::indicator { width: 15px; height: 15px; border-radius: 4px; border: 1px solid $muted; background: $surface; }
QCheckBox::indicator:checked { border-color: $accent; background: $accent; image: url("$check"); }
QCheckBox::indicator:focus, QCheckBox::indicator:hover { border-color: $accent; }
QBalloonTip QLabel { color: #1d2125; }
""")


def sheet(colors: Colors) -> str:
    """The style sheet in `colors`."""
    check = "check" if QColor(colors.on_accent).lightness() > 127 else "check-dark"
    return _SHEET.substitute(asdict(colors), chevron=_icon("chevron"), check=_icon(check))


def _icon(name: str) -> str:
    return (RESOURCES / "icons" / f"{name}.svg").as_posix()


def set_role(widget: QWidget, role: str) -> None:
    """Say what `widget` is, before it is shown."""
    widget.setProperty("role", role)


def set_state(widget: QWidget, name: str, value: object) -> None:
    """Change a property the style sheet looks at, and have the widget drawn anew."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)

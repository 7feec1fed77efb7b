"""The menu bar of the main window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from app.main_window import MainWindow


class OneOf(QObject):
    """Things of which one is chosen. `chosen` when the user chose another."""

    chosen = Signal(str)

    def __init__(self, words: Mapping[str, str], now: str, window: MainWindow) -> None:
        super().__init__(window)
        self._group = QActionGroup(self)
        for choice, text in words.items():
            action = QAction(text, self)
            action.setCheckable(True)
            action.setData(choice)
            action.setChecked(choice == now)
            self._group.addAction(action)
        self._group.triggered.connect(self._choose)

    @property
    def actions(self) -> list[QAction]:
        return self._group.actions()

    def _choose(self, action: QAction) -> None:
        self.chosen.emit(action.data())


def fill(window: MainWindow, scheme: str, language: str) -> None:
    """Build the menus of `window`; the two are what is chosen now."""
    file = window.menuBar().addMenu(QCoreApplication.translate("menus", "&File"))
    view = window.menuBar().addMenu(QCoreApplication.translate("menus", "&View"))

    def add(menu: QMenu, text: str, shortcut: QKeySequence.StandardKey | str | None) -> QAction:
        action = QAction(text, window)
        if shortcut is not None:
            action.setShortcut(QKeySequence(shortcut))
        menu.addAction(action)
        return action

    new = add(file, QCoreApplication.translate("menus", "&New question"), QKeySequence.StandardKey.New)
    new.triggered.connect(window.new_question)
    file.addSeparator()
    folder = add(file, QCoreApplication.translate("menus", "Choose a &folder…"), QKeySequence.StandardKey.Open)
    folder.triggered.connect(window.intake.choose_folder)
    files = add(file, QCoreApplication.translate("menus", "&Copy files in…"), None)
    files.triggered.connect(window.intake.choose_files)
    file.addSeparator()
    leave = add(file, QCoreApplication.translate("menus", "&Quit Moa"), "Ctrl+Q")
    leave.triggered.connect(window.quit_wanted)
    chat = add(view, QCoreApplication.translate("menus", "&Conversation"), "Ctrl+1")
    chat.triggered.connect(window.show_chat)
    library = add(view, QCoreApplication.translate("menus", "&Library"), "Ctrl+2")
    library.triggered.connect(window.show_library)
    models = add(view, QCoreApplication.translate("menus", "&Models"), "Ctrl+3")
    models.triggered.connect(window.show_models)
    quick = add(view, QCoreApplication.translate("menus", "&Quick ask"), "Ctrl+K")
    quick.triggered.connect(window.quick_wanted)
    view.addSeparator()
    schemes = {
        "system": QCoreApplication.translate("menus", "As the system"),
        "light": QCoreApplication.translate("menus", "Light"),
        "dark": QCoreApplication.translate("menus", "Dark"),
    }
    appearance = OneOf(schemes, scheme, window)
    appearance.chosen.connect(window.scheme_chosen)
    view.addMenu(QCoreApplication.translate("menus", "&Appearance")).addActions(appearance.actions)
    # Each in its own words, for whoever cannot read the others.
    languages = OneOf({"system": schemes["system"], "ko": "한국어", "en": "English"}, language, window)
    languages.chosen.connect(window.language_chosen)
    view.addMenu(QCoreApplication.translate("menus", "L&anguage")).addActions(languages.actions)

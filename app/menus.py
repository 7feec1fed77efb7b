"""The menu bar of the main window."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu

from app.theme import Choice, Theme

if TYPE_CHECKING:
    from app.main_window import MainWindow


class Appearance(QObject):
    """System, light or dark. `chosen` when the user chose one."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, window: MainWindow) -> None:
        super().__init__(window)
        self._theme = theme
        self._group = QActionGroup(self)
        words = (self.tr("As the system"), self.tr("Light"), self.tr("Dark"))
        for choice, text in zip(get_args(Choice), words, strict=True):
            action = QAction(text, self)
            action.setCheckable(True)
            action.setData(choice)
            action.setChecked(choice == theme.choice)
            self._group.addAction(action)
        self._group.triggered.connect(self._choose)

    @property
    def actions(self) -> list[QAction]:
        return self._group.actions()

    def _choose(self, action: QAction) -> None:
        self._theme.choose(action.data())
        self.chosen.emit(action.data())


def fill(window: MainWindow) -> Appearance:
    """Build the menus of `window`; returns the choice of appearance."""
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
    appearance = Appearance(window.theme, window)
    colors = view.addMenu(QCoreApplication.translate("menus", "&Appearance"))
    colors.addActions(appearance.actions)
    return appearance

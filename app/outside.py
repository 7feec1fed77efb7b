"""Everything that leaves the window: opening a source in its own program, its folder, a web page after asking.

Paths come from the engine, never from an answer's text.
"""

from __future__ import annotations

from pathlib import Path

import shiboken6
from PySide6.QtCore import QCoreApplication, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QWidget

from app import wording
from app.links import Target


def say(parent: QWidget, title: str, text: str) -> None:
    """One sentence in a box, as plain text."""
    box = QMessageBox(QMessageBox.Icon.NoIcon, "Moa", title, QMessageBox.StandardButton.Ok, parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(text)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()


def confirm(parent: QWidget, title: str, text: str, action: str) -> bool:
    """Ask before something that cannot be taken back; `action` names the button."""
    box = QMessageBox(QMessageBox.Icon.NoIcon, "Moa", title, QMessageBox.StandardButton.Cancel, parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(text)
    yes = box.addButton(action, QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(QMessageBox.StandardButton.Cancel)
    box.exec()
    if not shiboken6.isValid(box):
        return False  # it went with its window while it was open
    box.deleteLater()
    return box.clickedButton() is yes


def _open(parent: QWidget, path: Path) -> None:
    if not path.exists():
        say(
            parent,
            QCoreApplication.translate("outside", "“{0}” is not there any more.").format(wording.file_name(str(path))),
            QCoreApplication.translate("outside", "It was moved or removed since Moa read it."),
        )
    elif not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
        say(
            parent,
            QCoreApplication.translate("outside", "No program opens “{0}”.").format(wording.file_name(str(path))),
            wording.visible(str(path)),
        )


def open_file(parent: QWidget, path: str) -> None:
    """Open a source in the program the user has for it."""
    _open(parent, Path(path))


def open_folder_of(parent: QWidget, path: str) -> None:
    """Show the folder a source lies in."""
    _open(parent, Path(path).parent)


def open_web(parent: QWidget, target: Target) -> None:
    """Show where a link really goes, and open it in the browser if the user wants that."""
    if confirm(
        parent,
        QCoreApplication.translate("outside", "Open a web page at {0}?").format(target.host),
        QCoreApplication.translate("outside", "The link in this answer leaves Moa and opens your browser:")
        + f"\n\n{target.url[:300]}",
        QCoreApplication.translate("outside", "Open"),
    ):
        QDesktopServices.openUrl(QUrl(target.url))

"""The icon in the system tray: state at a glance, and the way back to a hidden window.

`Tray` is the interface; `NoTray` stands in where there is no tray, and in tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from PySide6.QtCore import QObject, Signal

from app import icons

if TYPE_CHECKING:
    from PySide6.QtWidgets import QSystemTrayIcon

Mood = Literal["calm", "busy", "trouble"]


class Tray(Protocol):
    """An icon that may or may not be there."""

    @property
    def available(self) -> bool:
        """Whether a hidden window can be brought back with it."""
        ...

    def show_state(self, text: str, mood: Mood) -> None:
        """Show the engine's state."""
        ...

    def notify(self, text: str) -> None:
        """One sentence beside the icon."""
        ...


class NoTray:
    """No tray: closing the window quits."""

    available = False

    def show_state(self, text: str, mood: Mood) -> None:
        """Nothing to show it on."""

    def notify(self, text: str) -> None:
        """Nothing to show it on."""


class SystemTray(QObject):
    """The desktop's own tray. It may come up after Moa does, so `available` is asked each time."""

    opened = Signal()
    quick = Signal()
    quitted = Signal()

    def __init__(self, parent: QObject) -> None:
        from PySide6.QtWidgets import QMenu, QSystemTrayIcon

        super().__init__(parent)
        self._mood: Mood = "calm"
        self._menu = QMenu()
        self._menu.addAction(self.tr("Open Moa")).triggered.connect(self.opened)
        self._menu.addAction(self.tr("Quick ask")).triggered.connect(self.quick)
        self._menu.addSeparator()
        self._line = self._menu.addAction("")
        self._line.setEnabled(False)
        self._menu.addSeparator()
        self._menu.addAction(self.tr("Quit Moa")).triggered.connect(self.quitted)
        self._icon = QSystemTrayIcon(self)
        self._icon.setContextMenu(self._menu)
        self._icon.setIcon(icons.moa_icon())
        self._icon.setToolTip("Moa")
        self._icon.activated.connect(self._activated)
        self._icon.show()

    @property
    def available(self) -> bool:
        from PySide6.QtWidgets import QSystemTrayIcon

        return QSystemTrayIcon.isSystemTrayAvailable()

    def show_state(self, text: str, mood: Mood) -> None:
        self._line.setText(text.replace("&", "&&"))
        self._icon.setToolTip(f"Moa · {text}")
        if mood != self._mood:
            self._mood = mood
            dot = {"calm": "", "busy": "#f0b429", "trouble": "#d64545"}[mood]
            self._icon.setIcon(icons.moa_icon(dot))

    def notify(self, text: str) -> None:
        # Our own icon: with the ready-made ones some panels show theirs instead of Moa's meanwhile.
        self._icon.showMessage("Moa", text, icons.moa_icon(), 6_000)

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        from PySide6.QtWidgets import QSystemTrayIcon

        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self.opened.emit()
        elif reason == QSystemTrayIcon.ActivationReason.MiddleClick:
            self.quick.emit()

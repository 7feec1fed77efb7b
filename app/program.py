"""The desktop as one program: wires engine, window, quick ask and tray; the one composition root here.

Knows when to show, hide and quit; nothing of what is on the pages.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, get_args

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from app import icons, language
from app.engine_link import EngineLink
from app.garbage import GarbageCollector
from app.main_window import MainWindow
from app.single import Mailbox, tell
from app.status_line import summary, working
from app.theme import Choice, Theme
from app.tray import Mood, NoTray, Tray
from core import settings
from core.errors import MoaError
from core.paths import DataFolder

if TYPE_CHECKING:
    from app.quick import QuickAsk

# On login the tray often comes up after the programs that want to be in it.
TRAY_LOOK_MS = 5_000


class Desktop(QObject):
    """Everything that is seen of Moa, for one data folder."""

    def __init__(
        self, app: QApplication, data: DataFolder, mailbox: Mailbox, command: Sequence[str] | None = None
    ) -> None:
        super().__init__(app)
        self._app = app
        self._data = data
        self._mailbox = mailbox
        self._first: QWidget | None = None
        self._told_of_tray = False
        chosen, notes = settings.load(data.settings)
        scheme: Choice = next((c for c in get_args(Choice) if c == chosen.color_scheme), "system")
        self._theme = Theme(app, scheme)
        self._language = chosen.language
        language.install(app, chosen.language)
        self._link = EngineLink(data, command, self)
        self.window = self._make_window()
        if not data.library.exists():
            # Nothing was ever chosen: what the engine will say in a moment is known before it has started.
            self.window.show_welcome()
        self._quick: QuickAsk | None = None
        self._tray: Tray = NoTray()
        self._link.closed.connect(app.quit)
        mailbox.message.connect(self._called)
        if notes:
            self.window.show_error(MoaError(" ".join(notes)))

    def _make_window(self) -> MainWindow:
        window = MainWindow(self._link, self._theme, self._language)
        window.quit_wanted.connect(self.quit)
        window.quick_wanted.connect(self.show_quick)
        window.put_away.connect(self._say_where)
        window.scheme_chosen.connect(self._choose_scheme)
        # Later: the menu that asks for it belongs to the window that goes.
        window.language_chosen.connect(self._choose_language, Qt.ConnectionType.QueuedConnection)
        return window

    def start(self, quick: bool) -> None:
        """Show the window, or only quick ask; what the first picture does not need comes after it."""
        if quick:
            self._first = self._make_quick()
            self._first.installEventFilter(self)
            self.show_quick()
        else:
            self._first = self.window
            self._first.installEventFilter(self)
            self.window.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """After the first picture comes the rest."""
        if event.type() == QEvent.Type.Paint and self._first is not None:
            self._first.removeEventFilter(self)
            self._first = None
            QTimer.singleShot(0, self, self._start_rest)
        return super().eventFilter(watched, event)

    def _start_rest(self) -> None:
        from app.interrupt import Interrupt

        Interrupt(self.quit, self)
        self._app.setWindowIcon(icons.moa_icon())
        self._mailbox.listen()
        self._link.start()
        self._make_tray()
        self._link.state_changed.connect(self._show_state)
        self._link.status_changed.connect(self._show_state)
        look = QTimer(self)
        look.timeout.connect(self._look_for_tray)
        look.start(TRAY_LOOK_MS)
        self._look_for_tray()
        self._show_state()

    def _make_tray(self) -> None:
        from app.tray import SystemTray

        if isinstance(self._tray, SystemTray):
            self._tray.deleteLater()
        tray = SystemTray(self)
        tray.opened.connect(self.appear)
        tray.quick.connect(self.show_quick)
        tray.quitted.connect(self.quit)
        self._tray = tray

    def appear(self) -> None:
        """Show the window in front."""
        self.window.appear()

    def show_quick(self) -> None:
        """Open quick ask in front of everything."""
        self._make_quick().appear()

    def _make_quick(self) -> QuickAsk:
        if self._quick is None:
            from app.quick import QuickAsk

            self._quick = QuickAsk(self._link, self._theme)
            self._quick.continued.connect(self._continue)
        return self._quick

    def quit(self) -> None:
        """Leave: let go of the engine, stop it if this program started it, then end."""
        self.window.hide()
        if self._quick is not None:
            self._quick.hide()
        self._mailbox.release()
        self._link.shutdown()

    def _continue(self, conversation: str, question: str) -> None:
        self.window.appear()
        if conversation:
            self.window.open_conversation(conversation)
        elif question:
            self.window.ask(question)

    def _called(self, word: str) -> None:
        if word == "quick":
            self.show_quick()
        else:
            self.appear()

    def _say_where(self) -> None:
        if not self._told_of_tray:
            self._told_of_tray = True
            self._tray.notify(self.tr("Moa keeps your notes in sync from here. To end it, choose Quit Moa."))

    def _look_for_tray(self) -> None:
        self.window.hides_on_close = self._tray.available
        if not self._tray.available and self.window.isHidden() and (self._quick is None or self._quick.isHidden()):
            # The tray went away, or never came: a window nobody can bring back must not stay hidden.
            self.window.showMinimized()

    def _show_state(self) -> None:
        state, status = self._link.state, self._link.status
        busy = working(status) or state.phase in ("starting", "lost")
        mood: Mood = "trouble" if state.phase == "failed" else "busy" if busy else "calm"
        self._tray.show_state(summary(state, status), mood)

    def _choose_scheme(self, scheme: Choice) -> None:
        self._theme.choose(scheme)
        self._keep(color_scheme=scheme)

    def _choose_language(self, chosen: str) -> None:
        """Make everything that has words anew: the window, the tray and quick ask."""
        self._language = chosen
        language.install(self._app, chosen)
        before, self.window = self.window, self._make_window()
        before.chat.stop()
        self.window.setGeometry(before.geometry())
        self.window.hides_on_close = before.hides_on_close
        if before.chat.conversation:
            self.window.open_conversation(before.chat.conversation)
        self.window.show()
        before.hide()
        before.deleteLater()
        if self._quick is not None:
            self._quick.deleteLater()
            self._quick = None
        self._make_tray()
        self._show_state()
        self._keep(language=chosen)

    def _keep(self, **chosen: str) -> None:
        before, _ = settings.load(self._data.settings)
        try:
            settings.save(self._data.settings, dataclasses.replace(before, **chosen))  # type: ignore[arg-type]
        except MoaError as e:
            self.window.show_error(MoaError(self.tr("Your choice could not be saved."), str(e)))


def run(data: DataFolder, quick: bool, command: Sequence[str] | None = None) -> int:
    """Be the window of `data`, or tell the one that is; returns the exit code."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    if not isinstance(app, QApplication):
        return 1
    app.setApplicationName("Moa")
    app.setDesktopFileName("moa")
    app.setQuitOnLastWindowClosed(False)
    try:
        data.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        mailbox = Mailbox(data, app)
    except (OSError, MoaError) as e:
        why = e.strerror if isinstance(e, OSError) else e
        sys.stderr.write(f"Moa cannot use {data.root}: {why}. Choose another folder with --data.\n")
        return 1
    if not mailbox.claim():
        if tell(data, "quick" if quick else "show"):
            return 0
        sys.stderr.write("Moa's window is open already but does not answer. Close it, then start Moa again.\n")
        return 1
    GarbageCollector(app)
    desktop = Desktop(app, data, mailbox, command)
    desktop.start(quick)
    return app.exec()

"""The main window: sidebar, page, sources and status line, and what may be dropped on it.

Arranges; each part knows its own business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QResizeEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app import engine_words, menus, wording
from app.banner import Banner, Toast
from app.chat import ChatPage
from app.engine_link import EngineLink, LinkState
from app.intake import Intake
from app.sidebar import Sidebar
from app.sources import SourcesPanel
from app.status_line import StatusLine
from app.theme import Theme
from core.errors import MoaError

if TYPE_CHECKING:
    from pathlib import Path

    from app.language_models import ModelsPage
    from app.library import LibraryPage
    from app.overlay import DropOverlay
    from app.welcome import WelcomePage
    from core.types import Citation, Passage, Status

WANTED = QSize(1200, 780)
SMALLEST = QSize(760, 460)
# In a narrower window the answer has the room, and its sources come when they are asked for.
ROOM_FOR_SOURCES = 960


class MainWindow(QMainWindow):
    """`quit_wanted`, `quick_wanted`, `put_away` (hidden, not closed), `scheme_chosen` ("system", "light", "dark"),
    `language_chosen` ("system", "ko", "en")."""

    quit_wanted = Signal()
    quick_wanted = Signal()
    put_away = Signal()
    scheme_chosen = Signal(str)
    language_chosen = Signal(str)

    def __init__(self, link: EngineLink, theme: Theme, language: str = "system") -> None:
        super().__init__()
        self.theme = theme
        self.hides_on_close = False
        self._link = link
        self._has_passages = False
        # What the user last said of the panel of sources; None: shown where there is room for it.
        self._sources_open: bool | None = None
        self._library: LibraryPage | None = None
        self._models: ModelsPage | None = None
        self.setWindowTitle("Moa")
        self.setAcceptDrops(True)
        self.setMinimumSize(SMALLEST)
        screen = QGuiApplication.primaryScreen().availableGeometry()
        self.resize(WANTED.boundedTo(screen.size() - QSize(24, 48)))
        self.intake = Intake(link, self)
        self._build()
        menus.fill(self, theme.choice, language)
        self._connect()
        self.show_chat()
        self._link_changed(link.state)

    def _build(self) -> None:
        self.chat = ChatPage(self._link, self.theme)
        self._welcome: WelcomePage | None = None
        self._stack = QStackedWidget()
        self._stack.addWidget(self.chat)
        self._banner = Banner(self.theme)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        over = QHBoxLayout()
        over.setContentsMargins(20, 10, 20, 0)
        over.addWidget(self._banner)
        column.addLayout(over)
        column.addWidget(self._stack, 1)
        middle.setMinimumWidth(296)
        self._toast = Toast(self.theme, middle)
        self._sidebar = Sidebar(self._link, self.theme)
        self._sidebar.setMinimumWidth(176)
        self._sources = SourcesPanel(self.theme)
        self._sources.setMinimumWidth(284)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        for at, widget in enumerate((self._sidebar, middle, self._sources)):
            split.addWidget(widget)
            split.setStretchFactor(at, 1 if widget is middle else 0)
        narrow = self.width() < 1000
        split.setSizes([176, self.width(), 284] if narrow else [230, self.width(), 350])
        self._status = StatusLine(self.theme)
        whole = QWidget()
        rows = QVBoxLayout(whole)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(split, 1)
        rows.addWidget(self._status)
        self.setCentralWidget(whole)
        self._whole = whole
        self._overlay: DropOverlay | None = None

    def _connect(self) -> None:
        self._link.state_changed.connect(self._link_changed)
        self._link.status_changed.connect(self._status_changed)
        self._link.listing_changed.connect(self._listing_changed)
        self.theme.changed.connect(self._repaint_status)
        self._sidebar.new.connect(self.new_question)
        self._sidebar.opened.connect(self.open_conversation)
        self._sidebar.page.connect(self._page_wanted)
        self._sidebar.removed.connect(self._conversation_removed)
        self._sidebar.said.connect(self.say)
        self.chat.sources.connect(self._show_sources)
        self.chat.chosen.connect(self._open_sources)
        self.chat.chosen.connect(self._sources.choose)
        self.chat.sources_wanted.connect(self._open_sources)
        self._sources.unwanted.connect(self._close_sources)
        self.chat.moved.connect(self._sidebar.mark_conversation)
        self.intake.said.connect(self.say)
        self.intake.failed.connect(self.show_error)
        self.intake.folder_added.connect(self._folder_added)
        self.intake.model_given.connect(self._add_model)
        self._banner.acted.connect(self._start_again)
        self._status.notes_wanted.connect(self._show_notes)

    # What others may ask of the window.

    def appear(self) -> None:
        """Show the window in front, wherever it was."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def new_question(self) -> None:
        self.chat.new()
        self.show_chat()

    def open_conversation(self, conversation: str) -> None:
        self.show_chat()
        self.chat.open(conversation)

    def ask(self, question: str) -> None:
        """Ask `question` in a new conversation."""
        self.new_question()
        self.chat.ask(question)

    def show_chat(self) -> None:
        self._show_page(self.chat)

    def show_welcome(self) -> None:
        """Say what Moa is, where nothing was ever chosen; goes when there is a folder."""
        if self._welcome is None:
            from app.welcome import WelcomePage

            self._welcome = WelcomePage()
            self._welcome.wanted.connect(self.intake.choose_folder)
            self._stack.addWidget(self._welcome)
        self._show_page(self._welcome)

    def show_library(self) -> None:
        if self._library is None:
            from app.library import LibraryPage

            self._library = LibraryPage(self._link, self.theme)
            self._library.folder_wanted.connect(self.intake.choose_folder)
            self._library.files_wanted.connect(self.intake.choose_files)
            self._library.failed.connect(self.show_error)
            self._library.said.connect(self.say)
            if self._link.status is not None:
                self._library.show_status(self._link.status)
            self._stack.addWidget(self._library)
        self._show_page(self._library)

    def show_models(self) -> None:
        if self._models is None:
            from app.language_models import ModelsPage

            page = ModelsPage(self._link)
            page.failed.connect(self.show_error)
            page.said.connect(self.say)
            self._link.listing_changed.connect(page.listing_changed)
            self._link.state_changed.connect(page.refresh)
            self._models = page
            self._stack.addWidget(page)
        self._show_page(self._models)

    def say(self, text: str) -> None:
        """A sentence that goes by itself; what went wrong before it is over."""
        if text:
            self._toast.say(text)
            if self._banner.about_action:
                self._banner.hide()
        else:
            self._toast.hide()

    def show_error(self, error: MoaError) -> None:
        self._toast.hide()
        self._banner.say(wording.visible(str(error)), "warning")
        self._banner.about_action = True

    # Engine.

    def _link_changed(self, state: LinkState) -> None:
        self._repaint_status()
        if state.phase == "failed":
            self._banner.say(wording.visible(f"{state.text} {state.advice}"), "danger", self.tr("Start again"))
        elif state.phase == "lost":
            self._banner.say(state.text, "warning")
        else:
            self._banner.hide()
        if state.phase == "ready":
            self._sidebar.refresh()
            if self._library is not None:
                self._library.refresh()
            if self._link.status is not None and self._link.status.frozen:
                self._show_notes()

    def _status_changed(self, status: Status) -> None:
        self._repaint_status()
        if self._library is not None:
            self._library.show_status(status)
        new = not status.folders and not any(status.files.values())
        page = self._stack.currentWidget()
        if new and page is self.chat and self.chat.blank:
            self.show_welcome()
        elif not new and page is self._welcome:
            self.show_chat()

    def _listing_changed(self, what: str) -> None:
        if what == "chats":
            self._sidebar.refresh()
        elif what in ("folders", "files") and self._library is not None:
            self._library.refresh()

    def _start_again(self) -> None:
        self._banner.hide()
        self._link.start()

    def _show_notes(self) -> None:
        if self._link.status is not None:
            self._banner.say("\n".join(engine_words.said(note) for note in self._link.status.notes), "warning")

    def _repaint_status(self) -> None:
        self._status.show_state(self._link.state, self._link.status)

    # Pages.

    def _page_wanted(self, page: str) -> None:
        already = {"library": self._library, "models": self._models}[page]
        if already is not None and self._stack.currentWidget() is already:
            self.show_chat()
        elif page == "library":
            self.show_library()
        else:
            self.show_models()

    def _show_page(self, page: QWidget) -> None:
        # Qt hands the focus of a hidden page to what comes next; a source must not be chosen that way.
        self._sources.hide()
        self._stack.setCurrentWidget(page)
        name = "library" if page is self._library else "models" if page is self._models else "chat"
        self._sidebar.mark_page(name)
        if page is self.chat:
            self.chat.composer.edit.setFocus()
        self._place_sources()

    def _show_sources(self, passages: tuple[Passage, ...], citations: tuple[Citation, ...], title: str) -> None:
        self._has_passages = bool(passages)
        self._sources.show_passages(passages, citations, title)
        self._place_sources()

    def _open_sources(self) -> None:
        self._sources_open = True
        self._place_sources()

    def _close_sources(self) -> None:
        self._sources_open = False
        self._place_sources()
        self.chat.composer.edit.setFocus()

    def _place_sources(self) -> None:
        wanted = self.width() >= ROOM_FOR_SOURCES if self._sources_open is None else self._sources_open
        self._sources.setVisible(wanted and self._has_passages and self._stack.currentWidget() is self.chat)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_sources()

    def _add_model(self, path: Path) -> None:
        self.show_models()
        if self._models is not None:
            self._models.add(path)

    def _folder_added(self) -> None:
        if self._stack.currentWidget() is self._welcome:
            self.show_chat()

    def _conversation_removed(self, conversation: str) -> None:
        if conversation == self.chat.conversation:
            self.chat.new()

    # Dropping and closing.

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            if self._overlay is None:
                from app.overlay import DropOverlay

                self._overlay = DropOverlay(self.theme, self._whole)
            self._overlay.appear()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        if self._overlay is not None:
            self._overlay.hide()
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        if self._overlay is not None:
            self._overlay.hide()
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.intake.take(event.mimeData().urls())

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.hides_on_close:
            event.ignore()
            self.hide()
            self.put_away.emit()
        else:
            event.accept()
            self.quit_wanted.emit()

"""The left side: a new question, the pages, and the conversations so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app import icons, wording
from app.engine_link import EngineLink
from app.stylesheet import set_role
from app.theme import Theme
from core.errors import MoaError

if TYPE_CHECKING:
    from app.streams import Call
    from core.types import ConversationRow

ID = Qt.ItemDataRole.UserRole


class Sidebar(QWidget):
    """`new` for a new conversation, `opened` with an id, `page` with "library" or "models", `removed` with an id."""

    new = Signal()
    opened = Signal(str)
    page = Signal(str)
    removed = Signal(str)

    def __init__(self, link: EngineLink, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._link = link
        self._theme = theme
        self._call: Call | None = None
        self._current = ""
        self._removing = ""
        self._build()
        theme.changed.connect(self._retint)
        self._retint()

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 12, 10, 10)
        layout.setSpacing(3)
        brand = QHBoxLayout()
        brand.setContentsMargins(4, 0, 0, 8)
        mark = QLabel(self)
        mark.setPixmap(icons.moa_pixmap(26))
        name = QLabel("Moa", self)
        set_role(name, "title")
        brand.addWidget(mark)
        brand.addSpacing(4)
        brand.addWidget(name, 1)
        layout.addLayout(brand)
        self._new = QPushButton(self.tr("New question"), self)
        self._new.clicked.connect(self.new)
        set_role(self._new, "nav")
        layout.addWidget(self._new)
        self._pages: dict[str, QPushButton] = {}
        group = QButtonGroup(self)
        group.setExclusive(False)
        for key, words in (("library", self.tr("Library")), ("models", self.tr("Models"))):
            button = QPushButton(words, self)
            set_role(button, "nav")
            button.setCheckable(True)
            group.addButton(button)
            layout.addWidget(button)
            self._pages[key] = button
        self._pages["library"].clicked.connect(self._want_library)
        self._pages["models"].clicked.connect(self._want_models)
        layout.addSpacing(12)
        self._heading = QLabel(self.tr("Conversations"), self)
        set_role(self._heading, "muted")
        self._heading.setContentsMargins(9, 0, 0, 2)
        layout.addWidget(self._heading)
        self._list = QListWidget(self)
        self._list.setAccessibleName(self.tr("Conversations"))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._list.customContextMenuRequested.connect(self._menu)
        self._list.itemClicked.connect(self._open)
        self._list.itemActivated.connect(self._open)
        layout.addWidget(self._list, 1)
        self._remove = QPushButton(self.tr("Remove…"), self)
        self._remove.setAccessibleName(self.tr("Remove conversation"))
        self._remove.setToolTip(self.tr("Remove the chosen conversation"))
        set_role(self._remove, "flat")
        self._remove.clicked.connect(self._ask_remove)
        layout.addWidget(self._remove, 0, Qt.AlignmentFlag.AlignLeft)
        self._list.currentItemChanged.connect(self._selected)
        self._selected()

    def refresh(self) -> None:
        """Fetch the conversations again."""
        from core.types import ConversationRow

        if self._call is not None:
            self._call.drop()
        self._call = self._link.get("/chats", tuple[ConversationRow, ...])
        self._call.done.connect(self._fill)

    def mark_page(self, page: str) -> None:
        """Show which page is open; "chat" for none of the buttons."""
        for key, button in self._pages.items():
            button.setChecked(key == page)

    def mark_conversation(self, conversation: str) -> None:
        """Show which conversation is open."""
        self._current = conversation
        with QSignalBlocker(self._list):
            found = [i for i in range(self._list.count()) if self._list.item(i).data(ID) == conversation]
            self._list.setCurrentRow(found[0] if found else -1)
        self._selected()

    def _fill(self, rows: tuple[ConversationRow, ...]) -> None:
        self._call = None
        with QSignalBlocker(self._list):
            self._list.clear()
            for row in sorted(rows, key=lambda r: -r.updated):
                title = wording.visible(" ".join(row.title.split())) or self.tr("Without a title")
                item = QListWidgetItem(title)
                item.setData(ID, row.id)
                item.setToolTip(title if len(title) > 24 else "")
                self._list.addItem(item)
        self._heading.setVisible(bool(rows))
        self.mark_conversation(self._current)

    def _open(self, item: QListWidgetItem) -> None:
        self.opened.emit(item.data(ID))

    def _selected(self) -> None:
        self._remove.setVisible(self._list.currentItem() is not None)

    def _menu(self, at: QPoint) -> None:
        item = self._list.itemAt(at)
        if item is None:
            return
        self._list.setCurrentItem(item)
        from PySide6.QtWidgets import QMenu

        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Remove…")).triggered.connect(self._ask_remove)
        menu.popup(self._list.viewport().mapToGlobal(at))

    def _ask_remove(self) -> None:
        item = self._list.currentItem()
        if item is None:
            return
        from app import outside
        from core.serve.wire import IdBody

        self._removing = item.data(ID)
        if outside.confirm(
            self,
            self.tr("Remove this conversation?"),
            f"“{item.text()}”\n\n" + self.tr("Its questions and answers are deleted. Your notes stay as they are."),
            self.tr("Remove"),
        ):
            call = self._link.post("/chats/remove", IdBody(self._removing))
            call.done.connect(self._gone)
            call.failed.connect(self._not_gone)

    def _gone(self) -> None:
        self.removed.emit(self._removing)
        self.refresh()

    def _not_gone(self, error: MoaError) -> None:
        from app import outside

        outside.say(self, error.title, error.advice)

    def _want_library(self) -> None:
        self.page.emit("library")

    def _want_models(self) -> None:
        self.page.emit("models")

    def _retint(self) -> None:
        color = self._theme.colors.muted
        self._new.setIcon(icons.icon("plus", color))
        self._pages["library"].setIcon(icons.icon("library", color))
        self._pages["models"].setIcon(icons.icon("model", color))
        self._remove.setIcon(icons.icon("trash", color, 16))

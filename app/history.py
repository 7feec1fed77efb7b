"""The conversations so far: searched, opened, renamed, exported, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
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
TYPING_MS = 200
# Fewer conversations are found faster by looking.
SEARCH_FROM = 4


class History(QWidget):
    """`opened` and `removed` carry a conversation's id, `said` a sentence."""

    opened = Signal(str)
    removed = Signal(str)
    said = Signal(str)

    def __init__(self, link: EngineLink, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._link = link
        self._theme = theme
        self._call: Call | None = None
        self._current = ""
        self._before = ""
        self._renaming = False
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self.refresh)
        self._build()
        theme.changed.connect(self._retint)
        self._retint()
        self._selected()

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self._heading = QLabel(self.tr("Conversations"), self)
        set_role(self._heading, "muted")
        self._heading.setContentsMargins(9, 0, 0, 2)
        self._heading.hide()
        self._needle = QLineEdit(self)
        set_role(self._needle, "filter")
        self._needle.setPlaceholderText(self.tr("Search conversations"))
        self._needle.setAccessibleName(self.tr("Search conversations"))
        self._needle.setClearButtonEnabled(True)
        self._needle.textChanged.connect(self._typing.start)
        self._needle.hide()
        clear = QShortcut(QKeySequence(Qt.Key.Key_Escape), self._needle, context=Qt.ShortcutContext.WidgetShortcut)
        clear.activated.connect(self._needle.clear)
        self._none = QLabel(self.tr("No conversation has that."), self)
        set_role(self._none, "muted")
        self._none.setWordWrap(True)
        self._none.setContentsMargins(9, 4, 0, 0)
        self._none.hide()
        self._list = QListWidget(self)
        self._list.setAccessibleName(self.tr("Conversations"))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._list.customContextMenuRequested.connect(self._menu_at)
        self._list.itemClicked.connect(self._open)
        self._list.itemActivated.connect(self._open)
        self._list.currentItemChanged.connect(self._selected)
        self._list.itemDelegate().closeEditor.connect(self._renamed)
        for key, do in ((Qt.Key.Key_F2, self._rename), (QKeySequence.StandardKey.Delete, self._ask_remove)):
            QShortcut(QKeySequence(key), self._list, context=Qt.ShortcutContext.WidgetShortcut).activated.connect(do)
        layout.addWidget(self._heading)
        layout.addWidget(self._needle)
        layout.addWidget(self._none)
        layout.addWidget(self._list, 1)
        row = QHBoxLayout()
        row.setSpacing(0)
        self._more = QPushButton(self.tr("Manage…"), self)
        self._more.setAccessibleName(self.tr("What may be done with the chosen conversation"))
        set_role(self._more, "flat")
        self._more.clicked.connect(self._menu_below)
        row.addWidget(self._more)
        row.addStretch(1)
        layout.addLayout(row)

    def refresh(self) -> None:
        """Fetch the conversations again: all, or those that hold what is searched for."""
        from core.types import ConversationRow

        if not self._link.ready:
            return
        if self._call is not None:
            self._call.drop()
        part = self._needle.text().strip()
        shape = tuple[ConversationRow, ...]
        self._call = self._link.get("/chats/search", shape, q=part) if part else self._link.get("/chats", shape)
        self._call.done.connect(self._fill)

    def mark(self, conversation: str) -> None:
        """Show which conversation is open."""
        self._current = conversation
        with QSignalBlocker(self._list):
            found = [i for i in range(self._list.count()) if self._list.item(i).data(ID) == conversation]
            self._list.setCurrentRow(found[0] if found else -1)
        self._selected()

    def _fill(self, rows: tuple[ConversationRow, ...]) -> None:
        self._call = None
        if self._renaming:
            return  # a name is being written; the list is fetched again after that
        searching = bool(self._needle.text().strip())
        with QSignalBlocker(self._list):
            self._list.clear()
            for row in sorted(rows, key=lambda r: -r.updated):
                title = wording.visible(" ".join(row.title.split())) or self.tr("Without a title")
                item = QListWidgetItem(title)
                item.setData(ID, row.id)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
                item.setToolTip(title if len(title) > 24 else "")
                self._list.addItem(item)
        self._heading.setVisible(bool(rows) or searching)
        self._needle.setVisible(searching or len(rows) >= SEARCH_FROM or self._needle.hasFocus())
        self._none.setVisible(searching and not rows)
        self.mark(self._current)

    def _open(self, item: QListWidgetItem) -> None:
        self.opened.emit(item.data(ID))

    def _selected(self) -> None:
        self._more.setVisible(self._list.currentItem() is not None)

    # What may be done with one.

    def _menu_at(self, at: QPoint) -> None:
        item = self._list.itemAt(at)
        if item is not None:
            self._list.setCurrentItem(item)
            self._menu(self._list.viewport().mapToGlobal(at))

    def _menu_below(self) -> None:
        self._menu(self._more.mapToGlobal(QPoint(0, 0)))

    def _menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Rename")).triggered.connect(self._rename)
        menu.addAction(self.tr("Save as a document…")).triggered.connect(self._export)
        menu.addSeparator()
        menu.addAction(self.tr("Delete…")).triggered.connect(self._ask_remove)
        menu.popup(at)

    def _rename(self) -> None:
        item = self._list.currentItem()
        if item is not None:
            self._before, self._renaming = item.text(), True
            self._list.editItem(item)

    def _renamed(self) -> None:
        from core.serve.wire import RenameBody

        self._renaming = False
        item = self._list.currentItem()
        if item is None or item.text() == self._before:
            self.refresh()
            return
        if not item.text().strip():
            item.setText(self._before)
            return
        self._post("/chats/rename", RenameBody(item.data(ID), item.text()))

    def _export(self) -> None:
        item = self._list.currentItem()
        if item is not None:
            from app.export import Export

            export = Export(self._link, self)
            export.saved.connect(self._exported)
            export.ask(item.data(ID), item.text())

    def _exported(self, name: str) -> None:
        self.said.emit(self.tr("Saved as “{0}”.").format(name))

    def _ask_remove(self) -> None:
        item = self._list.currentItem()
        if item is None:
            return
        from app import outside
        from core.serve.wire import IdBody

        removing = item.data(ID)
        if outside.confirm(
            self,
            self.tr("Delete this conversation?"),
            f"“{item.text()}”\n\n" + self.tr("Its questions and answers are deleted. Your notes stay as they are."),
            self.tr("Delete"),
        ):
            self._post("/chats/remove", IdBody(removing)).then(self, lambda _: self.removed.emit(removing))

    def _post(self, route: str, body: object) -> Call:
        call = self._link.post(route, body)
        call.done.connect(self.refresh)
        call.failed.connect(self._not_done)
        return call

    def _not_done(self, error: MoaError) -> None:
        from app import outside

        outside.say(self, error.title, error.advice)
        self.refresh()

    def _retint(self) -> None:
        self._more.setIcon(icons.icon("pencil", self._theme.colors.muted, 16))

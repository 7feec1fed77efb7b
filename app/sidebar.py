"""The left side: a new question, the pages, and the conversations so far."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app import icons
from app.engine_link import EngineLink
from app.history import History
from app.stylesheet import set_role
from app.theme import Theme


class Sidebar(QWidget):
    """`new` for a new conversation, `opened` with an id, `page` with "library" or "models", `removed` with an id,
    `said` with a sentence."""

    new = Signal()
    opened = Signal(str)
    page = Signal(str)
    removed = Signal(str)
    said = Signal(str)

    def __init__(self, link: EngineLink, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._link = link
        self._theme = theme
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
        for key, words in (("library", self.tr("Library")), ("models", self.tr("Models"))):
            button = QPushButton(words, self)
            set_role(button, "nav")
            button.setCheckable(True)
            layout.addWidget(button)
            self._pages[key] = button
        self._pages["library"].clicked.connect(self._want_library)
        self._pages["models"].clicked.connect(self._want_models)
        layout.addSpacing(12)
        self.history = History(self._link, self._theme, self)
        self.history.opened.connect(self.opened)
        self.history.removed.connect(self.removed)
        self.history.said.connect(self.said)
        layout.addWidget(self.history, 1)

    def refresh(self) -> None:
        """Fetch the conversations again."""
        self.history.refresh()

    def mark_page(self, page: str) -> None:
        """Show which page is open; "chat" for none of the buttons."""
        for key, button in self._pages.items():
            button.setChecked(key == page)

    def mark_conversation(self, conversation: str) -> None:
        """Show which conversation is open."""
        self.history.mark(conversation)

    def _want_library(self) -> None:
        self.page.emit("library")

    def _want_models(self) -> None:
        self.page.emit("models")

    def _retint(self) -> None:
        color = self._theme.colors.muted
        self._new.setIcon(icons.icon("plus", color))
        self._pages["library"].setIcon(icons.icon("library", color))
        self._pages["models"].setIcon(icons.icon("model", color))

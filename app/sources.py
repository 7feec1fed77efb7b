"""The passages an answer rests on, as cards; `[n]` in the answer chooses one.

Knows nothing of conversations: it is handed passages and the numbers that the answer names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app import icons
from app.labels import PlainLabel
from app.stylesheet import set_role
from app.theme import Theme

if TYPE_CHECKING:
    from app.cards import PassageCard
    from core.types import Citation, Passage


AT_ONCE = 30


class SourcesPanel(QWidget):
    """Shows at most as many cards as an answer has passages; the chosen one is in sight. `unwanted`: hide it."""

    unwanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.tr("Sources"))
        self._theme = theme
        self._cards: dict[int, PassageCard] = {}
        self._quotes: dict[int, list[str]] = {}
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._build_some)
        self._shown: tuple[tuple[Passage, ...], tuple[Citation, ...]] = ((), ())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 14, 6, 6)
        layout.setSpacing(8)
        self._title = QLabel(self.tr("Sources"), self)
        set_role(self._title, "heading")
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        self._close = QPushButton(self)
        set_role(self._close, "flat")
        self._close.setAccessibleName(self.tr("Hide the sources"))
        self._close.setToolTip(self.tr("Hide the sources (Esc)"))
        self._close.clicked.connect(self.unwanted)
        head.addWidget(self._close)
        layout.addLayout(head)
        theme.changed.connect(self._retint)
        self._retint()
        self._empty = PlainLabel(
            self.tr("The passages an answer rests on appear here. Click a number in an answer to see its source."),
            "muted",
            self,
        )
        layout.addWidget(self._empty)
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Its cards are reached with Tab, the area around them need not be.
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout.addWidget(self._scroll, 1)
        self._scroll.hide()

    def show_passages(self, passages: Sequence[Passage], citations: Sequence[Citation], title: str = "") -> None:
        """Replace what is shown. Passages the answer names have a filled number; the chosen one shows what it said."""
        self._title.setText(title or self.tr("Sources"))
        wanted = (tuple(passages), tuple(citations))
        if wanted != self._shown:
            self._shown = wanted
            self._fill()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.unwanted.emit()
        else:
            super().keyPressEvent(event)

    def _retint(self) -> None:
        self._close.setIcon(icons.icon("close", self._theme.colors.muted, 16))

    def choose(self, n: int) -> None:
        """Mark passage `n` and bring it into sight."""
        while n not in self._cards and n in {p.n for p in self._shown[0]}:
            self._build_some()
        for number, card in self._cards.items():
            card.select(number == n)
        if n in self._cards:
            # A card that was just made has its place only after the next layout.
            QTimer.singleShot(0, self, lambda: self._reveal(n))

    def _reveal(self, n: int) -> None:
        if n in self._cards:
            self._scroll.ensureWidgetVisible(self._cards[n], 0, 20)

    def _fill(self) -> None:
        passages, citations = self._shown
        self._quotes = {}
        for citation in citations:
            self._quotes.setdefault(citation.n, []).append(citation.quote)
        page = QWidget()
        set_role(page, "page")
        column = self._column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 6, 6)
        column.setSpacing(10)
        column.addStretch(1)
        self._cards = {}
        self._scroll.setWidget(page)
        self._build_some()
        self._empty.setVisible(not passages)
        self._scroll.setVisible(bool(passages))

    def _build_some(self) -> None:
        """The next cards; those of a hundred sources at once would hold the window up."""
        from app.cards import PassageCard

        page = self._scroll.widget()
        passages = self._shown[0]
        for passage in passages[len(self._cards) : len(self._cards) + AT_ONCE]:
            card = PassageCard(passage, self._quotes.get(passage.n), self._theme, page)
            card.picked.connect(self.choose)
            card.step.connect(self._step)
            self._column.insertWidget(self._column.count() - 1, card)
            self._cards[passage.n] = card
        if len(self._cards) < len(passages):
            self._later.start()

    def _step(self, n: int, by: int) -> None:
        order = list(self._cards)
        at = order.index(n) + by
        if 0 <= at < len(order):
            self._cards[order[at]].setFocus(Qt.FocusReason.TabFocusReason)

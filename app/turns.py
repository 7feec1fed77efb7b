"""The two kinds of turn in a conversation as widgets: a question, and an answer that may still be written.

Knows nothing of the engine; chat.py feeds them.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app import icons, prose, wording
from app.labels import PlainLabel
from app.stylesheet import set_role
from app.text_view import TextView
from app.theme import Theme
from app.thread import WIDER_KEY
from core.errors import MoaError

if TYPE_CHECKING:
    from app.reading import Reading
    from core.events import Answered, Understood
    from core.types import AnswerMode, Citation, Coverage, Message, Passage

PARSE_MS = 50
# Nearest misses shown under a "not in your notes"; the panel of sources has all of them.
NEAR = 3
NARROW = 420


class QuestionTurn(QWidget):
    """What the user asked. `edit_wanted` carries it, to be asked in other words; only the last one can be."""

    edit_wanted = Signal(str)

    def __init__(self, text: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = text
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        bubble = QFrame(self)
        set_role(bubble, "question")
        layout = QVBoxLayout(bubble)
        layout.setContentsMargins(14, 10, 14, 10)
        view = TextView(bubble)
        view.setAccessibleName(self.tr("Your question"))
        layout.addWidget(view)
        view.show_plain(text)
        self._edit = QPushButton(self.tr("Edit"), self)
        self._edit.setAccessibleName(self.tr("Edit your question and ask it again"))
        self._edit.setIcon(icons.icon("pencil", theme.colors.muted, 16))
        self._edit.clicked.connect(self._want_edit)
        set_role(self._edit, "flat")
        self._edit.hide()
        column.addWidget(bubble)
        column.addWidget(self._edit, 0, Qt.AlignmentFlag.AlignRight)
        # As wide as its longest line and no wider; the row it stands in pushes it to the right.
        longest = max(view.fontMetrics().horizontalAdvance(line) for line in text.split("\n"))
        self.setMaximumWidth(max(longest + 2 * 14 + 6, self._edit.sizeHint().width()))

    def set_last(self, last: bool) -> None:
        """Whether it is the last question, and answered: then it can be asked in other words."""
        self._edit.setVisible(last)

    def _want_edit(self) -> None:
        self.edit_wanted.emit(self.text)


class AnswerTurn(QFrame):
    """An answer: who made it, the text, and its sources. `link` carries clicks, the others the turn itself."""

    link = Signal(object, str)
    sources_wanted = Signal(object)
    again_wanted = Signal(object)
    wider_wanted = Signal(object)
    filters_dropped = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.passages: tuple[Passage, ...] = ()
        self.citations: tuple[Citation, ...] = ()
        self.refused = False
        """The notes do not hold an answer."""
        self._text = ""
        self.without: tuple[str, ...] = ()
        """Phrases of the question that were said to be no filters."""
        self._reading: Reading | None = None
        self._unsupported: tuple[str, ...] = ()
        self._notes: list[str] = []
        self._glyph_name = ""
        self._cost = QElapsedTimer()
        self._parse = QTimer(self)
        self._parse.setSingleShot(True)
        self._parse.setInterval(PARSE_MS)
        self._parse.timeout.connect(self._render)
        self._build()
        theme.changed.connect(self._retint)
        self._retint()

    def _build(self) -> None:
        layout = self._column = QVBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.setSpacing(7)
        head = QHBoxLayout()
        head.setSpacing(6)
        self._glyph = QLabel(self)
        self._glyph.hide()
        self._caption = QLabel(self)
        self._caption.setTextFormat(Qt.TextFormat.PlainText)
        self._caption.setWordWrap(True)
        set_role(self._caption, "caption")
        head.addWidget(self._glyph)
        head.addWidget(self._caption, 1)
        layout.addLayout(head)
        self._view = TextView(self)
        self._view.setAccessibleName(self.tr("Answer"))
        self._view.link.connect(self._clicked)
        self._view.hide()
        layout.addWidget(self._view)
        self._doubt = PlainLabel("", "warning", self)
        self._remarks = PlainLabel("", "muted", self)
        self._near = QVBoxLayout()
        self._near.setSpacing(0)
        for label in (self._doubt, self._remarks):
            label.hide()
            layout.addWidget(label)
        layout.addLayout(self._near)
        layout.addWidget(self._build_foot())

    def _build_foot(self) -> QWidget:
        self._foot = QWidget(self)
        # Its buttons lose their words where there is little room, instead of making the answer wider than that.
        self._foot.setMinimumWidth(1)
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(2)
        self._sources = QPushButton(self._foot)
        self._sources.clicked.connect(self._want_sources)
        self._copy = QPushButton(self.tr("Copy"), self._foot)
        self._copy.setAccessibleName(self.tr("Copy the answer with its sources"))
        self._copy.setToolTip(self.tr("Copies the answer with its sources"))
        self._copy.clicked.connect(self._copy_text)
        self._again = QPushButton(self.tr("Ask again"), self._foot)
        self._again.setAccessibleName(self.tr("Ask the same question again"))
        self._again.setToolTip(self.tr("Asks the same question again"))
        self._again.clicked.connect(self._want_again)
        self._again.hide()
        self._wider = QPushButton(self.tr("Search wider"), self._foot)
        self._wider.setToolTip(self.tr("Shows everything that comes near the question ({0})").format(WIDER_KEY))
        self._wider.clicked.connect(self._want_wider)
        self._wider.hide()
        self._remark = QLabel(self._foot)
        self._remark.setTextFormat(Qt.TextFormat.PlainText)
        set_role(self._remark, "muted")
        for button in (self._sources, self._copy, self._again, self._wider):
            set_role(button, "flat")
            button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            foot.addWidget(button)
        foot.addSpacing(6)
        foot.addWidget(self._remark, 1)
        self._foot.hide()
        return self._foot

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < NARROW
        self._copy.setText("" if narrow else self.tr("Copy"))
        self._again.setText("" if narrow else self.tr("Ask again"))

    @property
    def cited(self) -> frozenset[int]:
        """Numbers of the passages that the answer names."""
        return frozenset(c.n for c in self.citations)

    @property
    def phrases(self) -> tuple[str, ...]:
        """What of the question was taken, or could have been, for a filter."""
        return self.without + (self._reading.phrases if self._reading is not None else ())

    @property
    def doubtful(self) -> frozenset[int]:
        """Numbers of those among them that may not bear anything they are named for."""
        return self.cited - frozenset(c.n for c in self.citations if c.supported)

    @property
    def text(self) -> str:
        return self._text

    def say(self, text: str, glyph: str = "") -> None:
        """What is going on with the answer, or who made it."""
        self._caption.setText(text)
        self._caption.setVisible(bool(text))
        self._glyph_name = glyph
        self._retint_glyph()

    def show_understood(self, understood: Understood) -> None:
        """How the question was read; comes again when a filter left nothing."""
        from app.reading import Reading

        if self._reading is not None:
            self._reading.hide()
            self._reading.deleteLater()
        self._reading = Reading(understood, self.without, self)
        self._reading.dropped.connect(self.filters_dropped)
        self._reading.set_last(False)
        self._column.insertWidget(0, self._reading)

    def note(self, text: str) -> None:
        """A sentence on what is being waited for; or on what made the answer less than it could be: that one stays,
        below the answer, and does not pass for what is being waited for."""
        if text.endswith("…"):
            self.say(text)
        elif text not in self._notes:
            self._notes.append(text)
            self._show_remarks()

    def set_last(self, last: bool) -> None:
        """Whether it is the last answer: only that one can be asked for again."""
        self._again.setVisible(last)
        self._wider.setVisible(last and self.refused)
        if self._reading is not None:
            self._reading.set_last(last)

    def show_passages(self, passages: tuple[Passage, ...]) -> None:
        self.passages = passages

    def add_text(self, piece: str) -> None:
        """The next piece of an answer being written; shown within 50 ms, later if parsing is slow."""
        if not self._text:
            self.say(self.tr("Writing the answer…"))
        self._text += piece
        if not self._parse.isActive():
            self._parse.start()

    def finish(self, answer: Answered) -> None:
        """The final text, its sources, and how it was made."""
        self.citations = answer.citations
        self._complete()
        self._unsupported = answer.unsupported
        self._settle(answer.text, answer.mode, answer.answerable, answer.model, answer.coverage)
        self._remark.setText(self.tr("Stopped") if answer.stopped else "")

    def show_message(self, message: Message) -> None:
        """A finished answer out of a stored conversation."""
        self.passages = message.passages
        self.citations = message.citations
        self._complete()
        self._unsupported = message.unsupported
        answerable = message.answerable is not False
        self._settle(message.text, message.mode or "model", answerable, message.model, None)

    def _complete(self) -> None:
        """An answer from every file names places it was not handed as passages: its quotes stand in for them."""
        from core.types import Passage

        first = {c.n: c for c in reversed(self.citations)}
        missing = [c for n, c in sorted(first.items()) if n not in {p.n for p in self.passages}]
        self.passages += tuple(Passage(c.n, c.path, "", c.location, c.quote, 0.0) for c in missing)

    def stop(self) -> None:
        """The user stopped it: what was written stays."""
        self._parse.stop()
        self.say(self.tr("Stopped"))
        self._render()
        self._show_foot()

    def fail(self, error: MoaError) -> None:
        """No answer; what was written stays, and one sentence says why."""
        self._parse.stop()
        self.say(str(error), "close")
        self._render()
        self._show_foot()

    def _settle(
        self, text: str, mode: AnswerMode, answerable: bool, model: str | None, coverage: Coverage | None
    ) -> None:
        self._parse.stop()
        self._text = text
        self.refused = not answerable
        if self.refused:
            self.say(self.tr("Not in your notes"), "search")
            self._show_near()
        elif not text:
            # Stopped before its first word: nobody wrote anything that could be checked.
            self.say(self.tr("Stopped"))
        else:
            self.say(self._made_by(mode, model, coverage), "quote" if mode == "extract" else "")
        self._render()
        self._show_foot()

    def _made_by(self, mode: AnswerMode, model: str | None, coverage: Coverage | None) -> str:
        written = self.tr("Written by {0} from your notes")
        if not self.citations:
            written = self.tr("Written by {0}, which names no source: check it against your notes")
        words = {
            "model": written.format(model or self.tr("a model")),
            "extract": self.tr("Quotes from your notes, word for word"),
            "catalogue": self.tr("From the list of your files"),
            "exhaustive": self.tr("From every note that matches"),
            "compute": self.tr("Worked out from your notes"),
        }[mode]
        if coverage is not None:
            words += " · " + self.tr("{0} of {1} files read").format(coverage.read, coverage.of)
        return words

    def _show_near(self) -> None:
        """The nearest misses, each a button that shows it."""
        from app.near import NearButton

        if self.passages:
            self._near.addWidget(PlainLabel(self.tr("What comes nearest:"), "muted", self))
        for passage in self.passages[:NEAR]:
            button = NearButton(passage, self)
            button.clicked.connect(partial(self.link.emit, self, f"{prose.CITATION_SCHEME}:{passage.n}"))
            self._near.addWidget(button)

    def _show_remarks(self) -> None:
        count = len(self._unsupported)
        if count == 1:
            words = self.tr("The underlined sentence is not borne out by its source. Check it.")
        elif count:
            words = self.tr("The {0} underlined sentences are not borne out by their sources. Check them.").format(
                count
            )
        else:
            words = self.tr("A source marked with ? may not say this. Check it.") if self.doubtful else ""
        self._doubt.setText(words)
        self._doubt.setVisible(bool(words))
        self._remarks.setText("\n".join(wording.visible(note) for note in self._notes))
        self._remarks.setVisible(bool(self._notes))

    def _show_foot(self) -> None:
        self._show_remarks()
        count = len(self.passages)
        self._sources.setText(self.tr("1 source") if count == 1 else self.tr("{0} sources").format(count))
        self._sources.setVisible(count > 0)
        self._copy.setVisible(bool(self._text))
        self._foot.setVisible(count > 0 or bool(self._text))

    def _render(self) -> None:
        if not self._text:
            return
        self._cost.start()
        markdown, cut = prose.ready(self._text, {p.n for p in self.passages} | self.cited, self.doubtful)
        if cut:
            markdown += "\n\n" + self.tr("(The rest is too long to show; Copy has all of it.)")
        self._view.show_markdown(markdown, self._theme.colors)
        self._view.underline(self._unsupported, self._theme.colors.warning)
        self._view.setVisible(True)
        # A long answer costs more to parse; never more than a third of the time goes into it.
        self._parse.setInterval(max(PARSE_MS, 3 * self._cost.elapsed()))

    def _retint_glyph(self) -> None:
        self._glyph.setVisible(bool(self._glyph_name))
        if self._glyph_name:
            self._glyph.setPixmap(icons.pixmap(self._glyph_name, self._theme.colors.muted, 16))

    def _retint(self) -> None:
        muted = self._theme.colors.muted
        self._sources.setIcon(icons.icon("sources", muted, 16))
        self._again.setIcon(icons.icon("again", muted, 16))
        self._wider.setIcon(icons.icon("search", muted, 16))
        self._copy.setIcon(icons.icon("copy", muted, 16))
        self._retint_glyph()
        self._render()

    def _clicked(self, href: str) -> None:
        self.link.emit(self, href)

    def _want_sources(self) -> None:
        self.sources_wanted.emit(self)

    def _want_again(self) -> None:
        self.again_wanted.emit(self)

    def _want_wider(self) -> None:
        self.wider_wanted.emit(self)

    def _copy_text(self) -> None:
        sources = {
            c.n: f"[{c.n}] {' · '.join(filter(None, (c.path, wording.place(c.location))))}" for c in self.citations
        }
        listed = "\n".join(sources[n] for n in sorted(sources))
        QGuiApplication.clipboard().setText(f"{self._text}\n\n{listed}" if listed else self._text)

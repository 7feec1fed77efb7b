"""One message as a document that can do nothing but be read: no images, no HTML, no link that opens itself.

Knows nothing of conversations. `link` says what was clicked; links.py judges it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from typing import Any

from PySide6.QtCore import QObject, QRectF, QSize, Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QTextBrowser, QTextEdit, QWidget

from app.prose import CITATION_SCHEME, DOUBTFUL_SCHEME
from app.stylesheet import set_role
from app.theme import Colors

LINE_HEIGHT_PERCENT = 122.0
# The bar beside quotes, and where their text begins; pixels.
BAR_WIDTH = 3
BAR_MARGIN = 14
# What may stand between two words of a sentence that is looked for: a broken line, the number of a source.
_BETWEEN = r"(?:\s|\[\d{1,3}(?: \?)?\])+"
_MARKS = re.compile(r"[*_`~]+|^\s*(?:[-+>#]+|\d+[.)])\s+")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
DIALECT = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML


def _spans(document: QTextDocument) -> list[tuple[int, int, QTextCharFormat]]:
    """(start, end, format) of every run of one format."""
    found = []
    block = document.begin()
    while block.isValid():
        at = block.begin()
        while not at.atEnd():
            piece = at.fragment()
            found.append((piece.position(), piece.position() + piece.length(), piece.charFormat()))
            at += 1
        block = block.next()
    return found


def _select(document: QTextDocument, start: int, end: int) -> QTextCursor:
    cursor = QTextCursor(document)
    cursor.setPosition(start)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    return cursor


def _shape_text(document: QTextDocument, colors: Colors) -> None:
    """Take images out, and make links, citations and inline code look like Moa's."""
    citation = QTextCharFormat()
    citation.setFontUnderline(False)
    citation.setForeground(QColor(colors.accent))
    citation.setBackground(QColor(colors.accent_soft))
    citation.setFontWeight(QFont.Weight.DemiBold)
    doubtful = QTextCharFormat()
    doubtful.setFontUnderline(False)
    doubtful.setForeground(QColor(colors.warning))
    doubtful.setBackground(QColor(colors.warning_soft))
    doubtful.setFontWeight(QFont.Weight.DemiBold)
    code = QTextCharFormat()
    code.setBackground(QColor(colors.code))
    code.setFontFamilies([QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()])
    plain_link = QTextCharFormat()
    plain_link.setForeground(QColor(colors.accent))
    for start, end, form in reversed(_spans(document)):
        if form.isImageFormat():
            _select(document, start, end).removeSelectedText()
        elif form.isAnchor():
            scheme = form.anchorHref().partition(":")[0]
            known = {CITATION_SCHEME: citation, DOUBTFUL_SCHEME: doubtful}
            _select(document, start, end).mergeCharFormat(known.get(scheme, plain_link))
        elif form.fontFixedPitch():
            _select(document, start, end).mergeCharFormat(code)


def _shape_blocks(document: QTextDocument, colors: Colors) -> None:
    """Line height for all; room for the bar beside quotes, a ground for code, which wraps; headings no bigger than an
    answer needs."""
    spacing = QTextBlockFormat()
    spacing.setLineHeight(LINE_HEIGHT_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    whole = QTextCursor(document)
    whole.select(QTextCursor.SelectionType.Document)
    whole.mergeBlockFormat(spacing)
    code = QTextBlockFormat()
    code.setBackground(QColor(colors.code))
    code.setNonBreakableLines(False)
    quoted = QTextBlockFormat()
    quoted.setLeftMargin(BAR_MARGIN)
    quoted.setRightMargin(0)
    heading = QTextCharFormat()
    heading.setProperty(QTextFormat.Property.FontSizeAdjustment, 1)
    block = document.begin()
    while block.isValid():
        form = block.blockFormat()
        fenced = form.hasProperty(QTextFormat.Property.BlockCodeFence)
        if fenced or form.hasProperty(QTextFormat.Property.BlockCodeLanguage):
            QTextCursor(block).mergeBlockFormat(code)
        elif form.hasProperty(QTextFormat.Property.BlockQuoteLevel):
            QTextCursor(block).mergeBlockFormat(quoted)
        elif form.headingLevel():
            _select(document, block.position(), block.position() + block.length() - 1).mergeCharFormat(heading)
        block = block.next()


def document_of(markdown: str, colors: Colors, font: QFont, parent: QObject) -> QTextDocument:
    """Markdown as a document without images. Nothing is laid out before they are gone, so nothing is ever loaded."""
    made = QTextDocument(parent)
    made.setUndoRedoEnabled(False)
    made.setDefaultFont(font)
    made.setDocumentMargin(0)
    made.setMarkdown(markdown, DIALECT)
    _shape_text(made, colors)
    _shape_blocks(made, colors)
    return made


class TextView(QTextBrowser):
    """Read-only text as tall as what it says."""

    link = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "message")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setAcceptDrops(False)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
            | Qt.TextInteractionFlag.LinksAccessibleByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self.document().setDocumentMargin(0)
        # Qt deletes the document it made itself when another is set, but not one of ours.
        self._made: QTextDocument | None = None
        self._bar = QColor()
        self.anchorClicked.connect(self._clicked)

    def show_plain(self, text: str) -> None:
        """Show `text` as it is."""
        self.setPlainText(text)
        self._fit()

    def show_markdown(self, markdown: str, colors: Colors) -> None:
        """Show Markdown that prose.ready() has prepared."""
        self._bar = QColor(colors.accent)
        before, self._made = self._made, document_of(markdown, colors, self.font(), self)
        self.setDocument(self._made)
        if before is not None:
            before.deleteLater()
        self._fit()

    def mark(self, quotes: Collection[str], color: str) -> bool:
        """Draw a ground behind each of `quotes` that the text holds, however its lines are broken; whether there was
        one.
        """
        form = QTextCharFormat()
        form.setBackground(QColor(color))
        return self._select_all(quotes, form)

    def underline(self, sentences: Collection[str], color: str) -> None:
        """Underline sentences of the Markdown that is shown, whatever numbers or marks stand in them."""
        form = QTextCharFormat()
        form.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DashUnderline)
        form.setUnderlineColor(QColor(color))
        self._select_all([_MARKS.sub("", _LINK.sub(r"\1", sentence)) for sentence in sentences], form)

    def _select_all(self, pieces: Collection[str], form: QTextCharFormat) -> bool:
        text, marks = self.toPlainText(), []
        for piece in filter(str.strip, pieces):
            found = re.search(_BETWEEN.join(re.escape(word) for word in piece.split()), text)
            if found:
                selection = QTextEdit.ExtraSelection()
                # QTextCursor counts in UTF-16, a character outside the first plane is two of them.
                start, end = (len(text[:at].encode("utf-16-le")) // 2 for at in found.span())
                selection.cursor = _select(self.document(), start, end)
                selection.format = form
                marks.append(selection)
        self.setExtraSelections(marks)
        return bool(marks)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Nothing: no image, style sheet or file is ever read for a message."""
        return None

    def paintEvent(self, event: QPaintEvent) -> None:
        """A bar beside each run of quotes: as a ground of their own they would be stripes."""
        runs: list[tuple[float, float]] = []
        block, layout, after = self.document().begin(), self.document().documentLayout(), False
        while block.isValid():
            quoted = block.blockFormat().hasProperty(QTextFormat.Property.BlockQuoteLevel)
            if quoted:
                box = layout.blockBoundingRect(block)
                top = runs.pop()[0] if after and runs else box.top()
                runs.append((top, box.bottom()))
            after, block = quoted, block.next()
        if runs:
            painter = QPainter(self.viewport())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._bar)
            for top, bottom in runs:
                painter.drawRoundedRect(QRectF(0, top, BAR_WIDTH, bottom - top), BAR_WIDTH / 2, BAR_WIDTH / 2)
            painter.end()
        super().paintEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolling belongs to the conversation."""
        event.ignore()

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.height())

    def _fit(self) -> None:
        width = self.viewport().width()
        if width > 0:
            self.document().setTextWidth(width)
            height = math.ceil(self.document().size().height()) + 2
            if height != self.minimumHeight():
                self.setFixedHeight(height)

    def _clicked(self, url: QUrl) -> None:
        self.link.emit(url.toString())

"""A message can load, open and run nothing, whatever is written in it."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import QApplication

from app import prose
from app.text_view import TextView, document_of
from app.theme import LIGHT


@pytest.fixture
def view(app: QApplication) -> TextView:
    made = TextView()
    made.resize(400, 100)
    return made


def images(document: QTextDocument) -> int:
    return document.toPlainText().count("\ufffc")


IMAGES = (
    "![x](file:///dev/zero)",
    "![x](/dev/zero)",
    "![x](//host/share/a.png)",
    "![x](data:image/png;base64,AAAA)",
    "![x][r]\n\n[r]: /dev/zero",
    "[![x](/dev/zero)](https://a.example)",
    "> ![x](/dev/zero)\n\n- ![y](/dev/zero)\n\n| a |\n| - |\n| ![z](/dev/zero) |",
    '<img src="/dev/zero">',
    "![a\nb](/dev/zero)",
)


@pytest.mark.parametrize("markdown", IMAGES)
def test_an_image_loads_nothing(view: TextView, markdown: str) -> None:
    view.show_markdown(prose.ready(markdown, ())[0], LIGHT)
    assert images(view.document()) == 0
    view.show_markdown(markdown, LIGHT)  # and without prose.py's help
    assert images(view.document()) == 0
    assert not view.grab().isNull()


def test_a_file_named_in_an_answer_is_never_opened(view: TextView, tmp_path: Path) -> None:
    """A named pipe tells: whoever opens it for reading lets the writer through."""
    pipe = tmp_path / "secret.png"
    os.mkfifo(pipe)
    opened = threading.Event()

    def write() -> None:
        os.close(os.open(pipe, os.O_WRONLY))
        opened.set()

    threading.Thread(target=write, daemon=True).start()
    for markdown in (f"![x]({pipe})", f"![x]({pipe.as_uri()})", f"![x][r]\n\n[r]: <{pipe}>"):
        view.show_markdown(markdown, LIGHT)
        view.grab()
    assert not opened.is_set()
    os.close(os.open(pipe, os.O_RDONLY))
    assert opened.wait(60)


def test_html_is_text(view: TextView) -> None:
    view.show_markdown("<b>bold?</b> <script>alert(1)</script>", LIGHT)
    assert "<b>bold?</b>" in view.toPlainText()


def test_resources_are_refused(view: TextView, tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    image.fill(0)
    assert image.save(str(picture))
    assert view.loadResource(QTextDocument.ResourceType.ImageResource.value, QUrl.fromLocalFile(str(picture))) is None


def test_a_click_opens_nothing_by_itself(view: TextView) -> None:
    assert not view.openLinks()
    assert not view.openExternalLinks()


def test_citations_are_links_and_code_has_a_ground(app: QApplication) -> None:
    markdown, cut = prose.ready("말 [1]\n\n```\nx[1]", {1})
    assert not cut
    document = document_of(markdown, LIGHT, app.font(), app)
    assert document.toPlainText() == "말 [1]\nx[1]"
    first = document.begin().begin()
    hrefs = []
    while not first.atEnd():
        hrefs.append(first.fragment().charFormat().anchorHref())
        first += 1
    assert "note:1" in hrefs


def test_plain_text_is_plain(view: TextView) -> None:
    view.show_plain("<b>x</b> [a](b)")
    assert view.toPlainText() == "<b>x</b> [a](b)"

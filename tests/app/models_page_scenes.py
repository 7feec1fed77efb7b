"""The models page against a small real server: servers connected, adapters attached and taken off.

Run by test_models_page.py in a process of its own.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
import shiboken6
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QWidget,
)

from app.engine_link import EngineLink
from app.language_models import ModelsPage
from app.model_dialogs import AdapterDialog, AskingDialog, ServerDialog
from app.streams import Call
from app.theme import Theme
from core.paths import DataFolder
from core.types import DownloadRow, Offer

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")

KEY = "qwen3-4b-instruct-q4"


def wait(condition: Callable[[], bool]) -> None:
    """Run the event loop until `condition` holds; fails after a minute."""
    loop = QEventLoop()
    look, end = QTimer(), QTimer()
    look.timeout.connect(lambda: loop.quit() if condition() else None)
    end.setSingleShot(True)
    end.timeout.connect(loop.quit)
    look.start(10)
    end.start(60_000)
    if not condition():
        loop.exec()
    assert condition()


@pytest.fixture
def page(theme: Theme, data: DataFolder, fake: subprocess.Popen[str], app: QApplication) -> Iterator[ModelsPage]:
    link = EngineLink(data, ("none",), app)
    link.start()
    wait(lambda: link.ready)
    made = ModelsPage(link)
    link.listing_changed.connect(made.listing_changed)
    made.show()
    wait(lambda: KEY in made._cards)
    yield made
    made.hide()
    link.shutdown()
    made.deleteLater()
    link.deleteLater()


def words(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel)]


def test_a_server_is_connected_by_its_address_and_says_where_questions_go(page: ModelsPage) -> None:
    page._connect()
    dialog = page.findChild(ServerDialog)
    assert dialog is not None and not dialog.action.isEnabled()
    dialog._url.setText("localhost:8000")
    assert "nothing leaves" in dialog.warning.text()
    dialog._url.setText("http://office:8000/v1")
    assert "office" in dialog.warning.text() and dialog.action.isEnabled()
    assert dialog._key.echoMode() == dialog._key.EchoMode.Password
    dialog.submit()
    assert not dialog.action.isEnabled()
    wait(dialog.action.isEnabled)
    # What was typed stays, and what to do is said in words for a window.
    assert dialog._url.text() == "http://office:8000/v1" and "Choose one of them: a, b." in dialog._error.text()
    dialog._model.setText("b")
    dialog.submit()
    wait(lambda: "server" in page._cards)
    said = words(page._cards["server"])
    assert "b" in said and any("office:8000, outside this computer" in line for line in said)
    assert [b.text() for b in page._cards["server"].findChildren(QPushButton)] == ["Remove…"]


def test_an_adapter_is_attached_with_its_strength_and_taken_off(page: ModelsPage) -> None:
    page._adapt(KEY)
    dialog = page.findChild(AdapterDialog)
    assert dialog is not None and not dialog.action.isEnabled()
    dialog._path.setText("/m/style.gguf")
    dialog._scale.setValue(0.5)
    dialog.submit()
    wait(lambda: any("style.gguf at 0.5" in line for line in words(page._cards[KEY])))
    page._adapt(KEY)
    again = [d for d in page.findChildren(AdapterDialog) if d is not dialog][-1]
    assert "style.gguf" in again.warning.text()
    next(b for b in again.findChildren(QPushButton) if b.text() == "Take off").click()
    wait(lambda: not any("style.gguf" in line for line in words(page._cards[KEY])))


def test_an_embedding_model_is_changed_after_its_cost_was_seen(
    page: ModelsPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = page._meaning
    wait(lambda: len(section._cards) == 2 and section.isVisible())
    assert "The one that comes with Moa" in words(section._cards["built-in"])
    asked: list[str] = []
    answers = [False, True]

    def confirm(parent: QWidget, title: str, text: str, action: str) -> bool:
        asked.append(text)
        return answers[len(asked) - 1]

    monkeypatch.setattr("app.embedding_models.outside.confirm", confirm)

    def press(text: str) -> None:
        buttons = section._cards["bge-m3-q8_0"].findChildren(QPushButton)
        next(b for b in buttons if b.text() == text).click()

    press("Change to it…")
    wait(lambda: len(asked) == 1)
    assert "9,312 passages are learned anew, which takes about 13 min" in asked[0] and "goes on searching" in asked[0]
    assert page._link.status and page._link.status.next_embedder is None
    press("Change to it…")
    wait(lambda: any("3,000 of 9,312 passages" in line for line in words(section._cards["bge-m3-q8_0"])))
    press("Stay with the old one")
    wait(lambda: any(b.text() == "Change to it…" for b in section._cards["bge-m3-q8_0"].findChildren(QPushButton)))


def test_what_is_read_stays_in_place_while_a_download_comes_and_goes(page: ModelsPage, app: QApplication) -> None:
    offers = tuple(
        Offer(f"q{n}", f"Qwen {n}", "Good.", ("ko",), True, "Apache-2.0", "Q4", 1 << 30, 900, "", "", True, False)
        for n in range(12)
    )
    # What was asked for when the page came up is there: an answer now would move what is measured.
    wait(lambda: not page._link.findChildren(Call))
    page._fill_offers(offers)
    wait(lambda: page._area.verticalScrollBar().maximum() > 600)
    bar = page._area.verticalScrollBar()
    bar.setValue(500)
    seen = page._offered.y() - bar.value()
    page._fill_downloads((DownloadRow("other", "other.gguf", "http://h/other.gguf", "running"),))
    app.processEvents()
    assert page._coming.isVisible() and page._offered.y() - bar.value() == seen
    page._fill_downloads(())
    app.processEvents()
    assert not page._coming.isVisible() and page._offered.y() - bar.value() == seen
    # One that was asked for here comes into sight.
    page._wanted = "q11"
    page._fill_downloads((DownloadRow("q11", "q11.gguf", "http://h/q11.gguf", "running"),))
    wait(lambda: page._downloads["q11"].visibleRegion().boundingRect().height() > 0)


def test_dialogs_come_and_go_while_the_engine_speaks(page: ModelsPage, app: QApplication) -> None:
    """Closed before, while and after the engine answers what they asked, and the cards under them made anew."""
    for n in range(200):
        page._connect()
        page._adapt(KEY)
        for dialog in page.findChildren(AskingDialog):
            if not shiboken6.isValid(dialog):
                continue
            if isinstance(dialog, AdapterDialog):
                dialog._path.setText(f"/m/{n}.gguf")
            else:
                dialog.findChildren(QLineEdit)[0].setText("localhost:1")
            if n % 3:
                dialog.submit()
            if n % 5 == 0:
                app.processEvents()
            if shiboken6.isValid(dialog):
                dialog.reject()
        if n % 10 == 0:
            wait(lambda: not page.findChildren(AskingDialog))
    wait(lambda: not page.findChildren(AskingDialog) and not page._link.findChildren(Call))
    assert KEY in page._cards and len(page.findChildren(QButtonGroup)) == 1
    wait(lambda: len(page.findChildren(QRadioButton)) == len(page._cards))

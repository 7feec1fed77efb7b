"""Parts of the window by themselves: no engine, no tray."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QMimeData, Qt, QTimer, QUrl
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QWidget

from app import outside
from app.banner import Toast
from app.chat import ChatPage
from app.composer import Composer
from app.engine_link import EngineLink, LinkState
from app.file_table import PAGE, FileTable
from app.library import LibraryPage
from app.main_window import MainWindow
from app.quick import QuickAsk
from app.sources import SourcesPanel
from app.status_line import StatusLine
from app.theme import DARK, LIGHT, Colors, Theme
from app.thread import NEWEST
from app.turns import AnswerTurn
from core.paths import DataFolder
from core.types import (
    Citation,
    Conversation,
    FilePage,
    FileRow,
    FileState,
    Location,
    Message,
    Passage,
    Progress,
    Status,
)


def press(widget: object, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QApplication.sendEvent(widget, QKeyEvent(QEvent.Type.KeyPress, key, modifiers))  # type: ignore[arg-type]


def passage(n: int, path: str = "/n/노트.md") -> Passage:
    return Passage(n, path, "", Location(line_from=n), f"<b>text</b> {n}", 0.5)


@pytest.fixture
def composer(theme: Theme) -> Composer:
    return Composer(theme)


def test_enter_sends_and_shift_enter_does_not(composer: Composer) -> None:
    asked: list[str] = []
    composer.asked.connect(asked.append)
    composer.put("  안녕 ")
    press(composer.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert asked == []
    press(composer.edit, Qt.Key.Key_Return)
    assert asked == ["안녕"]
    press(composer.edit, Qt.Key.Key_Enter)
    assert asked == ["안녕"], "an empty question was sent"


def test_enter_that_ends_a_composition_does_not_send(composer: Composer) -> None:
    asked: list[str] = []
    composer.asked.connect(asked.append)
    composer.put("한")
    QApplication.sendEvent(composer.edit, QInputMethodEvent("그", []))
    press(composer.edit, Qt.Key.Key_Return)
    assert asked == []
    ended = QInputMethodEvent("", [])
    ended.setCommitString("글")
    QApplication.sendEvent(composer.edit, ended)
    press(composer.edit, Qt.Key.Key_Return)
    assert len(asked) == 1


def test_while_an_answer_is_written_the_button_stops_it(composer: Composer) -> None:
    asked: list[str] = []
    composer.asked.connect(asked.append)
    composer.put("next")
    composer.set_busy(True)
    press(composer.edit, Qt.Key.Key_Return)
    assert asked == []


@pytest.mark.parametrize("how", ["say", "confirm", "refuse"])
def test_a_box_leaves_nothing_behind(app: QApplication, theme: Theme, how: str) -> None:
    window = QWidget()
    window.show()

    def close() -> None:
        box = window.findChild(QMessageBox)
        assert box is not None
        next(b for b in box.buttons() if (b.text() == "Do it") is (how == "confirm")).click()

    QTimer.singleShot(0, window, close)
    if how == "say":
        outside.say(window, "title", "text")
        app.processEvents()
    else:
        assert outside.confirm(window, "title", "text", "Do it") is (how == "confirm")
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert window.findChildren(QMessageBox) == []


def test_a_box_that_goes_with_its_window_was_not_confirmed(theme: Theme) -> None:
    window = QWidget()
    window.show()
    QTimer.singleShot(0, window, lambda: shiboken6.delete(window))
    assert not outside.confirm(window, "title", "text", "Do it")


def test_dropped_files_are_not_taken_by_the_text(composer: Composer) -> None:
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile("/n/a.md")])
    assert not composer.edit.canInsertFromMimeData(dropped)


def test_long_conversations_are_built_fifty_at_a_time(theme: Theme, data: DataFolder) -> None:
    page = ChatPage(EngineLink(data, ("none",), theme), theme)
    turns = tuple(Message("user" if i % 2 == 0 else "assistant", f"turn {i}", 1.0) for i in range(120))
    page._show(Conversation("c", "t", 1.0, 2.0, turns))
    thread = page.thread_view
    assert thread.built == NEWEST
    thread._build_older()
    assert thread.built == 2 * NEWEST
    thread._build_older()
    assert thread.built == 120
    assert thread.question is not None and thread.question.text == "turn 118"


def test_a_question_waits_for_the_engine_and_says_so(theme: Theme, data: DataFolder) -> None:
    page = ChatPage(EngineLink(data, ("none",), theme), theme)
    page.ask("점심?")
    turn = page.findChildren(AnswerTurn)[0]
    assert [label.text() for label in turn.findChildren(QLabel) if "engine" in label.text()] == ["Starting the engine…"]
    page.stop()


def test_sources_are_plain_text_and_can_be_chosen(theme: Theme) -> None:
    panel = SourcesPanel(theme)
    panel.show_passages(
        (passage(1, "/n/<b>x.md"), passage(2)), (Citation(2, "/n/노트.md", Location(), "text</b> 2", True),)
    )
    panel.choose(2)
    cards = list(panel._cards.values())
    assert [card.property("selected") for card in cards] == [False, True]
    labels = [label for card in cards for label in card.findChildren(QLabel)]
    texts = [label for label in labels if "<b>" in label.text()]
    assert len(texts) == 1
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in texts)
    assert [card._text.toPlainText() for card in cards] == ["<b>text</b> 1", "<b>text</b> 2"]
    assert [s.cursor.selectedText() for s in cards[1]._text.extraSelections()] == ["text</b> 2"]
    press(cards[1], Qt.Key.Key_Up)


def row(n: int, state: FileState = "indexed") -> FileRow:
    return FileRow(f"/n/{n:06}.md", state, "why", "", 1, 1, 0, "")


def test_a_long_list_of_files_is_held_in_pages(app: QApplication) -> None:
    table = FileTable(app)
    table.start(FilePage(100_000, tuple(row(n) for n in range(PAGE))))
    assert table.rowCount() == 100_000 and table.index(3, 0).data() == "000003.md"
    assert table.index(50_000, 0).data() == "…" and table.row(50_000) is None
    assert table._wanted == 50_000 // PAGE
    table.put(50_000, FilePage(100_001, tuple(row(n, "failed") for n in range(50_000, 50_000 + PAGE))))
    assert table.rowCount() == 100_001 and table.index(50_001, 2).data() == "Could not be read · why"
    assert table.find("/n/050007.md") == 50_007
    for n in range(100):
        table.put(n * PAGE, FilePage(100_001, tuple(row(n * PAGE + i) for i in range(PAGE))))
    assert len(table._pages) <= 50
    table.put(0, FilePage(2, (row(0), row(1))))
    assert table.rowCount() == 2


def test_colours_change_at_once(app: QApplication, theme: Theme) -> None:
    theme.choose("dark")
    assert app.palette().color(QPalette.ColorRole.Window).name() == DARK.window
    theme.choose("light")
    assert app.palette().color(QPalette.ColorRole.Window).name() == LIGHT.window


def luminance(color: str) -> float:
    """Relative luminance as in WCAG 2.2."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


@pytest.mark.parametrize("colors", [LIGHT, DARK])
def test_text_can_be_read(colors: Colors) -> None:
    pairs = [
        (ink, ground)
        for ink in (colors.text, colors.muted)
        for ground in (colors.window, colors.surface, colors.sidebar, colors.question, colors.hover)
    ]
    pairs += [(colors.text, colors.mark), (colors.warning, colors.warning_soft)]
    pairs += [(colors.on_accent, colors.accent), (colors.accent, colors.accent_soft)]
    pairs += [(colors.text, colors.warning_soft), (colors.text, colors.danger_soft), (colors.warning, colors.surface)]
    for ink, ground in pairs:
        high, low = sorted((luminance(ink), luminance(ground)), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 4.5, (ink, ground)


def test_the_status_line_bears_every_state(theme: Theme, data: DataFolder) -> None:
    line = StatusLine(theme)
    link = EngineLink(data, ("none",), theme)
    line.show_state(link.state, None)
    ready = type(link.state)("ready")
    line.show_state(ready, Status(True, folders=1, files={"indexed": 2}, pending=5, progress=Progress("embedding")))
    line.show_state(ready, Status(True, folders=1, files={"indexed": 1}))
    assert "Ready · 1 file" in [label.text() for label in line.findChildren(QLabel)]


def test_quick_ask_chooses_with_the_arrow_keys(theme: Theme, data: DataFolder) -> None:
    quick = QuickAsk(EngineLink(data, ("none",), theme), theme)
    quick._show_passages((passage(1), passage(2)))
    for key, chosen in ((Qt.Key.Key_Down, 1), (Qt.Key.Key_Down, 2), (Qt.Key.Key_Down, 2), (Qt.Key.Key_Up, 1)):
        press(quick._line, key)
        assert quick._list.chosen == passage(chosen)
    press(quick._line, Qt.Key.Key_Up)
    assert quick._list.chosen is None
    quick.show()
    press(quick, Qt.Key.Key_Escape)
    assert quick.isHidden()


def test_continuing_in_the_main_window_takes_the_question_along(theme: Theme, data: DataFolder) -> None:
    quick = QuickAsk(EngineLink(data, ("none",), theme), theme)
    went: list[tuple[str, str]] = []
    quick.continued.connect(lambda conversation, question: went.append((conversation, question)))
    quick._line.setText("점심 어디?")
    press(quick._line, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert went == [("", "점심 어디?")]


def test_closing_quits_where_nothing_could_bring_the_window_back(theme: Theme, data: DataFolder) -> None:
    window = MainWindow(EngineLink(data, ("none",), theme), theme)
    heard: list[str] = []
    window.quit_wanted.connect(lambda: heard.append("quit"))
    window.put_away.connect(lambda: heard.append("away"))
    window.hides_on_close = True
    window.close()
    window.hides_on_close = False
    window.close()
    assert heard == ["away", "quit"]
    window.deleteLater()


def test_a_data_folder_that_can_only_be_read_is_said_at_once(theme: Theme, data: DataFolder) -> None:
    link = EngineLink(data, ("none",), theme)
    window = MainWindow(link, theme)
    link.status = Status(running=True, frozen=True, notes=("The data folder can only be read.",))
    link.state_changed.emit(LinkState("ready"))
    assert not window._banner.isHidden()
    assert "The data folder can only be read." in [label.text() for label in window._banner.findChildren(QLabel)]
    window.deleteLater()


def test_only_local_files_are_taken_when_dropped(theme: Theme, data: DataFolder, tmp_path: Path) -> None:
    window = MainWindow(EngineLink(data, ("none",), theme), theme)
    said: list[str] = []
    window.intake.said.connect(said.append)
    window.intake.take([QUrl("https://example.org/x.md")])
    assert said == []
    window.intake.take([QUrl.fromLocalFile(str(tmp_path))])
    assert said == ["Moa takes this as soon as the engine is ready."]
    window.deleteLater()


def tab_order(window: MainWindow) -> list[str]:
    """Names of what Tab reaches, from the question on, until it comes round; fails when it does not."""
    at, seen = window.focusWidget(), list[QWidget]()
    while at is not None and at not in seen and len(seen) < 100:
        seen.append(at)
        window.focusNextChild()
        at = window.focusWidget()
    assert at is seen[0], "Tab does not come back to where it began"
    return [w.accessibleName() or getattr(w, "text", lambda: "")() for w in seen]


def test_tab_reaches_everything_and_comes_round(app: QApplication, theme: Theme, data: DataFolder) -> None:
    window = MainWindow(EngineLink(data, ("none",), theme), theme)
    window.show()
    window.activateWindow()
    window.chat.composer.edit.setFocus()
    app.processEvents()
    order = tab_order(window)
    assert order[0] == "Question" and "" not in order
    assert {"New question", "Library", "Models"} <= set(order)
    window.show_library()
    app.processEvents()
    reached = set(tab_order(window))
    assert {"Pause reading", "Copy files in…", "Choose a folder…", "Files"} <= reached
    assert {"Show: All", "Show files whose path contains this"} <= reached
    window.show_models()
    app.processEvents()
    assert "Add a model file…" in tab_order(window)
    window.deleteLater()


def test_folders_are_named_from_the_watched_one_on(app: QApplication) -> None:
    table = FileTable(app)
    table.name_folders((("/home/me/notes", "notes"),))
    rows = (replace(row(1), path="/home/me/notes/a/b.md"), replace(row(2), path="/elsewhere/c.md"))
    table.start(FilePage(2, rows))
    assert [table.index(n, 1).data() for n in range(2)] == ["notes/a", "/elsewhere"]


def test_a_short_notice_moves_nothing(theme: Theme, data: DataFolder) -> None:
    window = MainWindow(EngineLink(data, ("none",), theme), theme)
    window.show()
    before = window.chat.geometry()
    window.say("Moa now reads this. " * 30)
    toast = window.findChild(Toast)
    assert toast is not None and toast.isVisible() and window.chat.geometry() == before
    assert toast.width() <= toast.parentWidget().width()  # type: ignore[union-attr]
    window.say("")
    assert not toast.isVisible()
    window.deleteLater()


def test_in_a_narrow_window_sources_come_when_asked_for(theme: Theme, data: DataFolder) -> None:
    window = MainWindow(EngineLink(data, ("none",), theme), theme)
    panel = window.findChild(SourcesPanel)
    assert panel is not None
    window.show()
    window.resize(800, 500)
    window.chat.sources.emit((passage(1), passage(2)), (), "")
    assert not panel.isVisible()
    window.chat.chosen.emit(2)
    assert panel.isVisible()
    press(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    window.resize(1200, 700)
    assert not panel.isVisible(), "it stays hidden until it is asked for"
    window.chat.sources_wanted.emit()
    assert panel.isVisible()
    window.deleteLater()


def test_folders_are_looked_at_again_when_files_went_or_came_back(
    theme: Theme, data: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, looked = LibraryPage(EngineLink(data, ("none",), theme), theme), []
    monkeypatch.setattr(page, "refresh", lambda: looked.append(1))
    there = Status(True, folders=1, files={"indexed": 100})
    gone = replace(there, files={"indexed": 9, "unavailable": 91}, notes=("91 of 100 files are gone.",))
    fewer = replace(there, files={"indexed": 60})
    reading = replace(there, files={"indexed": 61}, progress=Progress("reading", 1, 40))
    steps = ((there, 1), (there, 1), (gone, 2), (gone, 2), (there, 3), (fewer, 4), (reading, 4), (there, 5))
    monkeypatch.setattr(page._files, "refresh", lambda: None)
    for status, times in steps:
        page.show_status(status)
        assert len(looked) == times
    page.deleteLater()

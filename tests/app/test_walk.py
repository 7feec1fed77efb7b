"""What a person sees who walks through the window: nothing jumps, nothing waits or succeeds in silence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from app.banner import Toast
from app.embedding_models import EmbeddersSection
from app.engine_link import EngineLink
from app.folder_cards import FolderCard
from app.history import History
from app.library import LibraryPage
from app.main_window import MainWindow
from app.model_cards import DownloadCard, ModelCard
from app.near import NearButton
from app.quick import ANSWER_HEIGHT, QuickAsk
from app.sources import AT_ONCE, SourcesPanel
from app.theme import Theme
from app.thread import Thread
from app.turns import AnswerTurn
from app.work_state import WorkState
from core.errors import MoaError
from core.events import Answered
from core.paths import DataFolder
from core.types import (
    Citation,
    ConversationRow,
    DownloadRow,
    EmbedderRow,
    FolderRow,
    Location,
    Message,
    Passage,
    Status,
    Timings,
)


def said(widget: QWidget) -> list[str]:
    return [label.text().replace("\u00a0", " ") for label in widget.findChildren(QLabel) if not label.isHidden()]


def settle(app: QApplication) -> None:
    """Layouts, then what they lead to, then the layouts after that."""
    for _ in range(8):
        app.processEvents()


def answer(text: str) -> Answered:
    return Answered(text, "extract", True, (), None, None, "c", Timings(1.0))


def test_quick_ask_is_as_tall_as_its_answer(app: QApplication, theme: Theme, data: DataFolder) -> None:
    quick = QuickAsk(EngineLink(data, ("none",), theme), theme)
    heights = []
    for text in ("> Yes.", "> A sentence.\n>\n> Another one.", "> One more sentence.\n>\n" * 60):
        turn = quick._make_turn()
        quick.show()
        turn.finish(answer(text))
        quick._fit_answer()
        app.processEvents()
        heights.append(quick._area.height())
        page = quick._area.widget()
        assert page is not None and (page.height() <= heights[-1] or heights[-1] == ANSWER_HEIGHT)
    assert heights[0] < heights[1] < ANSWER_HEIGHT and heights[2] == ANSWER_HEIGHT
    quick.hide()


def test_an_error_is_not_covered_and_goes_with_the_next_thing_done(theme: Theme, data: DataFolder) -> None:
    window = MainWindow(EngineLink(data, ("none",), theme), theme)
    window.show()
    toast = window.findChild(Toast)
    assert toast is not None
    window.say("Adding the model…")
    window.show_error(MoaError("It is no model.", "Choose another file."))
    assert not toast.isVisible() and window._banner.isVisible()
    window.say("“qwen” was added.")
    assert toast.isVisible() and not window._banner.isVisible()
    # What is wrong with the engine itself stays, whatever is done meanwhile.
    window._banner.say("The engine stopped.", "danger")
    window.say("Copying…")
    assert window._banner.isVisible()
    window.deleteLater()


def test_escape_ends_a_search_in_the_conversations(app: QApplication, theme: Theme, data: DataFolder) -> None:
    parent = QWidget()
    history = History(EngineLink(data, ("none",), theme), theme, parent)
    history._fill(tuple(ConversationRow(str(n), f"chat {n}", 1.0, 2.0, 2) for n in range(6)))
    parent.show()
    parent.activateWindow()
    history._needle.setFocus()
    history._needle.setText("nothing like it")
    app.processEvents()
    for kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
        QApplication.sendEvent(history._needle, QKeyEvent(kind, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier))
    assert history._needle.text() == ""
    parent.hide()


def test_what_was_left_out_of_a_prompt_does_not_pass_for_waiting(theme: Theme) -> None:
    turn = AnswerTurn(theme)
    turn.note("Loading the language model…")
    turn.note("Left out: 5 of the passages.")
    assert turn._caption.text() == "Loading the language model…"
    assert "Left out: 5 of the passages." in said(turn)


def test_everything_read_is_not_claimed_where_a_file_was_not(app: QApplication) -> None:
    parent = QWidget()
    state = WorkState(parent)
    state.show_status(Status(True, folders=1, files={"indexed": 257}, chunks=1_881))
    assert "Everything is read: 257 files, 1,881 passages" in said(state)
    state.show_status(Status(True, folders=1, files={"indexed": 257, "failed": 1}, chunks=1_881))
    assert "Read: 257 files, 1,881 passages · 1 could not be read" in said(state)


@pytest.mark.parametrize(
    ("row", "paused", "words"),
    [
        (FolderRow("/n/notes", "watched", 2, "notes"), False, ["/n/notes", "2 files · in sync"]),
        (FolderRow("/n/notes", "watched", 1, "notes"), True, ["/n/notes", "1 file · paused"]),
        (FolderRow("/d/imported", "watched", 2, "Imported files"), False, ["Imported files", "2 files · in sync"]),
    ],
)
def test_folders_say_what_they_are(theme: Theme, row: FolderRow, paused: bool, words: list[str]) -> None:
    parent = QWidget()
    card = FolderCard(row, theme, parent, paused)
    card.resize(900, 60)
    parent.show()
    assert [text for text in said(card) if text] == words
    parent.hide()


def test_a_download_says_when_it_hangs_and_why_it_failed(theme: Theme) -> None:
    parent = QWidget()
    row = DownloadRow("q", "q.gguf", "http://h/q.gguf", "running", 5 << 20, 100 << 20, 1 << 20)
    card = DownloadCard(row, parent)
    assert "5 MB of 100 MB · 1 MB a second · about 2 min left" in said(card)
    card._silence.timeout.emit()
    assert "5 MB of 100 MB · waiting for the server…" in said(card)
    card.show_row(replace(row, received=6 << 20))
    assert "6 MB of 100 MB · 1 MB a second · about 2 min left" in said(card)
    card.show_row(replace(row, state="failed", detail="h does not have this file (status 404). Check the address."))
    assert not card._silence.isActive()
    assert card._said.property("role") == "warning" and "404" in card._said.text()
    assert [b.text() for b in card.findChildren(QPushButton)] == ["Try again", "Give up"]


def test_what_was_downloaded_is_not_thrown_away_by_a_slip(theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    parent = QWidget()
    dropped: list[str] = []
    asked: list[str] = []

    def refuse(parent: QWidget, title: str, text: str, action: str) -> bool:
        asked.append(text)
        return False

    monkeypatch.setattr("app.model_cards.outside.confirm", refuse)
    for received in (5 << 20, 0):
        card = DownloadCard(DownloadRow("q", "q.gguf", "", "paused", received, 100 << 20), parent)
        card.dropped.connect(dropped.append)
        card._drop.click()
    assert len(asked) == 1 and "5\u00a0MB" in asked[0]
    assert dropped == ["q"], "what had not begun needs no question"


def test_the_whole_card_of_a_model_chooses_it(theme: Theme) -> None:
    parent = QWidget()
    chosen: list[str] = []
    for problem in ("", "The file is damaged."):
        card = ModelCard("qwen", "Qwen", ("4B",), parent, problem=problem)
        card.chosen.connect(chosen.append)
        card.resize(400, 80)
        at = QPointF(200, 60)
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
            QApplication.sendEvent(card, QMouseEvent(kind, at, at, left, left, none))
    assert chosen == ["qwen"], "a model that cannot be used was chosen, or a usable one was not"


def test_a_long_answer_is_shown_from_its_beginning(app: QApplication, theme: Theme) -> None:
    parent = QWidget()
    thread = Thread(theme, parent)
    thread.resize(600, 400)
    parent.resize(600, 400)
    parent.show()
    bar = thread.verticalScrollBar()
    for asked, lines in (("short?", 1), ("long?", 90), ("short again?", 1)):
        turn = thread.add(asked)
        settle(app)
        assert bar.value() == bar.maximum(), "what was asked is out of sight"
        turn.finish(answer("A line.\n\n" * lines))
        settle(app)
        question = thread.question
        assert question is not None
        top = question.mapTo(thread.viewport(), question.rect().topLeft()).y()
        assert 0 <= top < 400, f"{asked} is at {top}"
    # Who has scrolled to the end stays there while more is written.
    turn = thread.add("longer?")
    turn.add_text("A line.\n\n" * 90)
    turn._render()
    settle(app)
    assert bar.value() < bar.maximum()
    bar.setValue(bar.maximum())
    turn.add_text("A line.\n\n" * 9)
    turn._render()
    settle(app)
    assert bar.value() == bar.maximum()
    parent.hide()


def test_every_number_in_an_answer_leads_to_a_source(theme: Theme) -> None:
    turn = AnswerTurn(theme)
    cited = tuple(Citation(n, f"/n/{n}.md", Location(line_from=n), f"quote {n}", True) for n in (2, 1, 2, 3))
    turn.show_passages((Passage(1, "/n/1.md", "", Location(line_from=1), "all of it", 0.5),))
    turn.finish(replace(answer("One [1], two [2], three [3]."), mode="exhaustive", citations=cited))
    assert [(p.n, p.path, p.text) for p in turn.passages] == [
        (1, "/n/1.md", "all of it"), (2, "/n/2.md", "quote 2"), (3, "/n/3.md", "quote 3"),
    ]  # fmt: skip
    assert "3 sources" in [b.text() for b in turn.findChildren(QPushButton)]


def test_many_sources_are_built_some_at_a_time(app: QApplication, theme: Theme) -> None:
    panel = SourcesPanel(theme)
    passages = tuple(Passage(n, f"/n/{n}.md", "", Location(line_from=n), f"text {n}", 0.5) for n in range(1, 101))
    panel.show_passages(passages, ())
    assert len(panel._cards) == AT_ONCE
    panel.choose(70)
    assert panel._cards[70].property("selected") and len(panel._cards) < 100
    while panel._later.isActive():
        app.processEvents()
    assert list(panel._cards) == list(range(1, 101))
    panel.show_passages(passages[:3], ())
    assert list(panel._cards) == [1, 2, 3]


def test_a_long_name_leaves_the_place_in_sight(theme: Theme) -> None:
    parent = QWidget()
    name = "2026년 상반기 전사 프로젝트 진행 현황 " * 4
    button = NearButton(Passage(3, f"/n/{name}.md", "", Location(line_from=1, line_to=4), "", 0.5), parent)
    button.resize(300, 30)
    parent.show()
    assert button.text().startswith("3  2026") and button.text().endswith(" · lines 1–4") and "…" in button.text()
    assert button.fontMetrics().horizontalAdvance(button.text()) <= 300
    assert name.strip() in button.toolTip() and name.strip() in button.accessibleName()
    parent.hide()


def test_trying_an_embedding_model_is_seen_on_its_card_until_its_cost_is_known(
    app: QApplication, theme: Theme, data: DataFolder
) -> None:
    parent = QWidget()
    section = EmbeddersSection(EngineLink(data, ("none",), theme), parent)
    rows = (
        EmbedderRow("built-in", "", "built-in", "", 87 << 20, 384, 256, serving=True, next=False),
        EmbedderRow("mine", "/m/mine", "folder", "/m/mine", 87 << 20, 384, 128, serving=False, next=False),
    )
    section._fill(rows)
    card = section._cards["mine"]
    card.show_trying(True)
    section._trying = "mine"
    assert any(text.startswith("Being tried") for text in said(card))
    assert not any(button.isEnabled() for button in card.findChildren(QPushButton))
    # A list that is fetched meanwhile does not take it away.
    section._fill((rows[0], replace(rows[1], size=88 << 20)))
    assert any(text.startswith("Being tried") for text in said(section._cards["mine"]))
    section._failed(MoaError("It cannot be opened.", "Choose another one."))
    assert not any(text.startswith("Being tried") for text in said(section._cards["mine"]))
    assert all(button.isEnabled() for button in section._cards["mine"].findChildren(QPushButton))


def test_tab_goes_through_the_library_as_it_is_read(app: QApplication, theme: Theme, data: DataFolder) -> None:
    page = LibraryPage(EngineLink(data, ("none",), theme), theme)
    rows = tuple(FolderRow(f"/n/{name}", "watched", 2, name) for name in ("a", "b"))
    page._take_folders(rows[:1])
    page._take_folders(rows)
    page.show()
    page._add.setFocus()
    names: list[str] = []
    at: QWidget | None = page._add.nextInFocusChain()
    while at is not None and at is not page._add and len(names) < 7:
        if at.focusPolicy() & Qt.FocusPolicy.TabFocus and at.isVisibleTo(page):
            names.append(at.accessibleName())
        at = at.nextInFocusChain()
    assert names == [
        "Show folder /n/a", "Options of folder /n/a", "Stop watching /n/a",
        "Show folder /n/b", "Options of folder /n/b", "Stop watching /n/b", "Show: All",
    ]  # fmt: skip
    page.hide()
    page.deleteLater()


def test_an_answer_that_was_stopped_before_its_first_word_says_so(theme: Theme) -> None:
    turn = AnswerTurn(theme)
    turn.show_message(Message("assistant", "", 1.0, "model", "qwen"))
    assert turn._caption.text() == "Stopped"

"""The link against a small real server on a Unix socket."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from app.engine_link import EngineLink, LinkState
from core import errors
from core.events import Answered
from core.paths import DataFolder
from core.serve.wire import PathBody
from core.types import FolderRow, SearchResult
from tests.app.conftest import Until, fake_command

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")


@pytest.fixture
def link(app: QApplication, data: DataFolder, until: Until) -> Iterator[EngineLink]:
    made = EngineLink(data, fake_command(data), app)
    yield made
    if made.state.phase != "closed":
        _shut(made, until)
    made.deleteLater()


def _shut(link: EngineLink, until: Until) -> None:
    done: list[bool] = []
    link.closed.connect(lambda: done.append(True))
    link.shutdown()
    if not done:
        until(link.closed, 60_000)


def _ready(link: EngineLink, until: Until) -> None:
    link.start()
    while not link.ready:
        until(link.state_changed, 20_000)


def test_it_starts_an_engine_says_so_and_stops_it(link: EngineLink, data: DataFolder, until: Until) -> None:
    said: list[LinkState] = []
    link.state_changed.connect(said.append)
    _ready(link, until)
    assert [state.phase for state in said] == ["starting", "ready"]
    assert said[0].text == "Starting the engine…"
    assert link.status is not None
    assert link.status.folders == 1
    _shut(link, until)
    assert not data.endpoint.exists()


def test_it_uses_the_engine_that_runs_and_leaves_it(
    fake: subprocess.Popen[str], link: EngineLink, data: DataFolder, until: Until
) -> None:
    _ready(link, until)
    _shut(link, until)
    assert fake.poll() is None
    assert data.endpoint.exists()


@pytest.mark.usefixtures("fake")
def test_a_stream_arrives_whole_and_in_batches(link: EngineLink, until: Until) -> None:
    _ready(link, until)
    stream = link.ask("점심?")
    pieces: list[str] = []
    order: list[str] = []
    stream.text.connect(pieces.append)
    stream.passages.connect(lambda _: order.append("passages"))
    stream.notice.connect(lambda _: order.append("notice"))
    ((answer,),) = until(stream.answered, 20_000)
    assert isinstance(answer, Answered)
    assert "".join(pieces) == answer.text
    assert order == ["passages", "notice"]
    # 150 tokens at 2 ms: a signal for each would be 150.
    assert len(pieces) < 40


@pytest.mark.usefixtures("fake")
def test_a_cancelled_stream_says_nothing_more(link: EngineLink, until: Until) -> None:
    _ready(link, until)
    stream = link.ask("점심?")
    until(stream.text, 20_000)
    heard: list[object] = []
    stream.text.connect(heard.append)
    stream.answered.connect(heard.append)
    stream.failed.connect(heard.append)
    stream.cancel()
    stream.cancel()
    search = link.get("/models/fit", dict, id="x")
    until(search.done, 20_000)
    assert heard == []


@pytest.mark.usefixtures("fake")
def test_a_value_for_something_that_is_gone_is_let_go(link: EngineLink, until: Until) -> None:
    _ready(link, until)
    heard: list[str] = []
    here, gone = QObject(), QObject()
    call = link.get("/models/fit", dict, id="x")
    call.then(gone, lambda _: heard.append("gone"))
    call.then(here, lambda _: heard.append("here"))
    shiboken6.delete(gone)
    until(call.done, 20_000)
    assert heard == ["here"]


@pytest.mark.usefixtures("fake")
def test_values_and_refusals_come_as_they_were_sent(link: EngineLink, until: Until) -> None:
    _ready(link, until)
    ((row,),) = until(link.post("/folders", PathBody("/a/노트 폴더"), FolderRow).done, 9_000)
    assert isinstance(row, FolderRow)
    assert row.path == "/a/노트 폴더"
    ((error,),) = until(link.post("/folders", PathBody("/a/노트 폴더"), FolderRow).failed, 9_000)
    assert isinstance(error, errors.BadRequest)
    assert error.title == "“노트 폴더” is watched already."
    ((found,),) = until(link.post("/search", {"query": "x", "k": 2}, SearchResult).done, 9_000)
    assert isinstance(found, SearchResult)
    assert len(found.hits) == 2


@pytest.mark.usefixtures("fake")
def test_a_dropped_call_says_nothing(link: EngineLink, until: Until) -> None:
    _ready(link, until)
    heard: list[object] = []
    first = link.get("/chats", list)
    first.done.connect(heard.append)
    first.failed.connect(heard.append)
    first.drop()
    first.drop()
    until(link.get("/chats", list).done, 9_000)
    assert heard == []


def test_a_killed_engine_is_started_again_once(fake: subprocess.Popen[str], link: EngineLink, until: Until) -> None:
    _ready(link, until)
    fake.send_signal(signal.SIGKILL)
    seen: list[str] = []
    link.state_changed.connect(lambda state: seen.append(state.phase))
    until(link.state_changed, 20_000)
    while not link.ready:
        until(link.state_changed, 20_000)
    assert seen[0] == "lost"
    assert link.status is not None
    again = link.status.pid
    assert again != fake.pid
    import os

    os.kill(again, signal.SIGKILL)
    until(link.state_changed, 20_000)
    assert link.state.phase == "failed"
    _ready(link, until)  # what the button does


def test_a_question_on_the_way_fails_in_words_when_the_engine_dies(
    fake: subprocess.Popen[str], link: EngineLink, until: Until
) -> None:
    _ready(link, until)
    stream = link.ask("점심?")
    until(stream.text, 20_000)
    fake.send_signal(signal.SIGKILL)
    ((error,),) = until(stream.failed, 20_000)
    assert str(error) == "The engine stopped while it was answering. Ask again when it is back."


def test_an_engine_that_cannot_start_gives_its_own_reason(
    app: QApplication, data: DataFolder, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.engine_link.OTHERS_MS", 100)
    words = "The data folder is from a newer Moa. Install it."
    link = EngineLink(data, (sys.executable, "-c", f"import sys; sys.exit('noise\\nmoa: {words}')"), app)
    link.start()
    while link.state.phase == "starting":
        until(link.state_changed, 20_000)
    assert link.state == LinkState("failed", "The engine is not running.", words)
    link.shutdown()
    assert isinstance(link, QObject)

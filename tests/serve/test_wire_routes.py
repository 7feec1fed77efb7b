"""Every route over a real socket: what goes in, what comes out, and what an error looks like."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from core import __version__, errors, events, types
from core.paths import DataFolder
from core.serve import wire
from core.serve.client import Client
from core.serve.link import Connection
from core.serve.place import announced
from tests.serve import fake_host as fake


def raw(client: Client, method: str, path: str, body: str | None = None) -> tuple[int, dict[str, dict[str, str]]]:
    """A request made without the client's own checks."""
    endpoint = announced(client.data)
    assert endpoint
    connection = Connection(endpoint, 10)
    connection.request(method, path, body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    try:
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def test_status_names_the_process_and_the_version(shared: Client) -> None:
    status = shared.find()
    assert status and status.running and status.version == __version__ and status.files == {"indexed": 2, "waiting": 1}


def test_folders_are_added_listed_and_removed(shared: Client, tmp_path: Path) -> None:
    row = shared.add_folder(str(tmp_path))
    assert row == types.FolderRow(str(tmp_path), "watched", 0, "notes")
    assert row in shared.folders()
    assert [c.ok for c in shared.doctor()] == [True, False]
    shared.remove_folder(str(tmp_path))
    assert shared.folders() == ()
    assert [c.ok for c in shared.doctor()] == [True]


def test_indexing_pauses_and_goes_on(shared: Client) -> None:
    shared.pause(True)
    assert "paused" in shared.connect().notes
    shared.pause(False)
    assert "paused" not in shared.connect().notes


def test_single_folders_and_files(shared: Client, tmp_path: Path) -> None:
    path = str(tmp_path)
    shared.add_folder(path)
    row = shared.library.set_folder_options(wire.FolderOptionsBody(path, ocr=True, encoding="cp949"))
    assert row.ocr and row.encoding == "cp949"
    shared.library.accept_loss(path)
    shared.remove_folder(path)
    with pytest.raises(errors.BadRequest, match="not watched"):
        shared.library.accept_loss(path)
    assert [r.path for r in shared.library.retry(["/a", "/b"], "failed")] == ["/a", "/b"]
    assert shared.library.unlock("/a", "열려라").state == "indexed"
    with pytest.raises(errors.FileProblem, match="stays locked"):
        shared.library.unlock("/a", "secret")
    assert "secret" not in repr(wire.UnlockBody("/a", "secret"))


def test_files_are_imported_indexed_and_listed(shared: Client) -> None:
    assert [r.path for r in shared.import_files(["/a.md", "/b.md"])] == ["/a.md", "/b.md"]
    assert shared.index(False) == types.IndexReport(added=2, seconds=0.5)
    assert [r.path for r in shared.files()] == ["/notes/겨울.md"]
    assert [r.state for r in shared.files("failed")] == ["failed"]
    assert len(shared.files("skipped")) == fake.MANY


def test_a_selftest_is_run_followed_and_stopped(shared: Client) -> None:
    report = shared.learning.selftest(20, 1)
    assert report.questions == 20 and report.languages["ko"].weights["1"].hit5 == 0.2
    assert shared.learning.progress() == types.SelfTestProgress(3, 80)
    shared.learning.stop()
    with pytest.raises(errors.BadRequest, match="no notes"):
        shared.learning.selftest(20, -1)


def test_a_search_carries_every_choice(shared: Client) -> None:
    assert shared.search(wire.SearchBody("눈")) == types.SearchResult((fake.PASSAGE,))
    assert shared.search(wire.SearchBody("눈", within="/w", patient=True)).notes == ("within /w, patient True",)


def test_models(shared: Client) -> None:
    assert shared.models.list() == (fake.MODEL,)
    assert shared.models.fit("a/b c").id == "a/b c"
    shared.models.use("tiny")
    shared.models.remove("tiny")
    with pytest.raises(errors.BadRequest, match="is not a GGUF file"):
        shared.models.add("/x.txt")


def test_chats(shared: Client) -> None:
    assert shared.chats.list() == (fake.ROW,)
    assert shared.chats.search("눈") == (fake.ROW,)
    assert shared.chats.search("no") == ()
    assert shared.chats.show("c1").messages[1].citations == (fake.CITATION,)
    shared.chats.remove("c1")
    with pytest.raises(errors.BadRequest, match="no conversation x/y"):
        shared.chats.show("x/y")


def test_an_answer_comes_in_order_with_its_question_id(shared: Client) -> None:
    got = list(shared.ask(wire.AskBody("Snow?", qid="q7")))
    assert [e.event for e in got] == ["passages", "notice", "token", "token", "answer"]
    assert {e.qid for e in got} == {"q7"}


def test_passages_arrive_while_the_engine_still_waits_for_its_model(fresh: Client) -> None:
    fresh.connect()
    got = fresh.ask(wire.AskBody("hold"))
    assert isinstance(next(got), events.PassagesFound)
    fresh.models.use("go")  # only now does the engine go on
    assert [e.event for e in got] == ["notice", "token", "token", "answer"]


@pytest.mark.parametrize(
    ("question", "note"), [("endless", "stopped while answering"), ("load", "stopped while loading")]
)
def test_closing_the_connection_stops_an_answer(
    fresh: Client, until: Callable[[Callable[[], object]], None], question: str, note: str
) -> None:
    fresh.connect()

    def notes() -> tuple[str, ...]:
        status = fresh.find()
        return status.notes if status else ()

    if question == "load":  # not one byte has been sent when the client goes away
        endpoint = announced(fresh.data)
        assert endpoint
        connection = Connection(endpoint, 10)
        connection.request("POST", "/ask", wire.encode(wire.AskBody(question)), {"Content-Type": "application/json"})
        until(lambda: "loading" in notes())
        connection.close()
    else:
        answer = fresh.ask(wire.AskBody(question))
        assert [next(answer).event, next(answer).event] == ["passages", "token"]
        answer.close()  # type: ignore[attr-defined]
    until(lambda: note in notes())


def test_what_goes_wrong_before_the_first_event_is_an_error_and_after_it_an_event(shared: Client) -> None:
    with pytest.raises(errors.BadRequest, match=r"The question is empty\. Type one\."):
        list(shared.ask(wire.AskBody(" ")))
    *_, crash = shared.ask(wire.AskBody("crash", qid="1"))
    assert crash == events.Failed("The model ended.", "Ask again.", "1")
    *_, bug = shared.ask(wire.AskBody("bug"))
    assert isinstance(bug, events.Failed) and "engine.log" in bug.advice
    assert "nobody thought of this" in (shared.data.logs / "engine.log").read_text()


def test_followers_get_the_status_first_and_then_what_changed(shared: Client, tmp_path: Path) -> None:
    follower = shared.events()
    first = next(follower)
    assert isinstance(first, events.StatusChanged) and first.status.running
    shared.add_folder(str(tmp_path))
    assert next(follower) == events.Changed("folders")
    shared.remove_folder(str(tmp_path))


def test_a_follower_that_left_is_forgotten(fresh: Client, until: Callable[[Callable[[], object]], None]) -> None:
    fresh.connect()
    follower = fresh.events()
    next(follower)

    def listeners(n: int) -> bool:
        status = fresh.find()
        return status is not None and f"listeners: {n}" in status.notes

    assert listeners(1)
    follower.close()  # type: ignore[attr-defined]
    until(lambda: listeners(0))


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "kind"),
    [
        ("GET", "/nowhere", None, 404, "BadRequest"),
        ("PUT", "/search", "{}", 405, "BadRequest"),
        ("POST", "/search", "{", 400, "BadRequest"),
        ("POST", "/search", '{"k": 3}', 400, "BadRequest"),
        ("POST", "/folders", '{"path": "/nowhere"}', 400, "BadRequest"),
        ("POST", "/search", '{"query": "bug"}', 500, "MoaError"),
        ("GET", "/docs", None, 404, "BadRequest"),
        ("GET", "/openapi.json", None, 404, "BadRequest"),
    ],
)
def test_every_error_has_words(
    shared: Client, method: str, path: str, body: str | None, status: int, kind: str
) -> None:
    code, reply = raw(shared, method, path, body)
    assert code == status
    assert reply["error"]["kind"] == kind and reply["error"]["title"]


def test_our_own_mistake_is_one_sentence_and_its_traceback_is_logged(shared: Client) -> None:
    with pytest.raises(errors.MoaError, match=r"made a mistake \(ZeroDivisionError\)"):
        shared.search(wire.SearchBody("bug"))
    assert "ZeroDivisionError: nobody thought of this" in (shared.data.logs / "engine.log").read_text()


def test_without_the_token_a_loopback_engine_says_nothing(tmp_path: Path) -> None:
    import asyncio
    import threading

    import uvicorn

    from core.serve import app, place

    data = DataFolder(tmp_path / "data")
    place.prepare(data)
    listener, endpoint = place.listen(data)
    made = app.create(fake.make(data), lambda: None, fake.examine, token="secret")
    server = uvicorn.Server(uvicorn.Config(made, lifespan="off", log_config=None, ws="none"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
    thread.start()
    try:
        replies = []
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer secret"}):
            connection: http.client.HTTPConnection = Connection(endpoint, 10)
            connection.request("GET", "/status", headers=headers)
            with connection.getresponse() as response:
                replies.append(response.status)
            connection.close()
        assert replies == [401, 401, 200]
    finally:
        server.should_exit = True
        thread.join()

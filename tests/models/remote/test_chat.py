"""A real model server (llama_cpp.server) on this machine, asked through the path of every answer; and servers that
misbehave."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import keyring
import keyring.backend
import pytest

from core.engine import Engine
from core.errors import BadRequest, ModelProblem
from core.events import Answered, Failed, Notice, Token
from core.models.network import Network
from core.models.process.worker import Finish, Piece
from core.models.remote.chat import LONGEST_LINE, MOST_A_TOKEN, Remote, models
from core.models.remote.servers import Server, base
from core.models.writer import _aloud
from core.paths import DataFolder
from core.types import ChatMessage

NOTE = "# Garden\n\nIn the garden we grow tomatoes and beans. They are watered every 4 days.\n"
HELLO = [ChatMessage("user", "안녕, hello")]


@pytest.fixture(scope="module")
def llama_server(small_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ("--model", str(small_model), "--model_alias", "parrot", "--n_ctx", "2048", "--port", str(port))
    log = (tmp_path_factory.mktemp("server") / "log").open("wb")
    process = subprocess.Popen([sys.executable, "-m", "llama_cpp.server", *options], stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}/v1"
    deadline = time.monotonic() + 120
    while True:
        try:
            urllib.request.urlopen(f"{url}/models", timeout=5).close()
            break
        except (urllib.error.URLError, OSError):
            assert process.poll() is None and time.monotonic() < deadline, Path(log.name).read_text()
            time.sleep(0.2)  # a foreign program that tells nobody when it is ready
    yield url
    process.terminate()
    process.wait()
    log.close()


class Memory(keyring.backend.KeyringBackend):
    """A keyring like a system's, without one."""

    priority = 1.0

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self.kept.pop((service, username), None)


@pytest.fixture
def ring() -> Iterator[Memory]:
    before = keyring.get_keyring()
    ring = Memory()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


@pytest.fixture
def engine(tmp_path: Path, ring: Memory) -> Iterator[Engine]:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "garden.md").write_text(NOTE)
    engine = Engine(DataFolder(tmp_path / "data"))
    engine.start()
    engine.library.add_folder(str(notes))
    engine.library.index(wait=True)
    yield engine
    engine.close()


def test_an_answer_by_a_server_goes_the_way_of_every_answer(engine: Engine, llama_server: str) -> None:
    row = engine.models.connect(llama_server.removesuffix("/v1"))
    assert (row.id, row.name, row.remote) == ("parrot-at-127.0.0.1", "parrot", "")
    engine.models.use(row.id)
    events = list(engine.questions.ask("How often are the tomatoes watered?", stop=threading.Event()))
    answer = events[-1]
    assert isinstance(answer, Answered), answer
    assert (answer.mode, answer.model) == ("model", row.id) and sum(isinstance(e, Token) for e in events) > 3
    assert answer.citations and answer.citations[0].path.endswith("garden.md")
    assert answer.timings.prompt_tokens and answer.timings.first_token_ms
    assert not any(isinstance(e, Notice) and "sent to" in e.text for e in events)
    status = engine.status().model
    assert status and status.state == "ready" and engine.parts.worker.pid is None
    stop = threading.Event()
    for event in engine.questions.ask("tomatoes and beans", stop=stop):
        if isinstance(event, Token):
            stop.set()
    assert isinstance(event, Answered) and event.stopped
    engine.models.remove(row.id)
    assert engine.models.rows() == () and engine.status().model is None


def test_another_machine_is_named_before_anything_is_sent(
    engine: Engine, llama_server: str, ring: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = engine.models.connect(llama_server, key="sk-moa-5f1e77a0c3")
    assert list(ring.kept.values()) == ["sk-moa-5f1e77a0c3"]
    files = [p for p in engine.data.root.rglob("*") if p.is_file() and p.suffix != ".sock"]
    assert not any(b"sk-moa-5f1e77a0c3" in p.read_bytes() for p in files)
    elsewhere = Server(row.id, "https://models.example.org/v1", "big", 4096)
    monkeypatch.setattr(engine.parts.servers, "find", lambda id: elsewhere)
    engine.models.use(row.id)
    events = list(engine.questions.ask("tomatoes", stop=threading.Event()))
    assert any(isinstance(e, Notice) and "are sent to models.example.org" in e.text for e in events)
    # MOA_OFFLINE=1 holds in every test: not even a name is looked up.
    assert isinstance(events[-1], Failed) and "MOA_OFFLINE" in events[-1].title
    monkeypatch.undo()
    engine.models.remove(row.id)
    assert ring.kept == {}


def test_a_model_the_server_does_not_have(engine: Engine, llama_server: str) -> None:
    with pytest.raises(BadRequest, match=r"no model big\. It has: parrot"):
        engine.models.connect(llama_server, "big")
    assert engine.models.rows() == ()


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("localhost:8080", "http://localhost:8080/v1"),
        ("http://localhost:8080/", "http://localhost:8080/v1"),
        ("http://127.0.0.1/v1/chat/completions", "http://127.0.0.1/v1"),
        ("http://127.0.0.1/openai/v1/models", "http://127.0.0.1/openai/v1"),
    ],
)
def test_addresses_as_people_copy_them(given: str, address: str) -> None:
    assert base(given) == address


@pytest.mark.parametrize("given", ["", "http://[::1", "file:///etc/passwd", "http://user:pass@localhost/v1", "http://"])
def test_addresses_that_are_refused(given: str) -> None:
    with pytest.raises(BadRequest):
        base(given)


# ---- servers that misbehave


Reply = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture
def misbehaving() -> Iterator[Callable[[Reply], Remote]]:
    servers: list[ThreadingHTTPServer] = []

    def make(reply: Reply) -> Remote:
        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:
                pass

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                reply(self)

            do_GET = do_POST

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return Remote(Server("x", f"http://127.0.0.1:{server.server_address[1]}/v1", "m", 2048), "", Network())

    yield make
    for server in servers:
        server.shutdown()
        server.server_close()


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes) -> None:
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def piece(text: str) -> bytes:
    return b"data: " + json.dumps({"choices": [{"delta": {"content": text}}]}).encode() + b"\n\n"


def asked(remote: Remote) -> list[Any]:
    return list(remote.chat(HELLO, max_tokens=10, stop=threading.Event()))


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, b"", "does not accept the key"),
        (404, b"", "knows no such model"),
        (429, b"", "has no room"),
        (500, b'{"error": {"message": "out of\\nmemory"}}', "status 500: out of memory"),
        (502, b"<html>", "status 502"),
        (200, piece("half"), "stopped in the middle"),
        (200, b'data: {"error": {"message": "context too long"}}\n\n', "context too long"),
        (200, b"data: no json\n\n", "does not know"),
        (200, b'{"error": {"message": "overloaded"}}', r"overloaded\."),
        (200, b"data: " + b"x" * (LONGEST_LINE + 1), "lines without an end"),
        (422, b'{"detail": [{"msg": "bad"}]}', r"status 422: an error"),
    ],
)
def test_a_bad_reply_is_told_in_words(status: int, body: bytes, words: str, misbehaving: Any) -> None:
    with pytest.raises(ModelProblem, match=words):
        asked(misbehaving(lambda handler: send(handler, status, body)))


def event(**fields: Any) -> bytes:
    return b"data: " + json.dumps(fields).encode() + b"\n\n"


ENDED = event(choices=[{"delta": {}, "finish_reason": "stop"}])
DONE = b"data: [DONE]\n\n"


@pytest.mark.parametrize(
    "body",
    [
        piece("4 ") + piece("days") + ENDED,  # some never say [DONE]
        piece("4 ").replace(b"\n", b"\r\n") + b": still here\r\n\r\n" + piece("days") + DONE,
        event(choices=[{"message": {"content": "4 days"}, "finish_reason": "stop"}])[6:],
        event(error=None, choices=[{"delta": {"role": "assistant", "content": None}}]) + piece("4 days") + DONE,
        b'data: [1]\n\ndata: null\n\ndata: "x"\n\n' + piece("4 days") + DONE,
        event(choices=["a"]) + event(choices=[{"delta": "b"}]) + event(choices={"a": 1}) + piece("4 days") + DONE,
        event(choices=[{"delta": {"content": [{"text": "no"}]}}]) + piece("4 days") + DONE,
        piece("4 days") + event(choices=[], usage="none") + event(usage={"prompt_tokens": "many"}) + DONE,
        event(choices=[{"delta": {"reasoning_content": "hm"}}]) + piece("4 days") + DONE,
    ],
)
def test_servers_have_ways_of_their_own(body: bytes, misbehaving: Any) -> None:
    *pieces, finish = asked(misbehaving(lambda handler: send(handler, 200, body)))
    assert "".join(p.text for p in pieces) == "4 days" and finish.reason == "stop" and finish.prompt_tokens > 0


def test_a_server_that_heeds_no_limit(misbehaving: Any) -> None:
    body = piece("x" * 150) * 1000 + DONE
    *pieces, finish = asked(misbehaving(lambda handler: send(handler, 200, body)))
    assert sum(len(p.text) for p in pieces) == 10 * MOST_A_TOKEN and finish.reason == "length"


def test_an_answer_that_is_cut_off_names_no_server_that_cannot_be_reached(misbehaving: Any) -> None:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "9999")
        handler.end_headers()
        handler.wfile.write(piece("half"))

    with pytest.raises(ModelProblem, match="stopped in the middle of the answer"):
        asked(misbehaving(reply))


def test_a_key_that_no_server_has() -> None:
    with pytest.raises(BadRequest, match="Latin letters"):
        models("http://127.0.0.1:9/v1", "열쇠", Network())


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        (["<thi", "nk>\nIt may be ", "9 days.</th", "ink>\n", "\n4 ", "days"], "4 days"),
        (["  \n", "<b>4</b>", " days"], "  \n<b>4</b> days"),
        (["<thi"], "<thi"),
        (["<think>without an end"], ""),
        ([], ""),
    ],
)
def test_what_a_model_thinks_is_no_answer(said: list[str], heard: str) -> None:
    finish = Finish("stop", 1, 0, 0.0, 0.0)
    *pieces, last = _aloud(iter([*map(Piece, said), finish]))
    assert "".join(p.text for p in pieces if isinstance(p, Piece)) == heard and last is finish


def test_no_answer_is_told(engine: Engine, misbehaving: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    server = misbehaving(lambda handler: send(handler, 200, ENDED + DONE)).server
    monkeypatch.setattr(engine.parts.servers, "find", lambda id: server)
    engine.models.use("x")
    *_, last = engine.questions.ask("How often are the tomatoes watered?", stop=threading.Event())
    assert isinstance(last, Failed) and last.title == "x wrote no answer."


def test_a_server_that_is_not_there() -> None:
    remote = Remote(Server("x", "http://127.0.0.1:9/v1", "m", 2048), "", Network())
    with pytest.raises(ModelProblem, match="cannot be reached"):
        asked(remote)
    with pytest.raises(ModelProblem, match="cannot be reached"):
        models("http://127.0.0.1:9/v1", "", Network())


def test_what_is_no_model_server(misbehaving: Any) -> None:
    remote = misbehaving(lambda handler: send(handler, 200, b"<html>hello</html>"))
    with pytest.raises(ModelProblem, match="does not answer as a model server"):
        models(remote.server.url, "", Network())


def test_a_stop_is_heard_while_the_server_is_silent(misbehaving: Any) -> None:
    silent, gone = threading.Event(), threading.Event()

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(piece("한 "))
        handler.wfile.flush()
        silent.set()
        if handler.connection.recv(1) == b"":  # the client hung up
            gone.set()

    stop = threading.Event()

    def stop_then() -> None:
        silent.wait(30)
        stop.set()

    threading.Thread(target=stop_then, daemon=True).start()
    events = list(misbehaving(reply).chat(HELLO, max_tokens=10, stop=stop))
    assert isinstance(events[-1], Finish) and events[-1].reason == "stopped"
    assert all(isinstance(e, Piece) for e in events[:-1])
    assert gone.wait(30)


def test_contexts_are_read_where_a_server_tells_them(misbehaving: Any) -> None:
    rows = [
        {"id": "vllm", "max_model_len": 8192}, {"id": "llama", "meta": {"n_ctx_train": 4096}}, {"id": "other"},
    ]  # fmt: skip
    remote = misbehaving(lambda handler: send(handler, 200, json.dumps({"data": rows}).encode()))
    assert models(remote.server.url, "", Network()) == {"vllm": 8192, "llama": 4096, "other": 0}

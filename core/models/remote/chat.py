"""A model on a server that speaks OpenAI's chat completions, used the way the worker on this machine is.

Protocol: GET /models and POST /chat/completions with `stream`, as llama-server, vLLM, Ollama, LM Studio and OpenAI
offer it (platform.openai.com/docs/api-reference/chat). Context sizes are read where a server tells them: vLLM as
`max_model_len`, llama-server as `meta.n_ctx` or `meta.n_ctx_train`.
"""

from __future__ import annotations

import json
import queue
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from core.errors import BadRequest, ModelProblem
from core.models.network import Network, require_allowed
from core.models.process.worker import Finish, Piece
from core.models.remote.servers import Server
from core.types import ChatMessage

if TYPE_CHECKING:
    import httpx

LOOK_S = 0.05
SILENCE_S = 300.0
"""A server may load a large model before the first token."""
LIST_S = 15.0
BYTES_A_TOKEN = 3
"""Never below what tokenizers of today make of Korean (three bytes a syllable) or English (four letters a token)."""
TOKENS_A_MESSAGE = 8
LONGEST_ERROR = 200
MOST_A_TOKEN = 20
"""Characters; an answer of more has more tokens than were asked for."""
LONGEST_LINE = 2**20
"""Bytes."""


def models(url: str, key: str, network: Network) -> dict[str, int]:
    """{model name: context in tokens, 0 when not told} at the API address `url`. Raises ModelProblem or BadRequest."""
    import httpx

    require_allowed(url)
    if not (key.isascii() and key.isprintable()):
        raise BadRequest("A key has Latin letters, digits and signs only.", "Copy it again.")
    try:
        with network.client(LIST_S, url) as client:
            reply = client.get(f"{url}/models", headers=_headers(key))
            _require_ok(reply, url)
            rows = reply.json()["data"]
            return {str(r["id"]): _context(r) for r in rows}
    except httpx.HTTPError as e:
        raise _unreachable(url, e) from e
    except (ValueError, KeyError, TypeError, AttributeError) as e:
        raise ModelProblem(f"{url} does not answer as a model server does.", "Check its address.") from e


class Remote:
    """One conversation partner on a server. Thread-safe: each answer has its own connection."""

    def __init__(self, server: Server, key: str, network: Network) -> None:
        self.server, self._key, self._network = server, key, network

    def measure(self, messages: Sequence[ChatMessage]) -> int:
        """Tokens of a prompt, estimated from above: the server's tokenizer is not here."""
        return sum(len(m.text.encode(errors="replace")) // BYTES_A_TOKEN + TOKENS_A_MESSAGE for m in messages)

    def chat(
        self, messages: Sequence[ChatMessage], *, max_tokens: int, stop: threading.Event
    ) -> Iterator[Piece | Finish]:
        """The answer in pieces, Finish last. Set `stop` to end it early; closing the iterator does, too.
        Raises ModelProblem, in words."""
        stream = _Stream(self.server, self._key, self._network, _body(self.server, messages, max_tokens))
        began, first = time.monotonic(), 0.0
        pieces, room, reason = 0, max_tokens * MOST_A_TOKEN, "stop"
        usage: dict[str, Any] = {}
        try:
            for event in stream.events(stop):
                usage = _dict(event.get("usage")) or usage
                text, ended = _piece(event)
                reason = ended or reason
                if text:
                    first, pieces = first or time.monotonic(), pieces + 1
                    yield Piece(text[:room])
                    room -= len(text)
                if room <= 0:  # it does not heed max_tokens
                    reason = "length"
                    break
        finally:
            stream.close()
        written = _count(usage, "completion_tokens") or pieces
        wrote_s = time.monotonic() - first if first else 0.0
        yield Finish(
            "stopped" if stop.is_set() else ("length" if reason == "length" else "stop"),
            _count(usage, "prompt_tokens") or self.measure(messages),
            _count(_dict(usage.get("prompt_tokens_details")), "cached_tokens"),
            round(((first or time.monotonic()) - began) * 1000, 1),
            round(written / wrote_s, 1) if wrote_s > 0 else 0.0,
        )


class _Stream:
    """Server-sent events of one answer, read on a thread of its own so that a stop is heard while nothing comes."""

    def __init__(self, server: Server, key: str, network: Network, body: dict[str, Any]) -> None:
        self._server, self._key, self._network, self._body = server, key, network, body
        self._box: queue.Queue[dict[str, Any] | Exception | None] = queue.Queue()
        self._socket: socket.socket | None = None
        self._closed = self._ended = False
        threading.Thread(target=self._read, name="model server", daemon=True).start()

    def events(self, stop: threading.Event) -> Iterator[dict[str, Any]]:
        """Each event as it comes; ends with the answer or with `stop`. Raises what went wrong, in words."""
        while not stop.is_set():
            try:
                item = self._box.get(timeout=LOOK_S)
            except queue.Empty:
                continue
            if item is None:
                return
            if isinstance(item, Exception):
                raise item
            yield item

    def close(self) -> None:
        """Let the server know that nobody listens any more."""
        self._closed = True
        if self._socket:
            with suppress(OSError):  # it was closed just now
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def _read(self) -> None:
        import httpx

        url, began = self._server.url, False
        broken = (httpx.ReadError, httpx.RemoteProtocolError)
        try:
            require_allowed(url)
            with (
                self._network.client(SILENCE_S, url) as client,
                client.stream("POST", f"{url}/chat/completions", json=self._body, headers=_headers(self._key)) as reply,
            ):
                self._socket = reply.extensions["network_stream"].get_extra_info("socket")
                if self._closed:
                    return
                if not reply.is_success:
                    reply.read()
                    _require_ok(reply, url)
                began = True
                lines = _lines(reply)
                if reply.headers.get("content-type", "").startswith("application/json"):
                    lines = iter([" ".join(lines)])
                if not any(self._take(line) for line in lines) and not self._ended:
                    raise self._cut()
            self._box.put(None)
        except httpx.HTTPError as e:
            self._box.put(self._cut() if began and isinstance(e, broken) else _unreachable(url, e))
        except (ModelProblem, BadRequest) as e:
            self._box.put(ModelProblem(e.title, e.advice))
        except Exception as e:  # whatever it is, whoever waits for the answer has to hear of it
            self._box.put(ModelProblem(f"{self._server.host} answers in a way Moa does not know ({e})."))

    def _cut(self) -> ModelProblem:
        return ModelProblem(f"{self._server.host} stopped in the middle of the answer.", "Ask again.")

    def _take(self, line: str) -> bool:
        """Put one line's event into the box; True at the end of the answer. Not every server says [DONE]: one that
        gave a reason to end has ended, too."""
        # A server that does not stream, or reports an error with status 200, sends the object alone.
        data = line[5:].strip() if line.startswith("data:") else line if line.startswith("{") else ""
        if data == "[DONE]" or not data:
            return bool(data)
        event = json.loads(data)
        if not isinstance(event, dict):
            return False
        if event.get("error"):
            raise ModelProblem(f"{self._server.host}: {_said(event)}.", "Ask again.")
        self._ended = self._ended or bool(_piece(event)[1])
        self._box.put(event)
        return False


def _lines(reply: httpx.Response) -> Iterator[str]:
    """The lines of a reply, as long as they stay in bounds. Raises ModelProblem."""
    rest = b""
    for block in reply.iter_bytes():
        *lines, rest = (rest + block).split(b"\n")
        if len(rest) > LONGEST_LINE:
            raise ModelProblem(f"{reply.url.netloc.decode()} sends lines without an end.", "Ask again.")
        yield from (line.decode(errors="replace").strip("\r") for line in lines)
    if rest:
        yield rest.decode(errors="replace")


def _piece(event: dict[str, Any]) -> tuple[str, str]:
    """The text of an event, and why the answer ends when it does; a server may send anything."""
    choices = event.get("choices")
    choice = _dict(choices[0]) if isinstance(choices, list) and choices else {}
    text = (_dict(choice.get("delta")) or _dict(choice.get("message"))).get("content")
    reason = choice.get("finish_reason")
    return text if isinstance(text, str) else "", reason if isinstance(reason, str) else ""


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _count(usage: dict[str, Any], name: str) -> int:
    value = usage.get(name)
    return value if isinstance(value, int) and value > 0 else 0


def _body(server: Server, messages: Sequence[ChatMessage], max_tokens: int) -> dict[str, Any]:
    return {
        "model": server.model,
        "messages": [{"role": m.role, "content": m.text.encode(errors="replace").decode()} for m in messages],
        "max_tokens": max_tokens,
        "temperature": 0,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def _headers(key: str) -> dict[str, str]:
    return {"User-Agent": "moa", **({"Authorization": f"Bearer {key}"} if key else {})}


def _context(row: dict[str, Any]) -> int:
    meta = _dict(row.get("meta"))
    told = row.get("max_model_len") or meta.get("n_ctx") or meta.get("n_ctx_train") or row.get("context_length")
    return told if isinstance(told, int) and told > 0 else 0


def _require_ok(reply: httpx.Response, url: str) -> None:
    """Raises ModelProblem for a reply that is none, in words."""
    if reply.is_success:
        return
    host, status = reply.url.netloc.decode(), reply.status_code
    if status in (401, 403):
        raise ModelProblem(f"{host} does not accept the key.", f"Connect it again: moa models connect {url} --key.")
    if status == 404:
        raise ModelProblem(f"{host} knows no such model or address.", "Connect it again with `moa models connect`.")
    if status == 429:
        raise ModelProblem(f"{host} has no room for this question now.", "Wait a little, then ask again.")
    try:
        said = _said(reply.json())
    except ValueError:
        said = ""
    raise ModelProblem(f"{host} could not answer (status {status}{': ' + said if said else ''}).", "Ask again later.")


def _said(body: Any) -> str:
    """What a server says went wrong, one short line."""
    error = body.get("error", body.get("detail", "")) if isinstance(body, dict) else ""
    text = error.get("message", "") if isinstance(error, dict) else error
    words = " ".join(text.split()) if isinstance(text, str) else "an error"
    return words[:LONGEST_ERROR].rstrip(".")


def _unreachable(url: str, error: Exception) -> ModelProblem:
    return ModelProblem(
        f"The model server at {url} cannot be reached ({str(error) or type(error).__name__}).",
        "Check that it runs and that this machine is connected, then ask again.",
    )

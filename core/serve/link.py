"""One request to the engine and its reply, over the local socket. Knows no route and starts nothing.

The standard library's http.client, not httpx: importing it takes a third of the time (45 ms against 130 ms),
and every `moa` command pays that. One connection a request; over a local socket that costs nothing.
"""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar
from urllib.parse import urlencode

from core import errors, events
from core.paths import DataFolder
from core.serve import wire

T = TypeVar("T")


class Nobody(errors.EngineUnavailable):
    """Nothing listens where engine.json says: no engine runs, or it was killed."""


class Connection(http.client.HTTPConnection):
    """A connection to where `endpoint` says; `timeout` in seconds, None waits for ever."""

    def __init__(self, endpoint: wire.Endpoint, timeout: float | None) -> None:
        super().__init__("127.0.0.1", endpoint.port, timeout=timeout)
        self._path = endpoint.socket

    def connect(self) -> None:
        if not self._path:
            super().connect()
            return
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Link:
    """Requests to the engine at `endpoint`; None until one was found.

    Every method raises the error the engine replied with, `errors.EngineUnavailable` when the engine ends
    before it has answered, and TimeoutError after `timeout` seconds.
    """

    def __init__(self, data: DataFolder) -> None:
        self.data = data
        self.endpoint: wire.Endpoint | None = None

    def get(self, path: str, shape: type[T], timeout: float | None = None, **query: str) -> T:
        """The value of type `shape` at `path`."""
        asked = f"{path}?{urlencode(query, errors='surrogateescape')}" if query else path
        return self._fetch("GET", asked, None, shape, timeout)

    def post(self, path: str, body: object, shape: type[T], timeout: float | None = None) -> T:
        """The value of type `shape` that `path` replies to `body`."""
        return self._fetch("POST", path, body, shape, timeout)

    def stream(self, method: str, path: str, body: object) -> Iterator[events.AnswerEvent | events.EngineEvent]:
        """The events that `path` replies, as they come; closing the iterator closes the connection."""
        with self._reply(method, path, body, None) as response:
            while line := response.readline():
                if line.startswith(b"data: "):
                    yield wire.event_of(line[6:])

    def _fetch(self, method: str, path: str, body: object, shape: type[T], timeout: float | None) -> T:
        with self._reply(method, path, body, timeout) as response:
            return wire.decode(response.read(), shape)

    @contextmanager
    def _reply(self, method: str, path: str, body: object, timeout: float | None) -> Iterator[http.client.HTTPResponse]:
        if self.endpoint is None:
            raise Nobody("No engine is running.", "Start it with `moa start`.")
        headers = {"Connection": "close", "Content-Type": "application/json"}
        if self.endpoint.token:
            headers["Authorization"] = f"Bearer {self.endpoint.token}"
        content = None if body is None else wire.encode(body)
        connection = Connection(self.endpoint, timeout)
        try:
            connection.request(method, path, content, headers)
            with connection.getresponse() as response:
                if response.status >= 400:
                    if response.getheader("Content-Type") != "application/json":
                        raise self.lost()  # cut short by the engine's end
                    raise wire.error_of(response.read())
                yield response
        except (FileNotFoundError, ConnectionRefusedError) as e:  # raised by connecting only
            raise Nobody("No engine is running.", "Start it with `moa start`.") from e
        except TimeoutError:
            raise
        except (OSError, http.client.HTTPException) as e:
            raise self.lost() from e
        finally:
            connection.close()

    def lost(self) -> errors.EngineUnavailable:
        """The error of a request during which the engine ended."""
        return errors.EngineUnavailable(
            "The engine ended before it had answered.",
            f"Try again: a new engine is started. Why it ended is in {self.data.logs / 'engine.log'}.",
        )

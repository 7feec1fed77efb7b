"""The model servers a person connected: any that speaks OpenAI's chat completions. Kept in servers.json, without keys.

Does not talk to them (`remote.py`).
"""

from __future__ import annotations

import json
import logging
import re
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from core import whole
from core.errors import BadRequest
from core.models.network import is_here, require_allowed
from core.types import ModelRow

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Server:
    """One model on one server. `url` ends before /chat/completions; `context` in tokens."""

    id: str
    url: str
    model: str
    context: int

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    @property
    def leaves(self) -> str:
        """The host that questions and passages go to when that is another machine, else ""."""
        return "" if is_here(self.url) else self.host


class Servers:
    """The list in `folder`/servers.json. Thread-safe."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "servers.json"
        self._lock = threading.Lock()
        self._servers = self._read()

    def rows(self, active: str) -> tuple[ModelRow, ...]:
        """As models, in the order they were connected."""
        with self._lock:
            return tuple(row(s, active) for s in self._servers)

    def find(self, id: str) -> Server | None:
        """The server with this id."""
        with self._lock:
            return next((s for s in self._servers if s.id == id), None)

    def add(self, url: str, model: str, context: int, taken: frozenset[str]) -> Server:
        """Remember a server; the same model at the same address is one. `taken`: ids of other models."""
        with self._lock:
            known = next((s for s in self._servers if (s.url, s.model) == (url, model)), None)
            slug = re.sub(r"[^\w.]+", "-", f"{model.rpartition('/')[2]}-at-{urlsplit(url).hostname}".lower())
            used = taken | {s.id for s in self._servers}
            free = next(n for n in (slug, *(f"{slug}-{i}" for i in range(2, 1000))) if n not in used)
            server = Server(known.id if known else free, url, model, context)
            self._write([*(s for s in self._servers if s is not known), server])
            return server

    def remove(self, id: str) -> None:
        """Forget a server; an unknown id is none."""
        with self._lock:
            self._write([s for s in self._servers if s.id != id])

    def _read(self) -> list[Server]:
        try:
            return [Server(**entry) for entry in json.loads(self._file.read_text(encoding="utf-8"))]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError) as e:
            log.warning("%s could not be read (%s): servers have to be connected again", self._file, e)
            return []

    def _write(self, servers: list[Server]) -> None:
        whole.write(self._file, json.dumps([asdict(s) for s in servers], indent=1).encode())
        self._servers = servers


def row(server: Server, active: str) -> ModelRow:
    """A server as one of the user's models."""
    return ModelRow(
        id=server.id, name=server.model, path=server.url, size=0, architecture="server", quantization="",
        context=server.context, active=server.id == active, remote=server.leaves,
    )  # fmt: skip


def base(url: str) -> str:
    """The address as the API counts from: `host:8080` → `http://host:8080/v1`. Raises BadRequest."""
    text = url.strip() if "://" in url else f"http://{url.strip()}"
    require_allowed(text)
    parts = urlsplit(text)
    if parts.username or parts.password or parts.query:
        raise BadRequest(f"{parts.hostname}: only the plain address belongs here.", "The key is given by itself.")
    path = re.sub(r"(/chat/completions|/completions|/models)?/*$", "", parts.path) or "/v1"
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))

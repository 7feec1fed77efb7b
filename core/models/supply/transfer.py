"""One file over HTTP into a .part file: resumed by range, checked by SHA-256, bounded by the disk.

Knows nothing of models. What lies beside the .part file (.part.json) says which file it is a part of, so that a
resume never glues two versions together (RFC 9110, 13.1.5: If-Range with a strong entity tag or a date).
"""

from __future__ import annotations

import hashlib
import json
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from core import whole
from core.errors import Cancelled, ModelProblem, NoSpace
from core.models.network import Network, require_allowed

if TYPE_CHECKING:
    import httpx

BLOCK = 1 << 20
READ_S = 30.0
REDIRECTS = 5
FRUITLESS = 6
"""Attempts in a row that brought not one byte, until it is given up; the waits between them add up to half a minute."""
RESERVE = 500 * 2**20
"""Bytes left free on the disk for everything else (the engine stops indexing below a tenth of it)."""
PATIENCE_S = 60
"""The longest wait that a busy server may ask for."""
CUT = "the connection ended early"
AGAIN = "Get it again: it goes on where it stopped."


@dataclass(slots=True)
class Source:
    """What is fetched. `size` and `sha256` are 0 and empty while unknown."""

    url: str
    sha256: str = ""
    size: int = 0
    tag: str = ""


class Transfer:
    """Fetches `source` into `part`. `received` may be read at any time, from any thread."""

    def __init__(self, source: Source, part: Path, network: Network) -> None:
        self.source, self._part, self._network = source, part, network
        self._stop = threading.Event()
        self._note = part.with_name(part.name + ".json")
        self._known = source.size
        self.received = 0
        self.host = ""
        """Who serves the file, after redirects."""
        self._digest = hashlib.sha256()
        self._socket: socket.socket | None = None
        self._later = 0.0
        """Seconds that a busy server asked to be left alone."""

    def interrupt(self) -> None:
        """End `run` soon, also while it waits for a silent server."""
        self._stop.set()
        if self._socket:
            with suppress(OSError):  # it was closed just now
                # The plain socket's own method: that of a TLS socket pulls the rug from under the reading thread.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def run(self, changed: Callable[[], None]) -> str:
        """Fetch all of it; returns its SHA-256. `changed` is called as bytes come in.

        Raises Cancelled after `interrupt` (the part stays), ModelProblem, NoSpace or BadRequest in words.
        """
        require_allowed(self.source.url)
        self._take_up()
        fruitless = 0
        with self._network.client(READ_S, self.source.url) as client:
            while True:
                before = self.received
                problem = self._attempt(client, changed)
                if not problem:
                    break
                fruitless = 0 if self.received > before else fruitless + 1
                if fruitless == FRUITLESS:
                    raise ModelProblem(f"The download was interrupted ({problem}).", AGAIN)
                if self._stop.wait(max(self._later, min(0.25 * 2**fruitless, 10) if fruitless else 0)):
                    raise Cancelled
        digest = self._digest.hexdigest()
        if self.source.sha256 and digest != self.source.sha256.lower():
            self.drop()
            raise ModelProblem(
                f"What {self.host} sent is not the file that was asked for: its SHA-256 is {digest}.",
                "It was deleted. Try again later, or from another source.",
            )
        return digest

    def drop(self) -> None:
        """Forget what was fetched so far."""
        self._part.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)

    def finish(self, target: Path) -> None:
        """Put the whole file where it belongs."""
        self._part.replace(target)
        self._note.unlink(missing_ok=True)

    # ---- one attempt

    def _attempt(self, client: httpx.Client, changed: Callable[[], None]) -> str:
        """Empty when the file is complete, else why it is not (yet)."""
        import httpx

        self._later = 0.0
        try:
            with self._open(client) as reply:
                refused = self._begin(reply)
                if refused:
                    return refused
                self._copy(reply, changed)
        except httpx.HTTPError as e:
            if self._stop.is_set():
                raise Cancelled from e
            return _why(e)
        if self.source.size and self.received < self.source.size:
            return CUT
        return ""

    @contextmanager
    def _open(self, client: httpx.Client) -> Iterator[httpx.Response]:
        """The reply after redirects, of which none may lead to an address that anyone on the way can change."""
        url = self.source.url
        for _ in range(REDIRECTS + 1):
            self.host = urlsplit(url).netloc
            with client.stream("GET", url, headers=self._headers()) as reply:
                self._socket = reply.extensions["network_stream"].get_extra_info("socket")
                if not reply.has_redirect_location:
                    yield reply
                    return
                url = self._onward(url, reply.headers["location"])
        raise ModelProblem(f"{self.host} sends on in circles.", "Choose another source.")

    def _onward(self, url: str, location: str) -> str:
        """Where a redirect of `url` leads. Raises ModelProblem and BadRequest for where nobody should follow."""
        there = urlsplit(urljoin(url, location))
        require_allowed(there.geturl())
        if there.scheme != "https" and (there.netloc != self.host or urlsplit(url).scheme == "https"):
            raise ModelProblem(
                f"{self.host} sends on to {there.netloc} without encryption; that was not followed.",
                "Choose another source.",
            )
        return there.geturl()

    def _headers(self) -> dict[str, str]:
        headers = {"Accept-Encoding": "identity", "User-Agent": "moa"}
        if self.received:
            headers["Range"] = f"bytes={self.received}-"
            if self.source.tag:
                headers["If-Range"] = self.source.tag
        return headers

    def _begin(self, reply: httpx.Response) -> str:
        """Look at the reply's head; returns why to try again. Raises ModelProblem where that is of no use."""
        status, host = reply.status_code, self.host
        if status == 416:  # what is here already is as long as the file, or longer: it is another file
            if self.source.size and self.received == self.source.size:
                return ""
            self._start_anew()
            return "the file has changed meanwhile"
        if status in (408, 429) or status >= 500:
            asked = reply.headers.get("retry-after", "")
            self._later = min(int(asked), PATIENCE_S) if asked.isdecimal() else 0.0
            return f"{host} is busy, status {status}"
        if status in (401, 403):
            raise ModelProblem(
                f"{host} does not give this file to everybody (status {status}).",
                "Its licence may have to be accepted there first; download it by hand, then add the file.",
            )
        if status not in (200, 206):
            raise ModelProblem(f"{host} does not have this file (status {status}).", "Check the address.")
        if (packed := reply.headers.get("content-encoding", "identity")) != "identity":
            raise ModelProblem(f"{host} sends the file packed ({packed}).", "Choose another source.")
        if status == 200 and self.received:
            self._start_anew()  # no ranges here, or the file changed: a part of the old one is worth nothing
        total = _total(reply, self.received)
        if total is None:
            self._start_anew()
            return "the server sent another part than asked for"
        if self._known and total != self._known:
            raise ModelProblem(
                f"{host} offers a file of {total:,} bytes; this model has {self._known:,}.", "Choose another source."
            )
        tag = _version(reply)
        # Not every server heeds If-Range: what it sends of another version must not be glued on.
        if self.received and (_differ(total, self.source.size) or _differ(tag, self.source.tag)):
            self._start_anew()
            return "the file has changed meanwhile"
        self.source.size, self.source.tag = total, tag
        self._require_space()
        whole.write(self._note, json.dumps(asdict(self.source)).encode())
        return ""

    def _copy(self, reply: httpx.Response, changed: Callable[[], None]) -> None:
        try:
            with self._part.open("ab") as file:
                for block in reply.iter_raw():  # as it comes: what is waited for would be lost at a cut
                    file.write(block)
                    self._digest.update(block)
                    self.received += len(block)
                    changed()
                    if self.source.size and self.received > self.source.size:
                        raise ModelProblem(f"{self.host} sends more than it said.", "Choose another source.")
                    if self._stop.is_set():
                        raise Cancelled
        except OSError as e:
            raise _disk(e, self._part) from e

    def _require_space(self) -> None:
        needed = self.source.size - self.received
        free = shutil.disk_usage(self._part.parent).free
        if self.source.size and free < needed + RESERVE:
            raise NoSpace(
                f"The model needs {needed >> 20:,} MB more on the disk of {self._part.parent}, and {free >> 20:,} MB"
                f" are free, of which {RESERVE >> 20} are left alone.",
                "Free some space, then get it again.",
            )

    # ---- what is here already

    def _take_up(self) -> None:
        """Hash what an earlier run left, when it is a part of the same file."""
        try:
            kept = Source(**json.loads(self._note.read_text(encoding="utf-8")))
            elsewhere = kept.url != self.source.url
            # Without a tag or a digest nobody can tell whether the rest belongs to the same file.
            if kept.sha256 != self.source.sha256 or (not kept.sha256 and (elsewhere or not kept.tag)):
                raise ValueError("another file")
            self.source.size, self.source.tag = kept.size, "" if elsewhere else kept.tag
            with self._part.open("rb") as file:
                while block := file.read(BLOCK):
                    self._digest.update(block)
                    self.received += len(block)
                    if self._stop.is_set():
                        raise Cancelled
        except (OSError, ValueError, TypeError):
            self._start_anew()

    def _start_anew(self) -> None:
        try:
            self._part.parent.mkdir(parents=True, exist_ok=True)
            self._part.write_bytes(b"")
        except OSError as e:
            raise _disk(e, self._part) from e
        self.received, self._digest = 0, hashlib.sha256()
        self.source.size, self.source.tag = self._known, ""


def _why(error: httpx.HTTPError) -> str:
    """What broke an attempt off. A cut shows in several ways, of which none says more."""
    import httpx

    said = str(error) or type(error).__name__
    if isinstance(error, httpx.ReadError) or "closed connection" in said or "disconnected" in said:
        return CUT
    if isinstance(error, httpx.ReadTimeout):
        return f"nothing came for {READ_S:.0f} seconds"
    return "the server's reply makes no sense" if isinstance(error, httpx.RemoteProtocolError) else said


def _version(reply: httpx.Response) -> str:
    """What tells this version of the file from others: a strong entity tag, else its date; "" when neither is told."""
    tag = str(reply.headers.get("etag", ""))
    return str(reply.headers.get("last-modified", "")) if not tag or tag.startswith("W/") else tag


def _differ(one: object, other: object) -> bool:
    return bool(one and other and one != other)


def _total(reply: httpx.Response, offset: int) -> int | None:
    """Bytes of the whole file, 0 when the server does not say; None when it sends from another place than asked."""
    if reply.status_code == 200:
        return int(reply.headers.get("content-length", 0))
    unit, _, rest = reply.headers.get("content-range", "").partition(" ")
    place, _, total = rest.partition("/")
    first = place.partition("-")[0]
    if unit != "bytes" or not first.isdigit() or int(first) != offset:
        return None
    return int(total) if total.isdigit() else 0


def _disk(error: OSError, part: Path) -> NoSpace | ModelProblem:
    if error.errno in whole.FULL:
        return NoSpace(f"The disk of {part.parent} is full.", f"Free some space. {AGAIN}")
    return ModelProblem(f"{part} could not be written ({error.strerror}).", "Check the disk and your rights there.")

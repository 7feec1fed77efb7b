"""A web server on this machine that gives one file the way the tests want it: cut, without ranges, elsewhere."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class FileServer(ThreadingHTTPServer):
    """Serves `content` under every path. What else it does is set while it runs."""

    daemon_threads = True

    def __init__(self, content: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.content = content
        self.tag = '"one"'
        self.date = ""
        """Last-Modified."""
        self.ranges = True
        self.obeys = True
        """Whether If-Range is heeded."""
        self.headers: dict[str, str] = {}
        """What every reply says besides."""
        self.cuts: list[int] = []
        """For each coming reply: after how many bytes the connection is cut."""
        self.status: list[int] = []
        """For each coming reply: a status instead of the file."""
        self.location = ""
        """Where every request is sent on to."""
        self.hold = threading.Event()
        """Replies stop after their first block until this is set."""
        self.hold.set()
        self.asked: list[str] = []
        """The Range of each request, empty for none."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/models/small.gguf"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away in the middle is what these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: FileServer

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        s = self.server
        wanted = self.headers.get("Range", "")
        s.asked.append(wanted)
        if s.location:
            self.send_response(302)
            self.send_header("Location", s.location)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if s.status:
            self.send_error(s.status.pop(0))
            return
        start = 0
        version = s.tag or s.date
        if wanted and s.ranges and (not s.obeys or self.headers.get("If-Range", version) == version):
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            if start >= len(s.content):
                self.send_error(416)
                return
        self.send_response(206 if start else 200)
        body = s.content[start:]
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(s.content) - 1}/{len(s.content)}")
        self.send_header("Content-Length", str(len(body)))
        if s.tag:
            self.send_header("ETag", s.tag)
        if s.date:
            self.send_header("Last-Modified", s.date)
        for name, value in s.headers.items():
            self.send_header(name, value)
        self.end_headers()
        limit = s.cuts.pop(0) if s.cuts else len(body)
        self.wfile.write(body[: min(limit, 1000)])
        s.hold.wait(30)
        self.wfile.write(body[min(limit, 1000) : limit])
        if limit < len(body):
            self.close_connection = True


@contextmanager
def serving(content: bytes, certificate: Path | None = None, key: Path | None = None) -> Iterator[FileServer]:
    """A running server, over TLS when a certificate is given."""
    server = FileServer(content)
    if certificate and key:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.hold.set()
        server.shutdown()
        thread.join()
        server.server_close()

"""Downloads from a real server on this machine: cut, resumed, wrong, full, sent elsewhere, paused, taken up again."""

from __future__ import annotations

import datetime
import hashlib
import ipaddress
import random
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core.errors import BadRequest, ModelProblem
from core.models.network import Network
from core.models.supply import transfer
from core.models.supply.downloads import Downloads
from core.models.supply.library import ModelLibrary
from core.models.supply.offers import offers
from core.models.supply.transfer import Source, Transfer
from core.types import DownloadRow
from tests.models.supply.file_server import FileServer, serving

BIG = 3_000_000
"""Bytes that follow a real header, so that a download takes several blocks."""


@pytest.fixture
def content(small_model: Path) -> bytes:
    return small_model.read_bytes()


@pytest.fixture
def server(content: bytes) -> Iterator[FileServer]:
    with serving(content) as running:
        yield running


class Desk:
    """Downloads into one folder, whose rows can be waited for."""

    def __init__(self, folder: Path, network: Network) -> None:
        folder.mkdir(exist_ok=True)
        self.folder, self._turned = folder, threading.Condition()
        self.library = ModelLibrary(folder)
        self.downloads = Downloads(folder, self.library, lambda: network, self._wake)

    def _wake(self) -> None:
        with self._turned:
            self._turned.notify_all()

    def until(self, good: Callable[[DownloadRow], bool]) -> DownloadRow:
        with self._turned:
            assert self._turned.wait_for(lambda: any(good(r) for r in self.downloads.rows()), 60), self.downloads.rows()
        return next(r for r in self.downloads.rows() if good(r))

    def ended(self) -> DownloadRow:
        return self.until(lambda r: r.state in ("done", "failed", "paused"))

    def left(self) -> set[str]:
        """What lies in the folder, but for the list of models."""
        return {p.name for p in self.folder.iterdir()} - {"models.json"}


@pytest.fixture
def open_desk(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    desks: list[Desk] = []

    def make(**network: str) -> Desk:
        desks.append(Desk(tmp_path / "models", Network(**network)))
        return desks[-1]

    yield make
    for desk in desks:
        desk.downloads.close()


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_cut_twenty_times_and_resumed(server: FileServer, content: bytes, open_desk: Any) -> None:
    chance = random.Random(7)
    server.cuts = [chance.randrange(1, len(content) // 25) for _ in range(20)]
    desk = open_desk()
    desk.downloads.get("small", server.url, sha(content), len(content))
    assert desk.ended().state == "done"
    assert len(server.asked) == 21 and all(server.asked[1:])
    (row,) = desk.library.rows("")
    assert Path(row.path).read_bytes() == content and desk.left() == {"small.gguf"}


def test_a_server_without_ranges_begins_anew(server: FileServer, content: bytes, open_desk: Any) -> None:
    server.ranges = False
    server.cuts = [1000, 2000]
    desk = open_desk()
    desk.downloads.get("small", server.url, sha(content))
    assert desk.ended().state == "done"
    assert Path(desk.library.rows("")[0].path).read_bytes() == content


def test_a_file_that_changes_in_between_is_not_glued_together(
    server: FileServer, content: bytes, open_desk: Any
) -> None:
    server.hold.clear()
    desk = open_desk()
    desk.downloads.get("small", server.url)
    desk.until(lambda r: r.received > 0)
    desk.downloads.pause("small")
    server.hold.set()
    server.content, server.tag = content[:-1] + b"\1", '"two"'
    desk.downloads.get("small", server.url)
    assert desk.until(lambda r: r.state in ("done", "failed")).state == "done"
    assert Path(desk.library.rows("")[0].path).read_bytes() == server.content


def failure(desk: Desk, server: FileServer, content: bytes) -> str:
    desk.downloads.get("small", server.url, sha(content), len(content))
    row = desk.ended()
    assert row.state == "failed" and "Traceback" not in row.detail and desk.library.rows("") == ()
    assert row.detail.count(". ") <= 2 and row.detail.endswith(".")
    return row.detail


@pytest.mark.parametrize("dated", [False, True])
def test_a_server_that_does_not_heed_if_range(dated: bool, server: FileServer, content: bytes, open_desk: Any) -> None:
    """What it sends of another version of the file is not glued on to what is here."""
    server.obeys, server.tag, server.date = False, "" if dated else '"one"', "Mon, 02 Mar 2026 10:00:00 GMT"
    server.cuts = [len(content) // 2]
    server.hold.clear()
    desk = open_desk()
    desk.downloads.get("small", server.url)
    desk.until(lambda r: r.received >= 1000)
    other = content[:-1000] + bytes(1000)
    server.content, server.tag, server.date = other, "" if dated else '"two"', "Tue, 03 Mar 2026 10:00:00 GMT"
    server.hold.set()
    assert desk.ended().state == "done"
    assert (desk.folder / "small.gguf").read_bytes() == other and server.asked[-1] == ""


def test_a_file_that_comes_packed(server: FileServer, open_desk: Any) -> None:
    server.headers = {"Content-Encoding": "gzip"}
    desk = open_desk()
    desk.downloads.get("small", server.url)
    assert "packed (gzip)" in desk.ended().detail and desk.left() == set()


def test_a_wrong_digest(server: FileServer, content: bytes, open_desk: Any) -> None:
    server.content = content[:-1] + b"\1"
    desk = open_desk()
    assert "is not the file that was asked for" in failure(desk, server, content)
    assert desk.left() == set()


@pytest.mark.parametrize(
    ("status", "words"), [(404, "does not have this file"), (403, "does not give this file"), (410, "status 410")]
)
def test_a_refusal(status: int, words: str, server: FileServer, content: bytes, open_desk: Any) -> None:
    server.status = [status]
    desk = open_desk()
    assert words in failure(desk, server, content)
    assert desk.left() == set()


def test_a_server_that_is_busy_is_asked_again(server: FileServer, content: bytes, open_desk: Any) -> None:
    server.status = [503, 429]
    desk = open_desk()
    desk.downloads.get("small", server.url, sha(content))
    assert desk.ended().state == "done"


def test_another_file_under_the_address(server: FileServer, content: bytes, open_desk: Any) -> None:
    server.content = content + b"more"
    assert "offers a file of" in failure(open_desk(), server, content)


def test_a_server_that_is_not_there(
    server: FileServer, content: bytes, open_desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "FRUITLESS", 2)
    server.shutdown()
    server.server_close()
    desk = open_desk()
    desk.downloads.get("small", server.url, sha(content))
    assert "was interrupted" in desk.ended().detail


def test_too_little_space_is_told_before_a_byte_is_written(
    server: FileServer, content: bytes, open_desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=transfer.RESERVE + len(content) - 1))
    desk = open_desk()
    assert "are free" in failure(desk, server, content)
    assert desk.left() == set()


def test_sent_on_to_another_host_without_encryption(server: FileServer, content: bytes, open_desk: Any) -> None:
    server.location = f"http://localhost:{server.server_address[1]}/small.gguf"
    assert "without encryption" in failure(open_desk(), server, content)


def test_sent_on_to_what_is_no_web_address(server: FileServer, open_desk: Any) -> None:
    server.location = "file:///etc/passwd"
    desk = open_desk()
    desk.downloads.get("small", server.url)
    assert "not a web address" in desk.ended().detail and desk.left() == set()


def test_sent_on_to_the_same_host_without_encryption(tmp_path: Path) -> None:
    moving = Transfer(Source("https://localhost/a.gguf"), tmp_path / "a.gguf.part", Network())
    moving.host = "localhost"
    with pytest.raises(ModelProblem, match="without encryption"):
        moving._onward("https://localhost/a.gguf", "http://localhost/a.gguf")


def test_sent_on_in_circles(server: FileServer, content: bytes, open_desk: Any) -> None:
    server.location = server.url
    assert "in circles" in failure(open_desk(), server, content)


def authority(folder: Path) -> tuple[Path, Path]:
    """A certificate of an own authority for this machine, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An office")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "office.pem", folder / "office.key"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return pem, secret


def test_sent_on_to_another_host_with_its_own_authority_and_by_a_mirror(
    server: FileServer, content: bytes, open_desk: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "FRUITLESS", 1)
    pem, secret = authority(tmp_path)
    with serving(content, pem, secret) as safe:
        server.location = f"https://127.0.0.1:{safe.server_address[1]}/file"
        hub = "https://huggingface.co/someone/a/resolve/main/small.gguf"
        here = f"http://127.0.0.1:{server.server_address[1]}"
        strange = open_desk(mirror=here)
        strange.downloads.get("small", hub, sha(content))
        assert "certificate" in strange.ended().detail.lower()
        desk = open_desk(mirror=here, certificates=str(pem))
        desk.downloads.get("small", hub, sha(content))
        assert desk.until(lambda r: r.state in ("done", "failed")).state == "done"


def test_paused_and_taken_up_after_a_restart(server: FileServer, content: bytes, open_desk: Any) -> None:
    server.content = content + b"\0" * BIG
    server.hold.clear()
    desk = open_desk()
    desk.downloads.get("small", server.url, sha(server.content))
    desk.until(lambda r: r.received > 0)
    desk.downloads.pause("small")
    assert desk.downloads.rows()[0].state == "paused"
    again = open_desk()
    (row,) = again.downloads.rows()
    assert (row.state, row.id) == ("paused", "small")
    server.hold.set()
    again.downloads.go_on("small")
    assert again.until(lambda r: r.state in ("done", "failed")).state == "done"
    assert server.asked == ["", "bytes=1000-"]
    assert Path(again.library.rows("")[0].path).read_bytes() == server.content


def test_the_same_content_twice_is_kept_once(server: FileServer, content: bytes, open_desk: Any) -> None:
    desk = open_desk()
    for id in ("one", "two"):
        desk.downloads.get(id, server.url)
        assert desk.until(lambda r, id=id: r.id == id and r.state == "done").model == "small"
    assert desk.left() == {"small.gguf"}


def test_given_up_leaves_nothing(server: FileServer, content: bytes, open_desk: Any) -> None:
    server.hold.clear()
    desk = open_desk()
    desk.downloads.get("small", server.url, sha(content))
    desk.until(lambda r: r.received > 0)
    desk.downloads.drop("small")
    assert desk.downloads.rows() == () and desk.left() == set()
    with pytest.raises(BadRequest, match="no download named small"):
        desk.downloads.pause("small")


def test_what_is_no_model_is_not_kept(open_desk: Any) -> None:
    with serving(b"<html>Please log in</html>") as server:
        desk = open_desk()
        desk.downloads.get("page", server.url)
        assert desk.ended().state == "failed" and desk.left() == set()


@pytest.mark.parametrize("url", ["ftp://a/b.gguf", "https://a/b.zip", "small", "https:///x.gguf", "https://a/..gguf"])
def test_addresses_that_cannot_be_used(url: str, open_desk: Any) -> None:
    with pytest.raises(BadRequest):
        open_desk().downloads.get("x", url)


def test_a_digest_that_is_none_is_refused_before_anything_is_fetched(server: FileServer, open_desk: Any) -> None:
    with pytest.raises(BadRequest, match="no SHA-256"):
        open_desk().downloads.get("small", server.url, "abc")
    assert server.asked == []


def test_offline_means_offline(open_desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOA_OFFLINE", "1")
    with pytest.raises(BadRequest, match="MOA_OFFLINE"):
        open_desk().downloads.get("x", "https://example.org/x.gguf")


def test_the_catalogue_is_whole() -> None:
    rows = offers(4000 << 20, frozenset(("9465e63a22add5354d9bb4b99e90117043c7124007664907259bd16d043bb031",)))
    assert len({r.id for r in rows}) == len({r.sha256 for r in rows}) == len(rows) >= 6
    assert sum(r.korean for r in rows) >= 5
    for r in rows:
        assert r.url.startswith("https://") and r.url.endswith(".gguf") and len(r.sha256) == 64 and r.licence
        # Weights alone are the least it can need.
        assert r.memory_mb > r.size >> 20 and r.fits == (r.memory_mb <= 4000)
        assert r.here == (r.id == "qwen3-0.6b")

"""Connections that leave this machine: for a download or a model server a person asked for, and for nothing else.

httpx (BSD-3, maintained): proxies, own certificates and streamed replies, which urllib does badly or not at all.
Certificates are the system's, through truststore (MIT, maintained), so that what a company installed is trusted.
"""

from __future__ import annotations

import ipaddress
import os
import re
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from core.errors import BadRequest, ModelProblem

if TYPE_CHECKING:
    import httpx

CONNECT_S = 15.0
REACH_S = 5.0
HUB = "https://huggingface.co"


@dataclass(frozen=True, slots=True)
class Network:
    """How this machine reaches others. Empty: as the system does."""

    proxy: str = ""
    certificates: str = ""
    """A PEM file with the certificate authority of a company's network."""
    mirror: str = ""
    """What stands in for `HUB`."""

    def url(self, url: str) -> str:
        """`url`, or the same file at the mirror."""
        return self.mirror.rstrip("/") + url.removeprefix(HUB) if self.mirror and url.startswith(HUB) else url

    def client(self, read_s: float, url: str) -> httpx.Client:
        """A client for `url` that follows no redirects; `read_s`: the longest silence. Raises BadRequest."""
        import httpx

        timeout = httpx.Timeout(read_s, connect=CONNECT_S)
        if is_here(url):  # a proxy would look for this machine's own address on itself
            return httpx.Client(timeout=timeout, trust_env=False, verify=self._trusted())
        try:
            return httpx.Client(timeout=timeout, proxy=self.proxy or None, verify=self._trusted())
        except (ValueError, ImportError) as e:
            raise BadRequest(f"The proxy {self.proxy} cannot be used ({e}).", "Mend `proxy` in settings.toml.") from e

    def _trusted(self) -> ssl.SSLContext:
        import truststore

        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if self.certificates:
            try:
                context.load_verify_locations(Path(self.certificates).expanduser())
            except (OSError, ssl.SSLError) as e:
                raise BadRequest(
                    f"The certificates in {self.certificates} cannot be used ({e.strerror or e}).",
                    "Mend `certificates` in settings.toml: it names a PEM file.",
                ) from e
        return context


def is_here(url: str) -> bool:
    """Does this address lie on this machine?"""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def require_allowed(url: str) -> None:
    """Raises BadRequest for what is no web address, and for another machine while MOA_OFFLINE=1."""
    try:
        parts = urlsplit(url)
    except ValueError:  # a bracket of an IPv6 address is missing
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadRequest(f"{url} is not a web address.", "It begins with https://.")
    if os.environ.get("MOA_OFFLINE") == "1" and not is_here(url):
        raise BadRequest(f"{parts.hostname} is another machine, and MOA_OFFLINE=1 forbids every connection to one.")


def machines(text: str) -> tuple[str, ...]:
    """The addresses in the setting `machines`, each once: names or IPv4, which is all that llama.cpp's RPC takes.
    Raises BadRequest."""
    found = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    for address in found:
        match = re.fullmatch(r"[\w.-]+:(\d{1,5})", address)
        if not match or not 0 < int(match[1]) < 2**16:
            raise BadRequest(
                f"{address} is no address of a machine that could carry part of the language model.",
                "Mend `machines` in settings.toml: name:port or 192.168.0.5:port, with commas between several.",
            )
    return found


def leaving(addresses: Sequence[str]) -> str:
    """Those that are of other machines than this one, with commas."""
    return ", ".join(address for address in addresses if not is_here(f"http://{address}"))


def reach(address: str) -> None:
    """Raises ModelProblem when nobody listens at host:port, BadRequest when MOA_OFFLINE=1 forbids to look."""
    require_allowed(f"http://{address}")
    host, _, port = address.rpartition(":")
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as there:
            there.settimeout(REACH_S)
            there.connect((host, int(port)))
    except OSError as e:
        raise ModelProblem(f"{address} cannot be reached ({e.strerror or e}).") from e

"""OpenDocument packages locked with a password, opened in memory.

Knows nothing of documents. OpenDocument 1.3 part 2, 3.4 and 4.8: each part is deflated, then encrypted, with a key made
from the password (PBKDF2). HWPX takes its packages from there (KS X 6101); files that Hangul itself locked were not at
hand to try it with. By `cryptography` (Apache-2.0 or BSD), which msoffcrypto-tool brings. Not the whole-package
encryption of LibreOffice 24 (Argon2id), which no released standard has.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from dataclasses import dataclass
from typing import Any

from core.text.archive import Archive
from core.text.markup import events
from core.text.unreadable import Unreadable, locked, trap

_MOST_ITERATIONS = 2_000_000
"""LibreOffice takes 100,000; a file that asks for more is made to keep its reader busy."""
_MOST_BYTES = 200_000_000
_KEY_BYTES = {"aes256-cbc": 32, "aes192-cbc": 24, "aes128-cbc": 16}


@dataclass(frozen=True, slots=True)
class Lock:
    """How one part is encrypted."""

    cipher: str
    vector: bytes
    salt: bytes
    iterations: int
    start_key: str
    """The hash of the password that PBKDF2 begins with: sha256 or sha1."""


class _Unlocked(Archive):
    """A package whose parts are decrypted as they are read."""

    def __init__(self, data: bytes, locks: dict[str, Lock], password: str) -> None:
        super().__init__(data)
        self._locks = locks
        self._password = password

    def read(self, name: str) -> bytes:
        """A part's bytes. Raises Unreadable when the password is wrong."""
        lock = self._locks.get(name)
        data = super().read(name)
        return opened(data, lock, self._password) if lock and data else data


def package(data: bytes, password: str | None) -> Archive:
    """The opened package, whether it is locked or not. Raises Unreadable when it is damaged, or locked and there is no
    password; a wrong one shows when a part is read."""
    archive = Archive(data)
    manifest = archive.read("META-INF/manifest.xml")
    if b"encryption-data" not in manifest:
        return archive
    if not password:
        raise locked(None)
    return _Unlocked(data, locks(manifest), password)


def locks(manifest: bytes) -> dict[str, Lock]:
    """{part: how it is encrypted} of META-INF/manifest.xml. Raises Unreadable for kinds that Moa cannot open."""
    found: dict[str, Lock] = {}
    part, told = "", dict[str, str]()
    for event in events(manifest, []):
        name = event.name.lower()
        if event.what == "start" and name == "file-entry":
            part, told = event.get("full-path"), {}
        elif event.what == "start":
            for key in ("algorithm-name", "initialisation-vector", "key-derivation-name", "salt", "iteration-count",
                        "start-key-generation-name"):  # fmt: skip
                told[key] = event.get(key) or told.get(key, "")
        elif name == "file-entry" and told.get("algorithm-name"):
            found[part] = _lock(told)
    return found


def _lock(told: dict[str, str]) -> Lock:
    cipher = told["algorithm-name"].rpartition("#")[2].lower()
    start = told.get("start-key-generation-name", "").rpartition("#")[2].lower() or "sha1"
    count = told.get("iteration-count", "")
    derivation = told.get("key-derivation-name", "").rpartition("#")[2].lower()
    if cipher not in _KEY_BYTES or derivation != "pbkdf2" or start not in ("sha1", "sha256") or not count.isdecimal():
        reason = "It is locked with a password in a way that Moa cannot open; save it again without one."
        raise Unreadable("password", reason)
    if int(count) > _MOST_ITERATIONS:
        raise trap("makes its password very slow to try")
    vector, salt = base64.b64decode(told.get("initialisation-vector", "")), base64.b64decode(told.get("salt", ""))
    return Lock(cipher, vector, salt, int(count), start)


def opened(data: bytes, lock: Lock, password: str) -> bytes:
    """A part's bytes. Raises Unreadable when the password is wrong, which shows in what it unpacks to."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    start = hashlib.new(lock.start_key, password.encode()).digest()
    key = hashlib.pbkdf2_hmac("sha1", start, lock.salt, lock.iterations, _KEY_BYTES[lock.cipher])
    if len(lock.vector) != 16 or not data or len(data) % 16:
        raise locked(password)
    decryptor: Any = Cipher(algorithms.AES(key), modes.CBC(lock.vector)).decryptor()
    plain: bytes = decryptor.update(data) + decryptor.finalize()
    inflate = zlib.decompressobj(-15)
    try:
        # Padding follows the end of the deflated stream, which says itself where that is.
        out = inflate.decompress(plain, _MOST_BYTES)
    except zlib.error as problem:
        raise locked(password) from problem
    if inflate.unconsumed_tail:
        raise trap("unpacks to a very large size")
    if not inflate.eof:
        raise locked(password)
    return out

"""OpenDocument files locked with a password, encrypted here as OpenDocument 1.3 part 2 says (4.8)."""

from __future__ import annotations

import base64
import hashlib
import os
import zlib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from core.text import read
from tests.text.packages import outcome, package

NAME = Path("계약.odt")
PASSWORD = "열려라 sesame"
ODF = 'xmlns:office="urn:o" xmlns:text="urn:t"'
CONTENT = (
    f"<office:document-content {ODF}><text:h>계약서</text:h><text:p>The landlord is Aurora.</text:p>"
    "</office:document-content>"
)
ENTRY = (
    '<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data>'
    '<manifest:algorithm manifest:algorithm-name="http://www.w3.org/2001/04/xmlenc#{cipher}"'
    ' manifest:initialisation-vector="{vector}"/>'
    '<manifest:key-derivation manifest:key-derivation-name="{derivation}" manifest:key-size="32"'
    ' manifest:iteration-count="{count}" manifest:salt="{salt}"/>'
    '<manifest:start-key-generation manifest:key-size="32"'
    ' manifest:start-key-generation-name="http://www.w3.org/2000/09/xmldsig#sha256"/>'
    "</manifest:encryption-data></manifest:file-entry>"
)


def encrypted(content: str, password: str, vector: bytes, salt: bytes, count: int) -> bytes:
    deflate = zlib.compressobj(wbits=-15)
    plain = deflate.compress(content.encode()) + deflate.flush()
    spare = 16 - len(plain) % 16
    plain += os.urandom(spare - 1) + bytes([spare])
    key = hashlib.pbkdf2_hmac("sha1", hashlib.sha256(password.encode()).digest(), salt, count, 32)
    encryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    return encryptor.update(plain) + encryptor.finalize()


def document(count: int = 1000, cipher: str = "aes256-cbc", derivation: str = "PBKDF2", cut: int = 0) -> bytes:
    vector, salt = os.urandom(16), os.urandom(16)
    told = {"cipher": cipher, "derivation": derivation, "count": count,
            "vector": base64.b64encode(vector).decode(), "salt": base64.b64encode(salt).decode()}  # fmt: skip
    data = encrypted(CONTENT, PASSWORD, vector, salt, min(count, 1000))
    return package({
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": data[: len(data) - cut],
        "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="urn:m">{ENTRY.format(**told)}'
        "</manifest:manifest>",
    })  # fmt: skip


def test_a_locked_file_opens_with_its_password_only() -> None:
    data = document()
    asked, wrong, right = (read(NAME, data, password) for password in (None, "sesame", PASSWORD))
    assert (outcome(asked), outcome(wrong), outcome(right)) == ("password", "password", "ok")
    assert "asks for a password" in asked.reason and "wrong" in wrong.reason
    assert right.title == "계약서" and "Aurora" in right.text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (document(cipher="blowfish"), "cannot open"),
        (document(derivation="argon2id"), "cannot open"),
        (document(count=10**9), "trap"),
        (document(cut=16), "wrong"),
        (document(cut=5), "wrong"),
    ],
)
def test_what_cannot_be_opened_is_said(data: bytes, said: str) -> None:
    found = read(NAME, data, PASSWORD)
    assert outcome(found) in ("password", "failed") and said in found.reason


def test_a_locked_hwpx_opens_like_any_package() -> None:
    section = (
        '<hs:sec xmlns:hs="urn:s" xmlns:hp="urn:p"><hp:p><hp:run><hp:t>계약서의 임대인</hp:t></hp:run></hp:p></hs:sec>'
    )
    entries, parts = "", dict[str, bytes]()
    for name, content in {
        "Contents/header.xml": "<hh:head xmlns:hh='urn:h'/>",
        "Contents/section0.xml": section,
    }.items():
        vector, salt = os.urandom(16), os.urandom(16)
        told = {"cipher": "aes256-cbc", "derivation": "PBKDF2", "count": 1000,
                "vector": base64.b64encode(vector).decode(), "salt": base64.b64encode(salt).decode()}  # fmt: skip
        parts[name] = encrypted(content, PASSWORD, vector, salt, 1000)
        entries += ENTRY.format(**told).replace("content.xml", name)
    data = package({
        "mimetype": "application/hwp+zip", **parts,
        "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="urn:m">{entries}</manifest:manifest>',
    })  # fmt: skip
    asked, wrong, right = (read(Path("계약.hwpx"), data, password) for password in (None, "sesame", PASSWORD))
    assert (outcome(asked), outcome(wrong), outcome(right)) == ("password", "password", "ok")
    assert "wrong" in wrong.reason and "임대인" in right.text

"""Messages saved by Outlook (MSG): who, when, what about, the message, and text in attachments.

Knows nothing of mailboxes. Properties are streams of a compound file named by their numbers ([MS-OXMSG], [MS-OXPROPS]).
Read here: extract-msg is GPL.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import PurePosixPath

from core.text.encoding import decode, sound
from core.text.formats import attached
from core.text.messages import mail
from core.text.notes.plain import paragraphs
from core.text.office.ole import Compound
from core.text.structure import short
from core.text.web import html
from core.types import Block, Document, Location

_SHOWN = (("From", "0C1A"), ("To", "0E04"), ("Cc", "0E03"), ("Subject", "0037"))
_SUBJECT, _BODY, _HTML, _HEADERS, _NAME, _SHORT_NAME, _DATA = "0037", "1000", "1013", "007D", "3707", "3704", "3701"


def read(data: bytes, password: str | None = None) -> Document:
    """Title: the subject. Places: the attachment a text stands in."""
    with Compound(data) as file:
        date = mail.sent(mail.parse(_property(file, "", _HEADERS).encode("utf-8", "replace")))
        blocks = tuple(_contents(file, date))
        title = _property(file, "", _SUBJECT)
    return Document("ok", "mail", title=title, blocks=blocks, date=date)


def _contents(file: Compound, date: str) -> Iterator[Block]:
    lines = [f"{name}: {value}" for name, number in _SHOWN if (value := _property(file, "", number))]
    if lines or date:
        yield Block("\n".join([*lines, *([f"Date: {date}"] if date else [])]), Location())
    body = _property(file, "", _BODY, lines=True)
    if body.strip():
        yield from (Block(b.text, Location()) for b in paragraphs(body))
    else:
        page = file.read(f"__substg1.0_{_HTML}0102") or _property(file, "", _HTML, lines=True).encode()
        yield from html.read(page).blocks if page else ()
    folders = {m[0] for name in file.names if (m := re.match(r"__attach_version1\.0_#[0-9A-Fa-f]+/", name))}
    documents = mail.MAX_DOCUMENTS
    for folder in sorted(folders):
        name = _property(file, folder, _NAME) or _property(file, folder, _SHORT_NAME)
        name = PurePosixPath(name.replace("\\", "/")).name
        if not name:
            continue
        yield Block(f"Attachment: {name}", Location())
        documents -= 1
        inside = attached(name, file.read(f"{folder}__substg1.0_{_DATA}0102"), documents >= 0)
        for block in inside.blocks if inside else ():
            yield Block(block.text, Location(heading=f"Attachment {short(name)}"), block.kind)


def _code_page(file: Compound) -> str | None:
    """The code page of the message's narrow text (PidTagMessageCodepage, PidTagInternetCodepage)."""
    listed = file.read("__properties_version1.0")
    for at in range(32, len(listed) - 15, 16):
        tag, _, value = struct.unpack_from("<III", listed, at)
        if tag in (0x3FFD0003, 0x3FDE0003) and value != 65001:
            return f"cp{value}"
    return None


def _property(file: Compound, folder: str, number: str, lines: bool = False) -> str:
    """A text property: 001F is UTF-16, 001E some code page."""
    wide = file.read(f"{folder}__substg1.0_{number}001F")
    narrow = b"" if wide else file.read(f"{folder}__substg1.0_{number}001E").rstrip(b"\0")
    text = wide.decode("utf-16-le", "replace") if wide else decode(narrow, _code_page(file)).text
    text = sound(text).replace("\r\n", "\n").replace("\r", "\n")
    return text if lines else " ".join(text.split())

"""Mailboxes (MBOX): one message after the other.

Knows nothing of what a message holds (mail.py). A message begins at a line "From " at the start or after an empty line
(RFC 4155).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.text.messages import mail
from core.types import Block, Document

_FROM = re.compile(rb"(?:\A|\r?\n\r?\n)From [^\r\n]*\d\d:\d\d[^\r\n]*\r?\n")
_MAX_TEXT = 20_000_000


def read(data: bytes, password: str | None = None) -> Document:
    """Places are messages: `message 3 > Subject`."""
    blocks: list[Block] = []
    warnings: list[str] = []
    room = _MAX_TEXT
    for number, source in enumerate(_messages(data), 1):
        message = mail.parse(source)
        subject = mail.subject(message).replace(" > ", " › ")
        under = f"message {number} > {subject}" if subject else f"message {number}"
        found = list(mail.contents(message, warnings, under))
        room -= sum(len(block.text) for block in found)
        if room < 0:
            warnings.append(f"Only the first {number - 1:,} messages were read.")
            break
        blocks.extend(found)
    return Document("ok", "mail", blocks=tuple(blocks), warnings=tuple(dict.fromkeys(warnings)))


def _messages(data: bytes) -> Iterator[bytes]:
    starts = list(_FROM.finditer(data))
    if not starts:
        yield data
    for here, after in zip(starts, [*starts[1:], None], strict=True):
        yield data[here.end() : after.start() if after else len(data)].replace(b"\n>From ", b"\nFrom ")

"""Mail (EML) and saved web pages (MHTML): who, when, what about, the message, and text in attachments.

Knows nothing of mailboxes. Parsed by the standard library's email package. What a file's headers say is taken as a
claim: character sets are checked, attachments' names lose their folders.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import PurePosixPath

from core.text.encoding import decode, sound
from core.text.formats import attached
from core.text.notes.plain import paragraphs
from core.text.structure import SEPARATOR, short
from core.text.web import html
from core.types import Block, Document, Location

_MAX_PARTS = 1_000
_MAX_DEPTH = 5
MAX_DOCUMENTS = 10
_EXCUSE = 300
"""Characters; newsletters' plain text often is no more than "please view this in your browser"."""
_SHOWN = ("From", "To", "Cc", "Date", "Subject")
_NOT_SAYING = {"us-ascii", "ascii", "iso-8859-1", "latin-1", "unknown-8bit", "default", "x-unknown", ""}
_NAME = re.compile(r'name="?([^";\r\n]+)')
_QUOTED_WORD = re.compile(r"=\?[^?\s]+\?[bqBQ]\?")


def read(data: bytes, password: str | None = None) -> Document:
    """Title: the subject. Places: the attachment a text stands in. Date: when it was sent."""
    message = parse(data)
    page = message.get_content_type() == "multipart/related" and "text/html" in _first_type(message)
    saved = page and not _header(message, "To")
    warnings: list[str] = []
    blocks = tuple(_page(message, warnings) if saved else contents(message, warnings, documents=MAX_DOCUMENTS))
    title = _header(message, "Subject")
    return Document("ok", "mail", title=title, blocks=blocks, date=sent(message), warnings=tuple(warnings))


def parse(data: bytes) -> EmailMessage:
    """A message, however damaged: the parser notes defects and goes on."""
    message = message_from_bytes(data.lstrip(b"\r\n"), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def subject(message: EmailMessage) -> str:
    """The subject as one short line."""
    return short(_header(message, "Subject"))


def sent(message: EmailMessage) -> str:
    """ISO 8601 to the second, in the sender's own time; empty when it is missing or nonsense."""
    try:
        return parsedate_to_datetime(_header(message, "Date")).replace(tzinfo=None).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def contents(
    message: EmailMessage, warnings: list[str], under: str = "", depth: int = 0, documents: int = 0
) -> Iterator[Block]:
    """Headers as one block, then the parts; `under` is the heading all of it stands below. Of the attachments the texts
    are read, and so many `documents`."""
    lines = [f"{name}: {value}" for name in _SHOWN if (value := _header(message, name))]
    place = Location(heading=under or None)
    if lines:
        yield Block("\n".join(lines), place)
    for number, part in enumerate(_parts(message)):
        if number >= _MAX_PARTS:
            warnings.append(f"Only the first {_MAX_PARTS:,} parts of the message were read.")
            return
        name = _file_name(part)
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload(0) if part.is_multipart() else None
            if isinstance(inner, EmailMessage) and depth < _MAX_DEPTH:
                title = f"Attached message {subject(inner)}".rstrip()
                yield from contents(inner, warnings, _below(under, title), depth + 1, documents)
        elif name or part.get_content_disposition() == "attachment":
            documents -= 1
            yield from _attachment(part, name or "without a name", under, documents >= 0)
        elif part.get_content_type() == "text/html":
            yield from _moved(html.read(_bytes(part)).blocks, under)
        elif part.get_content_maintype() == "text":
            yield from (replace(b, location=place) for b in paragraphs(_text(part)))


def _parts(message: EmailMessage) -> Iterator[EmailMessage]:
    """The parts a reader of mail shows: of alternatives only the best, the plain text before the HTML."""
    waiting = [(message, 0)]
    while waiting:
        part, depth = waiting.pop()
        if not part.is_multipart() or part.get_content_type() == "message/rfc822":
            yield part
            continue
        inner = [p for p in part.iter_parts() if isinstance(p, EmailMessage)] if depth < 50 else []
        if part.get_content_type() == "multipart/alternative":
            plain = [p for p in inner if p.get_content_type() == "text/plain" and _text(p).strip()]
            # The richest stands last; of it and its pictures only the text is wanted.
            inner = inner[-1:] if not plain or _excuse(plain[0], inner[-1]) else plain[:1]
        waiting.extend((p, depth + 1) for p in reversed(inner))


def _excuse(plain: EmailMessage, rich: EmailMessage) -> bool:
    """Whether the plain text only says that the message should be looked at elsewhere."""
    said = _text(plain)
    if len(said) > _EXCUSE or rich.get_content_type() != "text/html":
        return False
    return len(html.read(_bytes(rich)).text) > 3 * len(said)


def _page(message: EmailMessage, warnings: list[str]) -> Iterator[Block]:
    """A web page saved with everything it shows; the first HTML part is the page."""
    for part in _parts(message):
        if part.get_content_type() == "text/html":
            page = html.read(_bytes(part))
            warnings.extend(page.warnings)
            yield from page.blocks
            return


def _first_type(message: EmailMessage) -> str:
    return next((part.get_content_type() for part in message.iter_parts()), "")


def _attachment(part: EmailMessage, name: str, under: str, documents: bool) -> Iterator[Block]:
    """Its name, so that it is found; its text where it is a kind that is read."""
    yield Block(f"Attachment: {name}", Location(heading=under or None))
    inside = attached(name, _bytes(part), documents)
    if inside:
        yield from _moved(inside.blocks, _below(under, f"Attachment {short(name)}"))


def _moved(blocks: tuple[Block, ...], under: str) -> Iterator[Block]:
    for block in blocks:
        heading = _below(under, block.location.heading or "")
        yield replace(block, location=Location(heading=heading or None))


def _below(under: str, heading: str) -> str:
    return SEPARATOR.join(filter(None, (under, heading)))


def _bytes(part: EmailMessage) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError):
        return b""
    return payload if isinstance(payload, bytes) else b""


def _text(part: EmailMessage) -> str:
    data = _bytes(part)
    charset = str(part.get_content_charset("") or "").lower()
    if charset not in _NOT_SAYING:
        try:
            return sound(data.decode(charset)).replace("\r\n", "\n")
        except (LookupError, ValueError):
            pass
    return decode(data, charset or None).text


def _header(message: EmailMessage, name: str) -> str:
    raw = _raw(message, name)
    value = _unencoded(raw)
    if not value:
        try:
            value = str(message[name] or "")
        except Exception:  # the header parser raises on some malformed headers; the raw text is shown instead
            value = raw
    return " ".join(sound(_words(value) if _QUOTED_WORD.search(value) else value).split())


def _raw(message: EmailMessage, name: str) -> str:
    return next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")


def _unencoded(raw: str) -> str:
    """A header with letters beyond ASCII as they are, which the parser takes for damage; empty for any other."""
    beyond = any("\ud800" <= c <= "\udfff" for c in raw)
    return decode(raw.encode("utf-8", "surrogateescape")).text if beyond else ""


def _words(value: str) -> str:
    """Encoded words (RFC 2047) that the parser left as they were."""
    try:
        return "".join(
            p.decode(c or "utf-8", "replace") if isinstance(p, bytes) else p for p, c in decode_header(value)
        )
    except (LookupError, ValueError):
        return value


def _file_name(part: EmailMessage) -> str:
    """Only the last part of the path: a name may try to lead elsewhere."""
    said = "\n".join(_unencoded(_raw(part, header)) for header in ("Content-Disposition", "Content-Type"))
    try:
        name = match[1] if (match := _NAME.search(said)) else part.get_filename() or ""
    except Exception:  # as in _header
        return ""
    name = _words(name) if _QUOTED_WORD.search(name) else name
    return " ".join(sound(PurePosixPath(name.replace("\\", "/")).name).split())

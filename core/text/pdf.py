"""PDF: text a page at a time, with page numbers, lines joined back to paragraphs.

Knows nothing of images: a scanned page has no text here. Read by pypdf (BSD) with its limits tightened: its
advisories, one a month, are mostly files that ask for endless work. AES-encrypted files need `cryptography`
(Apache or BSD) installed.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from typing import Literal

from pypdf import Configuration, PdfReader, apply_configuration
from pypdf.errors import DependencyError, LimitReachedError, PdfReadError

from core.text.encoding import sound
from core.types import Block, Document, Location

_LIMITS = Configuration(
    array_based_stream_maximum_output_length=16_000_000,
    lzw_maximum_output_length=16_000_000,
    run_length_maximum_output_length=16_000_000,
    zlib_maximum_output_length=16_000_000,
    stream_decoding_work_maximum_length=50_000_000,
    stream_parsing_work_maximum_count=500_000,
    xform_maximum_invocations_per_extraction=1_000,
    page_tree_maximum_entries=20_000,
    jbig2dec_binary=None,
)
_STRANGE = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f\x80-\x9f]")
_LATIN_SUPPLEMENT = re.compile("[\xa1-\xbf\xc0-\xff]")
_LETTER = re.compile(r"[^\W\d_]")
_BULLET = re.compile(r"(?:[•◦▪‣·○●□■※–-]|\(?\d{1,3}[.)]|[가-하][.)])\s")
_SENTENCE_END = re.compile(r"[.!?:;。！？…][\"'”’)\]」』]*$")
_HYPHEN = re.compile(r"([^\W\d_])[-\xad]$")
_PROTECTED = (b"MARKANY", b"<DRMFILE", b"FASOO", b"SCDSA00", b"DRMONE")


def read(data: bytes, password: str | None = None) -> Document:
    """Blocks carry their page. Outcomes: ok, low-quality, empty (scanned), password, protected, failed."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    if any(mark in data[:512].upper() for mark in _PROTECTED):
        return _protected()
    with apply_configuration(_LIMITS):
        try:
            return _read(data, password)
        except MemoryError:
            raise
        except DependencyError:
            reason = "It uses a kind of encryption Moa cannot open here; save it again without a password."
            return Document("protected", "pdf", reason=reason)
        except LimitReachedError:
            reason = "It asks for more work than a document needs (it may be a trap); save it again with a PDF program."
            return Document("failed", "pdf", reason=reason)
        except Exception:  # a damaged file raises any of a hundred types, from KeyError to RecursionError
            reason = "The PDF is damaged and could not be read; open it in a PDF program and save it again."
            return Document("failed", "pdf", reason=reason)


def _read(data: bytes, password: str | None) -> Document:
    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted:
        closed = _unlock(reader, password)
        if closed:
            return closed
    count = len(reader.pages)
    blocks: list[Block] = []
    broken: list[int] = []
    for number in range(1, count + 1):
        try:
            text = reader.pages[number - 1].extract_text()
        except (MemoryError, DependencyError):
            raise
        except Exception:  # one damaged page costs that page
            broken.append(number)
            continue
        blocks.extend(Block(part, Location(page=number)) for part in _paragraphs(sound(text)))
    title = _title(reader)
    if not blocks:
        return _nothing(reader, title, count, broken)
    outcome, reason = _quality("\n".join(block.text for block in blocks))
    warnings = (f"{len(broken)} of {count} pages could not be read: {_numbers(broken)}.",) if broken else ()
    return Document(outcome, "pdf", reason, title, tuple(blocks), pages=count, warnings=warnings)


def _unlock(reader: PdfReader, password: str | None) -> Document | None:
    """None when it is open. The empty password opens files that only restrict printing and the like."""
    try:
        if reader.decrypt("") or (password and reader.decrypt(password)):
            return None
    except (PdfReadError, NotImplementedError):
        return _protected()
    reason = (
        "The password is wrong; try again." if password else "The PDF asks for a password; give it to read the file."
    )
    return Document("password", "pdf", reason=reason)


def _protected() -> Document:
    reason = "It is protected by a rights-management program; open it there and save a copy without protection."
    return Document("protected", "pdf", reason=reason)


def _nothing(reader: PdfReader, title: str, count: int, broken: list[int]) -> Document:
    if broken:
        reason = f"None of its {count} pages could be read; open it in a PDF program and save it again."
        return Document("failed", "pdf", reason, title, pages=count)
    if not count:
        return Document("empty", "pdf", "The PDF has no pages.", title, pages=0)
    reason = "It holds no text." if not _has_images(reader) else ""
    scanned = "It holds only scanned pages, pictures of text; run text recognition (OCR) on it first."
    return Document("empty", "pdf", reason or scanned, title, pages=count)


def _has_images(reader: PdfReader) -> bool:
    try:
        return any("/XObject" in (page.get("/Resources") or {}) for page in reader.pages[:20])
    except Exception:  # only the wording of a reason hangs on it
        return False


def _title(reader: PdfReader) -> str:
    try:
        title = reader.metadata.title if reader.metadata else None
    except Exception:  # unreadable metadata; the file's name will do
        return ""
    text = " ".join(sound(title or "").split())
    # Word processors leave their own file names here.
    unusable = (
        len(text) < 3
        or len(text) > 200
        or _STRANGE.search(text)
        or re.search(r"(?i)untitled|^microsoft word|\.\w{2,4}$", text)
    )
    return "" if unusable else text


def _numbers(pages: list[int]) -> str:
    return ", ".join(map(str, pages[:10])) + (", …" if len(pages) > 10 else "")


def _quality(text: str) -> tuple[Literal["ok", "low-quality"], str]:
    """Low when fonts hide what their letters are: unknown characters, or Asian bytes shown as accented Latin."""
    solid = sum(not c.isspace() for c in text)
    letters = len(_LETTER.findall(text))
    strange = len(_STRANGE.findall(text))
    if strange > 0.1 * solid or len(_LATIN_SUPPLEMENT.findall(text)) > 0.4 * max(letters, 1):
        return (
            "low-quality",
            "Its fonts hide their letters, so much of the text is gibberish; run text recognition (OCR) on it.",
        )
    return "ok", ""


def _paragraphs(text: str) -> Iterator[str]:
    """Lines joined over their breaks. A line that ends early after a full stop, a blank line or a bullet divides."""
    lines = [" ".join(line.split()) for line in text.split("\n")]
    width = max(map(len, lines), default=0)
    current = ""
    for line in lines:
        if not line or _BULLET.match(line):
            if current:
                yield current
            current = line
            continue
        current = _join(current, line)
        if _SENTENCE_END.search(line) and len(line) < 0.8 * width:
            yield current
            current = ""
    if current:
        yield current


def _join(before: str, line: str) -> str:
    if not before:
        return line
    # "dan-\ngerous": the hyphen goes when a small letter follows.
    # Hangul keeps a space: which breaks cut a word is unknowable.
    if _HYPHEN.search(before) and line[0].islower():
        return before[:-1] + line
    return f"{before} {line}"

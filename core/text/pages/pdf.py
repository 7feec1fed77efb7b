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

from pypdf import Configuration, PdfReader, apply_configuration
from pypdf.errors import DependencyError, LimitReachedError, PdfReadError

from core.text.encoding import sound
from core.text.pages import pdfium
from core.text.quality import gibberish, usable_title
from core.text.unreadable import Unreadable, damaged, locked, trap, wrapped
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
_BULLET = re.compile(r"(?:[•◦▪‣·○●□■※–-]|\(?\d{1,3}[.)]|[가-하][.)])\s")
_SENTENCE_END = re.compile(r"[.!?:;。！？…][\"'”’)\]」』]*$")
_HYPHEN = re.compile(r"([^\W\d_])[-\xad]$")


def read(data: bytes, password: str | None = None) -> Document:
    """Blocks carry their page. Outcomes: ok, empty (scanned), password, protected, failed."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    with apply_configuration(_LIMITS):
        try:
            return _read(data, password)
        except (MemoryError, ImportError, Unreadable):
            raise
        except DependencyError as problem:
            reason = "It uses a kind of encryption Moa cannot open here; save it again without a password."
            raise Unreadable("protected", reason) from problem
        except LimitReachedError as problem:
            raise trap("asks for very much work") from problem
        except Exception as problem:  # a damaged file raises any of a hundred types, from KeyError to RecursionError
            raise damaged("a PDF program") from problem


def _read(data: bytes, password: str | None) -> Document:
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted:
            _unlock(reader, password)
        count = len(reader.pages)
    except (MemoryError, LimitReachedError, Unreadable):
        raise
    except Exception as problem:  # too damaged for pypdf; PDFium mends more
        return _rescued(data, password, problem)
    if not count:
        return _rescued(data, password, None)
    texts, broken, suspect = _texts(reader, count)
    again = suspect or (_look_again(data, password, count) if not any(texts.values()) else [])
    found = pdfium.texts(data, password, again) if again else {}
    for number, text in found.items():
        if text.strip() and (not texts.get(number, "").strip() or not _unreadable(text)):
            texts[number] = text
            broken = [n for n in broken if n != number]
    return _document(reader, texts, broken)


def _texts(reader: PdfReader, count: int) -> tuple[dict[int, str], list[int], list[int]]:
    """({page: text}, pages that could not be read, pages worth a second reader)."""
    texts: dict[int, str] = {}
    broken: list[int] = []
    suspect: list[int] = []
    for number in range(1, count + 1):
        try:
            texts[number] = sound(reader.pages[number - 1].extract_text())
            if _unreadable(texts[number]):
                suspect.append(number)
        except MemoryError:
            raise
        except LimitReachedError:  # a page that asks for endless work is not given to another reader
            broken.append(number)
        except Exception:  # one damaged page costs that page
            broken.append(number)
            suspect.append(number)
    return texts, broken, suspect


def _unreadable(text: str) -> bool:
    return len(text) > 40 and gibberish(text)


def _look_again(data: bytes, password: str | None, count: int) -> list[int]:
    """All pages, when PDFium sees text on the first few where pypdf saw none."""
    first = list(range(1, min(count, 5) + 1))
    some = any(text.strip() for text in pdfium.texts(data, password, first).values())
    return list(range(1, count + 1)) if some else []


def _rescued(data: bytes, password: str | None, problem: Exception | None) -> Document:
    texts = pdfium.texts(data, password, None)
    if not any(text.strip() for text in texts.values()):
        if problem is None:
            return Document("empty", "pdf", "The PDF has no pages.", pages=0)
        raise problem
    blocks = _blocks(texts)
    warning = "The PDF is damaged; what could be read was read."
    return Document("ok", "pdf", blocks=tuple(blocks), pages=len(texts), warnings=(warning,))


def _blocks(texts: dict[int, str]) -> list[Block]:
    return [Block(part, Location(page=n)) for n, text in sorted(texts.items()) for part in _paragraphs(text)]


def _document(reader: PdfReader, texts: dict[int, str], broken: list[int]) -> Document:
    count = len(reader.pages)
    title = _title(reader)
    blocks = _blocks(texts)
    if not blocks:
        return _nothing(reader, title, count, broken, _scanned(texts))
    warnings = [f"{len(broken)} of {count} pages could not be read: {_numbers(broken)}."] if broken else []
    scanned = _scanned(texts)
    strange = [number for number, text in sorted(texts.items()) if _unreadable(text)]
    if strange and not gibberish("\n".join(block.text for block in blocks)):
        # A few bad pages in a good document: only they are left out.
        blocks = [block for block in blocks if block.location.page not in strange]
        said = f"{len(strange)} of {count} pages hold gibberish (their fonts hide the letters): {_numbers(strange)}."
        warnings.append(said)
    return Document("ok", "pdf", "", title, tuple(blocks), pages=count, warnings=tuple(warnings), scanned=scanned)


def _scanned(texts: dict[int, str]) -> tuple[int, ...]:
    """Pages without a letter, and those whose fonts hide them: only a look at the page tells what it says."""
    return tuple(n for n, text in sorted(texts.items()) if not any(map(str.isalnum, text)) or _unreadable(text))


def _unlock(reader: PdfReader, password: str | None) -> None:
    """The empty password opens files that only restrict printing and the like. Raises Unreadable."""
    try:
        if reader.decrypt("") or (password and reader.decrypt(password)):
            return
    except (PdfReadError, NotImplementedError) as problem:
        raise wrapped() from problem
    raise locked(password)


def _nothing(
    reader: PdfReader, title: str, count: int, broken: list[int], scanned: tuple[int, ...]
) -> Document:  # fmt: skip
    if broken:
        reason = f"None of its {count} pages could be read; open it in a PDF program and save it again."
        return Document("failed", "pdf", reason, title, pages=count)
    if not count:
        return Document("empty", "pdf", "The PDF has no pages.", title, pages=0)
    reason = "It holds no text." if not _has_images(reader) else ""
    pictures = "It holds only scanned pages, pictures of text; they are read only where text recognition is on."
    return Document("empty", "pdf", reason or pictures, title, pages=count, scanned=scanned)


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
    return usable_title(title or "")


def _numbers(pages: list[int]) -> str:
    return ", ".join(map(str, pages[:10])) + (", …" if len(pages) > 10 else "")


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

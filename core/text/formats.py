"""The table of formats: which module reads a file, told by its suffix, and by its first bytes where those disagree.

Knows nothing of what is inside a format. A new format is one row here and one module with
`read(data, password) -> Document`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from core.text.encoding import as_utf8, nfc
from core.text.quality import GIBBERISH, gibberish
from core.text.unreadable import Unreadable, damaged, is_wrapped, wrapped
from core.types import Document

MB = 1_000_000
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Reader(Protocol):
    """What a format's module offers. A title is only what the file itself says, never its name: passages are embedded
    with it, and a renamed file must embed nothing. It may raise Unreadable, or anything at all for damaged files."""

    def __call__(self, data: bytes, password: str | None) -> Document: ...


@dataclass(frozen=True, slots=True)
class Format:
    """One row: `module` lies in core.text, `max_bytes` is the largest file that is parsed, and such files begin with
    one of `starts` (empty: with anything)."""

    kind: str
    module: str
    suffixes: tuple[str, ...]
    max_bytes: int
    starts: tuple[bytes, ...] = ()


_CODE = """
.py .pyw .pyi .js .mjs .cjs .jsx .ts .tsx .vue .svelte .java .kt .kts .scala .groovy .gradle .c .h .cc .cpp .cxx .hpp
.hh .cs .fs .vb .go .rs .rb .php .swift .m .mm .pl .pm .lua .r .jl .hs .ml .clj .ex .exs .erl .dart .pas .bas .sql
.sh .bash .zsh .fish .ps1 .bat .cmd .yaml .yml .toml .ini .cfg .conf .properties .css .scss .less .tex .bib .proto
.graphql .cmake .tf .diff .patch
"""
_IMAGES = ".png .jpg .jpeg .gif .webp .bmp .tif .tiff .heic .avif"

FORMATS = (
    Format("markdown", "notes.markdown", (".md", ".markdown", ".mdown", ".mkd", ".mdx", ".qmd"), 20 * MB),
    Format("text", "notes.plain", (".txt", ".text", ".log"), 20 * MB),
    Format("rst", "notes.rst", (".rst", ".rest"), 20 * MB),
    Format("org", "notes.org", (".org",), 20 * MB),
    Format("asciidoc", "notes.asciidoc", (".adoc", ".asciidoc"), 20 * MB),
    Format("html", "web.html", (".html", ".htm", ".xhtml"), 20 * MB),
    Format("pdf", "pages.pdf", (".pdf",), 300 * MB),
    Format("docx", "office.docx", (".docx", ".docm", ".dotx", ".dotm"), 200 * MB, (_ZIP,)),
    Format("doc", "office.doc", (".doc", ".dot"), 200 * MB, (_OLE,)),
    Format("pptx", "office.pptx", (".pptx", ".pptm", ".ppsx", ".ppsm", ".potx"), 200 * MB, (_ZIP,)),
    Format("ppt", "office.ppt", (".ppt", ".pps"), 200 * MB, (_OLE,)),
    Format("sheet", "office.sheets", (".xlsx", ".xlsm", ".xltx", ".xlsb", ".xls"), 100 * MB, (_ZIP, _OLE)),
    Format("odt", "office.odt", (".odt", ".ott", ".odp", ".otp"), 200 * MB, (_ZIP,)),
    Format("ods", "office.ods", (".ods", ".ots"), 100 * MB, (_ZIP,)),
    Format("rtf", "office.rtf", (".rtf",), 50 * MB, (b"{\\rtf",)),
    Format("epub", "web.epub", (".epub",), 200 * MB, (_ZIP,)),
    Format("hwp", "office.hwp", (".hwp", ".hwt"), 200 * MB, (_OLE, b"HWP Document File")),
    Format("hwpx", "office.hwpx", (".hwpx", ".hwtx"), 200 * MB, (_ZIP,)),
    Format("iwork", "office.iwork", (".pages", ".numbers"), 200 * MB, (_ZIP,)),
    Format("onenote", "office.onenote", (".one",), 200 * MB, (b"\xe4\x52\x5c\x7b",)),
    Format("mail", "messages.mail", (".eml", ".mht", ".mhtml"), 50 * MB),
    Format("mailbox", "messages.mbox", (".mbox",), 100 * MB),
    Format("outlook", "messages.msg", (".msg",), 50 * MB, (_OLE,)),
    Format("calendar", "messages.ics", (".ics",), 20 * MB),
    Format("subtitles", "records.subtitles", (".srt", ".vtt", ".smi", ".sami"), 20 * MB),
    Format("table", "records.delimited", (".csv", ".tsv", ".tab"), 20 * MB),
    Format("json", "records.jsontext", (".json", ".jsonl", ".ndjson"), 20 * MB),
    Format("notebook", "records.notebook", (".ipynb",), 50 * MB),
    Format("xml", "records.xmltext", (".xml", ".rss", ".atom", ".opml"), 20 * MB),
    Format("code", "records.source", tuple(_CODE.split()), 5 * MB),
    Format("image", "pages.image", tuple(_IMAGES.split()), 50 * MB),
)
_BY_SUFFIX = {suffix: row for row in FORMATS for suffix in row.suffixes}
_BY_KIND = {row.kind: row for row in FORMATS}
_LITERAL = frozenset(["code", "json", "xml", "table", "image"])
"""Kinds whose odd characters are meant."""
PLAIN = frozenset(["markdown", "text", "rst", "org", "asciidoc", "subtitles", "table", "code"])
"""Kinds that do not say in which encoding they are."""
_PRIVATE_KEY = re.compile(rb"\s*(?:-----BEGIN [^-]*PRIVATE KEY[^-]*-----|PuTTY-User-Key-File-)")
"""A file that begins with one; a note that quotes one is a note."""
_ATTACHED = frozenset(
    [
        "markdown",
        "text",
        "rst",
        "org",
        "asciidoc",
        "html",
        "rtf",
        "calendar",
        "subtitles",
        "table",
        "json",
        "xml",
        "code",
    ]
)

_ATTACHED_DOCUMENTS = {
    **dict.fromkeys(["docx", "pptx", "sheet", "odt", "ods", "hwp", "hwpx"], 5 * MB),
    "pdf": MB,
}
"""Largest ones that are read with the message they came with, which must not fail for their sake: a page of a PDF takes
up to a tenth of a second, and a reader has thirty."""


def format_of(path: Path) -> Format | None:
    """The row that reads `path`, or None when no reader exists for it."""
    return _BY_SUFFIX.get(path.suffix.lower())


def kind_of(path: Path) -> str | None:
    """The kind in the table, or None when no reader exists for it."""
    row = format_of(path)
    return row.kind if row else None


def unsupported(path: Path) -> Document:
    """The outcome for a file that no reader exists for."""
    what = f'"{path.suffix}" files' if path.suffix else "files without an ending"
    return Document("unsupported", "", reason=f"Moa cannot read {_shown(what)} yet; save it as text or PDF.")


def too_large(row: Format, size: int) -> Document:
    """The outcome for a file of `size` bytes, over the format's limit."""
    said = f"It is {size / MB:.0f} MB, and Moa reads {row.kind} files of up to {row.max_bytes // MB} MB; split it up."
    return Document("unsupported", row.kind, reason=said)


def read(path: Path, data: bytes, password: str | None = None, encoding: str = "") -> Document:
    """The text of `data`, read as the suffix of `path` says, or as what it is where that cannot be. `encoding`: what
    plain text is in, unless the file says otherwise; empty: found out.

    Never raises for what is in the file, except MemoryError; outcomes other than ok carry a reason.
    """
    row = format_of(path)
    if row is None:
        return unsupported(path)
    if len(data) > row.max_bytes:
        return too_large(row, len(data))
    if not data:
        return Document("empty", row.kind, reason="The file is empty; there is nothing to read yet.")
    if _PRIVATE_KEY.match(data):
        return Document("unsupported", row.kind, reason="It holds a private key, which Moa leaves alone.")
    try:
        if encoding and row.kind in PLAIN:
            data = as_utf8(data, encoding)
        return _judged(_read(row, data, password))
    except Unreadable as problem:
        return Document(problem.outcome, row.kind, reason=problem.reason)
    except MemoryError:
        raise
    except ImportError:
        reason = "A part of Moa that reads such files is missing; install Moa again."
        return Document("failed", row.kind, reason=reason)
    except RecursionError:
        return Document("failed", row.kind, reason="It is nested too deeply to be read; save it in a simpler form.")
    except Exception:  # a damaged file raises any of a hundred types, and costs only itself
        return Document("failed", row.kind, reason=damaged("the program that made it").reason)


def picture(path: Path, data: bytes, password: str | None, page: int) -> bytes:
    """A page of a PDF as a picture (PGM). Raises Unreadable."""
    row = format_of(path)
    if row is None or row.kind != "pdf" or len(data) > row.max_bytes:
        raise damaged("the program that made it")
    return cast(bytes, import_module("core.text.pages.pdfium").picture(data, password, page))


def attached(name: str, data: bytes, documents: bool = False) -> Document | None:
    """A text file that lies inside another file, or one of the `documents` that are read in a moment; None when it is
    of another kind, or says nothing."""
    row = format_of(Path(name))
    largest = _ATTACHED_DOCUMENTS.get(row.kind, 0) if row and documents else 0
    if row is None or (row.kind not in _ATTACHED and len(data) > largest):
        return None
    document = read(Path(name), data)
    return document if document.outcome == "ok" else None


def _reader(row: Format) -> Reader:
    return cast(Reader, import_module(f"core.text.{row.module}").read)


def _read(row: Format, data: bytes, password: str | None) -> Document:
    if is_wrapped(data):
        raise wrapped()
    if row.starts and data.startswith(_OLE):
        data = _unlocked(data, password)
    if not row.starts or data.startswith(row.starts):
        try:
            return replace(_reader(row)(data, password), kind=row.kind)
        except Unreadable as problem:
            if problem.outcome != "failed":
                raise
            other = _other(row, data)
            if other is None or other.kind == "text":
                raise
    else:
        other = _other(row, data)
        if other is None:
            raise damaged("the program that made it")
    document = _reader(other)(data, password)
    said = f"Its name says that it is {row.kind}, but it is {other.kind}; it was read as that."
    return replace(document, kind=other.kind, warnings=(said, *document.warnings))


def _other(row: Format, data: bytes) -> Format | None:
    """The row of what a file is, when that is not what its name says: web pages saved as .xls or .hwp, and documents
    someone renamed."""
    kind = import_module("core.text.sniff").kind_inside(data)
    return None if kind is None or kind == row.kind else _BY_KIND[kind]


def _judged(document: Document) -> Document:
    if document.outcome not in ("ok", "low-quality"):
        return document
    if not document.blocks:
        return replace(document, outcome="empty", reason="It holds no text, only markup or blank lines.")
    if document.outcome == "ok" and document.kind not in _LITERAL and gibberish(document.text):
        return replace(document, outcome="low-quality", reason=GIBBERISH)
    return document


def _unlocked(data: bytes, password: str | None) -> bytes:
    encrypted = import_module("core.text.office.encrypted")
    return cast(bytes, encrypted.opened(data, password)) if encrypted.is_locked(data) else data


def _shown(name: str) -> str:
    """A file name as text: bytes that are no UTF-8 (surrogate escapes) become replacement characters."""
    return nfc(name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))

"""The table of formats: which module reads a file, told by its suffix.

Knows nothing of what is inside a format. A new format is one row here and one module with
`read(data, password) -> Document`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from core.text.encoding import nfc
from core.types import Document

MB = 1_000_000


class Reader(Protocol):
    """What a format's module offers. A title is only what the file itself says, never its name: passages are embedded
    with it, and a renamed file must embed nothing."""

    def __call__(self, data: bytes, password: str | None) -> Document: ...


@dataclass(frozen=True, slots=True)
class Format:
    """One row: `module` lies in core.text, `max_bytes` is the largest file that is parsed."""

    kind: str
    module: str
    suffixes: tuple[str, ...]
    max_bytes: int


FORMATS = (
    Format("markdown", "markdown", (".md", ".markdown", ".mdown", ".mkd", ".mdx", ".qmd"), 20 * MB),
    Format("text", "plain", (".txt", ".text", ".log", ".rst", ".org", ".adoc", ".asciidoc"), 20 * MB),
    Format("html", "html", (".html", ".htm", ".xhtml"), 20 * MB),
    Format("pdf", "pdf", (".pdf",), 300 * MB),
)
_BY_SUFFIX = {suffix: row for row in FORMATS for suffix in row.suffixes}


def format_of(path: Path) -> Format | None:
    """The row that reads `path`, or None when no reader exists for it."""
    return _BY_SUFFIX.get(path.suffix.lower())


def kind_of(path: Path) -> str | None:
    """markdown, text, html, pdf, or None when no reader exists for it."""
    row = format_of(path)
    return row.kind if row else None


def unsupported(path: Path) -> Document:
    """The outcome for a file that no reader exists for."""
    what = f'"{path.suffix}" files' if path.suffix else "files without an ending"
    return Document("unsupported", "", reason=f"Moa cannot read {_shown(what)} yet; save it as text, Markdown or PDF.")


def too_large(row: Format, size: int) -> Document:
    """The outcome for a file of `size` bytes, over the format's limit."""
    said = f"It is {size / MB:.0f} MB, and Moa reads {row.kind} files of up to {row.max_bytes // MB} MB; split it up."
    return Document("unsupported", row.kind, reason=said)


def read(path: Path, data: bytes, password: str | None = None) -> Document:
    """The text of `data`, read as the suffix of `path` says.

    Never raises for what is in the file, except MemoryError; outcomes other than ok carry a reason.
    """
    row = format_of(path)
    if row is None:
        return unsupported(path)
    if len(data) > row.max_bytes:
        return too_large(row, len(data))
    if not data:
        return Document("empty", row.kind, reason="The file is empty; there is nothing to read yet.")
    reader = cast(Reader, import_module(f"core.text.{row.module}").read)
    document = reader(data, password)
    if document.outcome in ("ok", "low-quality") and not document.blocks:
        reason = "It holds no text, only markup or blank lines."
        document = replace(document, outcome="empty", reason=reason)
    return document


def _shown(name: str) -> str:
    """A file name as text: bytes that are no UTF-8 (surrogate escapes) become replacement characters."""
    return nfc(name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))

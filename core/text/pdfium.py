"""PDF pages through PDFium: the second reader, for what pypdf cannot read.

Knows nothing of documents. pypdfium2 (BSD or Apache, well kept) carries Chrome's PDF engine: it mends more damage and
knows more fonts, but is native code that ends its process on some hostile files, so it never comes first.
"""

from __future__ import annotations

from core.text.encoding import sound

_MAX_PAGES = 20_000


def texts(data: bytes, password: str | None, pages: list[int] | None) -> dict[int, str]:
    """{page, from 1: text} of `pages`, or of all; what it cannot read is missing."""
    import pypdfium2

    found: dict[int, str] = {}
    try:
        document = pypdfium2.PdfDocument(data, password=password or None)
    except pypdfium2.PdfiumError:
        return found
    try:
        for number in pages if pages is not None else range(1, min(len(document), _MAX_PAGES) + 1):
            try:
                page = document[number - 1]
                text = page.get_textpage().get_text_bounded()
            except (pypdfium2.PdfiumError, IndexError):
                continue
            # U+FFFE is what it puts where a hyphen ended a line.
            found[number] = sound(text.replace("\r\n", "\n").replace("\ufffe", "-"))
    finally:
        document.close()
    return found

"""PDF pages through PDFium: the second reader, for what pypdf cannot read, and the one that draws a page.

Knows nothing of documents. pypdfium2 (BSD or Apache, well kept) carries Chrome's PDF engine: it mends more damage and
knows more fonts, but is native code that ends its process on some hostile files, so it never comes first.
"""

from __future__ import annotations

from core.text.encoding import sound
from core.text.unreadable import damaged, locked

_MAX_PAGES = 20_000


_DPI = 300
"""What print is scanned at, and what recognition is trained on."""
_MOST_PIXELS = 25_000_000
"""A3 at 300 dots an inch is 17 million."""


def picture(data: bytes, password: str | None, page: int) -> bytes:
    """A page (from 1) in grey, at 300 dots an inch or as many as fit, as PGM. Raises Unreadable."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data, password=password or None)
        sheet = document[page - 1]
        width, height = sheet.get_size()
        scale = min(_DPI / 72, (_MOST_PIXELS / max(width * height, 1.0)) ** 0.5)
        drawn = sheet.render(scale=scale, grayscale=True)
    except (pypdfium2.PdfiumError, IndexError, ValueError) as problem:
        raise (locked(password) if "password" in str(problem) else damaged("a PDF program")) from problem
    rows = memoryview(bytes(drawn.buffer))
    lines = (rows[y * drawn.stride : y * drawn.stride + drawn.width] for y in range(drawn.height))
    return b"P5 %d %d 255\n" % (drawn.width, drawn.height) + b"".join(lines)


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

"""What kind of file some bytes are, for files whose name says something else.

Knows the marks of formats, not how they are read.
"""

from __future__ import annotations

import re

from core.text.archive import Archive
from core.text.encoding import decode
from core.text.office.ole import MAGIC, Compound

_IN_ZIP = (
    ("word/", "docx"),
    ("xl/", "sheet"),
    ("ppt/", "pptx"),
    ("Contents/section", "hwpx"),
    ("META-INF/container.xml", "epub"),
    ("index.xml", "iwork"),
)
_IN_OLE = (
    ("FileHeader", "hwp"),
    ("Workbook", "sheet"),
    ("Book", "sheet"),
    ("PowerPoint Document", "ppt"),
    ("WordDocument", "doc"),
    ("__properties_version1.0", "outlook"),
)
_MIMETYPES = (
    (b"opendocument.spreadsheet", "ods"),
    (b"opendocument", "odt"),
    (b"epub", "epub"),
    (b"hwp", "hwpx"),
)
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype html|html|head|meta|body|table|div|style)\b", re.I | re.S
)
_MAIL = re.compile(rb"(?:[\w-]+:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){0,20}MIME-Version:", re.I)


def kind_inside(data: bytes) -> str | None:
    """A kind in the table of formats; None when it is nothing Moa reads. Raises Unreadable for damaged packages."""
    if data.startswith(b"PK\x03\x04"):
        return _in_zip(Archive(data))
    if data.startswith(MAGIC):
        with Compound(data) as file:
            return next((kind for name, kind in _IN_OLE if name in file), None)
    head = data[:4096]
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(b"{\\rtf"):
        return "rtf"
    if _HTML.match(head):
        return "html"
    if head.lstrip().startswith(b"<?xml"):
        return "xml"
    if _MAIL.match(head):
        return "mail"
    return None if decode(data).problem else "text"


def _in_zip(archive: Archive) -> str | None:
    said = archive.read("mimetype")[:200] if "mimetype" in archive else b""
    for mark, kind in _MIMETYPES:
        if mark in said:
            return kind
    return next((kind for start, kind in _IN_ZIP if any(n.startswith(start) for n in archive.names)), None)

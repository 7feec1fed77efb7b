"""Pages, Numbers and Keynote of Apple's iWork '09: the text in their one XML file.

Knows nothing of their layout. Files of iWork 2013 and later keep their text in a form Apple never published; those say
so.
"""

from __future__ import annotations

from core.text.archive import Archive
from core.text.markup import events
from core.text.structure import Builder
from core.text.unreadable import Unreadable
from core.types import Document

_MAINS = ("index.xml", "index.apxl")
_CELLS = frozenset(["ct", "so"])
"""A table's cells hold their text in the attribute `s` of these."""
_UNSEEN = frozenset(["metadata", "stylesheet", "styles", "version-history", "prototype-list", "prototypes"])


def read(data: bytes, password: str | None = None) -> Document:
    """Paragraphs and cells, without places."""
    archive = Archive(data)
    main = next((name for name in _MAINS if name in archive), "")
    if not main:
        reason = "Moa cannot read files of this version of Pages, Numbers or Keynote; export it as PDF or Word."
        raise Unreadable("unsupported", reason)
    built = Builder()
    warnings: list[str] = []
    parts: list[str] = []
    unseen = inside = 0
    for event in events(archive.read(main), warnings):
        if event.name in _UNSEEN:
            unseen += {"start": 1, "end": -1}.get(event.what, 0)
        elif unseen:
            continue
        elif event.name == "p":
            inside += {"start": 1, "end": -1}.get(event.what, 0)
            built.paragraph("".join(parts))
            parts = []
        elif inside and event.what == "text":
            parts.append(event.text)
        elif event.what == "start" and inside:
            parts.append({"br": "\n", "lnbr": "\n", "tab": " "}.get(event.name, ""))
        elif event.what == "start" and event.name in _CELLS:
            built.paragraph(event.get("s"))
    return Document("ok", "iwork", blocks=tuple(built.blocks), warnings=tuple(warnings))

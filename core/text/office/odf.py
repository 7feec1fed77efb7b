"""What all OpenDocument files share: the package, its title, its page headers and footers, its paragraphs' text.

Knows nothing of text documents or sheets. Elements: OASIS OpenDocument 1.3.
"""

from __future__ import annotations

from core.text.archive import Archive
from core.text.markup import Event, events, one_text
from core.text.office import odfcrypt
from core.text.quality import usable_title
from core.text.structure import Builder
from core.text.unreadable import damaged

UNSEEN = frozenset(["annotation-end", "tracked-changes", "ruby-text", "desc", "title", "sequence-decls", "binary-data"])
"""Deleted text, reading aids, and what stands behind a picture. Pictures' titles are not part of the text."""
_FIELDS = frozenset(["sheet-name", "title", "date", "time", "page-number", "page-count", "file-name"])
"""What a program fills in as it prints."""
_REPEATS = 1_000


def package(data: bytes, password: str | None = None) -> Archive:
    """The opened package. Raises Unreadable when it is damaged, or encrypted and no or a wrong password is given."""
    archive = odfcrypt.package(data, password)
    if "content.xml" not in archive:
        raise damaged("LibreOffice")
    return archive


def title(archive: Archive) -> str:
    """The title in the file's properties."""
    return usable_title(one_text(archive.read("meta.xml"), "title"))


def inline(event: Event) -> str:
    """The text that an element inside a paragraph stands for."""
    if event.name == "s":
        return " " * min(int(event.get("c")) if event.get("c").isdecimal() else 1, _REPEATS)
    return {"tab": " ", "line-break": "\n"}.get(event.name, "")


def repeats(event: Event, name: str) -> int:
    """How often a cell or row is repeated."""
    said = event.get(name)
    return int(said) if said.isdecimal() and len(said) < 9 else 1


def margins(archive: Archive, warnings: list[str]) -> Builder:
    """Page headers and footers, each once."""
    built = Builder()
    inside = field = 0
    parts: list[str] = []
    for event in events(archive.read("styles.xml"), warnings) if "styles.xml" in archive else ():
        if event.name in _FIELDS:
            field += 1 if event.what == "start" else -1
        if event.name.startswith(("header", "footer")) and not event.name.endswith(("-style", "-properties")):
            inside += {"start": 1, "end": -1}.get(event.what, 0)
            built.under = "Page header" if event.name.startswith("header") else "Page footer"
        elif inside and not field and event.what == "text":
            parts.append(event.text)
        elif inside and event.what == "start":
            parts.append(inline(event))
        elif inside and event.name in ("p", "h"):
            text, parts = "".join(parts), []
            if any(map(str.isalpha, text)):
                built.paragraph(text)
    seen = dict.fromkeys(built.blocks)
    built.blocks = list(seen)
    return built

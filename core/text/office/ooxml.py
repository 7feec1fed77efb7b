"""How the parts of an Office Open XML package find each other (ECMA-376, part 2).

Knows nothing of documents, slides or sheets.
"""

from __future__ import annotations

import posixpath

from core.text.archive import Archive, resolve
from core.text.markup import events
from core.text.unreadable import Unreadable


def relations(archive: Archive, part: str) -> dict[str, tuple[str, str]]:
    """{id: (the last word of its type, the member it leads to)}; links out of the package are left out."""
    folder, name = posixpath.split(part)
    found: dict[str, tuple[str, str]] = {}
    data = archive.read(posixpath.join(folder, "_rels", f"{name}.rels"))
    try:
        for event in events(data, []) if data else ():
            if event.what == "start" and event.name == "Relationship" and event.get("TargetMode") != "External":
                kind = event.get("Type").rpartition("/")[2]
                found[event.get("Id")] = (kind, resolve(part, event.get("Target")))
    except Unreadable:
        return found
    return found


def main_part(archive: Archive, usual: str) -> str:
    """The part that the package calls its document, else the `usual` one."""
    for kind, target in relations(archive, "").values():
        if kind == "officeDocument" and target in archive:
            return target
    return usual

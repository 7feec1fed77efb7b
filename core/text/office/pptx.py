"""PowerPoint presentations (PPTX): slides in order, with tables, diagrams, charts, comments and speaker notes.

Knows nothing of what a slide looks like. Read here rather than with python-pptx, which leaves out diagrams and comments
and unpacks without bounds. Elements: ECMA-376, part 1. The page of a place is the slide's number.
"""

from __future__ import annotations

from core.text.archive import Archive
from core.text.markup import Event, events, one_text
from core.text.office.ooxml import main_part, relations
from core.text.quality import usable_title
from core.text.structure import Builder
from core.text.unreadable import damaged
from core.types import Document

_EXTRA = {"diagramData": "Diagram", "chart": "Chart", "comments": "Comments"}
_PLACEHOLDERS_UNSEEN = frozenset(["sldNum", "dt", "ftr", "hdr", "sldImg"])


def read(data: bytes, password: str | None = None) -> Document:
    """Title: the file's properties, else the first slide's title. Places are slides and their titles."""
    archive = Archive(data)
    main = main_part(archive, "ppt/presentation.xml")
    if main not in archive:
        raise damaged("a presentation program")
    warnings: list[str] = []
    built = Builder()
    slides = _slides(archive, main)
    first_title = ""
    for number, slide in enumerate(slides, 1):
        built.page = number
        built.path.enter(1, "")
        title = _Slide(built, "", titled=True).walk(archive.read(slide), warnings)
        first_title = first_title or title
        for kind, target in sorted(relations(archive, slide).values()):
            if kind in _EXTRA:
                _Slide(built, _EXTRA[kind]).walk(archive.read(target), warnings)
            elif kind == "notesSlide":
                _Slide(built, "Notes").walk(archive.read(target), warnings)
    title = usable_title(one_text(archive.read("docProps/core.xml"), "title")) or first_title
    return Document(
        "ok",
        "pptx",
        title=title,
        blocks=tuple(built.blocks),
        pages=len(slides),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _slides(archive: Archive, main: str) -> list[str]:
    links = relations(archive, main)
    ids = [e.get("id", "relationships") for e in events(archive.read(main), []) if e.name == "sldId" and e.attributes]
    found = [target for kind, target in (links.get(id, ("", "")) for id in ids) if kind == "slide"]
    return [slide for slide in found if slide in archive] or archive.matching("ppt/slides/slide", ".xml")


class _Slide:
    """Walks one part that belongs to a slide: the slide itself, its notes, a diagram."""

    def __init__(self, built: Builder, under: str, titled: bool = False) -> None:
        self._built = built
        self._titled = titled
        self._title = ""
        self._text: list[str] = []
        self._reading = False
        self._placeholder = ""
        built.under = under

    def walk(self, data: bytes, warnings: list[str]) -> str:
        """The slide's title, when it has one."""
        fallback = 0
        for event in events(data, warnings) if data else ():
            if event.name == "Fallback":
                fallback += 1 if event.what == "start" else -1
            elif fallback:
                continue
            elif event.what == "text":
                if self._reading:
                    self._text.append(event.text)
            elif event.what == "start":
                self._start(event)
            else:
                self._end(event.name)
        self._finish()
        self._built.under = ""
        return self._title

    def _start(self, event: Event) -> None:
        match event.name:
            case "t" | "text":
                self._reading = True
            case "br" | "tab":
                self._text.append("\n" if event.name == "br" else " ")
            case "sp":
                self._placeholder = ""
            case "ph":
                self._placeholder = event.get("type") or "body"
            case "tbl":
                self._built.open_table()
            case "tr":
                self._built.open_row()
            case "tc":
                self._built.open_cell()

    def _end(self, name: str) -> None:
        match name:
            case "t":
                self._reading = False
            case "text":
                self._reading = False
                self._finish()
            case "p":
                self._finish()
            case "tbl":
                self._built.close_table()

    def _finish(self) -> None:
        text, self._text = "".join(self._text).strip(), []
        if not text or self._placeholder in _PLACEHOLDERS_UNSEEN:
            return
        if self._titled and self._placeholder in ("title", "ctrTitle") and not self._title:
            self._title = " ".join(text.split())
            self._built.paragraph(text, level=1)
            return
        self._built.paragraph(text)

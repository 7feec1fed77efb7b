"""Pictures and scanned pages: what is to be recognised next, and what it means for the document.

Knows when a page is due and what became of it, not how it is recognised (recogniser.py) nor when there is time for it
(lane.py). A page is one step: drawn by the reader's child (a picture is already one), recognised, kept under the hash
of its file. So a kill costs one page and a copy nothing. When the last page of a file is known, the file is read again
and says what stands on them; until then it is listed with the reason.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, replace
from pathlib import Path

from core import errors
from core.files.content import Content
from core.files.patient import Hung
from core.index.reading.strikes import CarefulReaders
from core.index.recognising.recogniser import Recogniser
from core.store.catalogue import Catalogue, File, Folder
from core.store.scans import PageText, Scans
from core.text import kind_of
from core.text.pages.recognised import SURE
from core.types import Block, Document, Location

OFF = "Text in pictures is read only where text recognition is on: `moa folders set FOLDER --ocr on`."
LATER = "Its text is being recognised; that comes after everything else."
NOTHING = "Text recognition found no text in it."
UNSURE = "Text recognition could not make out its text; scan it larger, straighter or in better light."
AT_ONCE = 50
DOTS_PER_INCH = 300
LAST_RECIPE = "recogniser"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Page:
    """A page under way."""

    file: File
    number: int
    recipe: str
    seen: Future[PageText]
    began: float


class Recognition:
    """For one thread, but for `left` and `notes`."""

    def __init__(
        self, catalogue: Catalogue, readers: CarefulReaders, recogniser: Recogniser, passwords: Iterable[str]
    ) -> None:  # fmt: skip
        self._catalogue = catalogue
        self._readers = readers
        self._recogniser = recogniser
        self._passwords = passwords
        self._scans = Scans(catalogue.database)
        self._next: list[tuple[File, int]] = []
        self._page: _Page | None = None
        # Pages that could not be had for a reason that may pass (a file that is locked, or gone for the moment).
        self._passed: set[tuple[str, int]] = set()
        self.left = 0
        """Pages still to be recognised."""

    # ---- what a file says

    def completed(self, document: Document, sha256: str, folder: Folder | None) -> Document:
        """`document` with what is known of its scanned pages, or the reason why that is missing."""
        if not document.scanned:
            return document
        if folder is None or not folder.ocr:
            return _without(document, OFF)
        self.look()
        # Where the program is missing for the moment, what it made out before is as good as ever.
        known = self._scans.known(sha256, self._recogniser.recipe or self._catalogue.meta(LAST_RECIPE))
        if any(page not in known for page in document.scanned):
            return _without(document, LATER if self._recogniser.recipe else self._recogniser.problem)
        return _merged(document, {page: known[page] for page in document.scanned})

    def put(self, file: int, document: Document) -> None:
        """Take down which pages of a file may be recognised."""
        if self._scans.put(file, document.scanned):
            self._next.clear()

    def again(self, contents: Iterable[str]) -> None:
        """Pages of these contents that failed are to be tried again."""
        self._scans.forget_problems(contents)
        self._passed.clear()

    def look(self) -> None:
        """See whether the program is there. When it reads more or otherwise than the last time, files are read again
        that were listed without their text, or with less of it."""
        if not any(folder.ocr for folder in self._catalogue.folders()):
            return
        self._recogniser.look()
        if self._recogniser.recipe not in ("", self._catalogue.meta(LAST_RECIPE)):
            self._catalogue.remember(LAST_RECIPE, self._recogniser.recipe)
            self._scans.read_again()

    def notes(self) -> tuple[str, ...]:
        """Sentences on what is missing, and on what is still to come."""
        if not any(folder.ocr for folder in self._catalogue.folders()):
            return ()
        missing = (self._recogniser.problem,) if self._recogniser.problem else ()
        if not self.left or not self._recogniser.recipe:
            return missing
        pages = (
            f"{self.left:,} pages of pictures and scans are" if self.left > 1 else "One page of a picture or scan is"
        )
        return (*missing, f"{pages} still to be recognised; everything else can be found.")

    # ---- page by page

    def begin(self) -> Future[PageText] | None:
        """The page under way, or the next one; None when nothing is left to do. Raises `Hung`."""
        while self._page is None:
            due = self._due()
            if due is None:
                return None
            file, number = due
            seen = self._started(file, number)
            if seen is None:
                self._passed.add((file.sha256, number))
            else:
                self._page = _Page(file, number, self._recogniser.recipe, seen, time.monotonic())
        return self._page.seen

    @property
    def path(self) -> str:
        """The file of the page under way."""
        return self._page.file.path if self._page else ""

    def finish(self) -> float:
        """Keep what was made out on the page under way, which is done; returns how many seconds it took."""
        page, self._page = self._page, None
        if page is None:
            return 0.0
        try:
            seen = page.seen.result()
        except CancelledError:
            return 0.0
        except Exception:  # a mistake of Moa's own on one page must not be met again and again
            log.exception("recognising page %d of %r failed", page.number, page.file.path)
            seen = PageText("", problem="Moa made a mistake with its text; logs/engine.log says more.")
        self._scans.keep(page.file.sha256, page.number, page.recipe, seen)
        self.left = max(self.left - 1, 0)
        return time.monotonic() - page.began

    def close(self) -> None:
        """Give up the page under way."""
        self._recogniser.close()

    def waits(self) -> bool:
        """Whether there are pages to be recognised, and none is under way."""
        return self._page is None and self._look_ahead()

    def _look_ahead(self) -> bool:
        """Have the next pages at hand; False when there are none."""
        if not self._next:
            self.look()
            recipe = self._recogniser.recipe
            found = self._scans.due(recipe, AT_ONCE + len(self._passed)) if recipe else []
            self._next = [due for due in found if (due[0].sha256, due[1]) not in self._passed]
            self.left = self._scans.count_due(recipe) - len(self._passed) if self._next else 0
        return bool(self._next)

    def _due(self) -> tuple[File, int] | None:
        return self._next.pop(0) if self._look_ahead() else None

    def _started(self, file: File, number: int) -> Future[PageText] | None:
        """Recognition of a page; None when it cannot be had, or the file is not what it was when it was read."""
        path = Path(file.path)
        try:
            if kind_of(path) == "image":
                with Content(self._readers.patience, path) as content:
                    data = b"".join(content.pieces())
                    if content.sha256() != file.sha256:
                        return None
                return self._recogniser.start(data, number)
            for password in (None, *self._passwords):
                drawn = self._readers.draw(path, number, password)
                if drawn.sha256 != file.sha256:
                    return None
                if drawn.picture:
                    return self._recogniser.start(drawn.picture, 1, DOTS_PER_INCH)
        except (OSError, errors.FileProblem) as problem:
            hung = problem if isinstance(problem, Hung) else problem.__cause__
            if isinstance(hung, Hung):
                self._next.clear()
                raise hung from None
            return None
        if drawn.document.outcome == "password":
            return None
        failed: Future[PageText] = Future()
        failed.set_result(PageText("", problem=drawn.document.reason))
        return failed


def _without(document: Document, reason: str) -> Document:
    """A document whose pictures are not read; one that has text besides them says that."""
    if document.outcome == "ok" or (document.outcome == "low-quality" and reason == OFF):
        return document
    return replace(document, reason=reason)


def _merged(document: Document, seen: dict[int, PageText]) -> Document:
    """What stands on scanned pages, between what was read of the others."""
    blocks = [block for block in document.blocks if block.location.page not in seen]
    paged = document.kind == "pdf" or (document.pages or 1) > 1
    for number, page in seen.items():
        place = Location(page=number) if paged else Location()
        if page.confidence >= SURE:
            blocks += [Block(text, place) for text in page.text.split("\n\n") if text]
    if blocks:
        blocks.sort(key=lambda block: block.location.page or 0)
        return replace(document, outcome="ok", reason="", blocks=tuple(blocks))
    problem = next((page.problem for page in seen.values() if page.problem), "")
    if problem:
        return replace(document, outcome="failed", reason=problem, blocks=())
    if any(page.text for page in seen.values()):
        return replace(document, outcome="low-quality", reason=UNSURE, blocks=())
    return replace(document, outcome="empty", reason=NOTHING, blocks=())

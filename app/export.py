"""A conversation saved as a document: Markdown to read, JSON with all that is known of it."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app import outside, wording
from app.engine_link import EngineLink
from core.errors import MoaError

LONGEST_NAME = 60


def file_name(title: str) -> str:
    """A file name that every system takes, made of a title."""
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]+', " ", title).strip(" .")[:LONGEST_NAME].strip() or "Moa"


class Export(QObject):
    """One conversation on its way into a file; goes by itself. `saved` carries the file's name."""

    saved = Signal(str)

    def __init__(self, link: EngineLink, window: QWidget) -> None:
        super().__init__(window)
        self._link = link
        self._window = window
        self._path = Path()

    def ask(self, conversation: str, title: str) -> None:
        """Ask where to, then write it there."""
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        kinds = (self.tr("Markdown (*.md)"), self.tr("JSON, with everything (*.json)"))
        path, kind = QFileDialog.getSaveFileName(
            self._window, self.tr("Save this conversation"), f"{folder}/{file_name(title)}.md", ";;".join(kinds)
        )
        if not path:
            self.deleteLater()
            return
        self._path = Path(path)
        if not self._path.suffix:
            self._path = self._path.with_name(self._path.name + (".json" if kind == kinds[1] else ".md"))
        self.write(conversation, self._path)

    def write(self, conversation: str, path: Path) -> None:
        """Write it to `path`: JSON when its name says so, else Markdown."""
        self._path = path
        if path.suffix.lower() == ".json":
            from core.types import Conversation

            call = self._link.get(f"/chats/{conversation}", Conversation)
        else:
            call = self._link.get("/chats/export", str, id=conversation)
        call.done.connect(self._save)
        call.failed.connect(self._not_saved)

    def _save(self, value: object) -> None:
        from core.serve import wire

        data = f"{value}\n".encode(errors="replace") if isinstance(value, str) else wire.encode(value)
        try:
            self._path.write_bytes(data)
            self.saved.emit(wording.file_name(str(self._path)))
        except OSError as e:
            outside.say(self._window, self.tr("The conversation could not be saved."), f"{self._path}: {e.strerror}")
        self.deleteLater()

    def _not_saved(self, error: MoaError) -> None:
        outside.say(self._window, error.title, error.advice)
        self.deleteLater()

"""What the user gives to Moa: folders to watch, files to copy in, models; by dialog or dropped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtWidgets import QWidget

from app import engine_words, wording
from app.engine_link import EngineLink
from core.errors import MoaError

if TYPE_CHECKING:
    from core.types import FileRow, FolderRow


class Intake(QObject):
    """`said` carries a sentence; `failed` a MoaError; `folder_added` a FolderRow; `model_given` the path of a model."""

    said = Signal(str)
    failed = Signal(object)
    folder_added = Signal(object)
    model_given = Signal(object)

    def __init__(self, link: EngineLink, window: QWidget) -> None:
        super().__init__(window)
        self._link = link
        self._window = window
        self._held: list[Path] = []
        link.state_changed.connect(self._link_changed)

    def choose_folder(self) -> None:
        """Ask for a folder to watch."""
        from PySide6.QtCore import QStandardPaths
        from PySide6.QtWidgets import QFileDialog

        start = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        path = QFileDialog.getExistingDirectory(self._window, self.tr("Choose a folder for Moa to read"), start)
        if path:
            self._take([Path(path)])

    def choose_files(self) -> None:
        """Ask for files to copy into the library."""
        from PySide6.QtWidgets import QFileDialog

        paths, _ = QFileDialog.getOpenFileNames(self._window, self.tr("Choose files to copy into your library"))
        self._take([Path(path) for path in paths])

    def take(self, urls: Sequence[QUrl]) -> None:
        """Take what was dropped; anything but local files and folders is left."""
        self._take([Path(url.toLocalFile()) for url in urls if url.isLocalFile()])

    def _take(self, paths: Sequence[Path]) -> None:
        if not paths:
            return
        if not self._link.ready:
            self._held.extend(paths)
            self.said.emit(self.tr("Moa takes this as soon as the engine is ready."))
            return
        from core.serve.wire import PathBody, PathsBody
        from core.types import FileRow, FolderRow

        files = []
        for path in paths:
            if path.suffix.lower() == ".gguf":
                self.model_given.emit(path)
            elif path.is_dir():
                call = self._link.post("/folders", PathBody(str(path)), FolderRow)
                call.done.connect(self._added)
                call.failed.connect(self.failed)
                self.said.emit(self.tr("Adding “{0}”…").format(wording.file_name(str(path))))
            else:
                files.append(str(path))
        if files:
            call = self._link.post("/import", PathsBody(tuple(files)), tuple[FileRow, ...])
            call.done.connect(self._imported)
            call.failed.connect(self.failed)
            self.said.emit(self.tr("Copying into your library…"))

    def _link_changed(self) -> None:
        if self._link.ready and self._held:
            held, self._held = self._held, []
            self._take(held)

    def _added(self, row: FolderRow) -> None:
        self.said.emit(self.tr("Moa now reads “{0}” and keeps it in sync.").format(wording.file_name(row.path)))
        self.folder_added.emit(row)

    def _imported(self, rows: tuple[FileRow, ...]) -> None:
        bad: list[FileRow] = [row for row in rows if row.state in ("failed", "skipped")]
        if bad:
            names = ", ".join(wording.file_name(row.path) for row in bad[:3])
            error = MoaError(self.tr("Could not be read: {0}.").format(names), engine_words.said(bad[0].reason))
            self.failed.emit(error)
        elif len(rows) == 1:
            name = wording.file_name(rows[0].path)
            self.said.emit(self.tr("“{0}” was copied into your library.").format(name))
        else:
            self.said.emit(self.tr("{0} files were copied into your library.").format(len(rows)))

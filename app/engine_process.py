"""Starts the engine's process when none runs, and hears when it ends.

Knows nothing of the wire; engine_link.py decides when to start and whom to ask.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, Signal

from core.paths import DataFolder

FOR_PEOPLE = "moa: "


def default_command(data: DataFolder) -> tuple[str, ...]:
    """The engine in this interpreter's own environment."""
    return (sys.executable, "-m", "core.serve.host", "--data", str(data.root))


class EngineProcess(QObject):
    """At most one engine started by this window. `ended` carries the last thing it said, or nothing."""

    ended = Signal(str)

    def __init__(self, data: DataFolder, command: Sequence[str], parent: QObject) -> None:
        super().__init__(parent)
        self._data = data
        self._command = tuple(command)
        self._process: QProcess | None = None

    @property
    def running(self) -> bool:
        """An engine that this window started is alive."""
        return self._process is not None and self._process.state() != QProcess.ProcessState.NotRunning

    def start(self) -> None:
        """Start the engine; `ended` says so if it cannot. Its messages go to a file, not a pipe: it may outlive us."""
        said = self._said()
        with suppress(OSError):
            said.parent.mkdir(parents=True, exist_ok=True)
        process = QProcess(self)
        process.setStandardOutputFile(QProcess.nullDevice())
        process.setStandardErrorFile(str(said))
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._failed_to_start)
        self._process = process
        process.start(self._command[0], list(self._command[1:]))

    def kill(self) -> None:
        """End it at once; for an engine that does not end when asked."""
        if self._process is not None:
            self._process.kill()

    def _said(self) -> Path:
        logs = self._data.logs
        return (logs if os.access(self._data.root, os.W_OK) else self._data.beside()) / "engine-start.log"

    def _finished(self) -> None:
        self._over()

    def _failed_to_start(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._over()

    def _over(self) -> None:
        if self._process is None:
            return
        self._process.deleteLater()
        self._process = None
        self.ended.emit(self._last_words())

    def _last_words(self) -> str:
        try:
            lines = self._said().read_text(encoding="utf-8", errors="replace").split("\n")
        except OSError:
            return ""
        # Libraries write progress and warnings there too; what is meant for people begins like this.
        spoken = [line.removeprefix(FOR_PEOPLE) for line in lines if line.startswith(FOR_PEOPLE)]
        return spoken[-1][:400] if spoken else ""

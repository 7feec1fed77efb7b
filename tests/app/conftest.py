"""Offscreen Qt for the desktop's tests: one application, and every Qt warning fails the test that caused it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QEventLoop, QMessageLogContext, QTimer, QtMsgType, SignalInstance, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from app.theme import Theme
from core.paths import DataFolder

ROOT = Path(__file__).resolve().parents[2]
# The offscreen platform has no such things; says nothing about Moa.
HARMLESS = ("This plugin does not support", "propagateSizeHints")


@pytest.fixture(scope="session")
def app() -> Iterator[QApplication]:
    made = QApplication.instance() or QApplication(["moa-tests"])
    assert isinstance(made, QApplication)
    yield made


@pytest.fixture(autouse=True)
def qt_warnings() -> Iterator[list[str]]:
    """Fails the test when Qt complains."""
    said: list[str] = []

    def hear(kind: QtMsgType, _context: QMessageLogContext, text: str | None) -> None:
        if kind != QtMsgType.QtDebugMsg and not any(words in (text or "") for words in HARMLESS):
            said.append(text or "")

    before = qInstallMessageHandler(hear)
    yield said
    qInstallMessageHandler(before)
    assert said == []


@pytest.fixture
def theme(app: QApplication) -> Theme:
    return Theme(app, "light")


@pytest.fixture
def data() -> Iterator[DataFolder]:
    """A data folder with a path short enough for a socket, however deep pytest's own folders are."""
    with tempfile.TemporaryDirectory(prefix="moa-t") as folder:
        yield DataFolder(Path(folder))


Until = Callable[[SignalInstance, int], list[tuple[object, ...]]]


@pytest.fixture
def until(app: QApplication) -> Until:
    """Runs the event loop until a signal came, and returns what it carried; fails after `ms`."""

    def wait(signal: SignalInstance, ms: int = 120_000) -> list[tuple[object, ...]]:
        loop, got = QEventLoop(), list[tuple[object, ...]]()

        def take(*values: object) -> None:
            got.append(values)
            loop.quit()

        signal.connect(take)
        QTimer.singleShot(ms, loop, loop.quit)
        loop.exec()
        signal.disconnect(take)
        assert got, "the signal did not come"
        return got

    return wait


def fake_command(data: DataFolder, *more: str) -> tuple[str, ...]:
    """The command that starts the fake engine."""
    return (sys.executable, "-m", "tests.app.fake_engine", "--data", str(data.root), "--pace", "2", *more)


@pytest.fixture(autouse=True)
def own_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Child processes import the same source tree."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.fixture
def fake(data: DataFolder) -> Iterator[subprocess.Popen[str]]:
    """A fake engine that already listens."""
    child = subprocess.Popen(fake_command(data), stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    yield child
    child.kill()
    child.wait()
    child.stdout.close()

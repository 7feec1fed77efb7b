"""The whole window in a child process, against a small real server: what it imports, and what it shows."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from core.paths import DataFolder
from tests.app.conftest import ROOT, fake_command

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")

HEAVY = (
    "torch", "chromadb", "llama_cpp", "sentence_transformers", "transformers", "numpy", "fastapi", "uvicorn", "httpx",
    "pypdf", "watchdog", "core.engine", "core.cli", "core.store", "core.index", "core.models", "core.serve.host",
)  # fmt: skip

PROGRAM = """
import gc, json, sys
from pathlib import Path
import shiboken6
from PySide6.QtCore import QObject, QTimer, qInstallMessageHandler
from app import program
from app.turns import AnswerTurn
from app.cards import PassageCard
from core.paths import DataFolder

complaints, seen = [], {}
qInstallMessageHandler(lambda kind, context, text: complaints.append(text) if "This plugin does not support" not in text
                       and "systemTrayWindowChanged" not in text else None)
desktops = []
made = program.Desktop.__init__
def keep(self, *args):
    made(self, *args)
    desktops.append(self)
    self._link.state_changed.connect(step)
program.Desktop.__init__ = keep

def step(state):
    window = desktops[0].window
    seen.setdefault("first", state.text)
    seen.setdefault("page", type(window._stack.currentWidget()).__name__)
    if state.phase == "ready":
        window.ask("lunch?")
        window.chat._stream.answered.connect(lambda _: QTimer.singleShot(0, window, answered))

def answered():
    window = desktops[0].window
    turn = window.findChildren(AnswerTurn)[-1]
    turn.link.emit(turn, "note:2")
    window.show_library()
    window.show_models()
    window.show_chat()
    desktops[0].show_quick()
    QTimer.singleShot(300, window, lambda: finish(window, turn))

def finish(window, turn):
    cards = window.findChildren(PassageCard)
    seen["text"] = turn.text
    seen["selected"] = [c.passage.n for c in cards if c.property("selected")]
    seen["unnamed"] = [type(w).__name__ for w in window.findChildren(object) if unnamed(w)]
    seen["modules"] = sorted(sys.modules)
    alive = [o for o in gc.get_objects() if isinstance(o, QObject) and shiboken6.isValid(o)]
    seen["python_owns"] = sorted(type(o).__name__ for o in alive if shiboken6.ownedByPython(o))
    seen["complaints"] = complaints
    print(json.dumps(seen), flush=True)
    desktops[0].quit()

def unnamed(widget):
    from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QTextBrowser
    kinds = (QAbstractButton, QLineEdit, QPlainTextEdit, QTextBrowser, QComboBox)
    if not isinstance(widget, kinds) or widget.isHidden():
        return False
    spoken = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
    own = ("QAbstractButton", "QTableCornerButton", "QToolButton", "QLineEditIconButton")
    return not spoken and type(widget).__name__ not in own  # Qt's own parts

sys.exit(program.run(DataFolder(Path(sys.argv[1])), quick=False, command=json.loads(sys.argv[2])))
"""


@pytest.fixture(scope="module")
def seen() -> dict[str, object]:
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory(prefix="moa-t") as folder:
        data = DataFolder(Path(folder))
        child = subprocess.run(
            [sys.executable, "-c", PROGRAM, folder, json.dumps(fake_command(data))],
            capture_output=True, text=True, timeout=90, cwd=ROOT,
        )  # fmt: skip
        assert child.returncode == 0, child.stderr
        assert child.stderr == ""
        found: dict[str, object] = json.loads(child.stdout)
        assert not data.endpoint.exists(), "the engine that the window started was not stopped"
        return found


def test_nothing_heavy_is_imported(seen: dict[str, object]) -> None:
    modules = seen["modules"]
    assert isinstance(modules, list)
    found = [m for m in modules for heavy in HEAVY if m == heavy or m.startswith(heavy + ".")]
    assert found == []
    deep = [m for m in modules if m.startswith("core.") and m.count(".") > 1]
    assert [m for m in deep if not m.startswith("core.types.")] == ["core.serve.wire"]


def test_it_says_what_it_waits_for(seen: dict[str, object]) -> None:
    assert seen["first"] == "Starting the engine…"


def test_an_answer_and_its_source_are_shown(seen: dict[str, object]) -> None:
    assert "고기국수" in str(seen["text"])
    assert seen["selected"] == [2]


def test_every_control_has_a_name(seen: dict[str, object]) -> None:
    assert seen["unnamed"] == []


def test_python_deletes_nothing_that_lies_under_something_else(seen: dict[str, object]) -> None:
    """What Python owns dies with its last reference, which may go in the middle of the destruction of something below
    it: a slot of that held it. So only what has nothing above it is Python's: windows, and the menu of the tray."""
    assert seen["python_owns"] == ["MainWindow", "QMenu", "QuickAsk"]


def test_qt_does_not_complain(seen: dict[str, object]) -> None:
    assert seen["complaints"] == []


def test_where_nothing_was_chosen_yet_the_first_picture_says_what_moa_is(seen: dict[str, object]) -> None:
    assert seen["page"] == "WelcomePage"

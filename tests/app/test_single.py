from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6.QtWidgets import QApplication

from app.single import Mailbox, mailbox_name
from core.paths import DataFolder
from tests.app.conftest import Until

CLAIM = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from app.single import Mailbox, tell
from core.paths import DataFolder
app = QCoreApplication([])
data = DataFolder(Path(sys.argv[1]))
print("first" if Mailbox(data).claim() else "told" if tell(data, sys.argv[2]) else "unheard", flush=True)
"""


def test_a_second_window_reaches_the_first(app: QApplication, data: DataFolder, until: Until) -> None:
    mailbox = Mailbox(data, app)
    assert mailbox.claim()
    mailbox.listen()
    for word in ("show", "quick"):
        child = subprocess.Popen([sys.executable, "-c", CLAIM, str(data.root), word], stdout=subprocess.PIPE, text=True)
        assert until(mailbox.message, 20_000) == [(word,)]
        assert child.communicate()[0] == "told\n"
    mailbox.release()


def test_only_one_of_many_starts_wins(app: QApplication, data: DataFolder, until: Until) -> None:
    mailbox = Mailbox(data, app)
    assert mailbox.claim()
    assert not Mailbox(data).claim()
    mailbox.release()
    other = Mailbox(data)
    assert other.claim()
    other.release()


def test_a_killed_window_leaves_no_lock(app: QApplication, data: DataFolder) -> None:
    program = CLAIM.replace("print(", "import os; print(") + "os.kill(os.getpid(), 9)\n"
    child = subprocess.run([sys.executable, "-c", program, str(data.root), "show"], capture_output=True, text=True)
    assert child.stdout == "first\n"
    mailbox = Mailbox(data, app)
    assert mailbox.claim()
    mailbox.release()


@pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")
def test_a_long_path_gets_a_short_name(data: DataFolder) -> None:
    assert mailbox_name(data) == str(data.root / "window.sock")
    assert len(mailbox_name(DataFolder(data.root / ("x" * 120)))) < 40

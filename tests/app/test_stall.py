"""The window's thread is never held up: 100,000 files listed, scrolled, narrowed, against a small real server."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from core.paths import DataFolder
from tests.app.conftest import ROOT, fake_command

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")

MANY = 100_000
# What a person begins to feel. Counted in the processor time of the window's thread, so that a busy machine, which
# lets every process wait, does not fail the test.
LONGEST_MS = 100

PROGRAM = """
import faulthandler, json, os, sys, time
from pathlib import Path
from PySide6.QtCore import QTimer, qInstallMessageHandler
from app import program
from core.paths import DataFolder

qInstallMessageHandler(lambda kind, context, text: None)
desktops, steps = [], []
made = program.Desktop.__init__
def keep(self, *args):
    made(self, *args)
    desktops.append(self)
    self._link.status_changed.connect(begin)
program.Desktop.__init__ = keep

def fell(*what):
    sys.__excepthook__(*what)
    os._exit(1)
sys.excepthook = fell

MANY = int(sys.argv[3])
# A step that never ends says where it stands.
faulthandler.dump_traceback_later(240, exit=True)
gaps = {}

class Heart:
    def __init__(self, window):
        self.last, self.at = time.thread_time(), "list"
        self.timer = QTimer(window, interval=5)
        self.timer.timeout.connect(self.beat)
        self.timer.start()
    def beat(self):
        now = time.thread_time()
        gaps[self.at] = max((now - self.last) * 1000, gaps.get(self.at, 0))
        self.last = now

def begin(_status):
    if steps:
        return
    window = desktops[0].window
    # Building the page once is another matter than what the files cost.
    window.show_library()
    files = window._library._files
    table, bar = files._table, files._view.verticalScrollBar()
    def drag(n=1):
        # One after the other: timers that are due at almost the same time may come in any order.
        bar.setValue(bar.maximum() * n // 100)
        if n < 50:
            QTimer.singleShot(8, window, lambda: drag(n + 1))
    steps.extend([
        ("list", files.start, lambda: files._first is None and table.total > MANY),
        ("end", files._view.scrollToBottom, lambda: table.row(table.total - 1) is not None),
        ("drag", drag, lambda: bar.value() == bar.maximum() // 2 and table.row(bar.value()) is not None),
        ("narrow", lambda: files._needle.setText("00777"), lambda: table.total < 1000),
        ("state", files._states["indexed"].click, lambda: files._first is None),
        ("all", files._needle.clear, lambda: table.total > MANY),
        ("refresh", table.refresh, lambda: len(table._fresh) > 0),
    ])
    hearts = []
    def run(at=0):
        hearts.append(Heart(window)) if not hearts else None
        hearts[0].at, do, ready = steps[at]
        sys.stderr.write(f"{hearts[0].at} ")
        sys.stderr.flush()
        do()
        QTimer.singleShot(10, window, lambda: look(at, ready))
    def look(at, ready):
        if not ready():
            QTimer.singleShot(10, window, lambda: look(at, ready))
        elif at + 1 < len(steps):
            run(at + 1)
        else:
            print(json.dumps(gaps), flush=True)
            desktops[0].quit()
    QTimer.singleShot(500, window, run)

sys.exit(program.run(DataFolder(Path(sys.argv[1])), quick=False, command=json.loads(sys.argv[2])))
"""


@pytest.mark.slow  # 7 s
def test_a_hundred_thousand_files_hold_nothing_up() -> None:
    with tempfile.TemporaryDirectory(prefix="moa-t") as folder:
        data = DataFolder(Path(folder))
        command = fake_command(data, "--many", str(MANY))
        child = subprocess.run(
            [sys.executable, "-c", PROGRAM, folder, json.dumps(command), str(MANY)],
            capture_output=True, text=True, timeout=300, cwd=ROOT,
        )  # fmt: skip
        assert child.returncode == 0 and child.stdout, child.stderr
        gaps = json.loads(child.stdout)
        print({step: round(ms) for step, ms in gaps.items()})  # noqa: T201 (shown with pytest -s)
        assert {step for step, ms in gaps.items() if ms > LONGEST_MS} == set(), gaps

"""PySide6 6.12.0 on Python 3.11 drops references to None and True until the interpreter dies."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QLabel
class Source(QObject):
    told = Signal(str)
app = QApplication([])
label, source = QLabel(), Source()
source.told.connect(label.setText)
count = lambda: (sys.getrefcount(None), sys.getrefcount(True))
before = count()
for i in range(1000):
    label.setText("x")
    source.told.emit("y")
after = count()
print(*(a - b for a, b in zip(after, before)), flush=True)
"""


def test_qt_calls_keep_the_references_of_none_and_true() -> None:
    """In a child process: where it is wrong, even the exit can abort the interpreter."""
    child = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60)
    assert child.returncode == 0, child.stderr
    lost = [int(n) for n in child.stdout.split()]
    assert all(abs(n) < 50 for n in lost), f"references to None and True changed by {lost} in 2,000 calls"

"""Time from the start of a process to the first picture of Moa's window, against a bare PySide6 window.

    python tests/bench/first_paint.py [--rounds 9]

Interleaved, so that a busy machine slows both alike. Uses the display when there is one, else Qt's
offscreen platform. Prints the medians in milliseconds and their ratio; the aim is at most 2.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PAINTED = """
import os, sys
def painted(*_):
    sys.stdout.write("painted\\n")
    sys.stdout.flush()
    os._exit(0)
"""

BARE = (
    PAINTED
    + """
from PySide6.QtWidgets import QApplication, QMainWindow, QLabel
class Window(QMainWindow):
    paintEvent = painted
app = QApplication([])
window = Window()
window.setCentralWidget(QLabel("bare"))
window.resize(1200, 780)
window.show()
app.exec()
"""
)

# As app.__main__ does it. The engine, which starts after the first picture, is never reached.
MOA = (
    PAINTED
    + """
import gc
gc.disable()
from pathlib import Path
from app import main_window, program
from core.paths import DataFolder
main_window.MainWindow.paintEvent = painted
program.run(DataFolder(Path(sys.argv[1])), quick=False, command=(sys.executable, "-c", ""))
"""
)


def run(program: str, *args: str) -> float:
    """Milliseconds until `program` said that it had painted."""
    started = time.perf_counter()
    child = subprocess.Popen([sys.executable, "-c", program, *args], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    said = child.stdout.readline()
    took = (time.perf_counter() - started) * 1000
    child.wait()
    child.stdout.close()
    if said != "painted\n":
        raise SystemExit("The window did not open.")
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    bare, moa = [], []
    with tempfile.TemporaryDirectory(prefix="moa-b") as data:
        run(BARE)
        run(MOA, data)
        for _ in range(rounds):
            bare.append(run(BARE))
            moa.append(run(MOA, data))
    b, m = statistics.median(bare), statistics.median(moa)
    print(f"bare PySide6 window {b:.0f} ms, Moa {m:.0f} ms, ratio {m / b:.2f}, {rounds} rounds each")


if __name__ == "__main__":
    main()

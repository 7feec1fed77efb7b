"""The window under a careless hand: random clicks, keys, questions, dialogs, themes, languages, engines that die.

    python tests/bench/soak.py [--minutes 20] [--seed 1] [--eager] [--data DIR]

Against the stand-in engine, or with --data the real one on that data folder (it adds folders and removes what it
clicks on: a copy). On the display when there is one, else offscreen. Every hundred actions all dialogs are closed, an
empty conversation is shown, and the memory (MB), widgets, timers and Python objects are counted; what grows from one
rest to the next is never given back. --eager runs Python's collector at every chance. Ends with 1 at a crash, a
traceback or a warning of Qt. A seed repeats the choices, not the moments they fall on.
"""

from __future__ import annotations

import argparse
import collections
import faulthandler
import gc
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

if not os.environ.get("DISPLAY"):
    os.environ["QT_QPA_PLATFORM"] = "offscreen"

import shiboken6
from PySide6.QtCore import QObject, QPoint, Qt, QTimer, QtMsgType, QUrl, Slot, qInstallMessageHandler
from PySide6.QtGui import QDesktopServices, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app import program
from app.engine_process import default_command
from core.paths import DataFolder

ROOT = Path(__file__).resolve().parents[2]
REST = 100
PACE_MS = 40
SETTLE_MS = 1_500
KEYS = (
    Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right,
    Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Delete, Qt.Key.Key_F2, Qt.Key.Key_Space, Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_A, Qt.Key.Key_Backspace,
)  # fmt: skip
QUESTIONS = ("제주에서 점심은 어디서 먹었지?", "lunch?", "a zebra?", "crash", "x " * 400, "@노트 지난주", "<b>bold</b>")
# Says nothing of Moa: what the platform of the test has not.
HARMLESS = (
    "This plugin does not support", "propagateSizeHints", "systemTrayWindowChanged", "Could not connect to any X",
    "QDBusConnection", "QXcbConnection", "org.freedesktop",
)  # fmt: skip


class Outside(QObject):
    """What would be opened in another program is only counted."""

    opened = 0

    @Slot(QUrl)
    def open(self, _url: QUrl) -> None:
        Outside.opened += 1


def tame(folder: Path) -> None:
    """In place of every file dialog one that can choose in `folder` alone: Qt's own makes, renames and deletes files
    wherever a careless hand leads it."""

    def choose(parent: QWidget | None, kind: str) -> str:
        box = QDialog(parent)
        yes = QPushButton("choose", box)
        yes.clicked.connect(box.accept)
        QVBoxLayout(box).addWidget(yes)
        chosen = box.exec() == QDialog.DialogCode.Accepted
        box.deleteLater()
        return str(folder / kind) if chosen else ""

    for name in ("메모.md", "모델.gguf"):
        (folder / name).write_text("제주", encoding="utf-8")
    (folder / "노트").mkdir()
    QFileDialog.getExistingDirectory = lambda parent=None, *_: choose(parent, "노트")  # type: ignore[method-assign]
    QFileDialog.getOpenFileName = lambda parent=None, *_: (choose(parent, "모델.gguf"), "")  # type: ignore[method-assign]
    QFileDialog.getOpenFileNames = lambda parent=None, *_: ([p for p in (choose(parent, "메모.md"),) if p], "")  # type: ignore[method-assign]
    QFileDialog.getSaveFileName = lambda parent=None, *_: (choose(parent, "대화.md"), "")  # type: ignore[method-assign]


class Hand(QObject):
    """Does one thing after another to a desktop, and writes down what."""

    def __init__(self, desktop: program.Desktop, chance: random.Random, minutes: float, trail: Path) -> None:
        super().__init__(desktop)
        self._desktop = desktop
        self._chance = chance
        self._end = time.monotonic() + minutes * 60
        self._trail = trail.open("w", encoding="utf-8")
        self._next_death = time.monotonic() + 45
        self._temporary = trail.parent / "given"
        self._temporary.mkdir()
        tame(self._temporary)
        # Two for good: what is connected for a single shot leaves a weak reference behind in PySide each time.
        self._next = QTimer(self, singleShot=True)
        self._next.timeout.connect(self._step)
        self._settled = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settled.timeout.connect(self._rest)
        self._next.start(SETTLE_MS)
        self.done = 0
        self.complaints: collections.Counter[str] = collections.Counter()
        self.rests: list[tuple[int, float, int, int, int]] = []
        self._what: list[tuple[int, Callable[[], None]]] = [
            (40, self._click), (14, self._key), (6, self._ask), (8, self._choose), (10, self._escape), (3, self._quick),
            (3, self._resize), (1, self._away), (2, self._drop), (4, self._menu_of), (4, self._compose),
            (3, self._wheel),
        ]  # fmt: skip

    def _step(self) -> None:
        if time.monotonic() > self._end:
            self._note("leave")
            self._close_all()
            program.Desktop.quit = LEAVE  # type: ignore[method-assign]
            self._desktop.quit()
            return
        if self.done and self.done % REST == 0 and (not self.rests or self.rests[-1][0] != self.done):
            self._close_all()
            self._settled.start()
            return
        # Before it is done: what opens a dialog comes back only when that is closed.
        self._next.start(PACE_MS)
        self.done += 1
        if time.monotonic() > self._next_death:
            self._kill()
            return
        weights, things = zip(*self._what, strict=True)
        self._chance.choices(things, weights)[0]()

    def _note(self, text: str) -> None:
        self._trail.write(f"{self.done} {text}\n")
        self._trail.flush()

    def _close_all(self) -> None:
        for _ in range(30):
            top = QApplication.activePopupWidget() or QApplication.activeModalWidget()
            if top is None:
                break
            top.close()
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, (QDialog, QMenu)) and widget.isVisible():
                widget.close()
        if self._desktop._quick is not None:
            self._desktop._quick.hide()
        self._desktop.window.new_question()
        self._desktop.window.appear()

    def _rest(self) -> None:
        if QApplication.activeModalWidget() is not None:
            self._close_all()
            self._settled.start()
            return
        gc.collect()
        rss = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
        above: list[QObject] = [*QApplication.topLevelWidgets(), self._desktop._app]
        timers = sum(len(w.findChildren(QTimer)) for w in above)
        at = (self.done, rss, len(QApplication.allWidgets()), timers, len(gc.get_objects()))
        self.rests.append(at)
        print(
            f"{at[0]:6} actions  {at[1]:7.1f} MB  {at[2]:5} widgets  {at[3]:4} timers  {at[4]:7} objects  "
            f"{sum(self.complaints.values())} complaints",
            flush=True,
        )
        self._next.start(PACE_MS)

    def _top(self) -> QWidget:
        """What takes clicks now."""
        over = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if over is not None:
            return over
        dialogs = [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]
        quick = self._desktop._quick
        seen: list[QWidget] = [self._desktop.window, *dialogs * 3]
        if quick is not None and quick.isVisible():
            seen += [quick] * 2
        return self._chance.choice(seen)

    def _click(self) -> None:
        top = self._top()
        if isinstance(top, QMenu):
            actions = [a for a in top.actions() if a.isEnabled() and not a.isSeparator()]
            if actions:
                action = self._chance.choice(actions)
                self._note(f"menu {action.text()}")
                QTest.mouseClick(top, Qt.MouseButton.LeftButton, pos=top.actionGeometry(action).center())
            return
        inside = [w for w in top.findChildren(QWidget) if w.isVisible() and w.isEnabled() and w.width() and w.height()]
        if not inside:
            return
        widget = self._chance.choice(inside)
        at = QPoint(self._chance.randrange(widget.width()), self._chance.randrange(widget.height()))
        words = widget.text()[:30] if isinstance(widget, (QAbstractButton, QLabel)) else ""
        self._note(f"click {type(top).__name__} {type(widget).__name__} {words}")
        do = QTest.mouseDClick if self._chance.random() < 0.08 else QTest.mouseClick
        do(widget, Qt.MouseButton.LeftButton, pos=at)

    def _key(self) -> None:
        top = self._top()
        widget = top.focusWidget() or top
        key = self._chance.choice(KEYS)
        self._note(f"key {key.name} {type(widget).__name__}")
        control = self._chance.random() < 0.1
        QTest.keyClick(widget, key, Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier)

    def _compose(self) -> None:
        widget = self._top().focusWidget()
        if isinstance(widget, (QLineEdit, QPlainTextEdit)) and shiboken6.isValid(widget):
            self._note(f"compose {type(widget).__name__}")
            event = QInputMethodEvent("하" if self._chance.random() < 0.5 else "", [])
            event.setCommitString("" if event.preeditString() else "한")
            QApplication.sendEvent(widget, event)

    def _wheel(self) -> None:
        # Those of Qt's own making may be known to Python by one that is gone.
        made = [b for b in self._top().findChildren(QAbstractSlider) if shiboken6.isValid(b)]
        bars = [b for b in made if b.isVisible() and b.maximum() > b.minimum()]
        if bars:
            bar = self._chance.choice(bars)
            bar.setValue(self._chance.randint(bar.minimum(), bar.maximum()))

    def _ask(self) -> None:
        if QApplication.activeModalWidget() is None:
            window = self._desktop.window
            question = self._chance.choice(QUESTIONS)
            self._note(f"ask {question:.20}")
            if self._chance.random() < 0.5:
                window.show_chat()
            window.chat.composer.put(question)
            QTest.keyClick(window.chat.composer.edit, Qt.Key.Key_Return)

    def _choose(self) -> None:
        """Anything in the menu bar: pages, themes, languages, dialogs."""
        if QApplication.activeModalWidget() is None:
            bar = self._desktop.window.menuBar()
            menus = [m for m in bar.findChildren(QMenu) if m.actions()]
            action = self._chance.choice(self._chance.choice(menus).actions())
            if action.menu() is None and not action.isSeparator():
                self._note(f"choose {action.text()}")
                action.trigger()

    def _escape(self) -> None:
        top = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        dialogs = [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]
        if top is None and dialogs:
            top = dialogs[0]
        if top is not None:
            self._note(f"escape {type(top).__name__}")
            QTest.keyClick(top, Qt.Key.Key_Escape)

    def _quick(self) -> None:
        self._note("quick")
        self._desktop.show_quick()
        if self._desktop._quick is not None:
            self._desktop._quick._line.setText(self._chance.choice(QUESTIONS))

    def _resize(self) -> None:
        self._desktop.window.resize(self._chance.randrange(500, 1500), self._chance.randrange(400, 1000))

    def _away(self) -> None:
        self._desktop.window.close()
        self._desktop.window.appear()

    def _drop(self) -> None:
        name = self._chance.choice(("메모", "b.md", "c.gguf", "<i>d.txt"))
        path = self._temporary / name
        if "." in name:
            path.write_text("제주", encoding="utf-8")
        else:
            path.mkdir(exist_ok=True)
        self._note(f"drop {name}")
        self._desktop.window.intake.take([QUrl.fromLocalFile(str(path))])

    def _menu_of(self) -> None:
        """The context menu of a list."""
        lists = [w for w in self._top().findChildren(QAbstractItemView) if w.isVisible() and w.model().rowCount()]
        if lists:
            view = self._chance.choice(lists)
            index = view.model().index(self._chance.randrange(min(view.model().rowCount(), 8)), 0)
            view.setCurrentIndex(index)
            self._note(f"menu of {type(view).__name__}")
            view.customContextMenuRequested.emit(view.visualRect(index).center())

    def _kill(self) -> None:
        """The engine dies: mostly it comes back by itself, sometimes twice within a minute, and has to be started."""
        self._next_death = time.monotonic() + self._chance.choice((20, 70, 100))
        process = self._desktop._link._process._process
        self._note(f"kill {process is not None}")
        if self._desktop._link.state.phase == "failed":
            self._desktop._link.start()
        elif process is not None and process.processId():
            os.kill(process.processId(), signal.SIGKILL)


LEAVE = program.Desktop.quit


def child(given: argparse.Namespace, trail: Path) -> int:
    """Be the window; returns the exit code."""
    faulthandler.enable()
    complaints: collections.Counter[str] = collections.Counter()

    def hear(kind: QtMsgType, _context: object, text: str | None) -> None:
        if kind != QtMsgType.QtDebugMsg and not any(words in (text or "") for words in HARMLESS):
            complaints[f"Qt: {text}"] += 1

    def fell(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        complaints["".join(traceback.format_exception(kind, error, where))] += 1
        if not hands:
            traceback.print_exception(kind, error, where)
            os._exit(1)  # there would be nobody to leave

    hands: list[Hand] = []
    qInstallMessageHandler(hear)
    sys.excepthook = fell
    outside = Outside()
    start_rest = program.Desktop._start_rest

    def started(desktop: program.Desktop) -> None:
        start_rest(desktop)
        for scheme in ("file", "http", "https"):
            QDesktopServices.setUrlHandler(scheme, outside, "open")  # type: ignore[arg-type]  # str it is, whatever the stub says
        if given.eager:
            gc.freeze()
            gc.set_threshold(1, 1, 1)
            gc.enable()
        hand = Hand(desktop, random.Random(given.seed), given.minutes, trail)
        hand.complaints = complaints
        hands.append(hand)

    program.Desktop._start_rest = started  # type: ignore[method-assign, assignment]
    program.Desktop.quit = program.Desktop.appear  # type: ignore[method-assign]
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    data = DataFolder(Path(given.data) if given.data else trail.parent / "data")
    stand_in = (
        sys.executable, "-m", "tests.app.fake_engine", "--data", str(data.root), "--pace", "2", "--scene", "indexing",
    )  # fmt: skip
    code = program.run(data, quick=False, command=default_command(data) if given.data else stand_in)
    for text, times in complaints.most_common():
        print(f"{times} times: {text}")
    rests = hands[0].rests
    if len(rests) >= 8:
        # From a quarter on: what is made once and kept is there by then.
        first, last = rests[len(rests) // 4], rests[-1]
        per = (last[0] - first[0]) / REST
        growth = [(b - a) / per for a, b in zip(first[1:], last[1:], strict=True)]
        print("a hundred actions add: {:+.2f} MB, {:+.1f} widgets, {:+.1f} timers, {:+.0f} objects".format(*growth))
    print(f"{hands[0].done} actions, {Outside.opened} files and pages opened, {sum(complaints.values())} complaints")
    return code or bool(complaints)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the window in a process of its own, so that the end of one that crashed can be told."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--eager", action="store_true")
    parser.add_argument("--data", default="")
    parser.add_argument("--trail", default="", help=argparse.SUPPRESS)
    given = parser.parse_args(argv)
    if given.trail:
        return child(given, Path(given.trail))
    with tempfile.TemporaryDirectory(prefix="moa-soak", ignore_cleanup_errors=True) as folder:
        trail = Path(folder) / "trail"
        command = [sys.executable, __file__, *(argv or sys.argv[1:]), "--trail", str(trail)]
        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        # A home of its own: nothing that is kept for the user is touched.
        env = os.environ | {"PYTHONPATH": path, "HOME": folder, "XDG_CONFIG_HOME": folder}
        code = subprocess.run(command, cwd=ROOT, env=env, check=False).returncode
        if code not in (0, 1):
            print(f"died with {code} (seed {given.seed}); what was done last:")
            print(*trail.read_text(encoding="utf-8").splitlines()[-25:], sep="\n")
        return code


if __name__ == "__main__":
    sys.exit(main())

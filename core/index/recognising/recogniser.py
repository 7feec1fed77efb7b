"""Text recognition: Tesseract, one page at a time, in a process of its own with limits of time and memory.

Knows nothing of files, folders or databases. Tesseract (Apache-2.0) is not part of Moa: it is used where it is
installed, and `problem` says with which line it can be. RapidOCR, the one recogniser on PyPI that brings its models,
was tried and reads no Hangul. A page runs on a thread that only waits for the process, so that indexing goes on
meanwhile; at nice 19, one processor, since people recognise whole shelves overnight.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from core.index.reading.sandbox import environment
from core.index.recognising.ocr_child import LEAST_URGENT
from core.store.scans import PageText
from core.text.pages import recognised

RECIPE = "1"
"""Raise when recognition starts to give another text: every page is then recognised again."""
WALL_SECONDS = 150.0
LANGUAGES = ("kor", "eng")
_MOST_BYTES = 20_000_000
"""Of the table that Tesseract writes: a hundred times what a crowded page gives."""
_ASK_SECONDS = 20.0
ASK_AGAIN_S = 60.0
"""How soon a program that lacks a language is asked again."""
_PLACES = (
    "/opt/homebrew/bin/tesseract",
    "/usr/local/bin/tesseract",
    r"C:\Program Files\Tesseract-OCR\tesseract.exe",
)
"""Where installers put it outside the search path of programs that are not started from a terminal."""
_ONE_COLUMN = "4"  # why: core/text/pages/recognised.py

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Tesseract:
    program: str
    languages: tuple[str, ...]
    models: str
    walls: bool
    """Whether it runs behind the walls of ocr_child.py."""


class Recogniser:
    """Tesseract as it is installed here; `look` finds it. `wall_seconds` a page."""

    def __init__(self, program: str = "", wall_seconds: float = WALL_SECONDS) -> None:
        self._wanted = program
        self._wall_seconds = wall_seconds
        self._found: _Tesseract | None = None
        self._pool: ThreadPoolExecutor | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._starting = threading.Lock()
        self._closed = self._looked = False
        self._ask_again = 0.0

    @property
    def recipe(self) -> str:
        """Names how pages are recognised; empty while they cannot be."""
        return f"{RECIPE}/{'+'.join(self._found.languages)}" if self._found else ""

    @property
    def problem(self) -> str:
        """What is missing, and the line that mends it; empty when nothing is, or before `look`."""
        if not self._looked:
            return ""
        if self._found is None:
            return f"Tesseract, which reads text in pictures, is not installed. {_install('kor')}"
        if "kor" not in self._found.languages:
            return f"Tesseract cannot read Korean here. {_install('kor')}"
        return "" if "eng" in self._found.languages else f"Tesseract cannot read English here. {_install('eng')}"

    def look(self) -> bool:
        """Find it, or notice that it is gone, and what it can read; True when the recipe is another one now. Cheap
        while nothing changed, a fifth of a second when it did."""
        before, self._looked = self.recipe, True
        program = self._wanted or shutil.which("tesseract") or next((p for p in _PLACES if Path(p).is_file()), "")
        if not program:
            self._found = None
        elif not self._complete(program) and time.monotonic() >= self._ask_again:
            self._ask_again = time.monotonic() + ASK_AGAIN_S
            self._found = _examined(program)
        return self.recipe != before

    def _complete(self, program: str) -> bool:
        return self._found is not None and self._found.program == program and self._found.languages == LANGUAGES

    def start(self, picture: bytes, frame: int, dots_per_inch: int = 0) -> Future[PageText]:
        """Recognise one frame (from 1) of a picture, in its file's bytes. The future never fails but by being
        cancelled, when `close` comes first."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="recognise")
        return self._pool.submit(self._page, picture, frame, dots_per_inch)

    def close(self) -> None:
        """Give up the page under way."""
        with self._starting:
            self._closed = True
            process = self._process
        if process is not None:
            process.kill()
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def _page(self, picture: bytes, frame: int, dots_per_inch: int) -> PageText:
        found = self._found
        if found is None:
            return PageText("", problem=self.problem)
        arguments = ["stdin", "stdout", "--psm", _ONE_COLUMN, "-c", f"tessedit_page_number={frame - 1}"]
        arguments += ["--dpi", str(dots_per_inch)] if dots_per_inch else []
        command = [*_command(found), *arguments]
        code, table, late = self._run([*command, "-l", "+".join(found.languages), "tsv"], picture)
        if self._closed:
            raise CancelledError
        if late:
            said = f"Recognising its text took longer than {self._wall_seconds:g} seconds and was stopped."
            return PageText("", problem=said)
        if code:
            return PageText("", problem=f"Its text could not be recognised (exit {code}); save it in another form.")
        try:
            text, korean = table.decode("utf-8", "replace"), ""
            if "kor" in found.languages and recognised.doubtful(text):
                _, again, _ = self._run([*command, "-l", "kor", "tsv"], picture)
                korean = again.decode("utf-8", "replace")
            page = recognised.page(text, korean)
        except ValueError:
            return PageText("", problem="Tesseract answered in a way that Moa does not understand; update it.")
        return PageText("\n\n".join(page.paragraphs), page.confidence)

    def _run(self, command: list[str], picture: bytes) -> tuple[int, bytes, bool]:
        """(exit code, what it wrote, whether it had to be stopped)."""
        expired = threading.Event()
        with self._starting:
            if self._closed:
                raise CancelledError
            process = self._process = _started(command)

        def stop() -> None:
            expired.set()
            process.kill()

        timer = threading.Timer(self._wall_seconds, stop)
        timer.daemon = True
        timer.start()
        try:
            with contextlib.suppress(OSError):  # it ended before it had read everything: its exit code says why
                cast(BinaryIO, process.stdin).write(picture)
            with contextlib.suppress(OSError):
                cast(BinaryIO, process.stdin).close()
            table = cast(BinaryIO, process.stdout).read(_MOST_BYTES)
            if len(table) == _MOST_BYTES:
                process.kill()
            return process.wait(), table, expired.is_set()
        finally:
            timer.cancel()
            cast(BinaryIO, process.stdout).close()
            self._process = None


def _command(found: _Tesseract) -> list[str]:
    if not found.walls:
        return [found.program]
    return [sys.executable, "-P", "-B", "-m", "core.index.recognising.ocr_child", found.program, found.models]


def _started(command: list[str]) -> subprocess.Popen[bytes]:
    quiet = getattr(subprocess, "IDLE_PRIORITY_CLASS", 0) | getattr(subprocess, "CREATE_NO_WINDOW", 0)
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, creationflags=quiet,
        env=_environment(), start_new_session=os.name == "posix",
    )  # fmt: skip
    if sys.platform != "win32":
        with contextlib.suppress(OSError):  # it has ended already
            os.setpriority(os.PRIO_PROCESS, process.pid, LEAST_URGENT)
    return process


def _environment() -> dict[str, str]:
    # One processor: more gain little on one page, and everything else goes first.
    return {**environment(), "OMP_THREAD_LIMIT": "1"}


def _examined(program: str) -> _Tesseract | None:
    """What a program can read; None when it is no Tesseract that reads any of the languages."""
    said = _listing([program])
    models = re.search(r'"(.+)"', said)
    languages = tuple(name for name in LANGUAGES if name in said.split())
    if not languages:
        return None
    found = _Tesseract(program, languages, models[1] if models else "", os.name == "posix")
    if found.walls and not set(languages) <= set(_listing(_command(found)).split()):
        # Its libraries lie where the walls do not let it look: limits of time remain.
        log.warning("%s does not run behind walls here", program)
        return _Tesseract(program, languages, found.models, False)
    return found


def _listing(command: list[str]) -> str:
    try:
        done = subprocess.run(
            [*command, "--list-langs"], capture_output=True, timeout=_ASK_SECONDS, env=_environment(), check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return (done.stdout + done.stderr).decode("utf-8", "replace")  # Tesseract 3 told it on standard error


def _install(language: str) -> str:
    match sys.platform:
        case "darwin":
            line = "brew install tesseract tesseract-lang"
        case "win32":
            line = "winget install UB-Mannheim.TesseractOCR (choose Korean among its languages)"
        case _:
            line = f"sudo apt install tesseract-ocr tesseract-ocr-{language}"
    return f"To install it: {line}"

"""Finding the engine of a data folder, starting one, ending it. Knows no route but /status and /stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import core
from core import errors, types
from core.paths import DataFolder
from core.serve import place, wire
from core.serve.link import Link
from core.serve.lock import HELD, held

HOST = (sys.executable, "-m", "core.serve.host")
START_LIMIT_S = 60.0
TELL_AFTER_S = 2.0
STOP_LIMIT_S = 10.0
ALIVE_LIMIT_S = 10.0
"""How long an engine may take to tell its status before it counts as hung."""
PAUSE_S = 0.03


def find(link: Link) -> types.Status | None:
    """The status of the engine that runs, to which `link` then leads; None when there is none.

    Raises `errors.EngineUnavailable` when it is hung.
    """
    link.endpoint = place.announced(link.data)
    if link.endpoint is None:
        return None
    try:
        return link.get("/status", types.Status, timeout=ALIVE_LIMIT_S)
    except errors.EngineUnavailable:  # killed, or ending at this moment
        link.endpoint = None
        return None
    except TimeoutError as e:
        title = f"The engine (process {link.endpoint.pid}) does not answer."
        raise errors.EngineUnavailable(title, "Run `moa stop`, then try again.") from e


def start(link: Link, tell: Callable[[str], None], host: Sequence[str]) -> types.Status:
    """Run `host` detached until an engine answers; another's will do. Returns its status.

    Raises `errors.EngineUnavailable`, or the problem for which the engine could not start.
    """
    begun = time.monotonic()
    told = False
    child: _Child | None = None
    try:
        while (waited := time.monotonic() - begun) < START_LIMIT_S:
            child = child or _Child(host, link.data)
            if (code := child.ended()) is not None:
                if code != HELD:
                    raise child.problem(code)
                child.close()
                child = None  # another engine has the folder: it is about to answer, or about to end
            if status := find(link):
                return status
            if waited > TELL_AFTER_S and not told:
                told = True
                tell("Starting the engine ...")
            # Another process becomes ready: there is nothing to wait on but the clock.
            time.sleep(PAUSE_S if child else 10 * PAUSE_S)
    finally:
        if child:
            child.close()
    raise errors.EngineUnavailable(
        f"The engine did not answer within {START_LIMIT_S:.0f} seconds.", f"See {link.data.logs / 'engine.log'}."
    )


def stop(link: Link) -> bool:
    """End the engine that runs and wait until it has let go of the data folder. False when none ran.

    One that does not end within ten seconds is killed; nothing is lost by that.
    Raises `errors.EngineUnavailable` when not even that helps.
    """
    if not held(link.data.lock):
        return False
    asked: wire.Endpoint | None = None

    def ask() -> None:
        nonlocal asked
        endpoint = place.announced(link.data)  # not there yet while an engine starts
        if asked is None and endpoint is not None:
            link.endpoint = asked = endpoint
            with suppress(TimeoutError, errors.MoaError):
                link.post("/stop", None, dict, timeout=STOP_LIMIT_S / 2)

    if _freed(link.data, ask):
        return True
    if asked is not None:
        with suppress(OSError):
            os.kill(asked.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    if not _freed(link.data, lambda: None):
        raise errors.EngineUnavailable(
            f"The engine of {link.data.root} could not be ended.", "End its process yourself, or restart the computer."
        )
    return True


def _freed(data: DataFolder, meanwhile: Callable[[], None]) -> bool:
    end = time.monotonic() + STOP_LIMIT_S
    while time.monotonic() < end:
        meanwhile()
        if not held(data.lock):
            return True
        time.sleep(PAUSE_S)  # another process lets go of the lock, which tells nobody
    return False


class _Child:
    """An engine being started: detached from this terminal, in a session of its own."""

    def __init__(self, host: Sequence[str], data: DataFolder) -> None:
        import tempfile

        # A file, not a pipe: nobody has to read it, and the engine may outlive this process.
        self._said = tempfile.TemporaryFile()  # noqa: SIM115
        # Not the caller's folder, which may lie on a disk that will be unplugged.
        package = Path(core.__file__).resolve().parent.parent
        quiet = getattr(subprocess, "CREATE_NO_WINDOW", 0) | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
        self._process = subprocess.Popen(
            [*host, "--data", str(data.root), "--detached"],
            stdin=subprocess.DEVNULL,
            stdout=self._said,
            stderr=self._said,
            cwd=package,
            start_new_session=True,
            creationflags=quiet,
        )
        self._logs = data.logs

    def ended(self) -> int | None:
        """The exit code, or None while it runs."""
        return self._process.poll()

    def close(self) -> None:
        """Let it live on by itself. In a program that lives long, a thread takes note of its end."""
        self._said.close()
        if self._process.returncode is None:
            threading.Thread(target=self._process.wait, daemon=True).start()

    def problem(self, code: int) -> errors.MoaError:
        """Why it ended with `code`, in the engine's own words where it had any."""
        self._said.seek(0)
        lines = self._said.read().splitlines()
        for line in reversed(lines):
            if line.startswith(b'{"error"'):
                return wire.error_of(line)
        last = lines[-1].decode(errors="replace") if lines else f"exit code {code}"
        return errors.EngineUnavailable(
            f"The engine ended while it was starting ({last}).", f"See {self._logs / 'engine.log'}."
        )

"""One child process that speaks lines of JSON over its pipes. Knows nothing of models.

The thread that starts the child reads from it until it ends: Linux sends the parent-death signal when
the thread that started a process ends, not when its process does, so that thread must outlive the child.
"""

from __future__ import annotations

import json
import math
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import core

_ROOT = Path(core.__file__).parent.parent
_MAX_LOG_BYTES = 2**20
_GRACE_S = 3.0
QUIET_S = 30.0
"""How long a child may be silent before it is asked whether it is still there, and how long it may take to say so."""


class Ended(Exception):
    """The child is gone; no reply will come."""


class Process:
    """A running child. `send` and `receive` may be called from different threads."""

    def __init__(self, module: str, log: Path, ended: Callable[[Process], None], answers_pings: bool = False) -> None:
        """Start `python -m module` with its standard error in `log`; `ended` is called once, on a thread of its own.
        A child that `answers_pings`, whatever else it does, is ended when somebody waits for it and it does not.

        Raises OSError when it cannot be started.
        """
        self._replies: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._sending = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._failure: OSError | None = None
        self._over = False
        self.hung = False
        """Whether it was ended because it did not answer any more."""
        self._answers_pings, self._pinged, self._heard = answers_pings, False, time.monotonic()
        self._ended = ended
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(module, log, started), name="model", daemon=True)
        self._thread.start()
        started.wait()
        if self._failure:
            raise self._failure

    @property
    def alive(self) -> bool:
        # Asked of the system, too: the pipe's end may still be on its way.
        return not self._over and self._child is not None and self._child.poll() is None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child and self.alive else None

    @property
    def killed(self) -> bool:
        """Whether the system or a person ended it, rather than a fault of its own."""
        code = self._child.poll() if self._child else None
        return code in (-signal.SIGKILL, -signal.SIGTERM) if sys.platform != "win32" else False

    def send(self, request: dict[str, Any]) -> None:
        """Raises Ended when the child is gone."""
        assert self._child and self._child.stdin
        self._pinged, self._heard = False, time.monotonic()
        self._write(request)

    def _write(self, request: dict[str, Any]) -> None:
        assert self._child and self._child.stdin
        try:
            with self._sending:
                self._child.stdin.write(json.dumps(request).encode() + b"\n")
                self._child.stdin.flush()
        except (OSError, ValueError) as e:
            raise Ended from e

    def receive(self, timeout: float | None = None) -> dict[str, Any]:
        """The next reply. Raises Ended when the child is gone, queue.Empty after `timeout` seconds."""
        until = math.inf if timeout is None else time.monotonic() + timeout
        while True:
            try:
                reply = self._replies.get(timeout=max(0.0, min(QUIET_S, until - time.monotonic())))
                break
            except queue.Empty:
                self._look_after()
                if time.monotonic() >= until:
                    raise
        if reply is None:
            self._replies.put(None)
            raise Ended
        return reply

    def _look_after(self) -> None:
        """End a child that hangs: a driver that waits for ever, or a process that somebody stopped."""
        quiet = time.monotonic() - self._heard
        if self._pinged and quiet > 2 * QUIET_S:
            self.hung = True
            self.kill()
        elif self._answers_pings and not self._pinged and quiet > QUIET_S:
            self._pinged = True
            self._write({"op": "ping", "id": -1})

    def stop(self) -> None:
        """End the child: its input is closed, then it is killed. Returns when it is gone, within seconds."""
        assert self._child and self._child.stdin
        # Without the lock a request is being written to a child that does not read: straight to the kill.
        if self._sending.acquire(timeout=_GRACE_S):
            with suppress(OSError):
                self._child.stdin.close()
            self._sending.release()
        if threading.current_thread() is not self._thread:
            self._thread.join(_GRACE_S)
        if self.alive:
            self.kill()
            self._thread.join(_GRACE_S)

    def kill(self) -> None:
        """End the child now."""
        assert self._child
        self._child.kill()

    def _run(self, module: str, log: Path, started: threading.Event) -> None:
        try:
            self._child = child = _spawn(module, log)
        except OSError as e:
            self._failure = e
            return
        finally:
            started.set()
        assert child.stdin and child.stdout
        with child.stdout:
            for line in child.stdout:
                if line.endswith(b"\n"):  # the last one of a killed child may be half
                    self._pinged, self._heard = False, time.monotonic()
                    if "pong" not in (reply := json.loads(line)):
                        self._replies.put(reply)
        child.wait()
        with suppress(OSError):
            child.stdin.close()
        self._over = True
        self._replies.put(None)
        self._ended(self)


def _spawn(module: str, log: Path) -> subprocess.Popen[bytes]:
    log.parent.mkdir(parents=True, exist_ok=True)
    fresh = not log.exists() or log.stat().st_size > _MAX_LOG_BYTES
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    with log.open("wb" if fresh else "ab") as errors:
        return subprocess.Popen(
            # -P: `-m` alone would let modules in the current folder, which may be anybody's, take the place of ours.
            [sys.executable, "-P", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            # A failed assertion of ggml starts a debugger for its backtrace, which takes seconds: the end is enough.
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1", "GGML_NO_BACKTRACE": "1"},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )

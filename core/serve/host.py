"""One engine process: `python -m core.serve.host --data DIR`. Knows nothing of routes or of what an engine does.

The order matters. The lock decides first, before anything heavy is imported, so that the losers of a
race are gone in a moment. The socket listens before the engine starts, so that early clients queue in the
system's backlog. engine.json is written last: where it stands, a request is answered.
"""

from __future__ import annotations

import argparse
import asyncio
import faulthandler
import logging
import logging.handlers
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from types import FrameType
from typing import TYPE_CHECKING

from core import errors, types
from core.paths import DataFolder, data_folder
from core.serve import place, wire
from core.serve.lock import HELD, Lock

if TYPE_CHECKING:
    from fastapi import FastAPI

    from core.engine import Engine

log = logging.getLogger("core.serve.host")  # not __name__, which is __main__ when this is the program

END_LIMIT_S = 2.5
"""This long after it was asked to end the process is gone, whatever still runs: a computer that shuts down waits for
nobody, and both databases survive a kill at any moment."""
LOOK_S = 20.0
"""How often to look whether the data folder is still there; without it nobody could reach this process to end it."""

QUIET = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "TOKENIZERS_PARALLELISM": "false",
}
"""Read by libraries when they are imported: no connections, no telemetry, no forked thread pools."""

Make = Callable[[DataFolder], "Engine"]
Examine = Callable[["Engine"], tuple[types.Check, ...]]


def main(argv: Sequence[str], make: Make | None = None, examine: Examine | None = None) -> int:
    """Serve until stopped. Returns 0, `HELD`, or 1 with the reason on standard error.

    With `--detached` the reason is `wire.error_body` on standard output, for the client that started it.
    """
    parser = argparse.ArgumentParser(prog="core.serve.host", description=__doc__)
    parser.add_argument("--data", help="the data folder")
    parser.add_argument("--detached", action="store_true", help="without a terminal: write to the logs only")
    args = parser.parse_args(argv)
    logging.getLogger().addHandler(logging.NullHandler())  # until there is a log file, errors go to people only
    os.environ.update(QUIET)
    os.umask(0o077)
    try:
        return serve(DataFolder(data_folder(args.data, os.environ)), args.detached, make, examine)
    except errors.MoaError as e:
        log.error("The engine did not start.", exc_info=e)
        _tell(e, args.detached)
    except Exception as e:
        log.exception("The engine ended by a mistake.")
        title = f"The engine could not be started ({type(e).__name__}: {e})."
        _tell(errors.EngineUnavailable(title, "Details are in logs/engine.log of the data folder."), args.detached)
    return 1


def _tell(error: errors.MoaError, detached: bool) -> None:
    stream, text = (sys.stdout, wire.error_body(error).decode()) if detached else (sys.stderr, f"moa: {error}")
    with suppress(OSError):
        stream.write(text + "\n")
        stream.flush()


def serve(data: DataFolder, detached: bool, make: Make | None = None, examine: Examine | None = None) -> int:
    """Hold the data folder and serve an engine over it until stopped. Returns 0 or `HELD`.

    Raises `errors.MoaError` when the engine cannot start.
    """
    data = place.prepare(data)
    # Of a folder that can only be read also the lock in it, where there is one: whoever can write there may be at it.
    inside = replace(data, run=data.root).lock
    locks = [Lock(path) for path in ({data.lock, inside} if inside.exists() else {data.lock})]
    if not all(lock.take() for lock in locks):
        return HELD
    # Never let go while the process lives: a thread may still write after the engine was closed.
    _log_to(data)
    stopping = _Stopping(data, lambda: any(lock.lost() for lock in locks))
    listener, endpoint = place.listen(data)
    try:
        from core.serve import app

        if make is None or examine is None:
            from core import doctor
            from core.engine import Engine

            make, examine = Engine, doctor.examine
        engine = make(data)
        engine.start()
        try:
            if not stopping.asked.is_set():
                application = app.create(engine, stopping.ask, examine, endpoint.token)
                place.announce(data, endpoint)
                log.info("Serving %s as process %d.", data.root, endpoint.pid)
                if detached:
                    _let_go_of_starter(data)
                _answer(application, listener, stopping)
                log.info("Ending.")
        finally:
            stopping.ask()
            engine.close()
    finally:
        listener.close()
        if not any(lock.lost() for lock in locks):  # else what lies there is another engine's
            place.withdraw(data, endpoint)
        stopping.over.set()
    return 0


class _Stopping:
    """Whether the process was asked to end: by SIGTERM, SIGINT or POST /stop, or because the data folder is gone. It is
    ended `END_LIMIT_S` later, unless `over` is set by then: a thread that hangs in native code has no other end."""

    def __init__(self, data: DataFolder, lost: Callable[[], bool]) -> None:
        self._lost = lost
        self.asked = threading.Event()
        self.over = threading.Event()
        self.then: Callable[[], None] = lambda: None
        self._log = data.logs / "native.log"
        threading.Thread(target=self._cut, name="ending", daemon=True).start()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._signal)

    def _signal(self, number: int, frame: FrameType | None) -> None:
        self.ask()

    def ask(self) -> None:
        """End soon; returns at once."""
        self.asked.set()
        self.then()

    def _cut(self) -> None:
        while not self.asked.wait(LOOK_S):
            if self._lost():
                log.warning("The data folder is gone.")
                self.ask()
        if self.over.wait(END_LIMIT_S):
            return
        log.warning("The engine did not close within %.1f s; ending now.", END_LIMIT_S)
        with suppress(OSError), self._log.open("a") as f:
            faulthandler.dump_traceback(f)
        os._exit(0)


def _answer(application: FastAPI, listener: socket.socket, stopping: _Stopping) -> None:
    import uvicorn

    class Server(uvicorn.Server):
        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            # Open streams would hold the shutdown up until its time limit.
            for end in tuple(application.state.live):
                end()
            await super().shutdown(sockets)

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            stopping.ask()

        def end(self) -> None:
            self.should_exit = True

    # Told explicitly: uvicorn would take uvloop and httptools where another package brought them along.
    server = Server(
        uvicorn.Config(
            application,
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
    )
    stopping.then = server.end
    if not stopping.asked.is_set():
        asyncio.run(server.serve(sockets=[listener]))


def _log_to(data: DataFolder) -> None:
    """Messages and tracebacks to logs/engine.log, at most 4 MB in four files."""
    rotating = logging.handlers.RotatingFileHandler(
        data.logs / "engine.log", maxBytes=1_000_000, backupCount=3, encoding="utf-8", errors="backslashreplace"
    )
    rotating.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(rotating)
    logging.getLogger("core").setLevel(logging.INFO)
    logging.captureWarnings(True)

    def thread_failed(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            log.error("A thread ended by a mistake.", exc_info=args.exc_value)

    threading.excepthook = thread_failed


def _let_go_of_starter(data: DataFolder) -> None:
    """Output of native libraries, and the stacks of a crash, to logs/native.log; made anew at each start."""
    fd = os.open(data.logs / "native.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    for standard in (1, 2):
        os.dup2(fd, standard)
    os.close(fd)
    faulthandler.enable()


if __name__ == "__main__":
    ended = main(sys.argv[1:])
    logging.shutdown()
    # Nothing is left to do: taking torch and its threads apart would take a second.
    os._exit(ended)

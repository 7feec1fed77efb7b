"""Where an engine listens: the data folder made ready, the socket bound, engine.json written and read.

Knows nothing of what is served there. Everything made here is for its owner only.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import sys
from dataclasses import replace
from pathlib import Path

from core import __version__, errors
from core.paths import DataFolder, make_private
from core.serve import wire
from core.store import frozen

BACKLOG = 128


def prepare(data: DataFolder) -> DataFolder:
    """Make the data folder and its logs, owner-only, and say where the engine's own files lie. Raises
    `errors.DataFolderInUse` or `errors.SetupProblem`."""
    root = data.root
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        if sys.platform != "win32" and root.stat().st_uid != os.getuid():
            raise errors.DataFolderInUse(
                f"The data folder {root} belongs to another user.", "Choose another with --data DIR or MOA_DATA."
            )
        data = frozen.settled(data)
        if not data.frozen:
            # A folder that was there and holds other things keeps its mode: it may be anybody's home.
            if not any(root.iterdir()):
                root.chmod(0o700)
            # What an engine left that could only read the folder then.
            replace(data, run=data.away).endpoint.unlink(missing_ok=True)
        data.logs.mkdir(mode=0o700, exist_ok=True)
        return data
    except OSError as e:
        raise errors.SetupProblem(
            f"The data folder {root} cannot be used ({e.strerror}).", "Choose another with --data DIR or MOA_DATA."
        ) from e


def listen(data: DataFolder) -> tuple[socket.socket, wire.Endpoint]:
    """A listening socket that only its owner may open, and the words for engine.json.

    To be called only by the holder of the lock: a socket file or engine.json that is there is a dead engine's.
    Raises `errors.SetupProblem`.
    """
    data.endpoint.unlink(missing_ok=True)
    if sys.platform == "win32":
        server = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
        port, token = server.getsockname()[1], secrets.token_urlsafe(32)
        return server, wire.Endpoint(os.getpid(), __version__, port=port, token=token)
    path = data.socket
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        if path.parent != data.root:
            make_private(path.parent)
        path.unlink(missing_ok=True)
        # The mask, not a later chmod: there is no moment at which another user could connect.
        before = os.umask(0o177)
        try:
            server.bind(os.fspath(path))
        finally:
            os.umask(before)
        server.listen(BACKLOG)
    except OSError as e:
        server.close()
        raise errors.SetupProblem(
            f"The engine's socket {path} could not be made ({e.strerror}).",
            "The data folder must lie on a disk of this machine; choose another with --data DIR or MOA_DATA.",
        ) from e
    return server, wire.Endpoint(os.getpid(), __version__, socket=os.fspath(path))


def announce(data: DataFolder, endpoint: wire.Endpoint) -> None:
    """Write engine.json: the whole file or none, owner-only from its first byte."""
    aside = data.endpoint.with_suffix(".tmp")
    aside.unlink(missing_ok=True)
    fd = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "wb") as f:
        f.write(wire.encode(endpoint))
    aside.replace(data.endpoint)


def announced(data: DataFolder) -> wire.Endpoint | None:
    """What engine.json says, or None where there is none that can be read."""
    try:
        return wire.decode(data.endpoint.read_bytes(), wire.Endpoint)
    except (OSError, errors.MoaError):
        return None


def withdraw(data: DataFolder, endpoint: wire.Endpoint) -> None:
    """Remove engine.json and the socket, if they are still ours."""
    with contextlib.suppress(OSError):
        if announced(data) == endpoint:
            data.endpoint.unlink()
        if endpoint.socket:
            Path(endpoint.socket).unlink()

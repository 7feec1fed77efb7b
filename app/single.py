"""One window a data folder: a lock file decides who is it, a local socket carries "show" and "quick" to it.

The lock is the truth because two local servers can both believe they listen (1 of 10 races of six
starts, measured); the socket is only a mailbox. Knows nothing of windows.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile, QObject, QThread, Signal

from core.paths import MAX_SOCKET_BYTES, DataFolder

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

MOST_BYTES = 16
TRIES = 20
WAIT_MS = 250


def mailbox_name(data: DataFolder) -> str:
    """Where the first window listens: in (or, when that can only be read, beside) the data folder, or under a short
    name of the user's own. Raises `errors.SetupProblem`."""
    inside = data.beside() / "window.sock"
    if sys.platform != "win32" and len(os.fsencode(inside)) <= MAX_SOCKET_BYTES:
        return str(inside)
    import hashlib

    who = os.environ.get("USERNAME", "") if sys.platform == "win32" else str(os.getuid())
    digest = hashlib.sha256(f"{who}\n{data.root}".encode()).hexdigest()[:20]
    return f"moa-{digest}"


class Mailbox(QObject):
    """Held by the first window. `message` carries "show" or "quick" from later ones."""

    message = Signal(str)

    def __init__(self, data: DataFolder, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = mailbox_name(data)
        self._lock = QLockFile(str(data.beside() / "window.lock"))
        # Zero: only a lock whose process is gone is stale, however old it is.
        self._lock.setStaleLockTime(0)
        self._server: QLocalServer | None = None

    def claim(self) -> bool:
        """Become the window of this data folder; False when another process is."""
        return self._lock.tryLock(0)

    def listen(self) -> None:
        """Take messages from now on; who calls before this tries again."""
        from PySide6.QtNetwork import QLocalServer

        QLocalServer.removeServer(self._name)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._connected)
        self._server.listen(self._name)

    def release(self) -> None:
        """Let the next window in."""
        if self._server is not None:
            self._server.close()
        self._lock.unlock()

    def _connected(self) -> None:
        from PySide6.QtNetwork import QLocalSocket

        while self._server is not None and (socket := self._server.nextPendingConnection()) is not None:
            socket.setParent(self)
            if socket.state() == QLocalSocket.LocalSocketState.UnconnectedState:
                self._take(socket)
            else:
                socket.disconnected.connect(partial(self._take, socket))

    def _take(self, socket: QLocalSocket) -> None:
        word = bytes(socket.read(MOST_BYTES).data()).decode("ascii", errors="replace").strip()
        socket.deleteLater()
        if word in ("show", "quick"):
            self.message.emit(word)


def tell(data: DataFolder, word: str) -> bool:
    """Send `word` to the window that holds the data folder; False when it does not listen."""
    from PySide6.QtNetwork import QLocalSocket

    for _ in range(TRIES):
        socket = QLocalSocket()
        socket.connectToServer(mailbox_name(data))
        if socket.waitForConnected(WAIT_MS):
            socket.write(word.encode())
            sent = socket.waitForBytesWritten(WAIT_MS * 4)
            socket.disconnectFromServer()
            return sent
        # The other one has the lock but does not listen yet; waitForConnected returned at once.
        QThread.msleep(WAIT_MS)
    return False

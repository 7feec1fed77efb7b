"""Keys of model servers, in the system's own keyring and nowhere else on disk.

keyring (MIT, maintained): Secret Service and KWallet on Linux, Keychain on macOS, Credential Locker on Windows.
Where a system has none, a key lives in memory until the engine ends; it is never written to a file.
"""

from __future__ import annotations

import logging
import threading

SERVICE = "Moa model server"

log = logging.getLogger(__name__)


class Keys:
    """Keys by the id of their server. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._here: dict[str, str] = {}

    def get(self, id: str) -> str:
        """The key, or "" when none is known."""
        import keyring
        import keyring.errors

        with self._lock:
            if id in self._here:
                return self._here[id]
        try:
            return keyring.get_password(SERVICE, id) or ""
        except keyring.errors.KeyringError as e:
            log.info("no keyring: %s", e)
            return ""

    def set(self, id: str, key: str) -> bool:
        """Keep a key; False when it will be forgotten with the engine's end."""
        import keyring
        import keyring.errors

        with self._lock:
            self._here[id] = key
        try:
            keyring.set_password(SERVICE, id, key)
        except keyring.errors.KeyringError as e:
            log.info("no keyring: %s", e)
            return False
        return True

    def forget(self, id: str) -> None:
        """Delete a key where one was kept."""
        import keyring
        import keyring.errors

        with self._lock:
            self._here.pop(id, None)
        try:
            keyring.delete_password(SERVICE, id)
        except keyring.errors.KeyringError as e:
            log.info("nothing deleted: %s", e)

"""What a walk leaves out by its name alone.

Does not look at the disk. The lists are those that sync and search programs agree on (Recoll's skippedNames,
Syncthing, Obsidian, Dropbox); the names of secrets are those that password and key tools write.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable

NO_NOTES = frozenset(
    name.casefold()
    for name in (
        "node_modules",
        "__pycache__",
        "__MACOSX",
        "venv",
        "AppData",
        "$RECYCLE.BIN",
        "System Volume Information",
    )
)
"""Folders never entered and never listed; those that start with a dot are hidden anyway."""

LEFTOVERS = ("*~", "~$*", "#*#", "*.tmp", "*.crdownload", "*.part", "thumbs.db", "desktop.ini")

SECRETS = (
    *(".env", ".env.*", ".netrc", ".npmrc", ".pypirc", "wallet.dat"),
    *("*.pem", "*.key", "*.p12", "*.pfx", "*.kdbx", "*.ovpn", "*.keystore", "*.jks", "id_rsa*", "id_ed25519*"),
    # Not `*secret*` alone: people write notes about Secret Santa.
    *("credentials", "credentials.json", "*secret*.json", "*secret*.y*ml", "*secret*.toml", "*secret*.ini"),
)


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(fnmatch.translate(p) for p in patterns), re.IGNORECASE)


_LEFTOVER = _any_of(LEFTOVERS)
_SECRET = _any_of(SECRETS)


def folder_left_out(name: str) -> bool:
    """Whether a folder of this name is hidden or holds no notes."""
    return name.startswith(".") or name.casefold() in NO_NOTES


def file_left_out(name: str) -> bool:
    """Whether a file of this name is hidden or a leftover of some program. A secret is not: see `secret`."""
    return not secret(name) and (name.startswith(".") or _LEFTOVER.match(name) is not None)


def secret(name: str) -> bool:
    """Whether a file of this name most likely holds a password or a key."""
    return _SECRET.match(name) is not None

"""What a walk leaves out by its name alone, and why.

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
        *("node_modules", "__pycache__", "__MACOSX", "venv", "site-packages", "bower_components"),
        *("AppData", "$RECYCLE.BIN", "System Volume Information", "lost+found"),
    )
)
"""Folders never entered; those that start with a dot are hidden anyway."""

LEFTOVERS = (
    *("*~", "~$*", "#*#", "*.tmp", "*.temp", "*.swp", "*.swo", "*.crdownload", "*.part", "*.partial", "*.download"),
    *("thumbs.db", "desktop.ini", "ehthumbs.db"),
)

SECRETS = (
    *(".env", ".env.*", ".netrc", ".npmrc", ".pypirc", ".pgpass", ".htpasswd", "wallet.dat"),
    *("*.pem", "*.key", "*.p12", "*.pfx", "*.p8", "*.ppk", "*.kdb", "*.kdbx", "*.ovpn", "*.keystore", "*.jks"),
    *("id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*", "*.agekey", "*.1pif", "*.1pux"),
    # Not `*secret*` alone: people write notes about Secret Santa.
    *("credentials", "credentials.json", "credentials.csv"),
    *("*secret*.json", "*secret*.y*ml", "*secret*.toml", "*secret*.ini"),
    # What browsers keep passwords in.
    *("login data", "logins.json", "key4.db", "cookies.sqlite"),
)

SECRET_FOLDERS = frozenset((".ssh", ".gnupg", ".aws", ".azure", ".kube", ".password-store"))

HIDDEN = "It is hidden: its name begins with a dot."
PROGRAMS = "It holds a program's own files, not notes."
LEFTOVER = "It is a leftover or a working file of some program."
SECRET = "Its name says that it holds a password or a key."


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(fnmatch.translate(p) for p in patterns), re.IGNORECASE)


_LEFTOVER = _any_of(LEFTOVERS)
_SECRET = _any_of(SECRETS)
# Most names: with such an ending, only what begins in one of these ways is any of the above.
_PLAIN = frozenset((".md", ".txt", ".pdf", ".docx", ".hwp", ".hwpx", ".pptx", ".xlsx", ".html", ".jpg", ".png"))
_ODD_STARTS = ".~#iI"
_ODD = re.compile("|".join((r"\.", *(fnmatch.translate(p) for p in (*SECRETS, *LEFTOVERS)))), re.IGNORECASE)


def folder_left_out(name: str) -> str:
    """Why a folder of this name is not entered; empty when it is."""
    folded = name.casefold()
    if folded in SECRET_FOLDERS:
        return SECRET
    if name.startswith("."):
        return HIDDEN
    return PROGRAMS if folded in NO_NOTES else ""


def file_left_out(name: str) -> str:
    """Why a file of this name is not read; empty when it is."""
    if (name[name.rfind(".") :] in _PLAIN and name[0] not in _ODD_STARTS) or not _ODD.match(name):
        return ""
    if _SECRET.match(name):
        return SECRET
    return LEFTOVER if _LEFTOVER.match(name) else HIDDEN

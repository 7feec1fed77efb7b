"""Where things lie: the data folder and what is in it, and the socket the engine listens on.

Paths come in and go out as values; nothing here reads the environment except `data_folder`, and the temporary folder's
place, which the system says.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core import errors

# sockaddr_un holds 108 bytes on Linux and 104 on macOS, the closing zero counted.
MAX_SOCKET_BYTES = 100

ENDPOINT = "engine.json"

RESOURCES = Path(__file__).resolve().parent.parent / "resources"


def data_folder(explicit: str | None, environ: Mapping[str, str]) -> Path:
    """`--data`, else `MOA_DATA`, else the platform's own place for a program's data."""
    chosen = explicit or environ.get("MOA_DATA")
    if chosen:
        return Path(chosen).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_data_dir("moa", appauthor=False))


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The layout of a data folder (README, "The data folder"). `run` is where the engine keeps what it writes only
    while it runs: the data folder itself, or `away` from it when that one can only be read. None: wherever an engine
    is, for those who look for one."""

    root: Path
    run: Path | None = None

    @property
    def away(self) -> Path:
        """An owner-only temporary folder for what cannot lie in the data folder."""
        name = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]
        owner = f"{os.getuid()}-" if sys.platform != "win32" else ""
        return Path(tempfile.gettempdir()) / f"moa-{owner}{name}"

    def beside(self) -> Path:
        """Where locks and sockets of others than the engine lie: in the data folder, or `away` from it, which is made,
        when it can only be read. Raises `errors.SetupProblem`."""
        if os.access(self.root, os.W_OK):
            return self.root
        make_private(self.away)
        return self.away

    @property
    def _run(self) -> Path:
        # Others may write in the temporary place, too: only what is ours is believed.
        return self.run or (self.away if is_private(self.away) and (self.away / ENDPOINT).exists() else self.root)

    @property
    def frozen(self) -> bool:
        """The engine found that the data folder can only be read."""
        return self.run is not None and self.run != self.root

    @property
    def library(self) -> Path:
        return self.root / "library.db"

    @property
    def chats(self) -> Path:
        return self.root / "chats.db"

    @property
    def chroma(self) -> Path:
        return self.root / "chroma"

    @property
    def models(self) -> Path:
        return self.root / "models"

    @property
    def embedders(self) -> Path:
        """Exports of embedding models (core/index/embedding/onnx_export.py)."""
        return self.root / "embedders"

    @property
    def kv(self) -> Path:
        return self.root / "kv"

    @property
    def imported(self) -> Path:
        """The library's own folder: what drag and drop and `moa import` copy files into."""
        return self.root / "imported"

    @property
    def settings(self) -> Path:
        return self.root / "settings.toml"

    @property
    def endpoint(self) -> Path:
        return self._run / ENDPOINT

    @property
    def lock(self) -> Path:
        return self._run / "engine.lock"

    @property
    def copies(self) -> Path:
        """What had to be copied to be read, as long as an engine runs that can only read the data folder."""
        return self.away / "copies"

    @property
    def logs(self) -> Path:
        return self._run / "logs"

    @property
    def socket(self) -> Path:
        """In the data folder, or, when that path is too long for the system, in an owner-only temporary folder."""
        inside = self._run / "engine.sock"
        if len(os.fsencode(inside)) <= MAX_SOCKET_BYTES or sys.platform == "win32":
            return inside
        return self.away / "engine.sock"


def is_private(folder: Path) -> bool:
    """Whether `folder` is a folder of this user's that nobody else may enter; always on Windows, where the temporary
    place is each user's own."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    if sys.platform == "win32":
        return True
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077


def make_private(folder: Path) -> None:
    """A folder in the temporary place, which others share: made by us, or proven ours. Raises `errors.SetupProblem`."""
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    if not is_private(folder):
        raise errors.SetupProblem(
            f"{folder} was made by someone else.", "Remove it, or choose a data folder with a shorter path."
        )

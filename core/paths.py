"""Where things lie: the data folder and what is in it, and the socket the engine listens on.

Paths come in and go out as values; nothing here reads the environment except `data_folder`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# sockaddr_un holds 108 bytes on Linux and 104 on macOS, the closing zero counted.
MAX_SOCKET_BYTES = 100

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
    """The layout of a data folder (README, "The data folder")."""

    root: Path

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
        """Exports of embedding models (core/index/onnx_export.py)."""
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
        return self.root / "engine.json"

    @property
    def lock(self) -> Path:
        return self.root / "engine.lock"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def socket(self) -> Path:
        """In the data folder, or, when that path is too long for the system, in an owner-only temporary folder."""
        inside = self.root / "engine.sock"
        if len(os.fsencode(inside)) <= MAX_SOCKET_BYTES or sys.platform == "win32":
            return inside
        import hashlib
        import tempfile

        name = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"moa-{os.getuid()}-{name}" / "engine.sock"

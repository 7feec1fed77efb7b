"""Prompt states on disk: which conversation, which model, whole or not. Knows files, not llama.cpp.

A state is two files: what llama.cpp wrote (`.kv`), and a note (`.json`) with its size, its digest and the tokens it
stands for. llama.cpp ends the process on a state that was cut short, and takes one of another model of the same shape
without a word, so nothing reaches it that the note does not vouch for. Names: model, build of llama.cpp, settings,
conversation, each as a digest. States of another build are stale and are deleted; beyond `limit` bytes those that
were not used for longest go first.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

LIMIT = 2 * 2**30
"""Bytes that all states together may take on disk."""
LEFT = 2**30
"""Bytes that stay free on the disk in any case."""
SYSTEM = ""
"""The name of what all conversations begin with."""
CHUNK = 2**20


@dataclass(frozen=True, slots=True)
class Saved:
    """A state on disk: its file, and the tokens it stands for."""

    file: Path
    tokens: list[int]


class SavedStates:
    """The states in `folder` that fit one model, one build and one way of loading it."""

    def __init__(self, folder: Path, model: str, build: str, settings: str, limit: int = LIMIT) -> None:
        self._folder = folder
        self._limit = limit
        self._build = build
        self._prefix = f"{model}-{build}-{hashlib.blake2b(settings.encode(), digest_size=4).hexdigest()}-"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._tidy()

    def find(self, name: str) -> Saved | None:
        """The state of that name; whether it is whole is not known yet."""
        file = self._folder / f"{self._prefix}{_digest(name)}.kv"
        note = _note(file)
        try:
            return Saved(file, [int(t) for t in json.loads(note.read_text(encoding="ascii"))["tokens"]])
        except (OSError, ValueError, LookupError, TypeError):
            return None

    def whole(self, saved: Saved) -> bool:
        """Whether it is byte for byte what was written; one that is not is deleted. A whole one counts as used now."""
        try:
            note = json.loads(_note(saved.file).read_text(encoding="ascii"))
            if saved.file.stat().st_size == note["bytes"] and _hash(saved.file) == note["blake2b"]:
                os.utime(saved.file)
                return True
        except (OSError, ValueError, LookupError, TypeError):
            pass  # damaged: handled as any other difference
        _delete(saved.file)
        return False

    def keep(self, name: str, tokens: Sequence[int], size: int, write: Callable[[Path], bool]) -> bool:
        """Have `write` put a state of about `size` bytes into a file; False where there is no room or it failed.

        A crash leaves the state before or this one; never a half that looks whole.
        """
        file = self._folder / f"{self._prefix}{_digest(name)}.kv"
        aside = file.with_suffix(".tmp")
        try:
            if size > self._limit or shutil.disk_usage(self._folder).free < size + LEFT:
                return False
            if not write(aside):
                return False
            note = {"bytes": aside.stat().st_size, "blake2b": _hash(aside), "tokens": list(tokens)}
            with aside.open("rb+") as written:
                os.fsync(written.fileno())
            # The old note first: for a moment there is a state without one, which counts as none.
            _note(file).unlink(missing_ok=True)
            aside.replace(file)
            half = _note(file).with_suffix(".half")
            half.write_text(json.dumps(note), encoding="ascii")
            half.replace(_note(file))
        except OSError:
            return False
        finally:
            with suppress(OSError):
                aside.unlink(missing_ok=True)
        self._tidy()
        return True

    def _tidy(self) -> None:
        """Delete what is stale, what is half, and what is too much."""
        files: list[tuple[float, int, Path]] = []
        for file in self._folder.iterdir():
            parts = file.name.split("-")
            stale = len(parts) != 4 or parts[1] != self._build
            with suppress(OSError):
                if file.suffix != ".kv":
                    if stale or file.suffix != ".json" or not file.with_suffix(".kv").exists():
                        file.unlink()
                elif stale or not _note(file).exists():
                    _delete(file)
                else:
                    status = file.stat()
                    files.append((status.st_mtime, status.st_size, file))
        total = sum(size for _, size, _ in files)
        for _, size, file in sorted(files):
            if total <= self._limit:
                break
            _delete(file)
            total -= size


def forget(folder: Path, name: str) -> None:
    """Delete every state of a conversation, of whatever model."""
    for file in folder.glob(f"*-{_digest(name)}.*"):
        with suppress(OSError):
            file.unlink()


def _digest(name: str) -> str:
    return hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _note(file: Path) -> Path:
    return file.with_suffix(".json")


def _delete(file: Path) -> None:
    for each in (_note(file), file):
        with suppress(OSError):
            each.unlink(missing_ok=True)


def _hash(file: Path) -> str:
    digest = hashlib.blake2b(digest_size=16)
    with file.open("rb") as opened:
        while chunk := opened.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()

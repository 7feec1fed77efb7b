"""The user's language models, kept by reference in models.json. Never moves or deletes a file of the user's; what Moa
downloaded or copied is its own.

Does not know whether a model is loaded, or which one is chosen.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import shutil
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from core import whole
from core.errors import BadRequest, FileProblem, MoaError, ModelProblem, NoSpace
from core.models.gguf.header import read_adapter, read_header
from core.types import ModelRow

_log = logging.getLogger(__name__)
_RESERVED = frozenset(("none",))
"""Words that mean something else where an id is expected."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One model: where it lies, and what its header said when it was added."""

    id: str
    path: str
    size: int
    """Bytes of the file itself; of a split model, its first part."""
    sha256: str
    name: str
    architecture: str
    quantization: str
    context: int
    adapters: tuple[tuple[str, float], ...] = ()
    """LoRA adapters, each with the strength it has."""
    own: bool = False
    """Downloaded or copied by Moa."""


class ModelLibrary:
    """The list in `folder`/models.json. Thread-safe."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "models.json"
        self._lock = threading.Lock()
        self._entries = self._read()

    def rows(self, active: str) -> tuple[ModelRow, ...]:
        """All models in the order they were added; `active` is the id of the chosen one."""
        with self._lock:
            return tuple(_row(entry, active) for entry in self._entries)

    def add(self, path: Path, digest: str = "", *, own: bool = False) -> ModelRow:
        """Take up the model at `path`; one that is known already, by its content, is returned as it is. An `own` file
        goes when the model is removed.

        Reads the whole file once for its SHA-256 unless `digest` gives it. Raises BadRequest or FileProblem, in words.
        """
        path = path.expanduser().absolute()
        header = read_header(path)
        try:
            size = path.stat().st_size
            if not digest:
                with path.open("rb") as file:
                    digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as e:
            raise FileProblem(f"{path} could not be read ({e.strerror}).", "Check that you may read it.") from e
        with self._lock:
            known = next((e for e in self._entries if e.sha256 == digest), None)
            if known and Path(known.path).is_file():
                return _row(known, "")
            entry = _Entry(
                id=known.id if known else _new_id(path, {e.id for e in self._entries}),
                path=str(path),
                size=size,
                sha256=digest,
                name=header.name,
                architecture=header.architecture,
                quantization=header.quantization,
                context=header.context,
                own=own,
            )
            rest = [e for e in self._entries if e is not known and e.path != entry.path]
            self._write([*rest, entry])
            return _row(entry, "")

    def copy(self, path: Path) -> ModelRow:
        """Take up a copy of the model, beside the list; the file at `path` is not needed any more.

        Raises BadRequest or FileProblem, in words, and NoSpace.
        """
        path = path.expanduser().absolute()
        header, size = read_header(path), path.stat().st_size
        if header.size != size:
            raise BadRequest(
                f"{path.name} is in several parts, which are used where they lie.", "Add it without a copy."
            )
        free = shutil.disk_usage(self._file.parent).free
        if size > free:
            raise NoSpace(f"{path.name} needs {size >> 20:,} MB, and {free >> 20:,} MB are free.", "Free some space.")
        target = free_name(self._file.parent / path.name)
        try:
            shutil.copyfile(path, target)
            row = self.add(target, own=True)
        except OSError as e:
            target.unlink(missing_ok=True)
            if e.errno in whole.FULL:
                raise whole.in_words(target, e) from e
            raise FileProblem(f"{path} could not be copied ({e.strerror}).", "Check the disk and your rights.") from e
        except MoaError:
            target.unlink(missing_ok=True)
            raise
        if row.path != str(target):
            target.unlink()  # the same content was here already
        return row

    def adapt(self, model: str, adapter: Path, scale: float) -> ModelRow:
        """Attach a LoRA adapter, or set another strength. Raises BadRequest for an unknown id, for a file that is none,
        and for one that was made for other models; FileProblem."""
        adapter = adapter.expanduser().absolute()
        architecture = read_adapter(adapter)
        with self._lock:
            entry = self._entry(model)
            if architecture != entry.architecture:
                raise BadRequest(
                    f"{adapter.name} is for {architecture} models; {entry.name} is {entry.architecture}.",
                    "Choose the adapter that was made for this very model.",
                )
            rest = tuple(a for a in entry.adapters if a[0] != str(adapter))
            return self._replace(entry, replace(entry, adapters=(*rest, (str(adapter), scale))))

    def bare(self, model: str) -> ModelRow:
        """Take all adapters off. Raises BadRequest for an unknown id."""
        with self._lock:
            entry = self._entry(model)
            return self._replace(entry, replace(entry, adapters=()))

    def adapters_of(self, path: Path) -> tuple[tuple[str, float], ...]:
        """The adapters of the model at `path`, as it was added."""
        with self._lock:
            return next((e.adapters for e in self._entries if e.path == str(path)), ())

    def remove(self, model: str) -> None:
        """Forget the model with this id, and delete its file if that is Moa's own; any other stays where it is. Raises
        BadRequest for an unknown id, FileProblem."""
        with self._lock:
            entry = self._entry(model)
            if entry.own:
                try:
                    Path(entry.path).unlink(missing_ok=True)
                except OSError as e:
                    raise FileProblem(
                        f"{entry.path} could not be deleted ({e.strerror}).", "Close what uses it, and remove it again."
                    ) from e
            self._write([e for e in self._entries if e is not entry])

    def path_of(self, model: str) -> Path:
        """Where the model lies. Raises BadRequest for an unknown id, ModelProblem when its file cannot be used."""
        with self._lock:
            entry = self._entry(model)
        if problem := _problem(entry):
            raise ModelProblem(f"{entry.name}: {problem}", "Put the file back, or add it again from its new place.")
        return Path(entry.path)

    def digests(self) -> frozenset[str]:
        """SHA-256 of every model whose file is there."""
        with self._lock:
            return frozenset(e.sha256 for e in self._entries if not _problem(e))

    def digest_of(self, model: str) -> str:
        """SHA-256 of the model's file (of a split model, its first part). Raises BadRequest for an unknown id."""
        with self._lock:
            return self._entry(model).sha256

    def _replace(self, old: _Entry, new: _Entry) -> ModelRow:
        self._write([new if e is old else e for e in self._entries])
        return _row(new, "")

    def _entry(self, model: str) -> _Entry:
        for entry in self._entries:
            if entry.id == model:
                return entry
        known = ", ".join(e.id for e in self._entries)
        raise BadRequest(
            f"There is no model named {model}.", f"There are: {known}." if known else "Add one from a .gguf file first."
        )

    def _read(self) -> list[_Entry]:
        try:
            entries = [_Entry(**entry) for entry in json.loads(self._file.read_text(encoding="utf-8"))]
            return [replace(e, adapters=tuple((str(p), float(s)) for p, s in e.adapters)) for e in entries]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError) as e:
            # Models can be added again in a moment; a list that cannot be read must not keep Moa from starting.
            aside = self._file.with_suffix(".damaged")
            _log.warning("%s could not be read (%s); it is kept as %s", self._file, e, aside.name)
            with suppress(OSError):  # the folder may be read-only
                self._file.replace(aside)
            return []

    def _write(self, entries: list[_Entry]) -> None:
        # ASCII only: a file name that is no valid Unicode survives it.
        whole.write(self._file, json.dumps([asdict(e) for e in entries], indent=1).encode("ascii"))
        self._entries = entries


def free_name(target: Path) -> Path:
    """`target`, or the same name with a number when something else lies there: nothing is overwritten."""
    names = (target if n == 1 else target.with_name(f"{target.stem}-{n}{target.suffix}") for n in range(1, 1000))
    return next(n for n in names if not n.exists())


def _row(entry: _Entry, active: str) -> ModelRow:
    return ModelRow(
        id=entry.id,
        name=entry.name,
        path=entry.path,
        size=entry.size,
        architecture=entry.architecture,
        quantization=entry.quantization,
        context=entry.context,
        active=entry.id == active,
        problem=_problem(entry),
        adapters=tuple(Path(path).name for path, _ in entry.adapters),
        own=entry.own,
    )


def _problem(entry: _Entry) -> str:
    try:
        size = Path(entry.path).stat().st_size
    except OSError:
        return f"The file {entry.path} is not there."
    return "" if size == entry.size else f"The file {entry.path} has changed since it was added."


def _new_id(path: Path, taken: set[str]) -> str:
    """A short id from the file's name, letters of any script kept: `Qwen3-4B-Q4_K_M.gguf` → `qwen3-4b-q4_k_m`."""
    stem = re.sub(r"-\d{5}-of-\d{5}$", "", path.stem).lower()
    slug = re.sub(r"[^\w.]+", "-", stem).strip("-._")[:60].rstrip("-._") or "model"
    names = (slug if n == 1 else f"{slug}-{n}" for n in range(1, len(taken) + 3))
    return next(name for name in names if name not in taken | _RESERVED)

"""Which embedding models are on this machine: the built-in one, those in the local cache of sentence-transformers, and
those that a person added, by their place. Opens none of them.
"""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core import errors
from core.index.embedding.embedder import built_in, card_languages, read_json
from core.types import EmbedderRow

BUILT_IN = "built-in"
WEIGHTS = (".safetensors", ".bin", ".gguf")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Found:
    id: str
    choice: str
    kind: Literal["built-in", "folder", "cache", "gguf"]
    place: Path


class EmbedderList:
    """The added ones are kept in `file`. Thread-safe."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()

    def rows(self, serving: str, wanted: str | None) -> tuple[EmbedderRow, ...]:
        """All of them, the built-in one first. `serving` and `wanted` are choices: the one that serves, and the one
        that is being prepared, if one is."""
        found = list(self._found())
        for choice in dict.fromkeys((serving, wanted)):
            if choice is not None and all(f.choice != choice for f in found):
                found.append(_at(choice, choice))
        return tuple(_row(f, serving, wanted) for f in found)

    def choice(self, id: str) -> str:
        """The choice that an id of `rows`, a path or an id of the cache stands for; whether it can be used is told by
        opening it."""
        for found in self._found():
            if found.id == id:
                return found.choice
        place = Path(id).expanduser()
        return str(place.absolute()) if place.exists() else id

    def add(self, place: Path) -> str:
        """Take up a model by its place, which must have been opened once; returns its id, the same when done twice."""
        with self._lock:
            known = self._read()
            if str(place) not in known.values():
                taken = {f.id for f in self._found()}
                name = place.stem if place.is_file() else place.name
                slug = re.sub(r"[^\w.]+", "-", name).strip("-").lower() or "model"
                id = next(s for s in (slug, *(f"{slug}-{n}" for n in range(2, len(taken) + 3))) if s not in taken)
                self._write(known | {id: str(place)})
                return id
            return next(id for id, path in known.items() if path == str(place))

    def remove(self, id: str) -> None:
        """Forget one that was added; its files stay. Raises `errors.BadRequest` for any other."""
        with self._lock:
            known = self._read()
            if id not in known:
                raise errors.BadRequest(
                    f"No embedding model named {id} was added.", "Only those that were added can be removed."
                )
            self._write({other: path for other, path in known.items() if other != id})

    def _found(self) -> Iterator[_Found]:
        yield _Found(BUILT_IN, "", "built-in", built_in())
        for id, path in self._read().items():
            yield _at(id, path)
        for place in _cached():
            name = "/".join(place.parents[1].name.removeprefix("models--").split("--", 1))
            yield _Found(name, name, "cache", place)

    def _read(self) -> dict[str, str]:
        try:
            return {str(id): str(path) for id, path in json.loads(self._file.read_text(encoding="utf-8")).items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, AttributeError) as e:
            log.warning("%s could not be read: %s", self._file, e)
            return {}

    def _write(self, known: dict[str, str]) -> None:
        aside = self._file.with_suffix(".tmp")
        # ASCII only: a file name that is no valid Unicode survives it.
        aside.write_text(json.dumps(known, indent=1), encoding="ascii")
        aside.replace(self._file)


def _at(id: str, choice: str) -> _Found:
    if not choice:
        return _Found(BUILT_IN, "", "built-in", built_in())
    place = Path(choice).expanduser()
    return _Found(id, choice, "gguf" if place.suffix.lower() == ".gguf" else "folder", place)


def _cached() -> Iterator[Path]:
    """The newest snapshot of each sentence-transformers model in the local cache."""
    from huggingface_hub import constants

    newest: dict[Path, Path] = {}
    for modules in sorted(Path(constants.HF_HUB_CACHE).glob("models--*/snapshots/*/modules.json"), key=_time):
        newest[modules.parents[2]] = modules.parent
    yield from newest.values()


def _time(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:  # a link into the cache whose end is gone
        return 0.0


def _row(found: _Found, serving: str, wanted: str | None) -> EmbedderRow:
    place, whole = found.place, found.place.is_file()
    try:
        files = [place] if whole else [f for f in place.iterdir() if f.suffix in WEIGHTS]
        size, problem = sum(f.stat().st_size for f in files), ""
    except OSError:
        size, problem = 0, f"There is no embedding model in {place}."
    dim = int(read_json(place / "config.json").get("hidden_size", 0)) if not whole else 0
    limit = int(read_json(place / "sentence_bert_config.json").get("max_seq_length") or 0) if not whole else 0
    return EmbedderRow(
        found.id, found.choice, found.kind, str(place), size, dim, limit, found.choice == serving,
        found.choice == wanted, () if whole else tuple(card_languages(place)), problem,
    )  # fmt: skip

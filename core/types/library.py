"""The watched folders, what is known of each file, and how far indexing is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from core.types.embedders import EmbedderChange, EmbedderInfo
from core.types.models import ModelInfo

FileState = Literal["indexed", "waiting", "failed", "skipped", "unavailable"]
FolderState = Literal["watched", "paused", "unavailable"]


@dataclass(frozen=True, slots=True)
class FileRow:
    """What is known of one file. `sha256` is empty until it was read once."""

    path: str
    state: FileState
    reason: str
    sha256: str
    size: int
    mtime_ns: int
    chunks: int
    kind: str
    outcome: str = ""
    """What its reader said when it gave no text, as `Document.outcome`; "password" is a file that `unlock` may open."""


@dataclass(frozen=True, slots=True)
class FilePage:
    """Some rows of a long list of files, and how many the whole list has."""

    total: int
    rows: tuple[FileRow, ...]


@dataclass(frozen=True, slots=True)
class FolderRow:
    """A watched folder."""

    path: str
    state: FolderState
    files: int
    collection: str
    ocr: bool = False
    """Whether text in pictures and on scanned pages is recognised."""
    encoding: str = ""
    """What plain text files in it are taken to be in, a name Python knows; empty: found out for each."""
    lost: int = 0
    """Files that were read and are gone, all at once: they stay findable until a person accepts it. 0 where the folder
    cannot be reached."""


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What one comparison of folders and catalogue did. `embedded` and `reused` count chunks."""

    added: int = 0
    changed: int = 0
    moved: int = 0
    removed: int = 0
    failed: int = 0
    embedded: int = 0
    reused: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident set sizes in MiB."""

    engine: int
    model: int


@dataclass(frozen=True, slots=True)
class Progress:
    """Indexing under way: `stage` is looking, reading, embedding, preparing (passages for another embedder) or
    recognising (pages); empty when idle."""

    stage: Literal["", "looking", "reading", "embedding", "preparing", "recognising"] = ""
    done: int = 0
    total: int = 0
    path: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """The engine at one moment; `running` False means no engine answers (then the rest is empty)."""

    running: bool
    pid: int = 0
    version: str = ""
    folders: int = 0
    files: dict[str, int] = field(default_factory=dict)
    chunks: int = 0
    pending: int = 0
    """Files waiting to be read plus chunks waiting for their vector plus pages waiting to be recognised."""
    eta_s: float | None = None
    files_per_s: float | None = None
    """How fast files were read lately; None while nothing is known or nothing is to be done. So is the next."""
    chunks_per_s: float | None = None
    embedder: EmbedderInfo | None = None
    model: ModelInfo | None = None
    rss_mb: Memory = field(default_factory=lambda: Memory(0, 0))
    progress: Progress = field(default_factory=Progress)
    notes: tuple[str, ...] = ()
    """Sentences on what is degraded at the moment; empty when all is well."""
    paused: bool = False
    """Indexing was paused by a person."""
    frozen: bool = False
    """The data folder can only be read: nothing is indexed, and nothing can be changed."""
    next_embedder: EmbedderChange | None = None
    """The embedder that is to take the place of `embedder`."""

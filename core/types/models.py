"""Language models: which there are, how they come here, how they fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """The chosen language model. `state`: stopped, loading, ready, answering or failed."""

    id: str
    state: Literal["stopped", "loading", "ready", "answering", "failed"]
    device: str
    detail: str = ""
    loaded: int | None = None
    """Per cent of the file that are loaded, while `state` is loading."""


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A language model file the user has. `size` in bytes; `context` in tokens as trained."""

    id: str
    name: str
    path: str
    size: int
    architecture: str
    quantization: str
    context: int
    active: bool
    problem: str = ""
    """Why it cannot be used (file gone, damaged), in one sentence; empty when it can."""
    remote: str = ""
    """The other machine that questions and passages are sent to; empty for a model that runs here."""
    adapters: tuple[str, ...] = ()
    """File names of the LoRA adapters it is used with."""
    own: bool = False
    """Its file was downloaded or copied by Moa, and goes when the model is removed."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A model that can be downloaded. `size` in bytes; `memory_mb`: what it needs in all with 4,096 tokens."""

    id: str
    name: str
    good_at: str
    languages: tuple[str, ...]
    korean: bool
    licence: str
    quantization: str
    size: int
    memory_mb: int
    sha256: str
    url: str
    fits: bool
    """Whether that much memory is free now."""
    here: bool
    """Whether the same file is here already."""


@dataclass(frozen=True, slots=True)
class DownloadRow:
    """A model on its way here. Sizes in bytes (`size` 0: not told yet), `rate` in bytes per second."""

    id: str
    file: str
    url: str
    state: Literal["running", "checking", "paused", "failed", "done"]
    received: int = 0
    size: int = 0
    rate: float = 0.0
    detail: str = ""
    """Why it failed or what to do next, for a person."""
    model: str = ""
    """The id it got as a model, once it is done."""


@dataclass(frozen=True, slots=True)
class Needed:
    """Memory in MiB by purpose."""

    weights: int
    kv: int
    compute: int


@dataclass(frozen=True, slots=True)
class Fit:
    """How a model would be loaded on this machine, decided without loading it."""

    id: str
    fits: bool
    device: str
    gpu_layers: int
    layers: int
    context: int
    kv_type: str
    need_mb: Needed
    free_mb: int
    why: str
    machines: tuple[str, ...] = ()
    """Other machines that would carry part of it."""

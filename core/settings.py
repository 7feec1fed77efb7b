"""What the user chose: one frozen dataclass, kept as settings.toml in the data folder.

An unknown name or a bad value never stops Moa: it is skipped, its default is used, and a sentence
says so. tomli-w (MIT) writes what the standard library's tomllib only reads.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from core import whole


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its default; `metadata["help"]` describes it in one line."""

    embedder: str = field(
        default="",
        metadata={"help": "Embedding model: a folder, a GGUF file or an id; empty for the one that comes with Moa."},
    )
    model: str = field(
        default="",
        metadata={"help": "Language model that writes answers: an id of `moa models list`; empty quotes notes."},
    )
    context: int = field(default=4096, metadata={"help": "Largest context of the language model, in tokens."})
    gpu_layers: int = field(
        default=-1, metadata={"help": "Layers of the language model on the graphics card; -1 all that fit, 0 none."}
    )
    threads: int = field(default=0, metadata={"help": "Processor threads for the models; 0 lets Moa choose."})
    machines: str = field(
        default="",
        metadata={
            "help": "Other machines that carry part of the language model, as host:port with commas (llama.cpp's RPC"
            " servers); parts of it and of what it reads go there."
        },
    )
    unload_after_min: int = field(
        default=30,
        metadata={"help": "Minutes without a question after which the language model gives its memory back; 0 never."},
    )
    passages: int = field(default=6, metadata={"help": "How many passages an answer may rest on."})
    proxy: str = field(
        default="",
        metadata={"help": "Proxy for downloads and model servers, http://host:port; empty: the system's."},
    )
    certificates: str = field(
        default="", metadata={"help": "PEM file with a network's own certificate authority, for the same."}
    )
    mirror: str = field(
        default="", metadata={"help": "Address that stands in for https://huggingface.co when models are downloaded."}
    )
    on_battery: str = field(
        default="index",
        metadata={"help": "On battery: index goes on with everything, wait leaves vectors and scans for the charger."},
    )
    language: str = field(default="system", metadata={"help": "Language of the window: system, ko or en."})
    color_scheme: str = field(default="system", metadata={"help": "Colours of the window: system, light or dark."})


def load(path: Path) -> tuple[Settings, tuple[str, ...]]:
    """The settings in `path` and a sentence for each that had to be left at its default."""
    try:
        text = path.read_text(encoding="utf-8")
        import tomllib

        raw = tomllib.loads(text)
    except FileNotFoundError:
        return Settings(), ()
    except (OSError, ValueError) as e:
        return Settings(), (f"{path.name} could not be read ({e}); defaults are used until it is mended.",)
    known = {f.name: type(f.default) for f in fields(Settings)}
    notes = [f"{path.name}: there is no setting named {name!r}." for name in raw.keys() - known.keys()]
    good: dict[str, Any] = {}
    for name, value in raw.items():
        if name in known and type(value) is known[name]:
            good[name] = value
        elif name in known:
            notes.append(f"{path.name}: {name} must be of type {known[name].__name__}; its default is used.")
    return Settings(**good), tuple(notes)


def save(path: Path, settings: Settings) -> None:
    """Write `settings` so that a crash leaves the old file or the new one, never a half. Raises `errors.SetupProblem`
    when the disk does not take it; then nothing is changed."""
    import tomli_w

    whole.write(path, tomli_w.dumps(asdict(settings)).encode())

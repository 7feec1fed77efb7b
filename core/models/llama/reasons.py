"""What llama.cpp prints while it loads, in words for a person and in figures. Pure; does not know llama.cpp itself.

Its messages are those of llama.cpp 0c1e57098 (llama-cpp-python 0.3.36). They stay in the log; nobody is shown them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.errors import ModelProblem
from core.models.fit.plan import gigabytes

NO_MEMORY = "Close other programs, make the context smaller in the settings, or choose a smaller model."
_UPDATE = "Update Moa, or choose another model."

_REASONS = (
    (r"unknown (?:model )?architecture: '([^']+)'", "its architecture ({}) is not known to the installed llama.cpp",
     _UPDATE),
    (r"unknown pre-tokenizer type: '([^']+)'", "its vocabulary ({}) is not known to the installed llama.cpp", _UPDATE),
    (r"unknown (?:ggml|tensor) type|invalid ggml type", "it is stored in a way the installed llama.cpp does not know",
     _UPDATE),
    (r"(?:failed|unable) to allocate|out of memory|bad_alloc|cudaMalloc|ErrorOutOf(?:Device|Host)Memory",
     "there is not enough free memory", NO_MEMORY),
    (r"ErrorDeviceLost|device lost", "the graphics card was lost while it was loaded",
     "Try again; if it happens again, set gpu_layers to 0 in the settings."),
    (r"not within the file bounds|corrupted or incomplete|wrong number of tensors|missing tensor|wrong shape|"
     r"failed to read|(?:key|tensor '[^']+') not found|error loading model (?:vocabulary|hyperparameters)|"
     r"invalid|has wrong|cannot (?:open|find) tokenizer|unable to map|duplicate", "the file is damaged or incomplete",
     "Download it again, or choose another model."),
    (r"failed to initialize the context", "there is not enough free memory", NO_MEMORY),
)  # fmt: skip
"""llama.cpp's own words, what they mean, and what to do."""

_SIZE = re.compile(r"buffer of size (\d{6,})|allocating ([\d.]+) MiB|alloc\w* of size (\d{6,})")
_BUFFER = re.compile(r"(\S+) +(model|KV|RS|compute) buffer size = +([\d.]+) MiB")


@dataclass(frozen=True, slots=True)
class Reported:
    """Bytes that llama.cpp says it took. Tensors it stores anew, laid out for this processor, count once: the mapped
    pages they came from are never read again."""

    weights: int
    kv: int
    compute: int


def why_not(name: str, said: str, free: int) -> tuple[ModelProblem, bool]:
    """Why the model in file `name` could not be loaded, and whether it is the file's own fault, so that trying again
    is of no use. `free`: bytes of memory that were free."""
    for pattern, meaning, advice in _REASONS:
        if match := re.search(pattern, said):
            words = meaning.format(*match.groups())
            memory = advice == NO_MEMORY
            if memory and (needed := _asked_for(said)):
                words = f"it needs {gigabytes(needed)} more memory in one piece, and {gigabytes(free)} are free"
            return ModelProblem(f"{name} could not be loaded: {words}.", advice), not memory and "lost" not in words
    return ModelProblem(f"{name} could not be loaded.", "Choose another model; the log of the model says more."), True


def _asked_for(said: str) -> int:
    sizes = [
        int(float(number) * (2**20 if "." in number else 1))
        for found in _SIZE.findall(said)
        for number in found
        if number
    ]
    return max(sizes, default=0)


def reported(said: str) -> Reported:
    """What the buffers take, by what they are for."""
    sums = {"model": 0.0, "KV": 0.0, "RS": 0.0, "compute": 0.0}
    for place, kind, size in _BUFFER.findall(said):
        if not (kind == "model" and place.endswith("REPACK")):
            sums[kind] += float(size) * 2**20
    return Reported(int(sums["model"]), int(sums["KV"] + sums["RS"]), int(sums["compute"]))

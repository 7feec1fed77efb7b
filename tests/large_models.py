"""Models in the shapes of real ones, hundreds of megabytes each: written once, kept in the system's temporary folder.

Knows nothing of Moa. Speed and memory of llama.cpp depend on shapes and quantization, not on what the weights are, so
these stand in for models that cannot be downloaded by a test; what they write is gibberish.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from tests.gguf_files import Shape, write_model

FOLDER = Path(tempfile.gettempdir()) / "moa-large-models"
SHAPES = {
    "qwen2.5-0.5b": Shape(
        layers=24, width=896, heads=14, kv_heads=2, feed_forward=4864, vocabulary=151936, context=32768,
        architecture="qwen2",
    ),
    "llama-3.2-1b": Shape(
        layers=16, width=2048, heads=32, kv_heads=8, feed_forward=8192, vocabulary=128256, context=131072
    ),
}  # fmt: skip
QUANTIZATIONS = ("Q8_0", "Q4_K_M")


def large_model(shape: str, quantization: str, behaviour: str = "random") -> Path:
    """The file of a model with one of SHAPES in one of QUANTIZATIONS; a minute or two the first time. What copies has
    the sizes of the shape, not its architecture."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{shape}-{'' if behaviour == 'random' else behaviour + '-'}{quantization}.gguf"
    if path.exists():
        return path
    aside = path.with_suffix(".tmp")
    if quantization == "Q8_0":
        sizes = SHAPES[shape] if behaviour == "random" else replace(SHAPES[shape], architecture="llama")
        write_model(aside, shape=sizes, quant="q8_0", behaviour=behaviour)
    else:
        _requantize(large_model(shape, "Q8_0", behaviour), aside)
    return aside.rename(path)


def _requantize(source: Path, target: Path) -> None:
    import llama_cpp as lib

    params = lib.llama_model_quantize_default_params()
    params.ftype, params.nthread, params.allow_requantize = lib.LLAMA_FTYPE_MOSTLY_Q4_K_M, 1, True
    if lib.llama_model_quantize(str(source).encode(), str(target).encode(), params):
        raise RuntimeError(f"llama.cpp could not quantize {source}")

"""Embeds with torch and sentence-transformers: on graphics cards, and wherever no export serves.

Knows nothing of exports. Importing torch takes seconds and hundreds of megabytes, so it is done by `TorchBackEnd`.
"""

from __future__ import annotations

import ctypes
import platform
import sys
from collections.abc import Sequence
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

BATCH = 32


@cache
def accelerator() -> str:
    """cuda or mps where torch will find one, else empty: without importing torch, which takes seconds."""
    if sys.platform == "darwin":
        return "mps" if platform.machine() == "arm64" else ""
    try:
        if metadata.version("torch").endswith("+cpu"):
            return ""
        driver = ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
        count = ctypes.c_int(0)
        # CUDA driver API: both return 0 on success.
        found = driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0
    except (OSError, AttributeError, metadata.PackageNotFoundError):
        return ""
    return "cuda" if found and count.value else ""


class TorchBackEnd:
    """A model folder, loaded. Raises whatever torch, transformers and safetensors raise on a damaged one."""

    def __init__(self, folder: Path, threads: int) -> None:
        import torch
        from sentence_transformers import SentenceTransformer

        torch.set_num_threads(threads)
        self._model = SentenceTransformer(str(folder), trust_remote_code=False, local_files_only=True)
        self.device = str(self._model.device).split(":")[0]
        if self.device != "cpu":
            # Vectors are kept as float16 in any case.
            self._model.half()
        self.dim = int(self._model.get_embedding_dimension() or 0)

    def encode(self, what: str, texts: Sequence[str]) -> Vectors:
        """Vectors of length 1 in the order of `texts`; `what` is query or document."""
        import numpy as np

        encode = self._model.encode_document if what == "document" else self._model.encode_query
        made = encode(
            list(texts), batch_size=BATCH, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )
        vectors: Vectors = np.asarray(made, np.float32)
        return vectors

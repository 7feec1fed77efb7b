"""What the pipeline around the embedder costs: indexing a vault end to end against `SentenceTransformer.encode`
alone on the very same texts, in the same process, in turn.

    python tests/bench/indexing.py [FOLDER or .tar.gz] [--rounds N]

Prints seconds a round and the ratio of the medians. Default: the obsidian-help vault beside the project.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tarfile
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from sentence_transformers import SentenceTransformer

from core.engine import Engine
from core.index.embedding.embedder import Embedder
from core.paths import DataFolder

VAULT = Path(__file__).resolve().parents[3] / "shared" / "data" / "vaults" / "obsidian-help.tar.gz"


def index_once(notes: Path, data: Path, texts: list[str]) -> float:
    """Seconds from adding the folder to nothing pending, model loaded beforehand; notes what was embedded."""
    engine = Engine(DataFolder(data))
    engine.start()
    engine.parts.embedder.load()
    engine.parts.lane.wait_until_idle()
    embed = engine.parts.embedder.passages

    def recorded(batch: list[str]) -> object:
        texts.extend(batch)
        return embed(batch)

    engine.parts.embedder.passages = recorded  # type: ignore[method-assign,assignment]
    began = time.perf_counter()
    engine.library.add_folder(str(notes))
    engine.parts.lane.wait_until_idle()
    seconds = time.perf_counter() - began
    engine.close()
    return seconds


def encode_once(model: SentenceTransformer, texts: list[str]) -> float:
    """Seconds of sentence-transformers alone."""
    began = time.perf_counter()
    model.encode(texts, batch_size=32, normalize_embeddings=True, show_progress_bar=False)
    return time.perf_counter() - began


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("notes", nargs="?", type=Path, default=VAULT)
    ask.add_argument("--rounds", type=int, default=2)
    given = ask.parse_args()
    if not given.notes.exists():
        print(f"{given.notes} is not here: name a folder of notes.")
        return 2
    with tempfile.TemporaryDirectory(prefix="moa-bench-") as work:
        notes = given.notes
        if notes.suffix == ".gz":
            notes = Path(work) / "notes"
            with tarfile.open(given.notes) as tar:
                tar.extractall(notes, filter="data")
        model = SentenceTransformer(str(Embedder().folder), device="cpu", local_files_only=True)
        whole, alone = [], []
        for number in range(given.rounds):
            texts: list[str] = []
            whole.append(index_once(notes, Path(work) / f"data{number}", texts))
            alone.append(encode_once(model, texts))
            print(
                f"round {number + 1}: {len(texts)} texts, end to end {whole[-1]:.1f} s, encode alone {alone[-1]:.1f} s"
            )
        print(f"end to end / encode alone: {statistics.median(whole) / statistics.median(alone):.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

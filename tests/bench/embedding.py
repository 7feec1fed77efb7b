"""What embedding costs: the embedder as Moa uses it against `SentenceTransformer.encode` (torch, fp32) on the same
passages in the same process, in turn; and what ranking by its vectors loses.

    python tests/bench/embedding.py [--passages N] [--rounds N] [--rank SET...]

Prints passages a CPU second of each and their ratio; time and memory from a fresh process to the first vector; and with
--rank nDCG@10 of both by vectors alone, on sets of the retrieval data beside the project.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from core.index.embedding.embedder import Embedder

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "retrieval"
# As the lane hands them over.
AT_ONCE = 32

START = {
    "torch": "from sentence_transformers import SentenceTransformer as S; S({folder!r}, device='cpu').encode(['hi'])",
    "moa": "from core.index.embedding.embedder import Embedder; Embedder().question('hi')",
}


def passages(name: str) -> list[dict[str, Any]]:
    """The rows of a set's corpus."""
    return [json.loads(line) for line in (DATA / f"{name}.corpus.jsonl").open(encoding="utf-8")]


def per_cpu_second(embed: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    """Passages a second of processor time, all threads counted."""
    began = time.process_time()
    for at in range(0, len(texts), AT_ONCE):
        embed(texts[at : at + AT_ONCE])
    return len(texts) / (time.process_time() - began)


def ndcg(name: str, vectors: np.ndarray[Any, Any], question: Callable[[str], Any]) -> float:
    """Mean nDCG@10 of ranking the corpus by inner product."""
    ids = [str(r["id"]) for r in passages(name)]
    scores = []
    for line in (DATA / f"{name}.queries.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        relevant = set(map(str, row.get("gold_docs") or ()))
        if not relevant:
            continue
        top = np.argsort(-(vectors @ question(row["question"])), kind="stable")[:10]
        gain = sum(1 / math.log2(n + 2) for n, i in enumerate(top) if ids[i] in relevant)
        scores.append(gain / sum(1 / math.log2(n + 2) for n in range(min(10, len(relevant)))))
    return statistics.fmean(scores)


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--passages", type=int, default=256)
    ask.add_argument("--rounds", type=int, default=3)
    ask.add_argument("--rank", nargs="*", default=[], metavar="SET")
    given = ask.parse_args()
    if not DATA.exists():
        print(f"{DATA} is not here.")
        return 2
    texts = [r["text"] for r in passages("en_cranfield")][: given.passages]
    moa = Embedder(threads=1)
    torch.set_num_threads(1)
    plain = SentenceTransformer(str(moa.folder), device="cpu", local_files_only=True)

    def encode(part: Sequence[str]) -> Any:
        return plain.encode(list(part), normalize_embeddings=True, show_progress_bar=False)

    moa.question("warm"), encode(["warm"])
    ratios = []
    for number in range(given.rounds):
        slow, fast = per_cpu_second(encode, texts), per_cpu_second(moa.passages, texts)
        ratios.append(fast / slow)
        print(f"round {number + 1}: torch {slow:.1f}, {moa.id} {fast:.1f} passages a CPU second: {fast / slow:.2f} x")
    print(f"median ratio: {statistics.median(ratios):.2f}")
    for name, code in START.items():
        began = time.perf_counter()
        program = code.format(folder=str(moa.folder)) + "; import psutil; print(psutil.Process().memory_info().rss)"
        resident = subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True, check=True,
        ).stdout  # fmt: skip
        print(f"{name}: first vector after {time.perf_counter() - began:.2f} s, {int(resident.split()[-1]) >> 20} MiB")
    for name in given.rank:
        corpus = [f"{r.get('title') or ''}\n\n{r['text']}".strip() for r in passages(name)]
        torch_score = ndcg(name, encode(corpus), lambda q: encode([q])[0])
        moa_score = ndcg(name, moa.passages(corpus), moa.question)
        print(f"{name}: nDCG@10 torch {torch_score:.4f}, moa {moa_score:.4f} ({moa_score - torch_score:+.4f})")
    return 0


if __name__ == "__main__":
    sys.exit(main())

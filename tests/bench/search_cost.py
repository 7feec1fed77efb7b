"""What a search costs inside a running engine, against embedding the question alone, in the same process, in turn.

    python tests/bench/search_cost.py [--sizes 10000 100000] [--questions N]

The library is synthetic: pseudo-words by Zipf's law under the most frequent English words (keyword search costs what
its frequent terms cost), vectors in clusters, eight passages a file. Questions take words of a passage as they come,
frequent and rare, and every third is a whole sentence with its function words; each is asked once, so that what is
remembered of its words is what others said. Vectors are searched exactly. Prints medians in ms of processor time, all
of it on one thread, and their ratio, also to embedding the question with SentenceTransformer.encode; then the parts.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from sentence_transformers import SentenceTransformer

from core.engine import Engine
from core.index.embedding.embedder import Embedder
from core.index.terms import STOPWORDS, content_terms, indexed, match_any
from core.paths import DataFolder
from core.retrieval import lexical
from core.store.catalogue import Stat
from core.store.passages import Terms
from core.store.scope import EVERYTHING
from core.types import Chunk, Location

WORDS_A_PASSAGE, PASSAGES_A_FILE, VOCABULARY, CLUSTERS = 90, 8, 60_000, 500
WARM_UP = 10
SYLLABLES = [c + v + e for c in "bcdfghklmnprstvw" for v in "aeiou" for e in ("", "n", "r", "st")]


def vocabulary(rng: random.Random) -> tuple[list[str], list[float]]:
    """Words and their cumulative frequencies: Zipf's law, English function words first."""
    words = [*sorted(STOPWORDS), *("".join(rng.choices(SYLLABLES, k=rng.randint(2, 4))) for _ in range(VOCABULARY))]
    return words, list(np.cumsum(1 / (np.arange(len(words)) + 2.7)))


def fill(engine: Engine, size: int, rng: random.Random) -> list[str]:
    """Put `size` passages into the library, done with their vectors; returns their texts."""
    words, frequency = vocabulary(rng)
    p = engine.parts
    draw = np.random.default_rng(1)
    centres = draw.normal(size=(CLUSTERS, p.embedder.dim)).astype(np.float32)
    texts: list[str] = []
    with p.passages.database.write() as c:
        folder = c.execute(
            "INSERT INTO folder(path, state, collection, added) VALUES(?, 'watched', 'bench', 0)", (b"/bench",)
        ).lastrowid
        c.executemany(
            "INSERT INTO file(id, folder, path, state, size, mtime_ns, inode) VALUES(?, ?, ?, 'waiting', 1, 1, 1)",
            [(n + 1, folder, os.fsencode(f"/bench/{n}.md")) for n in range(size // PASSAGES_A_FILE)],
        )
    for n in range(size // PASSAGES_A_FILE):
        drawn = rng.choices(words, cum_weights=frequency, k=WORDS_A_PASSAGE * PASSAGES_A_FILE)
        bodies = [" ".join(drawn[i::PASSAGES_A_FILE]) for i in range(PASSAGES_A_FILE)]
        chunks = [Chunk(i, body, Location(line_from=i), f"{n} {i} {body}") for i, body in enumerate(bodies)]
        title = " ".join(rng.choices(words, cum_weights=frequency, k=4))
        terms = Terms(indexed(title), ("",) * len(chunks), tuple(map(indexed, bodies)))
        p.passages.replace(
            n + 1,
            Stat(f"/bench/{n}.md", 1, 1, 1),
            f"{n:064x}",
            "markdown",
            title,
            "bench",
            chunks,
            terms,
            p.embedder.id,
        )
        texts += bodies
    ids = [int(r[0]) for r in p.passages.database.read("SELECT id FROM chunk ORDER BY id")]  # type: ignore[call-overload]
    with p.passages.database.write() as c:
        c.execute("UPDATE chunk SET pending = 0, embed_text = NULL")
    for at in range(0, len(ids), 5000):
        part = ids[at : at + 5000]
        near = centres[draw.integers(CLUSTERS, size=len(part))] + draw.normal(size=(len(part), p.embedder.dim)) * 0.7
        near = (near / np.linalg.norm(near, axis=1, keepdims=True)).astype(np.float32)
        p.exact.put(part, near)
    return texts


def questions(texts: Sequence[str], count: int, rng: random.Random) -> list[str]:
    """Words of a passage as they come; every third question is a run of it."""
    asked = []
    for n in range(count):
        words = rng.choice(texts).split()
        at = rng.randrange(len(words) - 12)
        asked.append(" ".join(words[at : at + 12]) if n % 3 == 0 else "what is " + " ".join(rng.sample(words, 6)))
    return asked


def median_ms(work: Callable[[str], object], asked: Sequence[str]) -> float:
    took = []
    for question in asked:
        began = time.thread_time()
        work(question)
        took.append(time.thread_time() - began)
    return statistics.median(took) * 1000


def measure(size: int, count: int) -> None:
    """One line of the table, and the parts of a search."""
    rng = random.Random(size)
    with tempfile.TemporaryDirectory(prefix="moa-bench-") as data:
        engine = Engine(DataFolder(Path(data)))
        engine.start()
        try:
            p = engine.parts
            p.embedder_done.wait()
            p.lane.wait_until_idle()
            began = time.perf_counter()
            texts = fill(engine, size, rng)
            built = time.perf_counter() - began
            asked = questions(texts, count + WARM_UP, rng)
            for question in asked[count:]:
                engine.questions.search(question)
            plain = SentenceTransformer(str(Embedder().folder), device="cpu", local_files_only=True)
            # Else Python's collector walks through torch, which an engine never loads, in the middle of a search.
            gc.freeze()
            ratios, whole, alone, torch_alone = [], [], [], []
            for at in range(0, count, 10):
                part = asked[at : min(at + 10, count)]
                alone.append(median_ms(p.embedder.question, part))
                whole.append(median_ms(engine.questions.search, part))
                torch_alone.append(median_ms(lambda q: plain.encode(q, show_progress_bar=False), part))
                ratios.append(whole[-1] / alone[-1])
            found, embedded, torch = (statistics.median(t) for t in (whole, alone, torch_alone))
            print(f"{size:,} passages (made in {built:.0f} s): search {found:.1f} ms")
            print(f"  embedding the question alone {embedded:.1f} ms: {statistics.median(ratios):.2f} x")
            print(f"  with SentenceTransformer.encode {torch:.1f} ms: {found / torch:.2f} x", flush=True)
            vector = p.embedder.question(asked[0])

            def terms(question: str) -> str:
                return match_any(p.passages.common.left_out(content_terms(question)))

            parts: dict[str, Callable[[str], object]] = {
                "keywords": lambda q: lexical.rank(p.passages, q, EVERYTHING),
                "  in passages": lambda q: p.passages.match_chunks(terms(q), lexical.POOL, EVERYTHING),
                "  in files": lambda q: p.passages.match_files(terms(q), lexical.POOL, EVERYTHING),
                "exact vectors": lambda q: p.exact.search(vector, 100),
            }
            for name, work in parts.items():
                print(f"  {name:<16} {median_ms(work, asked[:count]):.1f} ms", flush=True)
        finally:
            engine.close()


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    ask.add_argument("--questions", type=int, default=60)
    given = ask.parse_args()
    for size in given.sizes:
        measure(size, given.questions)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""How well Moa knows that the notes do not answer: AUROC, false refusals and false answers on public question sets.

    python tests/bench/refusal.py SET WORK [--limit N] [--fit]

SET: a name under ../shared/data/retrieval. WORK: a folder for its corpus, one Markdown file a row, and for the library;
what is there from before is used again. Sets with unanswerable questions are taken as they are; in the others each
question is asked twice, the second time without the files that answer it.
Groups (articles, conversations) fall into two halves; figures are of the second, `--fit` fits on the first.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.answer import answerable
from core.engine import Engine
from core.paths import DataFolder
from core.types import Passage

SETS = Path(__file__).resolve().parents[3] / "shared" / "data" / "retrieval"
FALSE_REFUSALS = 0.0625


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("set")
    parser.add_argument("work", type=Path)
    parser.add_argument("--sets", type=Path, default=SETS)
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--fit", action="store_true")
    asked = parser.parse_args()
    questions = _rows(asked.sets / f"{asked.set}.queries.jsonl")
    if asked.limit:
        questions = questions[:: max(1, len(questions) // asked.limit)]
    corpus = _rows(asked.sets / f"{asked.set}.corpus.jsonl")
    engine = _indexed(asked.work, corpus)
    try:
        rows = list(_judged(engine, questions, [row["id"] for row in corpus]))
    finally:
        engine.close()
    groups = sorted({group for group, _, _, _ in rows})
    first = set(groups[::2])
    held = [r for r in rows if r[0] not in first] or rows
    _report(asked.set, held)
    if asked.fit:
        for model in (answerable.PLAIN, answerable.SPOKEN):
            names = [n for n in model if n]
            train = [r for r in rows if r[0] in first and set(r[2]) == set(names)]
            test = [r for r in held if set(r[2]) == set(names)]
            if len({r[1] for r in train}) > 1:
                _fit(names, train, test)


def _indexed(work: Path, corpus: Sequence[Any]) -> Engine:
    notes = work / "notes"
    notes.mkdir(parents=True, exist_ok=True)
    for n, row in enumerate(corpus):
        title = (row.get("title") or "").strip()
        text = (f"# {title}\n\n" if title else "") + row["text"] + "\n"
        if not (notes / f"{n:06d}.md").exists():
            (notes / f"{n:06d}.md").write_text(text, "utf-8")
    engine = Engine(DataFolder(work / "data"))
    engine.start()
    if not engine.library.folders():
        engine.library.add_folder(str(notes))
    engine.library.index(wait=True)
    engine.parts.embedder_done.wait()
    return engine


def _judged(engine: Engine, questions: Sequence[Any], ids: Sequence[str]) -> Iterator[Any]:
    """(group, answerable, features, score) of each question."""
    library = engine.parts.passages
    marked = any(not q.get("answerable", True) for q in questions)
    for q in questions:
        found = engine.questions.search(q["question"], answerable.JUDGED + 10).hits
        gold = set(q["gold_docs"])
        tries: list[tuple[bool, list[Passage]]] = [(q.get("answerable", True), list(found))]
        if not marked:
            tries.append((False, [p for p in found if ids[int(Path(p.path).stem)] not in gold]))
        for truth, passages in tries:
            passages = passages[: answerable.JUDGED]
            if not passages:
                continue
            _, features = answerable.features(library, q["question"], passages)
            yield q.get("group", q["qid"]), truth, features, answerable.score(library, q["question"], passages)


def _report(name: str, rows: Sequence[Any]) -> None:
    truth = np.array([r[1] for r in rows])
    scores = np.array([r[3] for r in rows])
    refused = scores < answerable.REFUSE_BELOW
    print(
        json.dumps(
            {
                "set": name,
                "answerable": int(truth.sum()),
                "unanswerable": int((~truth).sum()),
                "auroc": round(_auroc(scores, truth), 3),
                "false_refusals": round(float(refused[truth].mean()), 3),
                "false_answers": round(float((~refused)[~truth].mean()), 3) if (~truth).any() else None,
            }
        )
    )


def _fit(names: Sequence[str], train: Sequence[Any], test: Sequence[Any]) -> None:
    """Logistic regression by Newton's method, with a little ridge; the intercept is then set by FALSE_REFUSALS."""
    x = np.array([[1.0, *(r[2][n] for n in names)] for r in train])
    y = np.array([float(r[1]) for r in train])
    weight = np.where(y > 0, 0.5 / y.mean(), 0.5 / (1 - y.mean()))
    beta = np.zeros(x.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ beta))
        hessian = (x * (weight * p * (1 - p))[:, None]).T @ x + 1e-1 * np.eye(len(beta))
        beta += np.linalg.solve(hessian, x.T @ (weight * (y - p)) - 1e-1 * beta)
    beta[0] -= np.quantile((x @ beta)[y > 0], FALSE_REFUSALS)
    xt = np.array([[1.0, *(r[2][n] for n in names)] for r in test])
    yt = np.array([r[1] for r in test])
    held = xt @ beta
    print(
        json.dumps(
            {
                "coefficients": {n: round(float(b), 3) for n, b in zip(["", *names], beta, strict=True)},
                "held_out_auroc": round(_auroc(held, yt), 3),
                "false_refusals": round(float((held < 0)[yt].mean()), 3),
                "false_answers": round(float((held >= 0)[~yt].mean()), 3),
            }
        )
    )


def _auroc(scores: Any, truth: Any) -> float:
    """The chance that an answerable question scores above an unanswerable one; ties count half."""
    if truth.all() or not truth.any():
        return float("nan")
    above = [float((s > scores[~truth]).mean() + 0.5 * (s == scores[~truth]).mean()) for s in scores[truth]]
    return float(np.mean(above))


def _rows(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]


if __name__ == "__main__":
    main()

"""How well Moa answers without a model: how often its quotations hold the answer, and how much there is to read.

    python -m tests.bench.quotations SET WORK [--limit N]

SET: a name under ../shared/data/retrieval whose questions carry their answers word for word (ko_korquad1, en_xquad).
WORK: as for refusal.py, and shared with it. `first`: the answer stands in the first quotation, `any`: in one of them,
`passages`: in what was found at all.
"""

from __future__ import annotations

import argparse
import json
import re
import unicodedata
from pathlib import Path
from statistics import fmean

from core.answer import answerable
from core.answer.quoting.extract import extract
from core.retrieval.evidence import Evidence
from tests.bench.refusal import SETS, _indexed, _rows


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("set")
    parser.add_argument("work", type=Path)
    parser.add_argument("--sets", type=Path, default=SETS)
    parser.add_argument("--limit", type=int, default=0)
    asked = parser.parse_args()
    questions = [q for q in _rows(asked.sets / f"{asked.set}.queries.jsonl") if q.get("answerable", True)]
    if asked.limit:
        questions = questions[:: max(1, len(questions) // asked.limit)]
    engine = _indexed(asked.work, _rows(asked.sets / f"{asked.set}.corpus.jsonl"))
    first, some, found, read = [], [], [], []
    try:
        for q in questions:
            passages = engine.questions.search(q["question"], answerable.JUDGED).hits
            text, citations = extract(passages, Evidence(engine.parts.passages, q["question"]))
            wanted = [plain for a in q["answers"] if (plain := _plain(a))]
            holds = [any(w in _plain(c.quote) for w in wanted) for c in citations]
            first.append(bool(holds) and holds[0])
            some.append(any(holds))
            found.append(any(w in _plain(p.text) for p in passages for w in wanted))
            read.append(len(text))
    finally:
        engine.close()
    shares = {"first": first, "any": some, "passages": found}
    told = {name: round(fmean(values), 3) for name, values in shares.items()}
    print(json.dumps({"set": asked.set, "questions": len(questions), **told, "characters": round(fmean(read))}))


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFC", text).lower()))


if __name__ == "__main__":
    main()

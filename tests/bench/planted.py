"""Planted errors in sentences of any notes: how many does the check of citations find, how many true ones doubt?

    python tests/bench/planted.py FOLDER... [--sentences N]

Sentences of Markdown notes, lightly reworded, are held against their own passage beside four others; then again with
one number or name changed, and cited to another passage. Nothing in Moa was chosen on these figures; what was is
tests/answer/claims.tsv.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from core.answer.checking.names import names
from core.answer.checking.support import Source, check
from core.answer.checking.values import values
from core.answer.words.sentences import sentences
from core.answer.words.stems import stems
from core.chunks import split
from core.errors import MoaError
from core.text import read
from core.types import Passage

FILES, PASSAGES = 150, 6
STRANGE = ("Zorbix", "Quentin", "Marlowe", "config-x9.yml")
REWORD = (
    (r"(할 수 있어요|할 수 있습니다)\.?$", "할 수 있다."), (r"(해요|합니다)\.?$", "한다."),
    (r"(예요|이에요|입니다)\.?$", "이다."), (r"^You can ", "It is possible to "), (r"\byour\b", "the user's"),
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--sentences", type=int, default=400)
    asked = parser.parse_args()
    rng = random.Random(7)
    passages = list(_passages(asked.folders, rng))
    true = [(p, _reworded(s)) for p in passages for s in sentences(p.text) if _usable(s)]
    false = [(p, wrong) for p, s in true for wrong in _wrong(s, rng) if wrong != s]
    rng.shuffle(true)
    rng.shuffle(false)
    sources: dict[int, Source] = {}

    def source(passage: Passage) -> Source:
        return sources.setdefault(passage.n, Source(passage))

    def held(claim: str, cited: Passage, *also: Passage) -> bool:
        others = [*also, *rng.sample(passages, 4)]
        return check(claim, source(cited), [source(o) for o in others if o is not cited]).supported

    n = asked.sentences
    swapped = [(s, p, q) for p, s in true[n : n + n // 2] for q in [rng.choice(passages)] if q.path != p.path]
    print(
        json.dumps(
            {
                "passages": len(passages),
                "true": len(true[:n]),
                "doubted": sum(not held(s, p) for p, s in true[:n]),
                "planted": len(false[:n]),
                "found": sum(not held(s, p) for p, s in false[:n]),
                "other_source": len(swapped),
                "found_there": sum(not held(s, q, p) for s, p, q in swapped),
            }
        )
    )


def _passages(folders: Sequence[Path], rng: random.Random) -> Iterator[Passage]:
    n = 0
    for folder in folders:
        files = sorted(folder.rglob("*.md"))
        rng.shuffle(files)
        for path in files[:FILES]:
            try:
                document = read(path, path.read_bytes())
            except (MoaError, OSError):
                continue
            for chunk in split(document, lambda text: len(text) // 3 + 2, 256)[:PASSAGES]:
                n += 1
                yield Passage(n, str(path), document.title, chunk.location, chunk.text, 1.0)


def _usable(sentence: str) -> bool:
    return 25 < len(sentence) < 200 and "|" not in sentence and len(stems(sentence)) >= 4


def _reworded(sentence: str) -> str:
    for pattern, instead in REWORD:
        sentence = re.sub(pattern, instead, sentence)
    return sentence


def _wrong(sentence: str, rng: random.Random) -> Iterator[str]:
    """The sentence with one of its numbers changed, and with one of its names."""
    found = values(sentence)
    if found:
        value = rng.choice(found)
        digits = re.search(r"\d+", value.written)
        if digits:
            number = int(digits[0])
            other = str(number + (rng.choice([1, 2, 3, 7]) if number < 10000 else 111))
            written = value.written[: digits.start()] + other + value.written[digits.end() :]
            yield sentence[: value.at] + written + sentence[value.at + len(value.written) :]
    called = names(sentence)
    if called:
        yield sentence.replace(rng.choice(called), rng.choice(STRANGE))


if __name__ == "__main__":
    main()

"""Do the notes answer this at all? A probability, from what was found. Knows neither models nor prompts.

Two small logistic models. The plain one asks how much of the question stands together: in the best passage, in the
best sentence; a question of many words seldom has all of them in one place. A number or date of the question that
stands nowhere speaks against; a long question is also judged by its clauses, since it may ask several things (questions
of AutoRAG: false refusals .111 → .074). The other is for conversations, where everything asked may stand there and yet
be about somebody else: it compares what stands in what was said by and about the person asked about with what stands in
the rest.

The coefficients were fitted on one half of the groups of public sets and measured on the other (tests/bench/refusal.py
does it again): KorQuAD with and without the article that answers, XQuAD likewise, and LoCoMo's adversarial questions.
Their intercepts are shifted so that .5 refuses about one answerable question in fifteen: a false refusal costs more
than a quotation that does not help, but it shows the nearest passages all the same, and from one in twenty-five to one
in fifteen the false answers fall by a third.

Tried and left out: which of the question's names, or its rarest word, stand nowhere (what they tell is in the shares of
words already); how far the best sentence falls short that holds the kind of answer wanted; how far the best passage
stands out (no gain, and notes that are all alike are refused); whether a date or number stands near for who asks when
or how many (AUROC .51 by itself); the similarity of the embeddings (.50 on LoCoMo, and every embedder has its own
scale); BM25's margins (they follow the collection).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence

from core.answer.checking.names import names
from core.answer.checking.values import values
from core.answer.question import asked
from core.answer.words import dialogue
from core.answer.words.sentences import sentences
from core.index.embedding.embedder import language_of
from core.retrieval.evidence import Evidence
from core.store.passages import Passages
from core.types import Passage

# Passages beyond these seldom hold the answer when the first do not.
JUDGED = 6
REFUSE_BELOW = 0.5
BEST_OF = 3
# Words that say what it is about, of a question that may have parts, and of a part that asks something by itself.
LONG, FEWEST = 10, 4
_CLAUSES = re.compile(r"(?<=[가-힣])(?:며|고),\s|[,.?!;]\s+(?:또한\s|and\s)?")

# Two judgements, the sets have no such questions: who asks for so many won is not answered by passages without any; who
# asks whether something is so may be answered by a note that does not name it ("A server in Seoul?" by a list).
# Korean has a constant of its own: stems there are beginnings of words, and more of a question seems to stand anywhere.
PLAIN = {
    "": -6.4, "korean": -0.4, "best": 5.7, "sentence": 4.95, "words": 1.05, "number_nowhere": -1.75,
    "yes_or_no": 0.6, "no_such_unit": -1.5,
}  # fmt: skip
_YES_OR_NO = re.compile(
    r"^(?:is|are|was|were|do|does|did|can|could|has|have|may|must|should|will)\b|(?:있|없|되|돼|하|인|인가|했|됐|맞|될|할)"
    r"(?:어|나|나요|어요|습니까|니까|니|지|지요|까|까요|가요|요)?\s*\?\s*$", re.I,
)  # fmt: skip
_ASKS_WHAT = re.compile(r"무엇|뭐|뭘|언제|어디|어느|누구|누가|어떻|어떤|왜|몇|얼마|며칠")
SPOKEN = {"": -0.3, "ahead": 2.0, "ahead_of_three": 3.1, "own": 0.4, "best": 1.05}


def score(library: Passages, question: str, passages: Sequence[Passage]) -> float:
    """The probability that these passages answer the question; 0 without any.

    Passages in another language than the question's can only be compared by names: one that holds all of them will do.
    """
    if not passages:
        return 0.0
    passages = passages[:JUDGED]
    own = language_of(question)
    if sum(language_of(p.text) != own for p in passages) > len(passages) / 2:
        called = names(question)
        literal = [unicodedata.normalize("NFC", f"{p.title}\n{p.location.heading}\n{p.text}").lower() for p in passages]
        if called and any(all(name.lower() in text for name in called) for text in literal):
            return 1.0
    return max(_probability(*features(library, part, passages)) for part in (question, *_parts(library, question)))


def _parts(library: Passages, question: str) -> list[str]:
    """The clauses of a long question. One that asks several things is answered when one of them is; all its words
    stand nowhere together."""
    if Evidence(library, question).words < LONG:
        return []
    clauses = [clause for clause in _CLAUSES.split(question) if clause.strip()]
    return [c for c in clauses if Evidence(library, c).words >= FEWEST] if len(clauses) > 1 else []


def features(
    library: Passages, question: str, passages: Sequence[Passage]
) -> tuple[dict[str, float], dict[str, float]]:
    """(coefficients of the model that fits, features by their names)."""
    evidence = Evidence(library, question)
    heads = [f"{p.title}\n{p.location.heading or ''}\n" for p in passages]
    whole = [evidence.coverage(head + p.text) for head, p in zip(heads, passages, strict=True)]
    best = max(whole)
    spoken = _spoken(library, question, passages)
    if spoken:
        return SPOKEN, {**spoken, "best": best}
    said = [evidence.coverage(head + s) for head, p in zip(heads, passages, strict=True) for s in sentences(p.text)]
    return PLAIN, {
        "best": best,
        "sentence": max(said, default=0.0),
        "korean": float(language_of(question) == "ko"),
        "words": math.log(max(1, evidence.words)),
        "number_nowhere": _nowhere(question, passages),
        "no_such_unit": float(_unit_is_missing(question, passages)),
        "yes_or_no": float(bool(_YES_OR_NO.search(question)) and not _ASKS_WHAT.search(question)),
    }


def _nowhere(question: str, passages: Sequence[Passage]) -> float:
    """The share of the question's numbers and dates that stand in none of the passages."""
    asked_for = values(question)
    here = [v for p in passages for v in values(f"{p.title}\n{p.text}")] if asked_for else []
    return sum(not any(v.same(h) for h in here) for v in asked_for) / len(asked_for) if asked_for else 0.0


def _unit_is_missing(question: str, passages: Sequence[Passage]) -> bool:
    """The question asks for a number of something measured (몇 원, how many GB), and no passage has one of those."""
    wanted = asked.dimensions(question)
    return bool(wanted) and not any(asked.of_dimension(v, wanted) for p in passages for v in values(p.text))


def _spoken(library: Passages, question: str, passages: Sequence[Passage]) -> dict[str, float]:
    """Features of a question about somebody who speaks in the passages; empty when it is none."""
    said = [turn for p in passages for turn in dialogue.turns(p.text)]
    about = dialogue.subject(question, list(dict.fromkeys(t.speaker for t in said)))
    if not about:
        return {}
    # Names stand everywhere in a conversation, dates in its head: neither tells whom a sentence is about.
    for written in (*{t.speaker for t in said}, *(v.written for v in values(question))):
        question = re.sub(rf"(?<!\w){re.escape(written)}(?:['’]s)?(?![A-Za-z0-9])", " ", question)
    evidence = Evidence(library, question)
    own = sorted((evidence.coverage(t.own if t.speaker == about else t.other) for t in said), reverse=True)
    rest = sorted((evidence.coverage(t.other if t.speaker == about else t.own) for t in said), reverse=True)
    return {
        "ahead": own[0] - rest[0],
        "ahead_of_three": (sum(own[:BEST_OF]) - sum(rest[:BEST_OF])) / BEST_OF,
        "own": own[0],
    }


def _probability(coefficients: dict[str, float], found: dict[str, float]) -> float:
    return 1 / (1 + math.exp(-coefficients[""] - sum(coefficients[name] * value for name, value in found.items())))

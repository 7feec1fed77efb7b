"""Does a passage bear out a sentence? Numbers, dates and names must stand there, most of its words should. Pure.

Knows nothing of models or numbering. What it cannot see: a wrong word that is neither a number nor a name, a `not` that
was added or lost, and anything said in another language than the passage's beyond numbers and names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from core.answer.sentences import spans
from core.answer.stems import EMPTY, Wording, stem, stems
from core.answer.values import Value, values
from core.index.embedder import language_of
from core.index.terms import has_hangul
from core.types import Passage

# Chosen on tests/answer/claims.tsv: share of a sentence's words that stand around the quote, or in the whole passage.
WORDING_NEAR = 0.45
# With numbers or names that all stand there, less will do.
WORDING_BESIDE_VALUES = 0.3
WORDING_WHOLE = 0.6
# A number must stand in a sentence that carries this part of what the best sentence carries of the words around it.
VALUE_NEAR = 0.75
# What words count in the sentences beside the one that holds the number, in the same line and in others.
SAME_LINE = 0.9
BESIDE = 0.7
HEADING_CHARACTERS = 60
# A passage is the wrong one when another bears so much more of the sentence.
BETTER_BY = 0.3
_SURNAMES = (
    "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민진나지엄채"
    "원천방공현함변염여추도소석선설마길위표명기반왕금옥육인맹제모탁국은편용"
)
_CALLED = (
    "씨|님|대리|과장|차장|부장|팀장|실장|대표|이사|사장"
    "|교수|선생님|선생|박사|원장|점장|작가|기자|세무사|변호사|의원|감독|선수"
)
_KOREAN_NAME = re.compile(rf"(?<![가-힣])([{_SURNAMES}][가-힣]{{2}})(?=\s?(?:{_CALLED}))(?=[^가-힣]|\s|{_CALLED})")
_IDENTIFIER = re.compile(
    r"[A-Za-z0-9가-힣_.\-/+]*(?:[A-Za-z][0-9]|[0-9][A-Za-z]|[A-Za-z]{2}[_/]|_[A-Za-z]|[A-Za-z0-9]\.[A-Za-z]{2}|[a-z][A-Z]|[A-Z]{2})"
    r"[A-Za-z0-9_.\-/+]*"
)
_CAPITAL = re.compile(r"(?<![\w.])[A-Z][A-Za-z0-9'’-]*[a-z][A-Za-z0-9'’-]*")
_SCALE = re.compile(r"단위\s*[:：]?\s*(천|백만|만|억)\s?원|(천|백만|만|억)\s?원 단위")
_QUANTITY = re.compile(r"\d+(?:st|nd|rd|th|k|m|am|pm|[kmg]?b|[kmc]?m|[km]?g|m?l|mAh)", re.I)
# A name at the beginning of a sentence goes on with another, or with what it does.
_ACTS = re.compile(r"[\w'’-]+\s+(?:[A-Z]|\w+ed\b|is\b|was\b|has\b|will\b)")
_VERSION = re.compile(r"(?<![\w.])\d+\.\d+\.\d+[\w.]*")
_STARTERS = frozenset(
    str.split(
        "According However Based Yes No Finally First Second Third Then After Before During Since Because"
        " Although Though"
        " When While Where Until Unless Each Every Both All Some Most Many Several Only Also Another Other Note Notes"
        " Please Here There Today Currently Additionally Moreover Therefore Thus Next Later"
    )
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sentence is borne out, how far (0 to 1), and the words of the passage that bear it."""

    supported: bool
    score: float
    start: int
    end: int
    missing: tuple[str, ...] = ()
    """Numbers, dates and names that the passage does not bear out, as the sentence writes them."""


class Source:
    """One passage, read once for all sentences that are held against it."""

    def __init__(self, passage: Passage) -> None:
        text = passage.text
        context = f"{passage.title}\n{passage.location.heading or ''}\n{PurePath(passage.path).stem}"
        self.passage = passage
        self.spans = list(spans(text)) or [(0, len(text))]
        first, last = self.spans[0], self.spans[-1]
        beside = zip([first, *self.spans[:-1]], [*self.spans[1:], last], strict=True)
        self.around = [Wording(f"{text[before[0] : after[1]]}\n{context}") for before, after in beside]
        self.sentences = [Wording(f"{head}\n{text[a:b]}") for (a, b), head in self._under_heads(text)]
        self.lines = [Wording(line) for line in self._lines(text)]
        self.values = [values(text[a:b]) for a, b in self.spans]
        self.whole = Wording(f"{context}\n{text}")
        self.context_values = values(context)
        self.literal = _plain(f"{context}\n{text}")
        self.context = Wording(context)
        self.language = language_of(text)
        scale = _SCALE.search(text)
        self.scale = {"천": 1e3, "만": 1e4, "백만": 1e6, "억": 1e8}[scale[1] or scale[2]] if scale else 1.0

    def _under_heads(self, text: str) -> Iterator[tuple[tuple[int, int], str]]:
        """Each sentence with the last line before it that looks like a heading."""
        head = ""
        for a, b in self.spans:
            alone = text[b : b + 2] == "\n\n" and (a == 0 or text[a - 1] in "\n# ")
            if alone and b - a <= HEADING_CHARACTERS and text[b - 1] not in ".!?:다요":
                head = text[a:b]
            yield (a, b), head

    def _lines(self, text: str) -> Iterator[str]:
        """Each sentence with its neighbours of the same line."""
        for n, (a, b) in enumerate(self.spans):
            for other in (*self.spans[max(0, n - 1) : n], *self.spans[n + 1 : n + 2]):
                start, end = min(a, other[0]), max(b, other[1])
                if "\n" not in text[start:end]:
                    a, b = start, end
            yield text[a:b]

    def check(self, claim: str) -> Verdict:
        """How this passage bears out a sentence, taken alone."""
        wanted = stems(claim)
        said = values(claim)
        shares = [s.share(wanted) for s in self.sentences]
        met = [sum(self._in(v, own) for v in said) / len(said) if said else 0.0 for own in self.values]
        best = max(range(len(self.spans)), key=lambda i: (shares[i] + 0.5 * met[i], -i))
        near, whole = self.around[best].share(wanted), self.whole.share(wanted)
        foreign = language_of(claim) != self.language
        called = names(claim)
        missing = [v.written for v in said if not self._stands(v, said, claim, foreign)]
        missing += [name for name in called if not self._named(name)]
        least = WORDING_BESIDE_VALUES if said or called else WORDING_NEAR
        enough = near >= least or whole >= WORDING_WHOLE or (foreign and bool(said or called))
        score = max(near, 0.9 * whole) if not foreign else max(near, met[best])
        return Verdict(enough and not missing, score, *self.spans[best], tuple(dict.fromkeys(missing)))

    def _in(self, value: Value, found: Sequence[Value]) -> bool:
        return any(
            value.same(o) or (self.scale > 1 and not o.unit and value.number == o.number * self.scale) for o in found
        )

    def _stands(self, value: Value, said: Sequence[Value], claim: str, foreign: bool) -> bool:
        """Is the value said here, and of the same thing? Of the sentences that hold it one must carry nearly as much
        of the words and numbers beside it as any sentence does."""
        if self._in(value, self.context_values):
            return True
        holding = [i for i, found in enumerate(self.values) if self._in(value, found)]
        if foreign or not holding:
            return bool(holding)
        clause, start = _near(claim, value)
        words = clause
        for v in said:
            words = words.replace(v.written, " ")
        local = [s for s in stems(words) if self.context.holds(s) < 1]
        beside = [v for v in said if v is not value and start <= v.at < start + len(clause)]
        if not local and not beside:
            return True
        own = [
            max(
                self.sentences[i].share(local),
                SAME_LINE * self.lines[i].share(local),
                BESIDE * self.around[i].share(local),
            )
            * len(local)
            + sum(self._in(v, self.values[i]) for v in beside)
            for i in range(len(self.spans))
        ]
        return max(own[i] for i in holding) >= VALUE_NEAR * max(own)

    def _named(self, name: str) -> bool:
        word = name.isascii() and name.isalpha()
        return _plain(name) in self.literal or (word and self.whole.holds(stem(name.lower())) == 1)


def check(claim: str, cited: Source, others: Sequence[Source]) -> Verdict:
    """How the cited passage bears out a sentence, when `others` could have been meant."""
    verdict = cited.check(claim)
    if not verdict.supported or verdict.score + BETTER_BY > 1:
        return verdict
    better = max((v.score for o in others if (v := o.check(claim)).supported), default=0.0)
    if better >= verdict.score + BETTER_BY:
        return Verdict(False, verdict.score, verdict.start, verdict.end)
    return verdict


def names(text: str) -> list[str]:
    """Names and identifiers that must stand literally in a source: capitalised words that do not begin a sentence,
    words with digits, points or capitals inside, Korean names with a title or in the place of a name."""
    found = [m[0].strip(".-/") for m in _IDENTIFIER.finditer(text)] + [m[0] for m in _VERSION.finditer(text)]
    found = [f for f in found if not _QUANTITY.fullmatch(f)]
    starts = {a + len(text[a:b]) - len(text[a:b].lstrip("\"'“‘(*_ ")) for a, b in spans(text)}
    capitals = [
        re.sub("['’]s?$", "", m[0])
        for m in _CAPITAL.finditer(text)
        if m[0] not in _STARTERS and m[0].lower() not in EMPTY
        and (m.start() not in starts or has_hangul(text) or _ACTS.match(text, m.start()))
        and not values(m[0])
    ]  # fmt: skip
    korean = [m[1] for m in _KOREAN_NAME.finditer(text)]
    return list(dict.fromkeys([*found, *capitals, *korean]))


def _near(claim: str, value: Value) -> tuple[str, int]:
    """The clause around a value, and where it begins."""
    claim = unicodedata.normalize("NFC", claim)
    at, end = value.at, value.at + len(value.written)
    before = max(claim.rfind(c, 0, at) for c in (", ", "; ", "고 ", " and "))
    after = min((i for c in (", ", "; ", "고 ", " and ") if (i := claim.find(c, end)) >= 0), default=len(claim))
    clause = claim[before + 1 : after]
    return (clause, before + 1) if len(stems(clause)) > 1 else (claim, 0)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text).lower())

"""Does a passage bear out a sentence? Numbers, dates and names must stand there, most of its words should. Pure.

Knows nothing of models or numbering. A number, date or name that stands there may still be that of something else: it
must stand beside the words it is said of (`_stands`, rivals.py), and a sentence must not deny what the passage
affirms, nor the other way round (polarity.py). What it cannot see: a wrong word that is neither a number nor a name,
who did what to whom within one sentence, and anything said in another language than the passage's beyond numbers and
names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import PurePath

from core.answer.checking.names import capitals, misspelt, names, replaced
from core.answer.checking.polarity import allows, denied
from core.answer.checking.rivals import kind, taken
from core.answer.checking.values import Value, values
from core.answer.words import dialogue
from core.answer.words.sentences import spans
from core.answer.words.stems import Wording, stem, stems
from core.index.embedding.embedder import language_of
from core.index.terms import has_hangul
from core.types import Passage

# Chosen on tests/answer/claims.tsv: share of a sentence's words that stand around the quote, or in the whole passage.
WORDING_NEAR = 0.45
# A sentence of a number and less than this says nothing else that could be compared.
FEW_WORDS = 2
# With numbers or names that all stand there, less will do.
WORDING_BESIDE_VALUES = 0.3
WORDING_WHOLE = 0.6
# A number must stand in a sentence that carries this part of what the best sentence carries of the words around it.
VALUE_NEAR = 0.66
# What words count in the sentences beside the one that holds the number, in the same line and in others.
SAME_LINE = 0.9
BESIDE = 0.7
# What a value beside it counts, in words: `5.0` tells two rows apart that have all their words in common.
WEIGHT_OF_VALUE = 2.5
# A name is another's when a sentence without it bears this much of what is said of it, and none with it bears this part
# of that; a sentence after the one that names it may speak of it still.
SAID_ELSEWHERE = 0.75
SAID_BY_OTHER = 0.45
NAME_NEAR = 0.6
AFTER_NAME = 0.85
# Sentences that bear this part of what the best one does are asked whether they deny it.
AS_GOOD = 0.8
HEADING_CHARACTERS = 60
RANGE_CHARACTERS = 5
LINES = 3
# A line of so few words says of what it is only together with others.
SCRAP = 2
LONG_NUMBER = 3
# A passage is the wrong one when another bears so much more of the sentence.
BETTER_BY = 0.3
_SENTENCE = re.compile(r"(?:[다요죠까니음임함됨]|[A-Za-z)]|.{40}\d)[.!?…][\"'”’)\]]*$|[다요]$", re.S)
_CLAUSE = re.compile(r", |; | and |(?<![라다자냐])고 |(?<=[가-힣])[와과] |(?<=하여) |(?<=해서) ")
# What a Korean sentence is about, and what it says that to be.
_SUBJECT = re.compile(r"(?<![가-힣])([가-힣]{2,}(?:은|는|이|가|을|를|에는|에게|입니다|이다|이었다|였다))(?![가-힣])")
_LEANS = re.compile(r"(?:It|He|She|They|This|That|These|His|Her|Its|Their)\b")
_RELATIVE = re.compile(
    r"\b(?P<en>(?:last|next|this|past) (?:week|month|year|weekend|night|spring|summer|autumn|fall|winter|\w+day))\b"
    r"|\b(?P<day>yesterday|tomorrow|today|tonight|spring|summer|autumn|winter)\b"
    r"|(?P<ko>(?:지난|다음|이번)\s?(?:주말|주|달|해)|어제|오늘|내일|그저께|모레|작년|올해|내년|(?<![가-힣])(?:봄|여름|가을|겨울)(?=[에의은이철]|\s|$))",
    re.I,
)
_SEVERAL = re.compile(r"\b[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)+")
_SCALE = re.compile(r"단위\s*[:：]?\s*(천|백만|만|억)\s?원|(천|백만|만|억)\s?원 단위")


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
        self.passage = passage
        self.spans = list(spans(text)) or [(0, len(text))]
        self.speakers = dict.fromkeys(turn.speaker for turn in dialogue.turns(text))
        # The title of a conversation names everybody: it tells nothing of who said what.
        context = f"{passage.title}\n{passage.location.heading or ''}\n{PurePath(passage.path).stem}"
        self.context = Wording(self._without_speakers(context))
        # Lines of a table or a slide, items: what belongs together stands in several of them.
        self.loose = [not _SENTENCE.search(text[a:b]) for a, b in self.spans]
        first, last = self.spans[0], self.spans[-1]
        self.scraps = [n and len(stems(text[a:b])) <= SCRAP for (a, b), n in zip(self.spans, self.loose, strict=True)]
        beside = zip([first, *self.spans[:-1]], [*self.spans[1:], last], strict=True)
        narrow = [f"{text[before[0] : after[1]]}" for before, after in beside]
        self.around = [
            Wording(f"{self._unit(i) if scrap else narrow[i]}\n{context}") for i, scrap in enumerate(self.scraps)
        ]
        self.heads = list(self._heads(text))
        said = zip(self.spans, self.heads, strict=True)
        self.sentences = [Wording(f"{head}\n{self._without_speakers(text[a:b])}") for (a, b), head in said]
        self.denied = [denied(text[a:b]) for a, b in self.spans]
        self.lines = [Wording(line) for line in self._lines(text)]
        self.values = [_ranged(text[a:b]) for a, b in self.spans]
        self.beside = list(self._beside())
        self.whole = Wording(f"{context}\n{text}")
        self.context_values = values(context)
        every = [*self.context_values, *(v for found in self.values for v in found)]
        self.years = {v.date[0] for v in every if v.date[0]} | {
            v.number for v in every if v.kind == "number" and kind(v)[0] == "date"
        }
        self.literal = _plain(f"{context}\n{text}")
        self.capitals = {*capitals(text), *self.speakers}
        self.initials = {"".join(w[0] for w in m[0].split()) for m in _SEVERAL.finditer(text)}
        self.language = language_of(text)
        scale = _SCALE.search(text)
        self.scale = {"천": 1e3, "만": 1e4, "백만": 1e6, "억": 1e8}[scale[1] or scale[2]] if scale else 1.0

    def _without_speakers(self, text: str) -> str:
        """In a conversation a name is whom one speaks to."""
        for name in self.speakers:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?![A-Za-z])", " ", text)
        return text

    def _heads(self, text: str) -> Iterator[str]:
        """Over each sentence: whom it is about in a conversation, else the last line before it that looks like a
        heading."""
        head = speaker = ""
        for a, b in self.spans:
            sentence = text[a:b]
            if self.speakers:
                speaker = next((s for s in self.speakers if re.match(rf"\[?{re.escape(s)}[\]:]", sentence)), speaker)
                yield dialogue.about(sentence, speaker, list(self.speakers))
                continue
            alone = text[b : b + 2] == "\n\n" and (a == 0 or text[a - 1] in "\n# ")
            if alone and b - a <= HEADING_CHARACTERS and text[b - 1] not in ".!?:다요":
                head = sentence
            yield head

    def _lines(self, text: str) -> Iterator[str]:
        """Each sentence with its neighbours of the same line, and with lines that go on in it."""
        for n, (a, b) in enumerate(self.spans):
            for other in (*self.spans[max(0, n - 1) : n], *self.spans[n + 1 : n + 2]):
                start, end = min(a, other[0]), max(b, other[1])
                between = text[min(b, other[1]) : max(a, other[0])]
                if "\n" not in between or (between == "\n" and text[min(b, other[1]) - 1] not in ".!?다요"):
                    a, b = start, end
            yield text[a:b]

    def _beside(self) -> Iterator[list[Value]]:
        """What values stand beside a sentence: its own, and where it or a line near it is a mere scrap, theirs."""
        for i, own in enumerate(self.values):
            near = range(max(0, i - LINES), min(len(self.scraps), i + LINES + 1))
            yield [*own, *(v for j in near if j != i and (self.scraps[j] or self.scraps[i]) for v in self.values[j])]

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
        missing += self._another_day(claim, best)
        if self.language == "ko":
            missing += [*misspelt(claim, self.passage.text), *replaced(claim, self.passage.text)]
        if not foreign and not missing:
            missing += [*self._swapped(claim, wanted), *self._contradicted(claim, wanted, shares)]
        least = WORDING_BESIDE_VALUES if said or called else WORDING_NEAR
        enough = (
            bool(said and len(wanted) < FEW_WORDS)
            or near >= least
            or whole >= WORDING_WHOLE
            or (foreign and bool(said or called))
        )
        score = max(near, 0.9 * whole) if not foreign else max(near, met[best])
        return Verdict(enough and not missing, score, *self.spans[best], tuple(dict.fromkeys(missing)))

    def _in(self, value: Value, found: Sequence[Value]) -> bool:
        return any(
            (value.same(o) and self._bears(value, o))
            or (self.scale > 1 and not o.unit and value.number == o.number * self.scale)
            for o in found
        )

    def _bears(self, said: Value, here: Value) -> bool:
        """A date must stand to the day, if the sentence tells the day; its year may stand elsewhere in the passage."""
        if said.kind != "date":
            return True
        if here.kind != "date":
            return not said.date[1]  # a bare year tells no month
        year, month, day = said.date
        return (
            (not month or here.date[1] == month)
            and (not day or here.date[2] == day)
            and (not year or here.date[0] == year or not self.years or year in self.years)
        )

    def _stands(self, value: Value, said: Sequence[Value], claim: str, foreign: bool) -> bool:
        """Is the value said here, and of the same thing? Of the sentences that hold it one must carry nearly as much
        of the words and numbers beside it as any sentence does."""
        if self._in(value, self.context_values):
            return True
        holding = [i for i, found in enumerate(self.values) if self._in(value, found)]
        if foreign or not holding:
            return bool(holding) or self._glued(value)
        clause, start = _near(claim, value)
        words = clause
        for v in said:
            words = re.sub(rf"{re.escape(v.written)}[가-힣]*", " ", words)
        local = [s for s in stems(words) if self.context.holds(s) < 1]
        beside = [v for v in said if v is not value and start <= v.at < start + len(clause)]
        if not local and not beside:
            return True
        own = [
            max(
                self.sentences[i].share(local),
                SAME_LINE * self.lines[i].share(local),
                (SAME_LINE if self.scraps[i] else BESIDE) * self.around[i].share(local),
            )
            * len(local)
            + WEIGHT_OF_VALUE * sum(self._in(v, self.beside[i]) for v in beside)
            for i in range(len(self.spans))
        ]
        if max(own[i] for i in holding) < VALUE_NEAR * max(own):
            return False
        same = [v for v in beside if kind(v) == kind(value)]
        return bool(same) or not all(taken(value, words, beside, self._unit(i)) for i in holding)

    def _unit(self, i: int) -> str:
        """A sentence, or a line with those around it."""
        if not self.loose[i]:
            return self.passage.text[slice(*self.spans[i])]
        several = self.spans[max(0, i - LINES) : i + LINES + 1]
        return self.passage.text[several[0][0] : several[-1][1]]

    def _swapped(self, claim: str, wanted: Sequence[str]) -> list[str]:
        """Names that stand here, but beside other words than those that are said of them: another sentence, without
        the name, bears them all."""
        first = claim.split(maxsplit=1)[0].strip("\"'“‘(*_,.") if claim.split() else ""
        called = [*capitals(claim), *([first] if first in self.capitals else [])]
        called += [s for m in _SUBJECT.finditer(claim) if len(s := stem(m[1])) > 1 and s in wanted]
        if self.speakers:
            # Of whom is it said? The others are those it was said to.
            called = [name] if (name := dialogue.subject(claim, list(self.speakers))) else []
        result = []
        for name in dict.fromkeys(called):
            own = stem(name.lower())
            beside = next((m[0] for m in _SEVERAL.finditer(claim) if name in m[0].split()), name)
            rest = [s for s in wanted if s not in stems(beside) and s != own and self.context.holds(s) < 1]
            if self.context.holds(own) == 1 or len(rest) < 2:
                continue
            holding = [s.holds(own) == 1 or s.compound(own) for s in self.sentences]
            elsewhere = [(s.share(rest), i) for i, s in enumerate(self.sentences) if not holding[i]]
            if (
                not any(holding)
                or not elsewhere
                or max(elsewhere)[0] < (SAID_BY_OTHER if self.speakers else SAID_ELSEWHERE)
            ):
                continue
            share, at = max(elsewhere)
            if self.loose[at]:
                continue
            # Of capitalised words, one can only be taken for another.
            if not has_hangul(own) and not self._names_other(at, claim):
                continue
            if max(self._near_name(i, here, holding, rest) for i, here in enumerate(holding)) < NAME_NEAR * share:
                result.append(name)
        return result

    def _near_name(self, i: int, here: bool, holding: Sequence[bool], rest: Sequence[str]) -> float:
        """How far a sentence bears what is said of a name that stands in it, or in the one before."""
        if here:
            return max(self.sentences[i].share(rest), 0.0 if self.speakers else SAME_LINE * self.lines[i].share(rest))
        follows = i > 0 and holding[i - 1] and not self.speakers
        return AFTER_NAME * self.sentences[i].share(rest) if follows else 0.0

    def _another_day(self, claim: str, best: int) -> list[str]:
        """`next week` where the sentence that bears the claim says `next month`."""
        here = [re.sub(r"\s", "", m[0].lower()) for m in _RELATIVE.finditer(self.literal)]
        there = _RELATIVE.search(self.passage.text, *self.spans[best])
        return [m[0] for m in _RELATIVE.finditer(claim) if there and re.sub(r"\s", "", m[0].lower()) not in here]

    def _names_other(self, i: int, claim: str) -> bool:
        """Whether a sentence, or who speaks it, or what it goes on about, names somebody the claim does not."""
        start, end = self.spans[i]
        if i and _LEANS.match(self.passage.text, start):
            start = self.spans[i - 1][0]
        return any(name not in claim for name in capitals(self.passage.text[start:end])) or bool(self.speakers)

    def _contradicted(self, claim: str, wanted: Sequence[str], shares: Sequence[float]) -> list[str]:
        """Words that the sentence denies and the passage affirms, or the other way round."""
        no = denied(claim)
        best_at = max(range(len(shares)), key=shares.__getitem__)
        may, might = allows(claim), allows(self.passage.text[slice(*self.spans[best_at])])
        if may is not None and might is not None and may != might and shares[best_at] >= WORDING_NEAR:
            return [claim]
        if no is None:
            return []
        best = max(shares)
        good = [i for i, share in enumerate(shares) if share >= AS_GOOD * best and share >= WORDING_NEAR]
        if not good or any(self.denied[i] is None for i in good):
            return []
        there = [self.denied[i] or frozenset() for i in good]
        if no and any(there):
            return []
        wrong = [
            w
            for w in no
            if all(self.sentences[i].holds(w) == 1 and not _met(w, d) for i, d in zip(good, there, strict=True))
        ]
        wrong += [w for w in wanted if not _met(w, no) and not no and all(_met(w, d) for d in there)]
        return wrong

    def _glued(self, value: Value) -> bool:
        """Whether a long number or a whole date stands as part of something: 서면1팀-1674.2006.12.12."""
        parts = [f"0?{part}" for part in value.date] if value.kind == "date" and all(value.date) else []
        if value.kind == "number" and len(value.written) > LONG_NUMBER and value.written.isdigit():
            parts = [value.written]
        return bool(parts) and re.search(rf"(?<!\d){r'[-./]'.join(parts)}(?!\d)", self.literal) is not None

    def _named(self, name: str) -> bool:
        word = name.isascii() and name.isalpha()
        if word and name.isupper() and name in self.initials:
            return True
        if word and re.search(rf"(?<![A-Za-z])(?i:{name})(?=[A-Z])", self.passage.text):  # Mac in macOS
            return True
        return bool(re.search(rf"(?<![a-z0-9]){re.escape(_plain(name))}(?![a-z0-9])", self.literal)) or (
            word and self.whole.holds(stem(name.lower())) == 1
        )


def check(claim: str, cited: Source, others: Sequence[Source]) -> Verdict:
    """How the cited passage bears out a sentence, when `others` could have been meant."""
    verdict = cited.check(claim)
    if not verdict.supported or verdict.score + BETTER_BY > 1:
        return verdict
    better = max((v.score for o in others if (v := o.check(claim)).supported), default=0.0)
    if better >= verdict.score + BETTER_BY:
        return Verdict(False, verdict.score, verdict.start, verdict.end)
    return verdict


def _near(claim: str, value: Value) -> tuple[str, int]:
    """The clause around a value, and where it begins."""
    claim = unicodedata.normalize("NFC", claim)
    at, end = value.at, value.at + len(value.written)
    before = max((m.end() for m in _CLAUSE.finditer(claim, 0, at)), default=0)
    after = min((m.start() for m in _CLAUSE.finditer(claim, end)), default=len(claim))
    clause = claim[before:after]
    return (clause, before) if stems(clause.replace(value.written, " ")) else (claim, 0)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text).lower())


def _met(word: str, denied: frozenset[str]) -> bool:
    """Whether a word is among those denied; Korean stems by their beginning."""
    return any(word == d or (has_hangul(d) and (word.startswith(d) or d.startswith(word))) for d in denied)


def _ranged(text: str) -> list[Value]:
    """The values of a sentence, the ends of `12월 18일~20일` and `from 3 to 5 March` as dates."""
    found = values(text)
    for one, other in pairwise(found):
        gap = other.at - one.at - len(one.written)
        for day, date in ((other, one), (one, other)):
            if (
                day.kind == "number"
                and date.kind == "date"
                and date.date[2]
                and gap <= RANGE_CHARACTERS
                and day.number <= 31
            ):
                found = [*found, replace(date, date=(*date.date[:2], int(day.number)))]
    return found

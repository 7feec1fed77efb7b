"""What kind of answer a question wants (a date, a number, a name, steps …), and whether a text holds one. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from core.answer.checking.names import names
from core.answer.checking.values import UNITS, Value, values

_UNIT = "|".join(map(re.escape, sorted(UNITS, key=len, reverse=True)))
_IN_UNIT = re.compile(rf"(?:몇|how many)\s*({_UNIT})(?=$|[^a-z가-힣]|[이을은가를까로인야예])", re.I)
# What is counted rather than measured: of any number.
COUNTED = {"person", "piece", "turn"}
MONEY = ("won", "dollar", "euro", "yen")
_MEASURED = (
    (
        re.compile(
            r"얼마(?!나|\s?(?:동안|만에|전|간|뒤|후))|가격|요금|금액|비용"
            r"|\bhow much (?:is|are|was|were|does|do|did|will|would|has|have)\b"
            r"(?!.*\b(?:weigh|longer|time|space|room)\b)"
            r"|\b(?:price|fee|salary)\b|\bhow much money\b",
            re.I,
        ),
        MONEY,
    ),
    (
        re.compile(
            r"얼마\s?(?:동안|만에|간)|얼마나 (?:오래|걸)"
            r"|\bhow long (?:does|did|do|is|are|was|were|has|have|will|can|should)\b",
            re.I,
        ),
        ("time", "length"),
    ),
    (re.compile(r"몇\s*%|퍼센트|비율|\bpercent(?:age)?\b", re.I), ("percent",)),
)
_KINDS = {
    "when": re.compile(
        r"언제|며칠|몇\s?(?:월|일|년|시)(?!간)|날짜|기한|마감|\bwhen\b"
        r"|\bwhat (?:date|day|year|time|month)\b|\bhow long ago\b",
        re.I,
    ),
    "number": re.compile(
        r"몇|얼마|가격|비용|금액|최대|최소|\bhow (?:much|many|long|old|far|often|big|large)\b"
        r"|\b(?:maximum|minimum|price|cost)\b",
        re.I,
    ),
    "who": re.compile(r"누구|누가|\bwho(?:m|se)?\b", re.I),
    "where": re.compile(r"어디|위치|주소|\bwhere\b", re.I),
    "identifier": re.compile(
        r"(?:이름|번호|주소|코드|명령어?|단축키|버전|파일)(?:이|은|는)?\s*(?:뭐|무엇|뭔|어떻게|어느|\?)|어느 버전"
        r"|\bwhat(?: is|'s) the (?:\w+ ){0,3}(?:name|number|code|command|address|version|file|key)\b"
        r"|\bwhich (?:version|file)\b",
        re.I,
    ),
    "steps": re.compile(r"어떻게|방법|절차|순서|\bhow (?:do|to|can|should)\b|\bsteps?\b", re.I),
    "list": re.compile(
        r"어떤 것|무엇무엇|뭐뭐|목록|종류|항목|무엇(?:들|에|을)|뭐가|\blist\b"
        r"|\bwhich \w+s\b|\bwhat (?:are|were)\b",
        re.I,
    ),
}


def kinds(question: str) -> frozenset[str]:
    """Which kinds of answer would do, of: when, number, who, where, identifier, steps, list."""
    return frozenset(kind for kind, pattern in _KINDS.items() if pattern.search(question))


def dimensions(question: str) -> frozenset[str]:
    """The dimensions the number that is asked for may have (몇 GB → byte, 얼마야 → money), when something measured is
    asked for; else none."""
    named = _IN_UNIT.search(question)
    found = {UNITS[named[1].lower()][0]} - COUNTED if named else set()
    for pattern, dims in _MEASURED:
        if not found and pattern.search(question):
            found = set(dims)
    return frozenset(found)


def of_dimension(value: Value, wanted: Collection[str]) -> bool:
    """Whether a value is measured so; dates are times."""
    return value.unit in wanted or ("time" in wanted and value.kind == "date")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What would do as an answer. `said`: the values of the question itself, which answer nothing; `called`: its text
    in small letters, since its names answer nothing either."""

    kinds: frozenset[str]
    measured: frozenset[str]
    said: tuple[Value, ...]
    called: str

    def fit(self, text: str) -> float:
        """How well a text holds what is wanted: the share of the kinds it has, 0 when nothing particular is wanted."""
        found = [v for v in values(text) if not any(v.same(s) for s in self.said)]
        others = [n for n in names(text) if n.lower() not in self.called]
        here = {
            "when": any(v.kind in ("date", "time", "weekday") or v.unit == "time" for v in found),
            "number": any(of_dimension(v, self.measured) if self.measured else v.kind == "number" for v in found),
            "who": bool(others) or bool(re.search(r"[가-힣](?:씨|님)(?![가-힣])", text)),
            "where": bool(re.search(r"에서|에 있|위치|지역|주소|\b(?:in|at|near|on)\b", text)),
            "identifier": any(re.search(r"[\d._/@]", n) for n in others) or "`" in text,
            "steps": "\n" in text,
            "list": "\n" in text,
        }
        return sum(here[kind] for kind in self.kinds) / len(self.kinds) if self.kinds else 0.0


def wanted(question: str) -> Wanted:
    """What a question asks for."""
    return Wanted(kinds(question), dimensions(question), tuple(values(question)), question.lower())

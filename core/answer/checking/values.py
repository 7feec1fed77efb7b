"""Numbers, amounts, dates and times in a text, in one form however they are written, Korean and English. Pure.

Knows nothing of citations: it says what stands in a text, `support.py` what that means. What is read:
1,000 = 1000 = 천, 3만 5천 = 35,000, three hundred = 300, 2.5k = 2,500; 2024-03-05 = 2024년 3월 5일 = March 5, 2024;
3:30 pm = 15:30 = 오후 3시 반; 90 minutes = 1시간 30분 as far as both are written with one unit; 30% = 30퍼센트.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

MONTHS = {
    name: n
    for n, names in enumerate(
        ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
         "september sep sept", "october oct", "november nov", "december dec"), start=1)
    for name in names.split()
}  # fmt: skip
WEEKDAYS = {
    name: n
    for n, names in enumerate(
        ("monday mon 월요일", "tuesday tue tues 화요일", "wednesday wed 수요일", "thursday thu thurs 목요일",
         "friday fri 금요일", "saturday sat 토요일", "sunday sun 일요일"))
    for name in names.split()
}  # fmt: skip
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))

# unit → (dimension, factor to the dimension's base)
_ROWS: dict[str, dict[float, str]] = {
    "percent": {1: "% percent 퍼센트 프로 pct"},
    "won": {1: "원 krw won ₩"},
    "dollar": {1: "$ usd dollar dollars 달러 불"},
    "euro": {1: "€ eur euro euros 유로"},
    "yen": {1: "¥ jpy yen 엔"},
    "byte": {
        1: "b byte bytes 바이트",
        1e3: "kb 킬로바이트",
        1e6: "mb 메가 메가바이트",
        1e9: "gb 기가 기가바이트",
        1e12: "tb 테라 테라바이트",
    },
    "mass": {
        1: "g gram grams 그램",
        1e3: "kg kilo kilos kilogram kilograms 킬로그램 킬로",
        1e6: "톤 ton tons",
        1e-3: "mg 밀리그램",
    },
    "length": {
        1: "m meter meters metre metres 미터",
        1e3: "km kilometer kilometers kilometre kilometres 킬로미터",
        1e-2: "cm 센티미터 센티",
        1e-3: "mm 밀리미터",
        1609.344: "mile miles 마일",
    },
    "volume": {1: "l liter liters litre litres 리터", 1e-3: "ml milliliter milliliters 밀리리터"},
    "area": {1: "㎡ m² 제곱미터", 3.305785: "평"},
    "time": {
        1: "초 sec secs second seconds",
        60: "분 min mins minute minutes",
        3600: "시간 hour hours hr hrs",
        86400: "일 일간 day days",
        604800: "주 주일 주간 week weeks",
        2629746: "개월 달 month months",
        31556952: "년 년간 year years",
    },
    "degree": {1: "도 ℃ °c degree degrees"},
    "person": {1: "명 사람 인 분의 people person persons"},
    "piece": {1: "개 piece pieces item items"},
    "turn": {1: "번 회 차례 time times"},
}
UNITS = {
    name: (dimension, factor)
    for dimension, rows in _ROWS.items()
    for factor, names in rows.items()
    for name in names.split()
}  # fmt: skip
UNIT_NAMES: dict[float, str] = {86400: "day", 31556952: "year"}
_UNIT = "|".join(map(re.escape, sorted(UNITS, key=len, reverse=True)))

_listed = str.split
_ENGLISH = {w: n for n, w in enumerate(_listed(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"))} | {w: 10 * n for n, w in enumerate(_listed(
    "twenty thirty forty fifty sixty seventy eighty ninety"), start=2)}  # fmt: skip
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
# Not "first", which seldom counts; "second" only where it is no time.
_ORDINALS = {w: n for n, w in enumerate(_listed(
    "second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"), start=2)}  # fmt: skip
_NATIVE = {"하나": 1, "한": 1, "둘": 2, "두": 2, "셋": 3, "세": 3, "석": 3, "넷": 4, "네": 4, "다섯": 5, "여섯": 6,
           "일곱": 7, "여덟": 8, "아홉": 9}  # fmt: skip
_NATIVE_TENS = {"열": 10, "스무": 20, "스물": 20, "서른": 30, "마흔": 40, "쉰": 50, "예순": 60, "일흔": 70, "여든": 80,
                "아흔": 90}  # fmt: skip
_DAYS = {w: n for n, w in enumerate(_listed("하루 이틀 사흘 나흘 닷새 엿새 이레 여드레 아흐레 열흘"), start=1)} | {
    "보름": 15
}
_COUNTERS = (
    "명|개월|개|번째|번|시간|살|달|가지|마리|장|권|병|잔|대|곳|배|차례|쪽|사람|분|시|주|건|줄|봉지|켤레|그루|송이|채"
)
_EACH = re.compile(rf"\s?(?:{_COUNTERS})(?:에|당|마다)")
_SINO = dict(zip("영일이삼사오육칠팔구", range(10), strict=True)) | {"공": 0}
_SMALL = {"십": 10, "백": 100, "천": 1000}
_LARGE = {"만": 10**4, "억": 10**8, "조": 10**12}

# Of years in two digits those before it are of this century.
CENTURY = 60
_D = r"(?<![\w.,])"
_DATES = re.compile(
    rf"['‘’](?P<y0>\d{{2}})\.\s?(?P<m0>\d{{1,2}})(?:\.\s?(?P<d0>\d{{1,2}})(?!\d)|월)"
    rf"|(?<![\d.])(?P<y01>\d{{2}})\.(?P<m01>\d{{1,2}})월"
    rf"|{_D}(?P<y1>\d{{4}})\s*[-/.년]\s*(?P<m1>\d{{1,2}})\s*[-/.월]\s*(?P<d1>\d{{1,2}})(?!\d)\s*일?"
    rf"|{_D}(?P<y2>\d{{4}})\s*년\s*(?P<m2>\d{{1,2}})\s*월"
    rf"|{_D}(?P<y3>\d{{4}})-(?P<m3>0[1-9]|1[0-2])(?![\d-])"
    rf"|(?<!\d)(?P<m4>\d{{1,2}})\s*월\s*(?P<d4>\d{{1,2}})\s*일"
    rf"|(?<![\d개])(?<!개\s)(?P<m5>\d{{1,2}})\s*월(?!\s*\d)"
    rf"|\b(?P<n6>{_MONTH})\.?\s+(?P<d6>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)(?:,?\s+(?P<y6>\d{{4}})\b)?"
    rf"|\b(?P<d7>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<n7>{_MONTH})\b\.?(?:,?\s+(?P<y7>\d{{4}})\b)?"
    rf"|\b(?P<n8>{_MONTH})\.?,?\s+(?:of\s+)?(?P<y8>\d{{4}})\b"
    rf"|\b(?P<n9>(?!may\b|mar\b|dec\b|jan\b|sep\b){_MONTH})\b",
    re.I,
)
_TIMES = re.compile(
    r"(?P<k1>오전|오후|아침|저녁|밤|새벽)?\s*(?<![\d가-힣])(?P<h1>(?:\d{1,2}|열?[한두]|열|[세네]|다섯|여섯|일곱|여덟|아홉)(?=\s*시(?!간|작|즌|스)))\s*시\s*(?:(?P<m1>\d{1,2})\s*분|(?P<half>반))?"
    r"|(?P<k2>오전|오후)?\s*(?<![\d:])(?P<h2>\d{1,2}):(?P<m2>\d{2})(?!\d)\s*(?P<a2>[ap]\.?m\b\.?)?"
    r"|(?<![\d:.])(?P<h3>\d{1,2})\s*(?P<a3>[ap]\.?m\b\.?)"
    r"|\b(?P<h4>\d{1,2})\s*o'clock",
    re.I,
)
_SINO_RUN = "[영일이삼사오육칠팔구]?[십백천](?:[영일이삼사오육칠팔구]?[십백천])*[일이삼사오육칠팔구]?"
_NUMBERS = re.compile(
    # 3만 5천, 1억 2,000만, 35,000.5, 2.5k
    r"(?P<cur>[$€¥₩]\s?)?(?<![\dA-Za-z_.])(?P<num>\d[\d,]*(?:\.\d+)?(?:\s?[십백천만억조](?:\s?\d[\d,]*)?)*[십백천만억조]?)"
    rf"(?P<suffix>k\b|bn\b|(?(cur)m\b|(?!))|\s?(?:{'|'.join(_SCALES)})\b)?"
    rf"|(?<![가-힣])(?P<sino>(?:{_SINO_RUN}|[일이삼사오육칠팔구])?(?:[만억조](?:\s?{_SINO_RUN})?)+|{_SINO_RUN})"
    r"(?=\s?(?:원|명|년|개|일|분|퍼센트|킬로|그램|달러|인|회|대|장|권|쪽|도|주))"
    rf"|(?<![가-힣])(?P<days>{'|'.join(_DAYS)})(?![가-힣]{{3}})"
    rf"|(?<![가-힣])(?P<native>(?:{'|'.join(_NATIVE_TENS)})?(?:{'|'.join(_NATIVE)})?)(?=\s?(?:{_COUNTERS}))"
    rf"|\b(?P<words>(?:(?:{'|'.join([*_ENGLISH, *_SCALES])})[\s-]?(?:and\s(?=[a-z]))?)+)\b"
    rf"|\b(?P<rank>{'|'.join([*_ORDINALS][1:])}"
    r"|(?:(?<=\bthe )|(?<=['’]s )|(?<=\bits )|(?<=\bhis )|(?<=\bher ))second|second(?=-))\b",
    re.I,
)
_ARTICLE = re.compile(r"(?:제|[법령칙]|조례|헌법)\s?$")
_AFTER = re.compile(rf"\s?-?(?:(?P<unit>{_UNIT})(?![a-z]))", re.I)
_WEEKDAY = re.compile(r"[월화수목금토일]요일|\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)\b", re.I)


_LIKELY = re.compile(
    rf"\d|[가-힣]|\b(?:{'|'.join([*_ENGLISH, *_SCALES, *_ORDINALS])}|{_MONTH}"
    r"|mon|tue|tues|wed|thu|thurs|fri|sat|sun|\w+day)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Value:
    """Something that is either the same or not. `kind`: number, date, time or weekday."""

    kind: str
    written: str
    at: int
    """Where in the text it is written (after NFC)."""
    number: float = 0.0
    unit: str = ""
    """The dimension of the number: byte, won, time…; empty when none is written."""
    factor: float = 1.0
    date: tuple[int | None, int | None, int | None] = (None, None, None)
    half_day: bool = False
    """A time of day that may be before or after noon."""

    def same(self, other: Value) -> bool:
        """Whether two texts say the same with them, as far as both say it."""
        if self.kind != other.kind:
            return self._part_of(other) or other._part_of(self)
        if self.kind == "date":
            pairs = list(zip(self.date, other.date, strict=True))
            return all(a == b for a, b in pairs if a and b) and any(a and b for a, b in pairs)
        if self.kind == "time":
            apart = abs(self.number - other.number)
            return apart == 0 or (apart == 720 and (self.half_day or other.half_day))
        if self.kind == "number" and self.unit and other.unit:
            if self.unit != other.unit:
                return False
            return _close(self.number * self.factor, other.number * other.factor)
        return _close(self.number, other.number)

    def _part_of(self, other: Value) -> bool:
        """A bare year or day as a number (2024, 2024년, 5일) within a whole date."""
        if (self.kind, other.kind) != ("number", "date"):
            return False
        year, _, day = other.date
        name = UNIT_NAMES.get(self.factor, "") if self.unit == "time" else self.unit
        return (name in ("", "year") and self.number == year) or (name == "day" and self.number == day)


def values(text: str) -> list[Value]:
    """Everything of the kind in a text, in order."""
    return list(_values(text))


# A question's passages are read for several reasons, one after the other.
@lru_cache(maxsize=4096)
def _values(text: str) -> tuple[Value, ...]:
    text = unicodedata.normalize("NFC", text)
    if not _LIKELY.search(text):
        return ()
    found: list[Value] = []
    taken = bytearray(len(text))
    for reader in (_dates, _times, _weekdays, _numbers):
        for value, start, end in reader(text):
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                found.append(value)
    return tuple(sorted(found, key=lambda v: v.at))


def with_unit(text: str, value: Value) -> str:
    """A value of `text` (NFC) as it is written there, with its unit."""
    end = value.at + len(value.written)
    unit = _AFTER.match(text, end) if value.kind == "number" and not value.written.startswith(tuple("$€¥₩")) else None
    return text[value.at : unit.end() if unit else end].strip()


def _dates(text: str) -> Iterator[tuple[Value, int, int]]:
    for m in _DATES.finditer(text):
        if m[0].startswith("may"):  # the verb
            continue
        g = {k: v for k, v in m.groupdict().items() if v}
        year = next((int(v) for k, v in g.items() if k[0] == "y"), None)
        if year is not None and year < 100:  # '23.6.28
            year += 2000 if year < CENTURY else 1900
        month = next((int(v) for k, v in g.items() if k[0] == "m"), None)
        month = next((MONTHS[v.lower()] for k, v in g.items() if k[0] == "n"), month)
        day = next((int(v) for k, v in g.items() if k[0] == "d"), None)
        if month and 1 <= month <= 12 and (day is None or 1 <= day <= 31):
            yield Value("date", m[0].strip(), m.start(), date=(year, month, day)), m.start(), m.end()


def _times(text: str) -> Iterator[tuple[Value, int, int]]:
    for m in _TIMES.finditer(text):
        g = {k: v for k, v in m.groupdict().items() if v}
        hour = next(int(v) if v.isdigit() else int(_native(v)) for k, v in g.items() if k[0] == "h" and k != "half")
        minute = 30 if "half" in g else next((int(v) for k, v in g.items() if k[0] == "m"), 0)
        if hour > 24 or minute > 59:
            continue
        mark = next((v.lower() for k, v in g.items() if k[0] in "ka"), "")
        if mark in ("오후", "저녁", "밤") or mark.startswith("p"):
            hour = hour % 12 + 12
        elif mark:
            hour %= 12
        sure = mark or hour > 12 or (m["h2"] and m["h2"][0] == "0")
        value = Value("time", m[0].strip(), m.start(), 60 * hour + minute, half_day=not sure)
        yield value, m.start(), m.end()


def _weekdays(text: str) -> Iterator[tuple[Value, int, int]]:
    for m in _WEEKDAY.finditer(text):
        yield Value("weekday", m[0], m.start(), WEEKDAYS[m[0].lower()]), m.start(), m.end()


def _numbers(text: str) -> Iterator[tuple[Value, int, int]]:
    for m in _NUMBERS.finditer(text):
        written = m[0].strip()
        if not written:
            continue
        if m["num"]:
            if "조" in m["num"] and _ARTICLE.search(text, 0, m.start("num")):  # 제153조, 시행령 153조 2항
                written = m["num"].partition("조")[0]
                yield Value("number", written, m.start(), _digits(written)), m.start(), m.start() + len(written)
                continue
            number = _digits(m["num"]) * _suffix(m["suffix"])
        elif m["sino"]:
            number = _sino(m["sino"])
        elif m["days"]:
            # "하루" is more often "a day" than one day.
            if m["days"] != "하루":
                yield Value("number", written, m.start(), _DAYS[m["days"]], *UNITS["일"]), m.start(), m.end()
            continue
        elif m["native"]:
            number = _native(m["native"])
            if number == 1 and _EACH.match(text, m.end()):  # 한 장에 162원
                continue
        elif m["rank"]:
            yield Value("number", written, m.start(), _ORDINALS[written.lower()]), m.start(), m.end()
            continue
        else:
            number = _english(m["words"])
            # "one" is more often a pronoun than a count.
            if number == 1 or written.lower() in _SCALES:
                continue
        after = _AFTER.match(text, m.end())
        name = (m["cur"] or "").strip() or (after["unit"].lower() if after else "")
        unit, factor = UNITS.get(name, ("", 1.0))
        yield Value("number", written, m.start(), number, unit, factor), m.start(), m.end()


def _suffix(written: str | None) -> float:
    return {"k": 1e3, "m": 1e6, "bn": 1e9, **_SCALES}.get((written or "").strip().lower(), 1)


def _digits(written: str) -> float:
    """`3만 5천`, `1억 2,000만`, `35,000.5` → a number."""
    total, below, current = 0.0, 0.0, None
    for token in re.findall(r"\d[\d,]*(?:\.\d+)?|[십백천만억조]", written):
        if token[0].isdigit():
            current = float(token.replace(",", ""))
        elif token in _SMALL:
            below += (1 if current is None else current) * _SMALL[token]
            current = None
        else:
            below += current or 0
            total += (below or 1) * _LARGE[token]
            below, current = 0.0, None
    return total + below + (current or 0)


def _sino(written: str) -> float:
    total, below, current = 0, 0, 0
    for c in written:
        if c in _SINO:
            current = _SINO[c]
        elif c in _SMALL:
            below += (current or 1) * _SMALL[c]
            current = 0
        elif c in _LARGE:
            total += (below + current or 1) * _LARGE[c]
            below = current = 0
    return float(total + below + current)


def _native(written: str) -> float:
    tens = next((w for w in _NATIVE_TENS if written.startswith(w)), "")
    return float(_NATIVE_TENS.get(tens, 0) + _NATIVE.get(written[len(tens) :], 0))


def _english(written: str) -> float:
    total, below = 0, 0
    for word in re.findall("[a-z]+", written.lower()):
        if word in _ENGLISH:
            below += _ENGLISH[word]
        elif word == "hundred":
            below = (below or 1) * 100
        elif word in _SCALES:
            total += (below or 1) * _SCALES[word]
            below = 0
    return float(total + below)


def _close(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-6 * max(1.0, abs(a), abs(b))

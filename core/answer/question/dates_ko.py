"""Dates in Korean words → periods: 어제, 지난주 화요일, 작년 3월, 2023년 봄, 3월 초, 최근 2주. Pure.

Each pattern matches a date alone, without the particle after it.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from core.answer.question.periods import (
    Period,
    back,
    day,
    decade,
    latest_month,
    latest_quarter,
    latest_season,
    made,
    month,
    months,
    quarter,
    recent,
    season,
    third,
    week,
    whole_year,
)  # fmt: skip

_NUMBERS = {"한": 1, "두": 2, "세": 3, "석": 3, "네": 4, "넉": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8,
            "아홉": 9, "열": 10}  # fmt: skip
_DAY_WORDS = {"하루": 1, "이틀": 2, "사흘": 3, "나흘": 4, "닷새": 5, "열흘": 10, "보름": 15, "일주일": 7}
_DAYS_AGO = {"오늘": 0, "어제": 1, "어저께": 1, "그저께": 2, "그제": 2, "엊그제": 2, "엊그저께": 2, "그끄저께": 3}
_WEEKS = {"이번": 0, "금": 0, "지난": 1, "저번": 1, "지지난": 2, "저저번": 2}
_YEARS = {"올해": 0, "금년": 0, "작년": 1, "지난해": 1, "재작년": 2, "지지난해": 2}
_SEASONS = {"봄": "spring", "여름": "summer", "가을": "autumn", "겨울": "winter"}
_PARTS = {"초": "early", "초순": "early", "초반": "early", "중순": "middle", "중반": "middle", "말": "late",
          "하순": "late", "후반": "late"}  # fmt: skip
_WEEKDAYS = "월화수목금토일"

_COUNT = rf"(?P<count>\d{{1,3}}|{'|'.join(_NUMBERS)})"
_UNIT = r"(?P<unit>주일|주간|주|일간|일|개월|달|년)"
_SPAN = rf"(?:{_COUNT}\s*{_UNIT}|(?P<word>{'|'.join(_DAY_WORDS)}))"
_YEAR = (
    rf"(?:(?P<year>(?:19|20)\d\d)\s*년(?!대)|(?P<short>\d\d)\s*년(?=\s*\d{{1,2}}\s*월)|(?P<named>{'|'.join(_YEARS)}))"
)
_PART = r"(?:\s*(?P<part>초순|초반|중순|중반|하순|후반|초|말)(?![가-힣]*기|[가-힣]{2}))?"
_BEGIN = r"(?<![가-힣\d])"

_AGO = re.compile(rf"{_BEGIN}{_SPAN}\s*전(?!\S*체|기|략|문|화|달|자|력|시)")
_WEEKS_AGO = re.compile(rf"{_BEGIN}{_COUNT}\s*주(?:일)?\s*전\s*(?P<weekday>[{_WEEKDAYS}])요일")
_RECENT = re.compile(rf"{_BEGIN}(?:최근|지난|요)\s*{_SPAN}(?:간|동안)?(?![가-힣]*[록정])")
_DAY = re.compile(rf"{_BEGIN}(?P<ago>{'|'.join(sorted(_DAYS_AGO, key=len, reverse=True))})(?!날|[가-힣]{{3}})")
_WEEK = re.compile(
    rf"{_BEGIN}(?P<which>이번|금|지지난|지난|저저번|저번)\s*주(?P<end>말)?(?!년|제|요|식|택|문|소|의|간)"
    rf"(?:\s*(?P<weekday>[{_WEEKDAYS}])요일)?"
)
_WEEKDAY = re.compile(rf"{_BEGIN}(?:지난|저번)\s*(?P<weekday>[{_WEEKDAYS}])요일")
_MONTH = re.compile(
    rf"{_BEGIN}(?:(?P<which>이번|지지난|지난|저번)\s*달|(?P<this>이달|금월)|(?P<last>전월))(?!라|력|리|성){_PART}"
)
_QUARTER = re.compile(rf"{_BEGIN}(?P<which>이번|지난|저번)\s*분기")
_FULL = re.compile(
    rf"{_BEGIN}(?:{_YEAR}\s*)?(?P<month>1[0-2]|0?[1-9])\s*월(?:\s*(?P<day>[12]\d|3[01]|0?[1-9])\s*일)?(?!요|령|급|세){_PART}"
)
_IN_YEAR = re.compile(
    rf"{_BEGIN}{_YEAR}\s*(?:(?P<season>봄|여름|가을|겨울)(?:철)?|(?P<half>[상하])반기|(?P<quarter>[1-4])\s*(?:/4\s*)?분기)"
)
_PART_OF_YEAR = re.compile(
    rf"{_BEGIN}(?:지난|이번|올)\s*(?:(?P<season>봄|여름|가을|겨울)(?:철)?|(?P<half>[상하])반기)(?![가-힣]{{2}})"
)
_HALF = re.compile(rf"{_BEGIN}(?P<half>[상하])반기(?![가-힣]{{2}})")
_QUARTER_OF = re.compile(rf"{_BEGIN}(?P<quarter>[1-4])\s*(?:/4\s*)?분기(?![가-힣]{{2}})")
_DECADE = re.compile(rf"{_BEGIN}(?P<decade>(?:19|20)?\d0)\s*년대(?:\s*(?P<part>초반|초|중반|후반|말))?(?:생)?")
_DOTTED = re.compile(
    r"(?<![\d.])(?P<year>(?:19|20)\d\d)\.\s+(?P<month>1[0-2]|0?[1-9])\.(?:\s+(?P<day>[12]\d|3[01]|0?[1-9])\.?(?!\d))?"
)
_WHOLE_YEAR = re.compile(rf"{_BEGIN}{_YEAR}(?:도)?{_PART}")


def _unit(m: re.Match[str]) -> tuple[int, str]:
    if m["word"]:
        return _DAY_WORDS[m["word"]], "day"
    count = int(m["count"]) if m["count"].isdecimal() else _NUMBERS[m["count"]]
    unit = {"주": "week", "일": "day", "개": "month", "달": "month", "년": "year"}[m["unit"][0]]
    return count, unit


def _year(m: re.Match[str], today: date) -> int | None:
    if m["year"]:
        return int(m["year"])
    if m["short"]:
        return 2000 + int(m["short"])
    return today.year - _YEARS[m["named"]] if m["named"] else None


def _part(m: re.Match[str], whole: Period) -> Period:
    return third(whole, _PARTS[m["part"]]) if m["part"] else whole  # type: ignore[arg-type]  # early, middle, late


def _ago(m: re.Match[str], today: date) -> Period | None:
    n, unit = _unit(m)
    return back(today, n, unit) if n else None  # type: ignore[arg-type]  # a Unit


def _recent(m: re.Match[str], today: date) -> Period | None:
    n, unit = _unit(m)
    return recent(today, n, unit) if n else None  # type: ignore[arg-type]  # a Unit


def _in_week(m: re.Match[str], today: date) -> Period:
    found = week(today - timedelta(weeks=_WEEKS[m["which"]]))
    assert found.since
    if m["weekday"]:
        return day(found.since + timedelta(days=_WEEKDAYS.index(m["weekday"])))
    return Period(found.since + timedelta(days=5), found.until) if m["end"] else found


def _last_weekday(m: re.Match[str], today: date) -> Period:
    behind = (today.weekday() - _WEEKDAYS.index(m["weekday"]) - 1) % 7 + 1
    return day(today - timedelta(days=behind))


def _in_month(m: re.Match[str], today: date) -> Period:
    n = 0 if m["this"] else 1 if m["last"] else _WEEKS[m["which"]]
    return _part(m, month(today.year, today.month - n))


def _this_quarter(m: re.Match[str], today: date) -> Period:
    number = (today.month - 1) // 3 + 1 - (m["which"] != "이번")
    return quarter(today.year, number) if number else quarter(today.year - 1, 4)


def _full(m: re.Match[str], today: date) -> Period | None:
    number, year = int(m["month"]), _year(m, today)
    if m["day"]:
        if year is not None:
            return made(year, number, int(m["day"]))
        this = made(today.year, number, int(m["day"]))
        return this if this and this.since and this.since <= today else made(today.year - 1, number, int(m["day"]))
    return _part(m, month(year, number) if year is not None else latest_month(today, number))


def _in_year(m: re.Match[str], today: date) -> Period | None:
    year = _year(m, today)
    assert year is not None
    if m["season"]:
        return season(year, _SEASONS[m["season"]])
    return _half(year, m["half"]) if m["half"] else quarter(year, int(m["quarter"]))


def _half(year: int, which: str) -> Period:
    return months(year, 1, 6) if which == "상" else months(year, 7, 12)


def _weeks_ago(m: re.Match[str], today: date) -> Period:
    count = int(m["count"]) if m["count"].isdecimal() else _NUMBERS[m["count"]]
    found = week(today - timedelta(weeks=count))
    assert found.since
    return day(found.since + timedelta(days=_WEEKDAYS.index(m["weekday"])))


def _decade(m: re.Match[str], today: date) -> Period | None:
    # The 1980s' beginning is of no sharp years, and who was born in them is no date.
    return None if m["part"] or m[0].endswith("생") else decade(int(m["decade"]))


def _dotted(m: re.Match[str], today: date) -> Period | None:
    year, number = int(m["year"]), int(m["month"])
    return made(year, number, int(m["day"])) if m["day"] else month(year, number)


def _latest_half(m: re.Match[str], today: date) -> Period:
    found = _half(today.year, m["half"])
    return found if found.since and found.since <= today else _half(today.year - 1, m["half"])


def _part_of_year(m: re.Match[str], today: date) -> Period:
    if m["season"]:
        return latest_season(today, _SEASONS[m["season"]])
    return _latest_half(m, today)


def _all_year(m: re.Match[str], today: date) -> Period | None:
    year = _year(m, today)
    return None if year is None else _part(m, whole_year(year))


PATTERNS = (
    (_WEEKS_AGO, _weeks_ago, True), (_AGO, _ago, True), (_RECENT, _recent, True),
    (_DAY, lambda m, today: back(today, _DAYS_AGO[m["ago"]], "day"), True),
    (_WEEK, _in_week, True), (_WEEKDAY, _last_weekday, True), (_MONTH, _in_month, True),
    (_QUARTER, _this_quarter, True), (_FULL, _full, False), (_IN_YEAR, _in_year, False),
    (_PART_OF_YEAR, _part_of_year, True), (_WHOLE_YEAR, _all_year, False), (_HALF, _latest_half, None),
    (_QUARTER_OF, lambda m, today: latest_quarter(today, int(m["quarter"])), None), (_DECADE, _decade, None),
    (_DOTTED, _dotted, False),
)  # fmt: skip
"""(pattern, what it means, whether it is counted from today and so speaks of when something was written; None: only
where notes are asked for)."""

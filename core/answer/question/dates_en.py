"""Dates in English words → periods: yesterday, last Tuesday, in spring 2023, Q2 2024, two weeks ago. Pure.

Each pattern matches a date alone, without the preposition before it.
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

_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
            "nine": 9, "ten": 10, "couple of": 2, "a couple of": 2}  # fmt: skip
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "last": 4,
             "final": 4}  # fmt: skip
_PARTS = {"early": "early", "beginning of": "early", "start of": "early", "mid": "middle", "middle of": "middle",
          "late": "late", "end of": "late"}  # fmt: skip

_COUNT = rf"(?P<count>\d{{1,3}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_UNIT = r"(?P<unit>day|week|month|year|fortnight)s?\b"
_M = r"(?P<month>jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may|june?|july?|aug(?:ust|\.)?"
_M += r"|sept?(?:ember|\.)?|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?)(?![a-z])"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?!\d|['’]?s\b)"
_D = r"(?P<day>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?(?!\d)"
_SEASON = r"(?P<season>spring|summer|autumn|fall|winter)\b"
_PART = r"(?:(?P<part>early|mid|late|(?:the\s+)?(?:beginning|start|middle|end)\s+of)[\s-]+)?"


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w/#@-])(?:the\s+)?{pattern}", re.IGNORECASE)


_AGO = _compiled(rf"{_COUNT}\s+{_UNIT}\s+ago(?P<exact>\s+today)?\b")
_RECENT = _compiled(rf"(?:last|past|previous)\s+{_COUNT}\s+{_UNIT}")
_DAY = _compiled(
    r"(?P<ago>today|this\s+(?:morning|afternoon|evening)|tonight|day\s+before\s+yesterday|last\s+night"
    r"|yesterday(?:\s+(?:morning|afternoon|evening|night))?)\b"
)
_BEFORE_LAST = _compiled(r"(?P<unit>week|month|year)\s+before\s+last\b")
_RELATIVE = _compiled(rf"{_PART}(?P<which>this|last|past|previous)\s+(?P<unit>weekend|week|month|quarter|year)\b")
_WEEKDAY = _compiled(rf"(?P<which>this|last|past|on)\s+(?P<weekday>{'|'.join(_WEEKDAYS)})\b")
_OF_WEEK = _compiled(
    rf"(?:(?P<which>this|last)\s+week(?:['’]s)?\s+(?:on\s+)?(?P<weekday>{'|'.join(_WEEKDAYS)})"
    rf"|(?P<weekday2>{'|'.join(_WEEKDAYS)})\s+(?:of\s+)?(?P<which2>this|last)\s+week)\b"
)
_WEEKDAYS_AGO = _compiled(rf"{_COUNT}\s+(?P<weekday>{'|'.join(_WEEKDAYS)})s?\s+ago\b")
_SINCE = re.compile(rf"(?<=since\s)(?P<weekday>{'|'.join(_WEEKDAYS)})\b", re.IGNORECASE)
_DECADE = _compiled(r"['’]?(?P<decade>(?:19|20)?\d0)['’]?s\b")
_NAMED = _compiled(rf"(?P<which>this|last|past)\s+(?:{_M}|{_SEASON})")
_ISO = re.compile(
    r"(?<![\d/.-])(?P<year>(?:19|20)\d\d)[-./](?P<month>1[0-2]|0?[1-9])(?:[-./](?P<day>[12]\d|3[01]|0?[1-9]))?(?![\d/-]|\.\d)"
)
_FULL = _compiled(rf"{_M}\s+{_D},?(?:\s+{_YEAR})?")
_FULL_D = _compiled(rf"{_D}(?:\s+of)?\s+{_M},?(?:\s+{_YEAR})?")
_MONTH = _compiled(rf"{_PART}{_M},?(?:\s+(?:of\s+)?(?:{_YEAR}|(?P<which>this|last)\s+year\b))?")
_SEASON_OF = _compiled(rf"{_SEASON}(?:\s+of)?\s+(?:{_YEAR}|(?P<which>this|last)\s+year\b)")
_QUARTER = _compiled(
    rf"(?:q(?P<q>[1-4])(?:\s+(?:of\s+)?|[-/]){_YEAR}"
    rf"|(?P<nth>{'|'.join(_ORDINALS)})\s+quarter(?:\s+of|\s+in)?\s+(?P<year2>(?:19|20)\d\d)(?!\d)"
    rf"|(?P<year3>(?:19|20)\d\d)[\s-]*q(?P<q3>[1-4])\b)"
)
_LATEST_QUARTER = _compiled(
    rf"(?:q(?P<q>[1-4])|(?P<nth>{'|'.join(n for n in _ORDINALS if n not in ('last', 'final'))})\s+quarter)\b(?!\s+of)"
)
_HALF = _compiled(
    rf"(?:(?P<nth>first|second)\s+half\s+of\s+(?:{_YEAR}|(?P<which>this|last)\s+year\b)"
    rf"|h(?P<h>[12])(?:\s+(?:of\s+)?|[-/])(?P<year2>(?:19|20)\d\d)(?!\d))"
)
_WHOLE_YEAR = _compiled(rf"{_PART}{_YEAR}")


def _month_number(text: str) -> int:
    return next(n for n, name in enumerate(_MONTHS, 1) if name.startswith(text.lower().rstrip(".")[:3]))


def _count(m: re.Match[str]) -> int:
    text = " ".join(m["count"].lower().split())
    return int(text) if text.isdecimal() else _NUMBERS[text]


def _part(m: re.Match[str], whole: Period) -> Period:
    if not m["part"]:
        return whole
    part = re.sub(r"^the\s+", "", " ".join(m["part"].lower().split()))
    return third(whole, _PARTS[part])  # type: ignore[arg-type]  # early, middle, late


def _ago(m: re.Match[str], today: date) -> Period | None:
    n, unit = _count(m), m["unit"].lower()
    if unit == "fortnight" or (unit == "week" and m["exact"]):
        return back(today, n * (14 if unit == "fortnight" else 7), "day")
    if m["exact"] and unit in ("month", "year"):
        return day(_same_day(today, n * (12 if unit == "year" else 1)))
    return back(today, n, unit) if n else None  # type: ignore[arg-type]  # a Unit


def _same_day(today: date, months: int) -> date:
    first = month(today.year, today.month - months)
    assert first.since and first.until
    return first.since.replace(day=min(today.day, first.until.day))


def _recent(m: re.Match[str], today: date) -> Period | None:
    n, unit = _count(m), m["unit"].lower()
    if unit == "fortnight":
        n, unit = 2 * n, "week"
    return recent(today, n, unit) if n else None  # type: ignore[arg-type]  # a Unit


def _one_day(m: re.Match[str], today: date) -> Period:
    word = m["ago"].lower()
    behind = 2 if word.startswith("day") else int(word.startswith(("yesterday", "last")))
    return back(today, behind, "day")


def _before_last(m: re.Match[str], today: date) -> Period:
    return back(today, 2, m["unit"].lower())  # type: ignore[arg-type]  # a Unit


def _of_week(m: re.Match[str], today: date) -> Period:
    which, weekday = m["which"] or m["which2"], m["weekday"] or m["weekday2"]
    found = back(today, int(which.lower() == "last"), "week").since
    assert found
    return day(found + timedelta(days=_WEEKDAYS.index(weekday.lower())))


def _weekdays_ago(m: re.Match[str], today: date) -> Period | None:
    """One Monday ago is the last one before today."""
    n = _count(m)
    behind = (today.weekday() - _WEEKDAYS.index(m["weekday"].lower()) - 1) % 7 + 1
    return day(today - timedelta(days=behind + 7 * (n - 1))) if n else None


def _since(m: re.Match[str], today: date) -> Period:
    return day(today - timedelta(days=(today.weekday() - _WEEKDAYS.index(m["weekday"].lower())) % 7))


def _relative(m: re.Match[str], today: date) -> Period:
    unit, n = m["unit"].lower(), int(m["which"].lower() != "this")
    if unit == "weekend":
        found = week(today - timedelta(weeks=n))
        assert found.since
        return Period(found.since + timedelta(days=5), found.until)
    if unit == "quarter":
        number = (today.month - 1) // 3 + 1 - n
        return quarter(today.year, number) if number else quarter(today.year - 1, 4)
    return _part(m, back(today, n, unit))  # type: ignore[arg-type]  # a Unit


def _weekday(m: re.Match[str], today: date) -> Period:
    number, which = _WEEKDAYS.index(m["weekday"].lower()), m["which"].lower()
    if which == "this":
        found = week(today).since
        assert found
        return day(found + timedelta(days=number))
    behind = (today.weekday() - number) % 7
    return day(today - timedelta(days=behind or (0 if which == "on" else 7)))


def _named(m: re.Match[str], today: date) -> Period:
    this = m["which"].lower() == "this"
    if m["season"]:
        name = m["season"].lower().replace("fall", "autumn")
        found = season(today.year, name) if this else latest_season(today, name)
        # "last spring" is not the one under way.
        under_way = found.since and found.until and found.since <= today <= found.until
        return season(found.since.year - 1, name) if under_way and not this and found.since else found
    number = _month_number(m["month"])
    if this:
        return month(today.year, number)
    return month(today.year if number < today.month else today.year - 1, number)


def _full(m: re.Match[str], today: date) -> Period | None:
    number, d = _month_number(m["month"]), int(m["day"])
    if m["year"]:
        return made(int(m["year"]), number, d)
    this = made(today.year, number, d)
    return this if this and this.since and this.since <= today else made(today.year - 1, number, d)


def _iso(m: re.Match[str], today: date) -> Period | None:
    year, number = int(m["year"]), int(m["month"])
    return made(year, number, int(m["day"])) if m["day"] else month(year, number)


def _in_month(m: re.Match[str], today: date) -> Period | None:
    number = _month_number(m["month"])
    # "may" and "march" are verbs more often than months; a year or a capital tells them apart.
    if m["month"].islower() and m["month"] in ("may", "march", "mar", "dec", "sep") and not (m["year"] or m["which"]):
        return None
    if m["year"]:
        return _part(m, month(int(m["year"]), number))
    if m["which"]:
        return _part(m, month(today.year - (m["which"].lower() == "last"), number))
    return _part(m, latest_month(today, number))


def _season_of(m: re.Match[str], today: date) -> Period:
    year = int(m["year"]) if m["year"] else today.year - (m["which"].lower() == "last")
    return season(year, m["season"].lower().replace("fall", "autumn"))


def _quarter(m: re.Match[str], today: date) -> Period:
    number = int(m["q"] or m["q3"] or _ORDINALS[m["nth"].lower()])
    return quarter(int(m["year"] or m["year2"] or m["year3"]), number)


def _half(m: re.Match[str], today: date) -> Period:
    written = m["year"] or m["year2"]
    year = int(written) if written else today.year - int(m["which"].lower() == "last")
    first = m["h"] == "1" if m["h"] else m["nth"].lower() == "first"
    return months(year, 1, 6) if first else months(year, 7, 12)


def _this_quarter(m: re.Match[str], today: date) -> Period:
    return latest_quarter(today, int(m["q"] or _ORDINALS[m["nth"].lower()]))


PATTERNS = (
    (_AGO, _ago, True), (_RECENT, _recent, True), (_DAY, _one_day, True), (_RELATIVE, _relative, True),
    (_WEEKDAY, _weekday, True), (_NAMED, _named, True), (_ISO, _iso, False), (_FULL, _full, False),
    (_FULL_D, _full, False), (_MONTH, _in_month, False), (_SEASON_OF, _season_of, False),
    (_QUARTER, _quarter, False), (_HALF, _half, False),
    (_OF_WEEK, _of_week, True), (_WEEKDAYS_AGO, _weekdays_ago, True), (_SINCE, _since, True),
    (_BEFORE_LAST, _before_last, True), (_LATEST_QUARTER, _this_quarter, None),
    (_DECADE, lambda m, today: decade(int(m["decade"])), None),
    (_WHOLE_YEAR, lambda m, today: _part(m, whole_year(int(m["year"]))), False),
)  # fmt: skip
"""(pattern, what it means, whether it is counted from today and so speaks of when something was written; None: only
where notes are asked for)."""

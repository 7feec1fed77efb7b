"""Days and runs of days: weeks from Monday, months, quarters, seasons, years. Pure; today comes in."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import Literal, NamedTuple

Unit = Literal["day", "week", "month", "year"]
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}
"""The month each begins with; winter ends in the year after."""


class Period(NamedTuple):
    """From the first to the last day, both within; None: open on that side."""

    since: date | None
    until: date | None


def day(d: date) -> Period:
    return Period(d, d)


def week(d: date) -> Period:
    """The week that `d` lies in, Monday to Sunday."""
    monday = d - timedelta(days=d.weekday())
    return Period(monday, monday + timedelta(days=6))


def month(year: int, number: int) -> Period:
    """`number` may lie outside 1 to 12: it counts on into other years."""
    year, number = year + (number - 1) // 12, (number - 1) % 12 + 1
    return Period(date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1]))


def months(year: int, first: int, last: int) -> Period:
    return Period(month(year, first).since, month(year, last).until)


def quarter(year: int, number: int) -> Period:
    return months(year, 3 * number - 2, 3 * number)


def season(year: int, name: str) -> Period:
    first = SEASONS[name]
    return months(year, first, first + 2)


def whole_year(year: int) -> Period:
    return Period(date(year, 1, 1), date(year, 12, 31))


def decade(first: int) -> Period:
    """`first`: its first year, of two digits in this century or the last (30 and later)."""
    if first < 100:
        first += 1900 if first >= 30 else 2000
    return Period(date(first, 1, 1), date(first + 9, 12, 31))


def latest_quarter(today: date, number: int) -> Period:
    """The latest quarter of this number that has begun."""
    return quarter(today.year if 3 * number - 2 <= today.month else today.year - 1, number)


def back(today: date, n: int, unit: Unit) -> Period:
    """The day, week, month or year that lies `n` of them before the present one."""
    if unit == "day":
        return day(today - timedelta(days=n))
    if unit == "week":
        return week(today - timedelta(weeks=n))
    return month(today.year, today.month - n) if unit == "month" else whole_year(today.year - n)


def recent(today: date, n: int, unit: Unit) -> Period:
    """The `n` units that end today: two weeks are the last fourteen days."""
    if unit in ("day", "week"):
        return Period(today - timedelta(days=n * (7 if unit == "week" else 1) - 1), today)
    start = month(today.year, today.month - n * (12 if unit == "year" else 1)).since
    assert start is not None
    last = calendar.monthrange(start.year, start.month)[1]
    return Period(start.replace(day=min(today.day, last)) + timedelta(days=1), today)


def third(whole: Period, part: Literal["early", "middle", "late"]) -> Period:
    """The beginning, middle or end of a month (ten days each, the rest to the last) or of a longer period (a quarter of
    it, the half between, the last quarter)."""
    assert whole.since and whole.until
    if (whole.until - whole.since).days < 31:
        cuts = {"early": (1, 10), "middle": (11, 20), "late": (21, whole.until.day)}[part]
        return Period(whole.since.replace(day=cuts[0]), whole.since.replace(day=cuts[1]))
    first, count = whole.since, round((whole.until - whole.since).days / 30.4)
    begin, end = {
        "early": (0, count // 4),
        "middle": (count // 4, count - count // 4),
        "late": (count - count // 4, count),
    }[part]
    return months(first.year, first.month + begin, first.month + end - 1)


def latest_month(today: date, number: int) -> Period:
    """The latest month of this number that has begun."""
    return month(today.year if number <= today.month else today.year - 1, number)


def latest_season(today: date, name: str) -> Period:
    """The latest season of this name that is over, or under way."""
    found = season(today.year, name)
    assert found.since
    return found if found.since <= today else season(today.year - 1, name)


def made(year: int, number: int, d: int) -> Period | None:
    """One day, or None when the calendar has no such day."""
    try:
        return day(date(year, number, d))
    except ValueError:
        return None

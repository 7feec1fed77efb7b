"""Dates in the words of a question → the days they mean. Pure: the question and today come in.

Only phrases that plausibly speak of when a note was written are taken: those counted from today (지난주, yesterday),
and calendar dates that stand as a time (in March 2024, 3월에, since 2023), not as part of a name (2023 budget, 2023년
예산) unless the question asks for notes of that time. Days to come are none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from core.answer.question import dates_en, dates_ko
from core.answer.question.periods import Period

# What one asks for when a date is that of the note.
NOTES = re.compile(
    r"\b(?:notes?|files?|documents?|docs?|pages?|memos?|minutes|journals?|diar(?:y|ies)|entries|entry|reports?|e?mails?"
    r"|write|wrote|written|added|changed|edited|modified|saved|created|updated|recorded)\b"
    r"|노트|파일|문서|메모|회의록|일기|일지|기록|보고서|회고|메일|자료|작성|쓴|썼|적은|적었|적어|수정|바뀐|변경|고친|저장|추가",
    re.IGNORECASE,
)
_LEADS = re.compile(r"(?:\b(in|on|during|from|of|since|after|before|until|till|up to|between|as of|for|at)\s+)$", re.I)
_KO_TAIL = re.compile(
    r"\s*(부터|이후로?|이후에?|이전에?|까지|에는|에도|에만|에|의|동안|중에|중|때|사이에?|간)(?![가-힣])"
)
_LINK_EN = re.compile(r"\s*(?:and|to|until|till|through|-|–|~)\s*(?:the\s+)?", re.I)
_LINK_KO = re.compile(r"\s*(?:부터|에서|~|-|–|와|과)\s*")
_TIME_EN = frozenset(["in", "on", "during", "from", "since", "after", "between"])
_TIME_KO = frozenset(
    ["부터", "이후", "이후로", "이후에", "에는", "에도", "에만", "에", "동안", "때", "사이", "사이에", "중에"]
)


@dataclass(frozen=True, slots=True)
class DatePhrase:
    """Words of a question at [start, end) and the days they stand for. `said`: the dates alone, as they were written.
    `sure`: the note's own day is meant; else it may as well be a date that notes tell of."""

    start: int
    end: int
    period: Period
    said: tuple[str, ...]
    sure: bool


@dataclass(frozen=True, slots=True)
class _Point:
    start: int
    end: int
    period: Period
    counted: bool
    vague: bool = False
    """Speaks of when a note was written only where notes are asked for: the third quarter, the 90s."""


def dates(text: str, today: date) -> tuple[DatePhrase, ...]:
    """The date phrases of a question that limit which notes are meant, in their order."""
    points = _points(text, today)
    wants_notes = bool(NOTES.search(text))
    found: list[DatePhrase] = []
    n = 0
    while n < len(points):
        joined = _joined(text, points[n], points[n + 1], wants_notes) if n + 1 < len(points) else None
        if joined:
            found.append(joined)
            n += 2
            continue
        phrase = _alone(text, points[n], wants_notes, today)
        if phrase:
            found.append(phrase)
        n += 1
    return tuple(p for p in found if p.period.since is None or p.period.since <= today)


def period_of(text: str, today: date) -> Period | None:
    """The days that a date on its own means ("last week", 2024-03, 작년); None when it is no date."""
    text = text.strip()
    whole = [p for p in _points(text, today) if p.start == 0 and p.end == len(text)]
    return whole[0].period if whole else None


def _points(text: str, today: date) -> list[_Point]:
    """Every date in a text, the longest where several begin or overlap."""
    every = [
        _Point(m.start(), m.end(), period, bool(counted or m.groupdict().get("named")), counted is None)
        for pattern, meaning, counted in (*dates_ko.PATTERNS, *dates_en.PATTERNS)
        for m in pattern.finditer(text)
        if (period := meaning(m, today)) is not None
    ]
    every.sort(key=lambda p: (p.start - p.end, p.start))
    kept: list[_Point] = []
    for point in every:
        if all(point.end <= k.start or point.start >= k.end for k in kept):
            kept.append(point)
    return sorted(kept, key=lambda p: p.start)


def _joined(text: str, a: _Point, b: _Point, wants_notes: bool) -> DatePhrase | None:
    """`between May and July`, `from 3 May to today`, `3월부터 5월까지`: one period out of two dates."""
    between = text[a.end : b.start]
    lead = _LEADS.search(text[: a.start])
    tail = _KO_TAIL.match(text, b.end)
    word = lead[1].lower() if lead else ""
    english = _LINK_EN.fullmatch(between) and (word in ("between", "from") or between.strip() in ("-", "–", "~", "to"))
    korean = _LINK_KO.fullmatch(between) and (
        between.strip() in ("부터", "에서", "~", "-", "–") or (tail is not None and tail[1].startswith("사이"))
    )
    first, last = a.period.since, b.period.until
    if not (english or korean) or first is None or last is None:
        return None
    # "from 3 May to 10 June 2024", "between November and February": the second tells the first one's year.
    for year in (last.year, last.year - 1):
        if first > last:
            first = first.replace(year=year, day=min(first.day, 28) if first.month == 2 else first.day)
    if first > last:
        return None
    start = lead.start(1) if lead and english else a.start
    end = tail.end() if tail and korean else b.end
    said = (text[a.start : a.end], text[b.start : b.end])
    return DatePhrase(start, end, Period(first, last), said, wants_notes or a.counted or b.counted)


def _alone(text: str, point: _Point, wants_notes: bool, today: date) -> DatePhrase | None:
    lead = _LEADS.search(text[: point.start])
    tail = _KO_TAIL.match(text, point.end)
    before, after = lead[1].lower() if lead else "", tail[1] if tail else ""
    first, last = point.period
    assert first and last
    backwards = before in ("before", "until", "till", "up to") or after.startswith(("이전", "까지"))
    if (backwards or point.vague) and not wants_notes:
        # "before March", "the 90s" in any other question speaks of the thing asked for.
        return None
    if not (point.counted or wants_notes or before in _TIME_EN or after in _TIME_KO):
        return None
    onwards = before == "since" or after.startswith(("부터", "이후"))
    if onwards and not (point.counted or wants_notes) and first.year < today.year - 1:
        # "the champion since 1998" is no wish for notes of all the years since.
        return None
    if onwards:
        period = Period(first, None)
    elif before == "after":
        period = Period(last + timedelta(days=1), None)
    elif before == "before" or after.startswith("이전"):
        period = Period(None, first - timedelta(days=1))
    elif backwards:
        period = Period(None, last)
    else:
        period = point.period
    start = lead.start(1) if lead and before != "between" else point.start
    said = (text[point.start : point.end],)
    return DatePhrase(start, tail.end() if tail else point.end, period, said, wants_notes or point.counted)

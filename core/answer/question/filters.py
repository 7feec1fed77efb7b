"""What a question limits itself to: @folder, @file, #tag, field:value, dates in words → filters and a scope.

Knows no search. A word is a filter only where the library holds what it names: `@kim`, `#1` and `10:30` stay words.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from core import errors
from core.answer.question.collection import about
from core.answer.question.dates import dates, period_of
from core.answer.question.everything import topics
from core.answer.question.periods import month
from core.index.terms import PARTICLES, has_hangul
from core.store.notes import Notes, folded
from core.store.scope import Days, Scope
from core.types import Filter

LONGEST_ASKED = 1000
"""A longer text was pasted: what looks like a filter in it is not meant as one."""
LONGEST_NAME = 80

_AT = re.compile(r'(?<![\w@])@(?:"([^"\n]+)"|(?=[^\s@]))')
_TAG = re.compile(r"(?<![\w#/&])#(?=[^\s#])")
_FIELD = re.compile(r'(?<![\w:/])([^\W\d][\w-]*):(?:"([^"\n]+)"|([^\s":/][^\s"]*))')
_TAGGED = re.compile(
    r"\b(?:(?:are|is|were)\s+)?(?:tagged|labell?ed)\s+(?:as\s+|with\s+)?(?:the\s+tag\s+)?[#\"'“]?([\w/-]+)[\"'”]?"
    r"|\b(?:with|have|has|having|carry|carrying|under|that\s+have)\s+(?:the\s+"
    r"|a\s+)?tag\s+(?:of\s+)?[#\"'“]?([\w/-]+)[\"'”]?"
    r"|\b(?:with|have|has|having|carry|carrying|under)\s+(?:the\s+|a\s+)?[#\"'“]?([\w/-]+)[\"'”]?\s+tag\b"
    r"|[#\"'“]?([\w/-]+?)[\"'”]?(?:이?라는)?\s*태그(?:가|를|로|인|도|만)?\s*(?:달린|붙은|있는|가진|된|단|붙인"
    r"|포함된|들어간|쓰인|걸린"
    r"|달아\s*(?:둔|놓은)|붙여\s*(?:둔|놓은))?(?![가-힣])"
    r"|태그(?:가|는|에)?\s*[#\"'“]?([\w/-]+?)[\"'”]?(?:인|으로\s*된|로\s*된|(?:이|가)\s*(?:있는|들어간))(?![가-힣])",
    re.IGNORECASE,
)
_IN = re.compile(r"\b(?:in|under|inside|within|from|of)\s+(?:the\s+|my\s+)?[\"'“]?(?=[^\s\"'“])", re.IGNORECASE)
_IN_KO = re.compile(r"[\"'“]?([^\s\"'”]+?)[\"'”]?(?:\s*(?:안|속|아래|밑))?(?:에서|에는|에선|엔|에|의)(?=\s|$)")
_ONE_FOLDER = re.compile(r"(?<!\S)(?:the\s+|my\s+)?[\"'“]?([^\s\"'”]+)[\"'”]?\s+folder\b", re.IGNORECASE)
_TWO_FOLDER = re.compile(r"(?<!\S)[\"'“]?([^\s\"'”]+\s[^\s\"'”]+)[\"'”]?\s+folder\b", re.IGNORECASE)
_FOLDER_EN = re.compile(
    r"\b(?:in|under|inside|from|(?:the\s+)?(?:whole|entire|complete))\s+(?:the\s+|my\s+)?(?:(?:folder"
    r"|directory)\s+[\"'“]?([^\"'”?,\n]+?)[\"'”]?(?=[?,.]|$|\s+(?:are|is|do|that|which|with|and)\b)"
    r"|[\"'“]?([^\"'”?,\n]+?)[\"'”]?\s+(?:folder|directory)\b)",
    re.IGNORECASE,
)
_FOLDER_KO = re.compile(
    r"[\"'“]?([^\s\"'”]+)[\"'”]?\s*폴더(?:\s*(?:안|속|아래|밑))?(?:에서는|에서|에는|에선|엔|에|의)?(?:\s*있는"
    r"|\s*들어\s*있는|\s*들어간|\s*든|\s*담긴)?(?![가-힣])"
)
_TAIL = sorted(("에서", "에서는", "안에서", "안에", "에는", *PARTICLES), key=len, reverse=True)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a person chose beside the question: kept whatever is found. `without`: phrases that are no filters."""

    within: str | None = None
    tag: str | None = None
    since: str | None = None
    until: str | None = None
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """How a question was read. `words` is what is searched: the question without its filters; empty when nothing but
    filters was said. `scope` holds filters and limits, `base` the limits alone. `beside`: how it reads when dates that
    notes may just as well tell of are words; None when there are none."""

    text: str
    words: str
    filters: tuple[Filter, ...] = ()
    scope: Scope = Scope()  # noqa: RUF009 (frozen)
    base: Scope = Scope()  # noqa: RUF009 (frozen)
    rewritten: bool = False
    parts: tuple[str, ...] = ()
    beside: Beside | None = None

    @property
    def searched(self) -> str:
        """What is looked for: all of the question when nothing is left of it beside the filters."""
        return self.words if any(c.isalnum() for c in self.words) else self.text

    def without_filters(self) -> Reading:
        """Read as words alone, with every filter marked as not applied."""
        return replace(
            self, words=self.text, scope=self.base, beside=None,
            filters=tuple(replace(f, applied=False) for f in self.filters),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Beside:
    """What is searched besides, for "What did she do on 7 May 2023?" may ask for the notes of that day or for what any
    note says of it. `said`: the dates as they were written, empty when any passage of other days will do."""

    words: str
    scope: Scope
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    filter: Filter
    scope: Scope
    said: tuple[str, ...] = ()
    """The dates it is made of, where they may be meant otherwise."""


class Filters:
    """Reads questions against one library; `today` is the clock."""

    def __init__(self, notes: Notes, today: Callable[[], date]) -> None:
        self._notes = notes
        self.today = today

    def read(self, question: str, limits: Limits) -> Reading:
        """The filters of a question. Raises `errors.BadRequest` for a date in `limits` that is none."""
        base = self._base(limits)
        hits: list[_Hit] = []
        short = len(question) <= LONGEST_ASKED
        for hit in self._every(question) if short else ():
            clear = all(hit.end <= h.start or hit.start >= h.end for h in hits)
            if clear and hit.filter.phrase not in limits.without:
                hits.append(hit)
        hits += self._place(question, hits, limits) if short else []
        hits.sort(key=lambda h: h.start)
        words, scope = _apart(question, hits, base)
        beside = None
        if any(h.said for h in hits):
            # Other notes tell of a day or a month in words of their own (yesterday, this month), of more by its name.
            said = tuple(date for h in hits if _longer_than_a_month(h.filter) for date in h.said)
            beside = Beside(*_apart(question, [h for h in hits if not h.said], base), said)
        return Reading(question, words, tuple(h.filter for h in hits), scope, base, beside=beside)

    def _base(self, limits: Limits) -> Scope:
        within = str(Path(limits.within).expanduser().resolve()) if limits.within else None
        since = self._day(limits.since, first=True) if limits.since else ""
        until = self._day(limits.until, first=False) if limits.until else ""
        return Scope(
            within, tags=(folded(limits.tag.lstrip("#")),) if limits.tag else (),
            days=((since, until),) if since or until else (),
        )  # fmt: skip

    def _day(self, text: str, first: bool) -> str:
        period = period_of(text, self.today())
        day = period and (period.since if first else period.until)
        if not day:
            raise errors.BadRequest(
                f"{text!r} is no date Moa knows.", "Write it as 2024-03-05, 2024-03, or in words: last week, 지난주."
            )
        return day.isoformat()

    def _every(self, question: str) -> Iterator[_Hit]:
        yield from self._paths(question)
        yield from self._tags(question)
        yield from self._fields(question)
        for found in dates(question, self.today()):
            since, until = (d.isoformat() if d else "" for d in found.period)
            label = _days(since, until, has_hangul(question))
            phrase = question[found.start : found.end].strip()
            filter = Filter("date", phrase, label, since, until, only=found.sure)
            said = () if found.sure else found.said
            yield _Hit(found.start, found.end, filter, Scope(days=((since, until),)), said)

    # ---- folders and files

    def _paths(self, question: str) -> Iterator[_Hit]:
        ats = list(_AT.finditer(question))
        folders = [m for p in (_FOLDER_EN, _FOLDER_KO) for m in p.finditer(question)]
        if not ats and not folders:
            return
        names = _by_name(self._notes.paths())
        for at in ats:
            if at[1]:
                yield from _path_hit(question, at.start(), at.end(), names.get(folded(at[1].strip("/")), {}), at[1])
                continue
            rest = question[at.end() : at.end() + LONGEST_NAME]
            for length, tail in _cuts(rest):
                name = rest[:length].strip("/")
                found = _suffixed(names, name)
                if found:
                    yield from _path_hit(question, at.start(), at.end() + length + tail, found, name)
                    break
        for m in folders:
            name = (m[1] or (m[2] if m.re is _FOLDER_EN else None) or "").strip().strip("/")
            found = {p: True for p, is_folder in _suffixed(names, name).items() if is_folder} if name else {}
            yield from _path_hit(question, m.start(), m.end(), found, name)

    def _place(self, question: str, hits: list[_Hit], limits: Limits) -> list[_Hit]:
        """A folder that is named without the word ("how many files are in Projects", Projects에 있는
        파일은 몇 개): only where all other words ask something of the collection."""
        if any(h.filter.kind == "path" for h in hits):
            return []
        tries = [
            (m.start(), m.end() + length + tail + _called(rest[length + tail :]), rest[:length])
            for m in _IN.finditer(question)
            for rest in (question[m.end() : m.end() + LONGEST_NAME],)
            for length, tail in _cuts(rest)
        ] + [(m.start(), m.end(), m[1]) for p in (_IN_KO, _ONE_FOLDER, _TWO_FOLDER) for m in p.finditer(question)]
        names: dict[str, dict[str, bool]] | None = None
        for start, end, name in tries:
            phrase = question[start:end].strip()
            if phrase in limits.without or any(start < h.end and end > h.start for h in hits):
                continue
            here = _Hit(start, end, Filter("path", phrase, ""), Scope())
            words, _ = _apart(question, sorted([*hits, here], key=lambda h: h.start), Scope())
            kinds = {"path", *(h.filter.kind for h in hits)}
            if about(words, kinds) is None and topics(words, kinds) is None:
                continue
            names = _by_name(self._notes.paths()) if names is None else names
            folders = {p: True for p, is_folder in _suffixed(names, name.strip("\"'“”/")).items() if is_folder}
            if folders:
                return list(_path_hit(question, start, end, folders, name.strip("\"'“”/")))
        return []

    # ---- tags and fields

    def _tags(self, question: str) -> Iterator[_Hit]:
        hashes, tagged = list(_TAG.finditer(question)), list(_TAGGED.finditer(question))
        if not hashes and not tagged:
            return
        known = self._notes.names("tag")
        known |= {"/".join(t.split("/")[:n]) for t in known for n in range(1, t.count("/") + 1)}
        for m in tagged:
            tag = next(filter(None, m.groups()))
            if folded(tag) in known:
                yield _Hit(m.start(), m.end(), Filter("tag", m[0].strip(), f"#{tag}"), Scope(tags=(folded(tag),)))
        for m in hashes:
            rest = question[m.end() : m.end() + LONGEST_NAME]
            for length, tail in _cuts(rest):
                tag = folded(rest[:length])
                if tag in known:
                    end = m.end() + length + tail
                    yield _Hit(
                        m.start(), end, Filter("tag", f"#{rest[:length]}", f"#{rest[:length]}"), Scope(tags=(tag,))
                    )
                    break

    def _fields(self, question: str) -> Iterator[_Hit]:
        matches = list(_FIELD.finditer(question))
        known = self._notes.names("field") if matches else frozenset()
        for m in matches:
            name, value = folded(m[1]), folded(m[2] or m[3].rstrip(".,?!"))
            phrase = m[0].rstrip(".,?!")
            if name in ("tag", "tags", "태그"):
                scope = Scope(tags=(value.lstrip("#"),))
                if self._notes.count(scope):
                    yield _Hit(m.start(), m.start() + len(phrase), Filter("tag", phrase, f"#{value}"), scope)
            elif name in known and value in self._notes.values(name):
                scope = Scope(fields=((name, value),))
                yield _Hit(m.start(), m.start() + len(phrase), Filter("field", phrase, phrase), scope)


def _days(since: str, until: str, korean: bool) -> str:
    """Days as they are shown: a whole year or month by its name."""
    if since == until:
        return since
    if since[:4] == until[:4] and since.endswith("-01-01") and until.endswith("-12-31"):
        return f"{since[:4]}년" if korean else since[:4]
    if since[:7] == until[:7]:
        year, number = int(since[:4]), int(since[5:7])
        if month(year, number) == (date.fromisoformat(since), date.fromisoformat(until)):
            return f"{year}년 {number}월" if korean else since[:7]
    return f"{since} – {until}".strip()


def _longer_than_a_month(dates: Filter) -> bool:
    return not (dates.since and dates.until) or dates.since[:7] != dates.until[:7]


def _apart(question: str, hits: list[_Hit], base: Scope) -> tuple[str, Scope]:
    """(the question without these, what they and `base` limit it to)."""
    scope, words, at = Scope(), [], 0
    for hit in hits:
        scope = _both(scope, hit.scope)
        words.append(question[at : hit.start])
        at = hit.end
    words.append(question[at:])
    days = base.days
    if base.days and scope.days:
        # Where they share no day, what is left is a range that ends before it begins and holds for no note.
        days = tuple(_overlap(a, b) for a in base.days for b in scope.days)
    scope = base.only(
        paths=scope.paths, tags=base.tags + scope.tags, fields=scope.fields, days=days or scope.days,
    )  # fmt: skip
    return " ".join(" ".join(words).split()) if hits else question, scope


def _overlap(a: Days, b: Days) -> Days:
    return max(a[0], b[0]), min(filter(None, (a[1], b[1])), default="")


def _both(a: Scope, b: Scope) -> Scope:
    """Both conditions at once: paths and days of one question are alternatives to each other, all else adds up."""
    days = b.days and _within(a.days, b.days)
    return a.only(
        paths=a.paths + b.paths, tags=a.tags + b.tags, fields=a.fields + b.fields, days=days or a.days,
    )  # fmt: skip


def _within(a: tuple[Days, ...], b: tuple[Days, ...]) -> tuple[Days, ...]:
    """Ranges of days that lie in both; two of one question that share no day stand side by side."""
    if not a:
        return b
    both = (_overlap(x, y) for x in a for y in b)
    return tuple(d for d in both if not d[1] or d[0] <= d[1]) or a + b


def _by_name(paths: tuple[str, ...]) -> dict[str, dict[str, bool]]:
    """{folded name or name without ending: {path: is it a folder}} of files and of the folders above them."""
    names: dict[str, dict[str, bool]] = {}
    seen: set[str] = set()
    for path in paths:
        folder, _, name = path.rpartition(os.sep)
        for key in {folded(name), folded(name.rpartition(".")[0] or name)}:
            names.setdefault(key, {})[path] = False
        while folder and folder not in seen:
            seen.add(folder)
            names.setdefault(folded(folder.rpartition(os.sep)[2]), {})[folder] = True
            folder = folder.rpartition(os.sep)[0]
    return names


def _suffixed(names: dict[str, dict[str, bool]], wanted: str) -> dict[str, bool]:
    """What `wanted` names: a name, or the last parts of a path with / between."""
    parts = [folded(p) for p in wanted.split("/") if p]
    if not parts:
        return {}
    found = names.get(parts[-1], {})
    if len(parts) == 1:
        return found
    depth = len(parts)
    return {p: kind for p, kind in found.items() if [folded(x) for x in Path(p).parts[-depth:-1]] == parts[:-1]}


def _path_hit(question: str, start: int, end: int, found: dict[str, bool], name: str) -> Iterator[_Hit]:
    if found:
        # A folder of that name is meant before a file of it.
        folders = tuple(p for p, is_folder in found.items() if is_folder)
        label = f"{name}/" if folders else name
        phrase = question[start:end].strip()
        yield _Hit(start, end, Filter("path", phrase, label), Scope(paths=folders or tuple(found)))


def _called(after: str) -> int:
    """The length of the word folder behind a folder's name."""
    m = re.match(r"[\"'”]?\s+(?:folder|directory)\b", after, re.IGNORECASE)
    return m.end() if m else 0


def _cuts(rest: str) -> Iterator[tuple[int, int]]:
    """(length of a name at the beginning of `rest`, length of the Korean particle after it), longest name first."""
    for length in range(len(rest), 0, -1):
        if rest[length - 1].isspace():
            continue
        after = rest[length:]
        if not after or not (after[0].isalnum() or after[0] in "_-/"):
            yield length, 0
        elif "가" <= after[0] <= "힣":
            word = re.match(r"[가-힣]+", after)
            if word and word[0] in _TAIL:
                yield length, len(word[0])

"""Answers about the collection itself, counted in the catalogue: exact, without a model, the files as citations.

Knows no question's grammar (collection.py). Every number says what was counted.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePath

from core.answer.question.collection import About
from core.answer.question.filters import Reading
from core.index.embedding.embedder import language_of
from core.index.terms import has_hangul, terms
from core.store.notes import Noted, Notes, OpenTask, Which, folded
from core.store.passages import Passages
from core.store.scope import Scope
from core.types import Citation, Location

LISTED = 30
MOST_SCANNED = 20_000
_NO_NOTES = frozenset(["code", "json", "xml"])

Said = tuple[str, tuple[Citation, ...]]


class Catalogued:
    """Answers `About` from the file rows; `answer` gives None when it cannot be exact."""

    def __init__(self, notes: Notes, passages: Passages) -> None:
        self._notes = notes
        self._passages = passages

    def answer(self, asked: About, reading: Reading) -> Said | None:
        """(text, citations), in the language of the question."""
        korean = language_of(reading.text) == "ko"
        scope = reading.scope
        if asked.changed and scope.days:
            if len(scope.days) > 1:
                return None
            scope = scope.only(days=(), changed=scope.days[0])
        if asked.kinds:
            scope = scope.only(kinds=asked.kinds)
        where = _where(reading, korean)
        match asked.what:
            case "tags":
                return self._tags(scope, where, korean)
            case "folders":
                return self._folders(asked, scope, where, korean)
            case "kinds":
                return self._kinds(scope, where, korean)
            case "tasks":
                return self._tasks(asked, scope, where, korean)
            case "unread":
                return self._unread(asked, scope, where, korean)
            case "mention":
                return self._mention(asked, scope, where, korean)
            case "files":
                return self._files(asked, scope, where, korean)
            case _:
                return self._extreme(asked, scope, where, korean)

    # ---- files

    def _files(self, asked: About, scope: Scope, where: str, korean: bool) -> Said | None:
        files = self._chosen(
            asked, self._notes.files(scope, "day" if scope.days or scope.changed else "path", which=_which(asked))
        )
        if asked.type and not files:
            return None
        if asked.tagged is not None:
            tagged = {f.id for f in files if any(x.kind == "tag" for x in self._notes.said_by(f.id))}
            files = tuple(f for f in files if (f.id in tagged) == asked.tagged)
        if asked.state:
            having = {t.path for t, _ in self._boxes(asked.state, scope)}
            files = tuple(f for f in files if f.path in having)
        n, how = len(files), _how(asked, korean)
        verb = ("바뀐 " if asked.changed else "") if korean else (" changed" if asked.changed else "")
        if korean:
            head = f"{where}{verb}파일은 모두 **{n:,}개**입니다{how}." if n else f"{where}{verb}파일이 없습니다{how}."
        else:
            head = f"**{n:,} {_plural(n, 'file')}**{verb}{where}{how}."
        if asked.count and not how:
            head += self._kinds_beside(files, korean) + self._unread_beside(asked, files, scope, korean)
        return _listed(head, files, korean, lambda f: _entry(f, asked.changed))

    def _chosen(self, asked: About, files: Sequence[Noted]) -> tuple[Noted, ...]:
        """Those of the endings and of the sort that were asked for."""
        if asked.notes and not asked.kinds:
            files = [f for f in files if f.kind not in _NO_NOTES]
        if asked.endings:
            files = [f for f in files if PurePath(f.path).suffix.lower() in asked.endings]
        return self.named(files, [asked.type]) if asked.type else tuple(files)

    def named(self, files: Sequence[Noted], words: Sequence[str]) -> tuple[Noted, ...]:
        """The files that carry each of these words in their name, title, tags or folder."""
        wanted = [folded(w) for w in words]

        def carries(f: Noted) -> bool:
            near = " ".join(PurePath(f.path).parts[-3:])
            tags = " ".join(x.value for x in self._notes.said_by(f.id) if x.kind in ("tag", "alias"))
            text = folded(f"{near} {f.title} {tags}")
            return all(w in text for w in wanted)

        return tuple(f for f in files if carries(f))

    def _kinds_beside(self, files: Sequence[Noted], korean: bool) -> str:
        kinds = Counter(map(_kind, files)).most_common()
        return " " + (_kinds_list(kinds, korean) + ".") if len(kinds) > 1 else ""

    def _unread_beside(self, asked: About, files: Sequence[Noted], scope: Scope, korean: bool) -> str:
        textless = sum(not f.text for f in files)
        said = ""
        if textless:
            said = (
                f" 그중 {textless:,}개에는 읽을 수 있는 글이 없습니다(`moa files`)." if korean
                else f" {textless:,} of them {'has' if textless == 1 else 'have'} no text to read (see `moa files`)."
            )  # fmt: skip
        if not asked.notes or asked.kinds or _limited(scope) or asked.endings:
            return said
        n = len(self._notes.files(scope, which="all")) - len(files)
        if not n:
            return said
        return said + (
            f" 그 밖에 노트가 아닌 파일이 {n:,}개 있습니다." if korean
            else f" {n:,} more {'file is' if n == 1 else 'files are'} no {'note' if n == 1 else 'notes'}."
        )  # fmt: skip

    def _extreme(self, asked: About, scope: Scope, where: str, korean: bool) -> Said | None:
        order = "size" if asked.what in ("largest", "smallest") else "changed" if asked.changed else "day"
        descending = asked.what in ("latest", "largest")
        number = min(max(asked.number, 1), 100)
        every = self._notes.files(scope, order, descending, which=_which(asked))  # type: ignore[arg-type]
        files = self._chosen(asked, every)[:number]
        if not files:
            return None
        what = {
            "latest": ("가장 최근", "latest"), "oldest": ("가장 오래된", "oldest"),
            "largest": ("가장 큰", "largest"), "smallest": ("가장 작은", "smallest"),
        }[asked.what]  # fmt: skip
        by = {
            "size": ("크기", "size"),
            "changed": ("고친 날", "last change"),
            "day": ("노트의 날짜", "the note's own date"),
        }[order]
        head = (
            f"{where}{what[0]} 파일입니다{_how(asked, True)} ({by[0]} 기준)." if korean
            else f"The {what[1]} {_plural(number, 'file')}{where}{_how(asked, False)}, by {by[1]}:"
        )  # fmt: skip
        return _listed(
            head, files, korean, lambda f: f"{_size(f.size)}" if order == "size" else _entry(f, order == "changed")
        )

    def _mention(self, asked: About, scope: Scope, where: str, korean: bool) -> Said | None:
        found = self._mentioning(asked.text, scope)
        if found is None:
            return None
        if asked.type:
            carrying = {f.id for f in self.named([f for f, _, _ in found], [asked.type])}
            found = [hit for hit in found if hit[0].id in carrying]
        n = len(found)
        if korean:
            head = (
                f"‘{asked.text}’이(가) 나오는 파일은{' ' + where.strip() if where else ''} **{n:,}개**입니다." if n
                else f"‘{asked.text}’이(가) 나오는 파일이 없습니다."
            )  # fmt: skip
        else:
            head = f"**{n:,} {_plural(n, 'file')}** mention{'s' if n == 1 else ''} “{asked.text}”{where}."
        quotes = {f.id: (quote, line) for f, quote, line in found}
        return _listed(head, [f for f, _, _ in found], korean, lambda f: "", quotes)

    def mentioning_all(self, words: Sequence[str], scope: Scope) -> tuple[Noted, ...]:
        """The files whose texts hold each of these words, by day."""
        found = [{f.id for f, _, _ in self._mentioning(w, scope) or ()} for w in words]
        return tuple(f for f in self._notes.files(scope, "day") if all(f.id in ids for ids in found))

    def _mentioning(self, text: str, scope: Scope) -> list[tuple[Noted, str, int | None]] | None:
        """Files whose text, front matter or links hold `text` literally; the index proposes, the texts decide."""
        files = {f.id: f for f in self._notes.files(scope, which="known")}
        runs = re.findall(r"[가-힣]+", unicodedata.normalize("NFC", text))
        wanted = " ".join(terms(text))
        if any(len(r) == 1 for r in runs) or not wanted:
            # Single syllables are indexed only with their neighbours: every text is looked at.
            if len(files) > MOST_SCANNED:
                return None
            candidates: Iterable[int] = files
        else:
            candidates = self._passages.match_files(f'"{wanted}"', 1_000_000, scope)
        candidates = [*candidates, *self._notes.files_saying(folded(text))]
        pattern = _literal(text)
        found = []
        for id in dict.fromkeys(candidates):
            if id not in files:
                continue
            pieces: list[tuple[str, int | None]] = list(self._notes.text(id))
            pieces += [(" ".join(p for p, _ in pieces), None)]
            pieces += [(f.value, f.line) for f in self._notes.said_by(id) if f.kind in ("field", "link", "tag")]
            hit = next(((p, line) for p, line in pieces if pattern.search(_flat(p))), None)
            if hit:
                found.append((files[id], _around(_flat(hit[0]), pattern), hit[1]))
        return sorted(found, key=lambda x: x[0].path)

    # ---- what they say of themselves

    def _tags(self, scope: Scope, where: str, korean: bool) -> Said:
        tags = self._notes.tags(scope)
        n = len(tags)
        head = (
            (f"{where}태그는 모두 **{n:,}개**입니다." if n else f"{where}태그가 없습니다.") if korean
            else f"**{n:,} {_plural(n, 'tag')}**{where}."
        )  # fmt: skip
        unit = "개 파일" if korean else " files"
        lines = [f"- #{t} — {c:,}{unit if korean or c != 1 else ' file'}" for t, c in tags[: 3 * LISTED]]
        return "\n".join([head, "", *lines, *_more(n, 3 * LISTED, korean)]).strip(), ()

    def _folders(self, asked: About, scope: Scope, where: str, korean: bool) -> Said:
        counted = Counter(PurePath(f.path).parent for f in self._notes.files(scope, which="all"))
        if not asked.per:
            # The folders below the watched ones, or below the one that was named, on the way to any file.
            tops = {PurePath(p) for p in (*scope.paths, *filter(None, [scope.within]))} or self._notes.roots()
            counted = Counter(
                {f: counted[f] for p in counted for f in (p, *p.parents) if not tops.isdisjoint(f.parents)}
            )
        n = len(counted)
        head = (
            (f"{where}폴더는 모두 **{n:,}개**입니다." if n else f"{where}폴더가 없습니다.") if korean
            else f"**{n:,} {_plural(n, 'folder')}**{where}."
        )  # fmt: skip
        lines = [
            f"- `{p}` — {c:,}{'개 파일' if korean else ' ' + _plural(c, 'file')}" for p, c in sorted(counted.items())
        ]
        return "\n".join([head, "", *lines[: 3 * LISTED], *_more(n, 3 * LISTED, korean)]).strip(), ()

    def _kinds(self, scope: Scope, where: str, korean: bool) -> Said:
        kinds = Counter(map(_kind, self._notes.files(scope, which="all"))).most_common()
        n = sum(c for _, c in kinds)
        head = f"{where}파일 **{n:,}개**" if korean else f"**{n:,} {_plural(n, 'file')}**{where}"
        return "\n".join([head + ":", "", *(f"- {k} — {c:,}" for k, c in kinds)]), ()

    def _boxes(self, state: str, scope: Scope) -> list[tuple[OpenTask, bool]]:
        """(check box, is it done), by file and line."""
        wanted = (False, True) if state == "any" else (state == "done",)
        every = [(t, done) for done in wanted for t in self._notes.tasks(done, scope)]
        return sorted(every, key=lambda box: (box[0].path, box[0].line))

    def _tasks(self, asked: About, scope: Scope, where: str, korean: bool) -> Said | None:
        boxes = self._boxes(asked.state, scope)
        if asked.type:
            carrying = {f.path for f in self.named(self._notes.files(scope, which="known"), [asked.type])}
            boxes = [box for box in boxes if box[0].path in carrying]
            if not carrying:
                return None
        n, files, done = len(boxes), len({t.path for t, _ in boxes}), sum(done for _, done in boxes)
        how = _how(asked, korean)
        if korean:
            state = {"open": "완료되지 않은 ", "done": "완료된 "}.get(asked.state, "")
            parts = f" 완료되지 않은 것이 {n - done:,}개, 완료된 것이 {done:,}개입니다." if not state and n else ""
            head = (
                f"{where}{state}체크박스는 파일 {files:,}개에 모두 **{n:,}개**입니다{how}.{parts}" if n
                else f"{where}{state}체크박스가 없습니다{how}."
            )  # fmt: skip
        else:
            state = {"open": "unfinished ", "done": "finished "}.get(asked.state, "")
            name = "check box" if n == 1 else "check boxes"
            parts = f": {n - done:,} unfinished, {done:,} finished" if not state and n else ""
            head = f"**{n:,} {state}{name}** in {files:,} {_plural(files, 'file')}{where}{how}{parts}."
        cited: dict[str, Citation] = {}
        lines = []
        for t, ticked in boxes[:LISTED]:
            c = cited.setdefault(t.path, _cite(len(cited) + 1, t.path, t.line, t.text))
            lines.append(f"- {'☑' if ticked else '☐'} {t.text} [{c.n}]")
        return "\n".join([head, "", *lines, *_more(n, LISTED, korean)]).strip(), tuple(cited.values())

    def _unread(self, asked: About, scope: Scope, where: str, korean: bool) -> Said:
        rows = [r for r in self._notes.unread(scope) if r[1] == "failed"]
        n = len(rows)
        head = (
            (f"{where}읽지 못한 파일은 **{n:,}개**입니다." if n else f"{where}읽지 못한 파일이 없습니다.") if korean
            else f"**{n:,} {_plural(n, 'file')}** could not be read{where}."
        )  # fmt: skip
        return "\n".join(
            [head, "", *(f"- `{p}` — {why}" for p, _, why in rows[:LISTED]), *_more(n, LISTED, korean)]
        ).strip(), ()


def _how(asked: About, korean: bool) -> str:
    """What else was counted by, in words."""
    said = [f"{', '.join(asked.endings)}"] if asked.endings else []
    if asked.type:
        said.append(
            f"이름, 제목, 태그, 폴더에 ‘{asked.type}’이(가) 있는 파일" if korean
            else f"files with “{asked.type}” in their name, title, tags or folder"
        )  # fmt: skip
    if asked.tagged is not None:
        said.append(
            ("태그 있음" if asked.tagged else "태그 없음") if korean
            else ("with tags" if asked.tagged else "without tags")
        )  # fmt: skip
    if asked.state and asked.what == "files":
        said.append(
            {"open": "완료되지 않은 체크박스가 있는 파일", "done": "완료된 체크박스가 있는 파일"}.get(
                asked.state, "체크박스가 있는 파일"
            ) if korean
            else {"open": "with unfinished check boxes", "done": "with finished check boxes"}.get(
                asked.state, "with check boxes"
            )
        )  # fmt: skip
    return f" ({', '.join(said)})" if said else ""


def _which(asked: About) -> Which:
    return "known" if asked.notes or asked.kinds else "all"


def _kind(file: Noted) -> str:
    return file.kind or PurePath(file.path).suffix.lstrip(".").lower() or "?"


def _limited(scope: Scope) -> bool:
    return bool(scope.only(within=None, paths=()))


def _where(reading: Reading, korean: bool) -> str:
    """The filters in words: before the noun in Korean, after it in English."""
    labels = [f.label for f in reading.filters if f.applied]
    if reading.base.within:
        labels.append(f"{PurePath(reading.base.within).name}/")
    if not labels:
        return ""
    return f"[{', '.join(labels)}] " if korean else f" ({', '.join(labels)})"


def _listed(
    head: str, files: Sequence[Noted], korean: bool, note: Callable[[Noted], str],
    quotes: dict[int, tuple[str, int | None]] | None = None,
) -> Said:  # fmt: skip
    citations, lines = [], []
    for n, f in enumerate(files[:LISTED], 1):
        quote, line = (quotes or {}).get(f.id, ("", None))
        citations.append(_cite(n, f.path, line, quote or f.title))
        beside = note(f)
        lines.append(f"{n}. {PurePath(f.path).name}{f' — {beside}' if beside else ''} [{n}]")
    return "\n".join([head, "", *lines, *_more(len(files), LISTED, korean)]).strip(), tuple(citations)


def _more(n: int, shown: int, korean: bool) -> list[str]:
    if n <= shown:
        return []
    return ["", f"… 외 {n - shown:,}개." if korean else f"… and {n - shown:,} more."]


def _cite(n: int, path: str, line: int | None, quote: str) -> Citation:
    return Citation(n, path, Location(line_from=line, line_to=line), quote, True)


def _entry(f: Noted, changed: bool) -> str:
    return f.changed if changed else f.day


def _kinds_list(kinds: Sequence[tuple[str, int]], korean: bool) -> str:
    return ("종류: " if korean else "By kind: ") + ", ".join(f"{k} {c:,}" for k, c in kinds)


def _plural(n: int, word: str) -> str:
    return word if n == 1 else f"{word}s"


def _size(size: int) -> str:
    return f"{size:,} B" if size < 10_000 else f"{size / 1000:,.0f} kB" if size < 10**7 else f"{size / 10**6:,.0f} MB"


def _flat(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _literal(text: str) -> re.Pattern[str]:
    """`text` as a whole word where it begins or ends with a Latin letter or digit; Korean words take endings."""
    flat = _flat(text)
    before = r"(?<![A-Za-z0-9])" if flat[0].isalnum() and not has_hangul(flat[0]) else ""
    after = r"(?![A-Za-z0-9])" if flat[-1].isalnum() and not has_hangul(flat[-1]) else ""
    return re.compile(before + re.escape(flat) + after, re.IGNORECASE)


def _around(text: str, pattern: re.Pattern[str]) -> str:
    m = pattern.search(text)
    start = max(0, m.start() - 80) if m else 0
    return text[start : start + 200]

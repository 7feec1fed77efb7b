"""Is a question about the collection itself (how many notes, which tags, what changed this week)? Pure.

Such a question is understood only as a whole: every word must be known (collection_words.py), or it is no such question
and goes to ordinary search. A number that answers another question would be worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from core.answer.question.collection_words import ENDINGS, KINDS, TYPES, Word, plain
from core.answer.question.collection_words import words as words_of

What = Literal[
    "files", "latest", "oldest", "largest", "smallest", "tags", "folders", "tasks", "kinds", "mention", "unread"
]
State = Literal["open", "done", "any", ""]
EXTREMES = ("latest", "oldest", "largest", "smallest")
SEVERAL = 10
"""So many are named for "my latest notes"."""
_NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]

_NOUN_EN = r"(?:of\s+)?(?:all\s+)?(?:my\s+|the\s+)?(?:notes?|files?|documents?|docs?)"
_VERB_EN = (
    r"(?:mention(?:s|ing|ed)?|contain(?:s|ing)?|includ(?:e|es|ing)|referenc(?:e|es|ing)|refer(?:s|ring)?\s+to"
    r"|(?:have|has|with|having)\s+the\s+(?:word|words|phrase|name|term)|say(?:s)?\s+(?=[\"“'‘]))"
)
_ASKED_EN = (
    r"(?P<count>(?:in\s+)?how\s+many|count(?:\s+(?:of|all))?|number\s+of)?"
    r"(?:in\s+)?(?:which|what|list(?:\s+(?:all|every))?|show(?:\s+me)?(?:\s+(?:all|every))?"
    r"|find(?:\s+me)?(?:\s+(?:all|every))?"
    r"|give\s+me(?:\s+(?:all|every))?|all|every|any"
    r"|(?:is|are)\s+there(?:\s+(?:a|any))?|do\s+i\s+have(?:\s+(?:a|any))?)?"
)
_KO_NOUN = rf"(?P<noun>노트|파일|문서|메모|곳|데|{'|'.join(w for w in TYPES if re.match('[가-힣]', w))})"
_MENTION = (
    re.compile(
        rf"^{_ASKED_EN}\s*{_NOUN_EN}\s+(?:are\s+there\s+|do\s+i\s+have\s+|have\s+i\s+got\s+)?(?:that\s+|which\s+"
            rf"|do\s+|does\s+|where\s+i\s+|do\s+i\s+)?{_VERB_EN}"
        r"\s+(?:the\s+(?:word|words|phrase|name|term)\s+)?(?P<x>.+?)\s*[?.!]*$", re.I),
    re.compile(
        rf"^{_ASKED_EN}\s*{_NOUN_EN}\s+(?:is|are|does|do|was)\s+(?:the\s+(?:word|name|phrase|term)\s+)?(?P<x>.+?)\s+"
        r"(?:mentioned|appear|occur|named|contained|come\s+up|show\s+up)\s*(?:in\s*)?[?.!]*$", re.I),
    re.compile(r"^where\s+(?:is|are|was|were)\s+(?P<x>.+?)\s+mentioned\s*[?.!]*$", re.I),
    re.compile(
        rf"^(?:where|{_ASKED_EN}\s*{_NOUN_EN})\s+(?:do|did"
            rf"|have)\s+i\s+mention(?:ed)?\s+(?P<x>.+?)(?:\s+in)?\s*[?.!]*$", re.I),
    re.compile(
        r"^(?P<x>.+?)(?:\s*(?P<by>이|가|을|를|은|는)|(?:이?라는|이란)\s*(?:단어|말|이름|표현|글자)(?:가|이|을"
            r"|를)?)?\s*"
        r"(?:나오는|나온|나와\s*있는|언급된|언급한|언급하는|언급되는|언급돼\s*있는|들어간|(?P<in>들어\s*있는)"
            r"|포함된|포함한|포함하는|적힌|적혀\s*있는|쓰여\s*있는|등장하는|등장한)"
        rf"\s*(?:모든\s*)?{_KO_NOUN}(?P<rest>.*)$"),
    re.compile(
        rf"^(?P<count>몇\s*개(?:의)?|몇)?(?:어떤|어느|무슨)?\s*{_KO_NOUN}(?:들)?(?:에서|에|이"
            rf"|가)?\s*(?P<x>.+?)(?:이|가|을|를)\s*"
        r"(?:나오|나와|나온|언급|들어가|들어\s*있|들어\s*갔|등장|포함|적혀|쓰여)\S*\s*(?:있\S*)?\s*[?.!]*$"),
    re.compile(
        rf"^(?P<x>.+?)(?:이|가|을|를|은|는)\s*(?P<count>몇\s*개(?:의)?|몇)?(?:어떤|어느"
            rf"|무슨)?\s*{_KO_NOUN}(?:들)?(?:에서|에|이|가)\s*"
        r"(?:나오|나와|나온|언급|들어가|들어\s*있|들어\s*갔|등장|포함|적혀|쓰여)\S*\s*(?:있\S*)?\s*[?.!]*$"),
)  # fmt: skip
_QUOTES = "\"'“”‘’「」『』«»"
# Two things at once, a clause, or how often: more than one literal text, or less than it.
_MORE = re.compile(
    r"\b(?:and|or|but|not|neither|nor|both|either|except|without|about|anything|something|most|often|more|less"
    r"|than|times|only"
    r"|never|who|which|that|if|when|because|least|first|last|together|besides|as)\b|,"
    r"|[가-힣][다라자냐](?:는|고)\s|그리고|또는|이나\s|(?:와|과|랑|하고|및)\s|않|말고|빼고|제외"
    r"|(?<![가-힣])(?:안|못|많이|자주|처음|제일|가장|가끔|모두|둘|다|최근에?|동시에|같이|함께|아무것도"
    r"|그)(?![가-힣])",
    re.IGNORECASE,
)
# Of all notes together: where they are kept and what is in them are things that a note says, or none.
_CONTENT = re.compile(r"^where\b|어디|^what(?:\s+is|\s+are|['’]s)\b.*\babout\b", re.IGNORECASE)
_STRUCTURE = frozenset(["tags", "boxes", "tasks", "todos", "open", "done", "folders", "files"])


@dataclass(frozen=True, slots=True)
class About:
    """What a question asks of the collection. `number`: how many to name, 0 not said; `count`: it asks how many;
    `text`: what is mentioned; `type`: the word that files of a sort carry; `endings`: of the files' names; `state`: of
    the check boxes that are asked for, or that the files have (`what` is files then); `tagged`: with or without tags;
    `per`: the files of each folder and not the folders; `notes`: what a person wrote or keeps to read, no pictures,
    no code."""

    what: What
    count: bool = False
    number: int = 0
    kinds: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    changed: bool = False
    state: State = ""
    text: str = ""
    type: str = ""
    tagged: bool | None = None
    per: bool = False
    notes: bool = False


def about(words: str, filters: Collection[str] = ()) -> About | None:
    """What `words` (a question without its filters; `filters`: the kinds of those it had) asks of the collection, or
    None."""
    words = " ".join(words.split())
    # What is mentioned is taken as it was written before any slip is mended.
    return _mention(words) or _mention(plain(words)) or _collection(plain(words), frozenset(filters))


def _mention(words: str) -> About | None:
    for pattern in _MENTION:
        m = pattern.match(words)
        if not m:
            continue
        groups = m.groupdict()
        x = groups["x"].strip()
        quoted = len(x) > 2 and x[0] in _QUOTES and x[-1] in _QUOTES
        x = x.strip(_QUOTES).strip()
        rest = groups.get("rest") or ""
        if groups.get("in") and not groups.get("by"):
            return None  # 모아에 들어 있는 파일: a place, not what is said
        after = words_of(rest) if rest.strip() else []
        if after is None or any(w.sort not in ("count", "list", "all", "any") for w in after):
            return None
        if not re.search(r"\w", x) or len(x) > 60:
            return None
        if not quoted:
            x = re.sub(r"^(?:the|my|a|an|our)\s+", "", x, flags=re.IGNORECASE)
            inside = words_of(x)
            if len(x.split()) > 5 or _MORE.search(x) or (inside and {w.sort for w in inside} & _STRUCTURE):
                return None
        count = bool(groups.get("count")) or any(w.sort == "count" for w in after)
        type = TYPES.get(groups.get("noun") or "", "")
        return About("mention", count=count, text=x, type=type)
    return None


def _collection(words: str, filters: frozenset[str]) -> About | None:
    every = words_of(words)
    if every is None or not (every or filters):
        return None
    return _Asked(words, every, filters).about()


class _Asked:
    """The words of a question, all of them known, put together."""

    def __init__(self, text: str, words: list[Word], filters: frozenset[str]) -> None:
        self._text, self._filters = text, filters
        self._korean = bool(re.search("[가-힣]", text))
        self._words = words
        self._sorts = {w.sort for w in words}
        self._kinds = tuple(k for w in words if w.sort == "kind" for k in list(KINDS.values())[int(w.value)])
        self._endings = tuple(
            f".{m[0].lower()}" for w in words if w.sort == "ending" and (m := re.search(ENDINGS, w.text, re.I))
        )
        types = {w.value for w in words if w.sort == "type"}
        self._type = next(iter(types), "")
        self._mixed = len(types) > 1 or (bool(self._kinds) and bool(self._endings))

    def about(self) -> About | None:
        sorts = self._sorts
        if self._mixed:
            return None
        if "per" in sorts:
            word = next(w.text for w in self._words if w.sort == "per")
            return None if self._chosen() or self._job() else About(_per(word), count="count" in sorts, per=True)
        if "unread" in sorts:
            return About("unread", count="count" in sorts) if self._noun("files") and not self._chosen() else None
        asked = self._asked()
        if asked == "files" and "everything" in sorts and "open" in sorts and not self._noun("files"):
            asked = "tasks"  # everything that is still open
        if asked == "tasks":
            return self._tasks()
        if asked in ("tags", "folders"):
            return self._names("tags" if asked == "tags" else "folders")
        if "kindword" in sorts and asked != "":
            plain = not self._job() and not self._chosen()
            return About("kinds", count="count" in sorts) if plain and sorts & {"list", "count"} else None
        return self._files(asked)

    def _chosen(self) -> bool:
        return bool(self._kinds or self._endings or self._type)

    def _noun(self, sort: str) -> bool:
        return sort in self._sorts or (sort == "files" and self._chosen())

    def _job(self) -> bool:
        return bool(self._sorts & {"boxes", "tasks", "todos", "openjob", "donejob", "open", "done"})

    def _asked(self) -> str:
        """The noun that is asked for: the first in English (behind "how many"), the last before 몇 in Korean, of
        files, tags, folders, tasks; empty when none is named."""
        names = {"files": "files", "kind": "files", "ending": "files", "type": "files", "everything": "files",
                 "tags": "tags", "folders": "folders", "boxes": "tasks", "tasks": "tasks", "todos": "tasks",
                 "openjob": "tasks", "donejob": "tasks"}  # fmt: skip
        nouns = [(w.start, names[w.sort]) for w in self._words if w.sort in names]
        if not nouns:
            return ""
        if not self._korean or not any(re.search("[가-힣]", w.text) for w in self._words):
            count = next((w.start for w in self._words if w.sort == "count"), -1)
            return next((name for at, name in nouns if at > count), nouns[0][1])
        count = next((w.start for w in self._words if w.sort == "count" and w.text.startswith("몇")), 10_000)
        before = [name for at, name in nouns if at < count]
        return (before or [nouns[-1][1]])[-1]

    def _state(self) -> State:
        open, done = self._sorts & {"open", "openjob"}, self._sorts & {"done", "donejob"}
        if open and done:
            return "any"
        if open or done:
            return "open" if open else "done"
        if "todos" in self._sorts or ("tasks" in self._sorts and "count" not in self._sorts):
            return "open"
        return "any"

    def _tasks(self) -> About | None:
        if self._kinds or self._endings or self._sorts & {"tags", "folders", "untagged", "number", *EXTREMES}:
            return None
        # "done this week", "to-dos of last week": when a box was checked, or is to be, no file says.
        if self._sorts & {"changed", "written"} or ("date" in self._filters and not self._noun("files")):
            return None
        if "date" in self._filters and self._state() == "done":
            return None
        return About("tasks", count="count" in self._sorts, state=self._state(), type=self._type)

    def _names(self, asked: Literal["tags", "folders"]) -> About | None:
        in_use = {"written"} if asked == "tags" and self._korean else set()  # 쓰고 있는 태그
        others = {"changed", "written", "number", "untagged", *EXTREMES} - in_use
        if self._chosen() or self._job() or self._sorts & others or (asked == "folders" and "tags" in self._sorts):
            return None
        wanted = self._sorts & {"count", "list", "all", "any", "kindword"}
        return About(asked, count="count" in self._sorts) if wanted else None

    def _files(self, asked: str) -> About | None:
        sorts = self._sorts
        placed = bool(self._filters & {"path", "tag", "field"})
        named = asked == "files"
        tagged = False if "untagged" in sorts else True if "tagged" in sorts else None
        if tagged is None and "tags" in sorts:
            return None
        if "folders" in sorts and not named:
            return None
        state: State = ""
        if self._job():
            # Files that have such boxes: "notes with unfinished tasks". A done or an open note is none.
            if not (sorts & {"boxes", "tasks", "todos", "openjob", "donejob"}):
                return None
            state = self._state() if sorts & {"open", "done", "openjob", "donejob"} else "any"
        changed = "changed" in sorts
        common: dict[str, object] = {
            "count": "count" in sorts, "kinds": self._kinds, "endings": self._endings, "type": self._type,
            "changed": changed, "tagged": tagged, "state": state,
            "notes": any(w.sort == "files" and not re.match("file|파일", w.text, re.I) for w in self._words),
        }  # fmt: skip
        number = next((_number(w.text) for w in self._words if w.sort == "number"), 0)
        extremes = [n for n in EXTREMES if n in sorts]
        if extremes:
            named = named or (not asked and bool(sorts & {"written", "changed"}) and "list" in sorts)
            if not named or len(extremes) > 1 or "count" in sorts or state or tagged is not None:
                return None
            number = number or (SEVERAL if self._several() else 0)
            return About(extremes[0], number=number, **common)  # type: ignore[arg-type]
        if number or (changed and "date" not in self._filters):
            return None
        asks = sorts & {"count", "list", "all", "any", "everything"} or tagged is not None or state
        if named and (asks or self._filters):
            limited = self._filters or self._chosen() or state or changed or tagged is not None or "count" in sorts
            return None if not limited and _CONTENT.search(self._text) else About("files", **common)  # type: ignore[arg-type]
        # 어제 뭐 썼지, what changed this week, what is in that folder: the filter says what is asked for.
        if "date" in self._filters and sorts & {"list", "any"} and sorts & {"written", "changed"}:
            return About("files", **common)  # type: ignore[arg-type]
        if placed and not asked and sorts & {"count", "list"} and not sorts & {"changed", "written", "kindword"}:
            return About("files", **common)  # type: ignore[arg-type]
        return None

    def _several(self) -> bool:
        return bool(
            re.search(
                r"\b(?:latest|newest|oldest|recent|recently|largest|biggest|smallest)\s+(?:\w+\s+){0,2}(?:notes"
                    r"|files|documents|docs|pdfs)\b"
                r"|(?:노트|파일|문서|메모)들|(?:최근|최신|큰|작은|오래된)\s+\S*\s*목록",
                self._text, re.IGNORECASE,
            )
        )  # fmt: skip


def _number(text: str) -> int:
    digits = re.sub(r"\D", "", text)
    return int(digits) if digits else _NUMBERS.index(text.lower()) + 1


def _per(word: str) -> What:
    if re.search("folder|폴더", word, re.IGNORECASE):
        return "folders"
    return "tags" if re.search("tag|태그", word, re.IGNORECASE) else "kinds"

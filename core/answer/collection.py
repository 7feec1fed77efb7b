"""Is a question about the collection itself (how many notes, which tags, what changed this week)? Pure.

Such a question is understood only as a whole: every word must be known here, or it is no such question and goes to
ordinary search. A number that answers another question would be worse than none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

What = Literal[
    "files", "latest", "oldest", "largest", "smallest", "tags", "folders", "tasks", "kinds", "mention", "unread"
]

KINDS: dict[str, tuple[str, ...]] = {
    "pdfs?": ("pdf",), "markdown|마크다운|md": ("markdown",), "word|워드|docx?": ("docx",),
    "excel|엑셀|xlsx?|spreadsheets?|스프레드시트": ("sheet", "ods"), 
    "powerpoints?|파워포인트|pptx?|presentations?|슬라이드": ("pptx", "ppt"),
    "hwpx?|한글|한컴|아래아한글": ("hwp", "hwpx"), "html": ("html",), "text|txt|텍스트": ("text",), "csv": ("table",),
    "e-?mails?|이메일|메일": ("mail", "mailbox", "outlook"), "epubs?": ("epub",), "rtf": ("rtf",),
}  # fmt: skip
# What people call files by; such a file carries the word in its name, title, tags or folder.
TYPES = {
    "회의록": "회의록", "일기": "일기", "보고서": "보고서", "계약서": "계약서", "영수증": "영수증", 
    "회고": "회고", "일지": "일지",
    r"meeting\s+notes|meeting\s+minutes|minutes": "meeting", r"(?:journal|diary)\s+entries": "journal",
}  # fmt: skip

_WORDS: tuple[tuple[str, str], ...] = (
    ("count", 
        r"how\s+many|(?:what(?:'s|\s+is)\s+)?the\s+(?:total\s+)?number\s+of|number\s+of|count|몇\s*(?:개|"
        r"건|편|장|가지|군데)?|(?:개수|갯수|숫자|수)(?=[는은가이를을?\s]|$)"),
    ("list", 
        r"list|show(?:\s+me)?|give\s+me|tell\s+me|name|display|which|what(?:'s)?|목록|리스트|나열|보여|"
        r"알려|어떤|어느|무슨|무엇|뭐|뭔|뭘|어디"),
    ("all", r"all|every|each|total|altogether|in\s+total|모든|모두|전체|전부|다|총"),
    ("files", r"notes?|files?|documents?|docs?|노트|파일|문서|메모"),
    ("folders", r"folders?|director(?:y|ies)|폴더"),
    ("untagged", 
        r"untagged|without\s+(?:any\s+)?tags?|with\s+no\s+tags?|태그\s*(?:가|이)?\s*(?:없는|안\s*달린|"
        r"달리지\s*않은)"),
    ("tags", r"tags?|태그"),
    ("tasks", 
        r"check\s*-?\s*boxes|check\s*-?\s*box|tasks?|to-?\s?dos?(?:\s+items?)?|체크\s*박스|체크리스트|"
        r"할\s*일|투두"),
    ("open", 
        r"unfinished|open|unchecked|incomplete|uncompleted|undone|pending|remaining|outstanding|"
        r"not\s+(?:yet\s+)?(?:done|finished|checked|completed)|left|todo"
             r"|(?:안|못)\s*(?:끝난|끝낸|한)|(?:끝나|완료되|완료하|하|체크되|체크하)지\s*(?:않은|못한)|"
        r"미완료(?:된|인)?|완료\s*(?:가\s*)?안\s*된|체크\s*(?:가\s*)?안\s*된|남은|남아\s*있는|남았"),
    ("done", r"finished|completed|done|checked(?:\s+off)?|완료(?:된|한)|끝낸|끝난|체크(?:된|한)"),
    ("latest", 
        r"latest|newest|most\s+recent(?:ly)?|last|최신|(?:가장|제일)\s*(?:최근|최신|새로운|나중)(?:에|"
        r"의)?|최근(?:에|의)?"),
    ("oldest", r"oldest|earliest|first|(?:가장|제일)\s*(?:오래된|옛날|먼저)"),
    ("largest", r"largest|biggest|(?:가장|제일)\s*(?:큰|용량이\s*큰)"),
    ("smallest", r"smallest|(?:가장|제일)\s*작은"),
    ("changed", 
        r"changed|modified|edited|updated|touched|(?:바뀐|바뀌었|변경(?:된|한|했)?|수정(?:된|한|했)?|"
        r"고친|달라진|편집(?:된|한)?|업데이트(?:된|한)?)"),
    ("written", r"written|wrote|write|created?|dated|쓴|썼|작성(?:된|한|했)?|적은|적었"),
    ("unread", 
        r"(?:could|can|were|was)\s*(?:not|n't)\s+(?:be\s+)?read|cannot\s+be\s+read|unreadable|"
        r"failed(?:\s+to\s+(?:be\s+)?read)?|읽지\s*못한|못\s*읽은|읽을\s*수\s*없는"),
    ("per", 
        r"(?:by|per|for\s+each|of\s+each|in\s+each)\s+(?:kind|type|format|folder|tag)s?|(?:종류|형식|"
        r"유형|확장자|폴더|태그)\s*별(?:로)?"),
    ("kindword", r"kinds?|types?|formats?|종류|형식|유형"),
    ("number", r"\d{1,3}\s*(?:개|건|편)?"),
    ("fill", 
        r"are|is|there|do|does|did|have|has|had|i|we|you|me|my|our|the|a|an|in|of|on|to|from|with|that|"
        r"which|here|please|library|collection"
             r"|indexed|been|were|was|any|exist|find|can|see|contain(?:s|ed)?|stored|saved|total|altogether|"
        r"used|carry|still|list|out|up|for|and|name|names"
             r"|내|나의|제|우리|저장된|있는|있어요?|있나요?|있지요?|있니|있습니까|있을까요?|있는지|있던|"
        r"들어\s*있|이야|야|입니까|인가요?|인지|인가|이지|였지|였어|이에요|예요|니|들|은|는|이|가|을|를|"
        r"의|에|에서|에는|로|도"
             r"|만|중에?|중에서|것들?|거|게|건|해\s*줘요?|해\s*주세요|줘요?|주세요|주라|좀|지금|현재|나|요|어|"
        r"여|라이브러리|안|된|된거|됐|됐지|되었|했어|했지|었어|었지|있|까|달린|붙은|사용된|사용한|쓰인|"
        r"쓰는|가진|한|뭐야|뭐지|또|그|되나요?|되니|되지|돼요?|되어|나와|중|및|봐|봤|남았어|남았지|았"),
)  # fmt: skip
_LEXER = re.compile(
    r"\s*(?:"
    + "|".join(
        [f"(?P<kind{n}>(?:{words}){'(?![a-z0-9])'})" for n, words in enumerate(KINDS)]
        + [f"(?P<type{n}>{words}){'(?![a-z0-9])'}" for n, words in enumerate(TYPES)]
        + [f"(?P<{name}>(?:{words})(?![a-z0-9]))" for name, words in _WORDS if name != "fill"]
        + [rf"(?P<fill>(?:{dict(_WORDS)['fill']})(?![a-z0-9]))", r"(?P<mark>[?.!,:;·…~'\"“”‘’()]+)"]
    )
    + ")",
    re.IGNORECASE,
)

_NOUN_EN = r"(?:of\s+)?(?:my\s+|the\s+)?(?:notes?|files?|documents?|docs?)"
_MENTION = (
    re.compile(
        rf"^(?P<count>how\s+many|in\s+how\s+many)?(?:which|what|list(?:\s+all)?|show(?:\s+me)?(?:\s+all)?|"
        rf"find(?:\s+all)?|all)?\s*{_NOUN_EN}"
        r"\s+(?:that\s+|which\s+|do\s+|does\s+)?(?:mention(?:s|ing|ed)?|contain(?:s|ing)?|include(?:s)?|"
        r"including)\s+(?:the\s+(?:word|words|phrase|name|term)\s+)?"
        r"(?P<x>.+?)\s*[?.!]*$", re.I),
    re.compile(
        rf"^(?P<count>in\s+how\s+many|how\s+many)?(?:in\s+which|in\s+what)?\s*{_NOUN_EN}\s+(?:is|are|does|"
        rf"do)\s+(?P<x>.+?)\s+(?:mentioned|appear|occur|named)\s*[?.!]*$", re.I),
    re.compile(r"^where\s+(?:is|are)\s+(?P<x>.+?)\s+mentioned\s*[?.!]*$", re.I),
    re.compile(
        r"^(?P<x>.+?)(?:(?:이|가|을|를|은|는)|(?:이?라는|이란)\s*(?:단어|말|이름|표현)(?:가|이|을|를))?\s*"
        r"(?:나오는|나온|언급된|언급한|언급하는|언급되는|들어간|들어\s*있는|포함된|포함한|포함하는|적힌|"
        r"등장하는)\s*(?:모든\s*)?(?:노트|파일|문서)(?P<rest>.*)$"),
    re.compile(
        r"^(?:어떤|어느|무슨)\s*(?:노트|파일|문서)(?:들)?(?:에서|에|이|가)?\s*(?P<x>.+?)(?:이|가|을|"
        r"를)\s*(?:나오|나와|언급|들어|등장|포함|적혀)\S*\s*(?:있\S*)?\s*[?.!]*$"),
)  # fmt: skip
_QUOTES = "\"'“”‘’「」『』«»"


@dataclass(frozen=True, slots=True)
class About:
    """What a question asks of the collection. `number`: how many to name, 0 not said; `count`: it asks how many;
    `text`: what is mentioned; `type`: the word that files of a sort carry."""

    what: What
    count: bool = False
    number: int = 0
    kinds: tuple[str, ...] = ()
    changed: bool = False
    done: bool = False
    text: str = ""
    type: str = ""
    untagged: bool = False


def about(words: str, filtered: bool) -> About | None:
    """What `words` (a question without its filters; `filtered`: it had some) asks of the collection, or None."""
    words = words.strip()
    return _mention(words) or _collection(words, filtered)


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
        seen = _lexed(rest) if rest.strip() else {}
        if seen is None or not re.search(r"\w", x) or len(x) > 60:
            return None
        # Two things at once, or a whole clause, are more than one literal text.
        if not quoted and (
            len(x.split()) > 5 or re.search(r"\b(?:and|or|about|anything|something)\b|,|그리고|또는|이나 ", x)
        ):
            return None
        return About("mention", count=bool(groups.get("count")) or "count" in seen, text=x)
    return None


def _collection(words: str, filtered: bool) -> About | None:
    seen = _lexed(words)
    if seen is None or not (seen or filtered):
        return None
    kinds = tuple(k for n, names in enumerate(KINDS.values()) if f"kind{n}" in seen for k in names)
    type = next((word for n, word in enumerate(TYPES.values()) if f"type{n}" in seen), "")
    count, files = "count" in seen, "files" in seen or bool(kinds) or bool(type)
    common = {"count": count, "kinds": kinds, "type": type, "changed": "changed" in seen}
    if "tasks" in seen:
        return None if kinds or type else About("tasks", count=count, done="done" in seen and "open" not in seen)
    if "open" in seen or "done" in seen:
        return None
    if "per" in seen:
        return None if kinds else About(_per(seen["per"]), count=count)
    if "unread" in seen:
        return About("unread", count=count) if files else None
    if "untagged" in seen:
        return About("files", untagged=True, **common) if files else None  # type: ignore[arg-type]
    for name in ("tags", "folders"):
        if name in seen:
            ok = not (kinds or type) and _asked_noun(words, count, name) and (count or "list" in seen or "all" in seen)
            return About(name, count=count) if ok and "changed" not in seen else None
    if "kindword" in seen:
        return About("kinds", count=count) if "files" in seen and "list" in seen else None
    number = int(re.sub(r"\D", "", seen["number"])) if "number" in seen else 0
    extremes = [n for n in ("latest", "oldest", "largest", "smallest") if n in seen]
    if extremes:
        ok = files and len(extremes) == 1 and not count
        return About(extremes[0], number=number, **common) if ok else None  # type: ignore[arg-type]
    if number or ("changed" in seen and not filtered):
        return None
    asks = count or "list" in seen or "all" in seen
    if files and (asks or filtered):
        return About("files", **common)  # type: ignore[arg-type]
    # 어제 뭐 썼지, what changed this week: the filter says what is asked for.
    if filtered and "list" in seen and ("written" in seen or "changed" in seen):
        return About("files", **common)  # type: ignore[arg-type]
    return None


def _per(word: str) -> What:
    if re.search("folder|폴더", word, re.IGNORECASE):
        return "folders"
    return "tags" if re.search("tag|태그", word, re.IGNORECASE) else "kinds"


def _asked_noun(words: str, count: bool, wanted: str) -> bool:
    """Whether the noun that is counted is the wanted one: the first in English, the last before 몇 개 in Korean."""
    nouns = [
        (m.start(), name) for name in ("files", "tags", "folders") for m in re.finditer(dict(_WORDS)[name], words, re.I)
    ]
    nouns.sort()
    if not count or len({name for _, name in nouns}) < 2:
        return True
    asked = re.search("몇|개수|갯수|수", words)
    before = [name for at, name in nouns if asked and at < asked.start()]
    return (before[-1] if before else nouns[0][1]) == wanted


def _lexed(words: str) -> dict[str, str] | None:
    """{category: the words that were of it}; None when a word is of none."""
    seen: dict[str, str] = {}
    at = 0
    while at < len(words):
        if not words[at:].strip():
            break
        m = _LEXER.match(words, at)
        if not m or m.end() == at:
            return None
        name = str(m.lastgroup)
        if name not in ("fill", "mark"):
            seen.setdefault(name, m[name])
        at = m.end()
    return seen

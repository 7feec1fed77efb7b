"""The words that questions about the collection are made of, in both languages, and a text cut into them. Pure.

Knows no question: collection.py decides what the words ask together. A text with one word that is not listed here is
none of these questions, so what may stand in any sentence (fill) is listed as narrowly as what means something. Korean
words are taken whole, with their particles and endings: 노트 in 노트북 is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

KINDS: dict[str, tuple[str, ...]] = {
    r"pdfs?": ("pdf",), r"markdowns?|마크\s*다운": ("markdown",),
    r"(?:ms\s+)?word(?=\s+(?:file|doc))|워드": ("docx", "doc"),
    r"excel|spreadsheets?|엑셀|스프레드시트": ("sheet", "ods"),
    r"powerpoints?|파워\s*포인트": ("pptx", "ppt"),
    r"한글(?=\s*(?:파일|문서))|한컴|아래아한글"
        r"|hangul(?=\s+(?:file|doc))": ("hwp", "hwpx"), r"html|web\s*pages?": ("html",),
    r"(?:plain\s+)?text(?=\s+(?:file|note|doc))|텍스트(?=\s*(?:파일|노트|문서|메모))": ("text",),
    r"e-?mails?|이메일|메일": ("mail", "outlook"), r"epubs?|이북|전자책": ("epub",),
}  # fmt: skip
ENDINGS = (
    r"md|markdown|txt|docx|doc|xlsx|xls|pptx|ppt|hwpx|hwp|odt|ods|rtf|csv|tsv|json|ipynb|ics|eml|epub|pages|log"
    r"|srt|vtt|org|png|jpe?g|gif|svg|webp|css|js|py|zip|mp3|mp4"
)
# What people call files by; such a file carries the word in its name, title, tags or folder.
TYPES = {
    "회의록": "회의록", "일기": "일기", "보고서": "보고서", "계약서": "계약서", "영수증": "영수증",
    "회고": "회고", "일지": "일지",
    r"meeting\s+(?:notes?|minutes)|minutes": "meeting", r"(?:journal|diary)\s+entr(?:ies|y)": "journal",
}  # fmt: skip

_EN: dict[str, str] = {
    "count": r"how\s+many|(?:total\s+)?numbers?\s+of|(?:total\s+)?counts?(?:\s+up)?(?:\s+of)?|counting"
        r"|how\s+much(?=\s+notes?\b)",
    "list": r"list|show|contents?(?:\s+of)?|give|display|enumerate|which|what|where|find|name(?!\s+of)|see|print",
    "all": r"all|every|each(?!\s+\w+$)|total|altogether|overall",
    "any": r"any",
    "everything": r"everything|anything",
    "files": r"notes?|files?|documents?|docs?|entries",
    "folders": r"(?:sub)?folders?|director(?:y|ies)",
    "untagged": r"untagged|without\s+(?:any\s+|a\s+)?tags?|with\s+no\s+tags?|(?:have|has|having|carry)\s+no\s+tags?"
    r"|(?:do|does)\s+not\s+(?:have|carry)\s+(?:any\s+|a\s+)?tags?|(?:are|is)\s+not\s+tagged|no\s+tags?",
    "tagged": r"(?:with|have|has|having|carry)\s+(?:any\s+|some\s+|a\s+)?tags?(?!\s+\S)|tagged",
    "tags": r"(?:hash)?tags?",
    "boxes": r"check\s*-?\s*box(?:es)?|tick\s*box(?:es)?|(?<=checked\s)box(?:es)?|(?<=ticked\s)box(?:es)?",
    "tasks": r"tasks?|action\s+items?|task\s+items?",
    "todos": r"to-?\s?-?dos?(?:\s+items?|\s+list)?",
    "open": r"unfinished|open|unchecked|un-checked|unticked|incomplete|uncompleted|undone|unsolved|pending|remaining"
    r"|outstanding|left(?:\s+(?:open|over|undone))?"
    r"|(?:(?:have|has|are|is|did|do)\s+)?not\s+(?:(?:i|yet|been|get|got|gotten)\s+)*(?:done|finish(?:ed)?"
        r"|check(?:ed)?(?:\s+off)?|complete[d]?"
    r"|tick(?:ed)?(?:\s+off)?)(?:\s+yet)?|still\s+to\s+be\s+done|to\s+be\s+done|empty(?=\s+(?:check|tick))",
    "openjob": r"left\s+to\s+do|still\s+to\s+do|still\s+(?:need|have)\s+to\s+(?:do|finish)|yet\s+to\s+do",
    "done": r"finish(?:ed)?|completed?|done|check(?:ed)?(?:\s+off)?|tick(?:ed)?(?:\s+off)?|closed",
    "latest": r"latest|newest|most\s+recent(?:ly)?|last|recent(?:ly)?",
    "oldest": r"oldest|earliest|first",
    "largest": r"largest|biggest",
    "smallest": r"smallest|tiniest",
    "changed": r"chang(?:ed?|es)|modif(?:y|ied)|edit(?:ed)?|update[ds]?|touch(?:ed)?",
    "written": r"writ(?:ten|e)|wrote|created?|dated|made|make",
    "unread": r"(?:could|can|were|was)\s+not\s+(?:be\s+)?read|cannot\s+be\s+read|unreadable|(?:failed"
        r"|fail)(?:\s+to\s+be\s+read)?",
    "per": r"(?:by|per|for\s+each|of\s+each|in\s+each|broken\s+down\s+by|grouped\s+by)"
    r"\s+(?:file\s+)?(?:kind|type|format|folder|tag)s?",
    "kindword": r"kinds?|types?|formats?",
    "number": r"\d{1,3}|two|three|four|five|six|seven|eight|nine|ten",
    "fill": r"are|is|there|do|does|did|have|has|had|having|i|we|you|me|my|mine|our|the|a|an|in|of|on|to|from|with"
        r"|that|it"
    r"|please|pls|plz|library|collection|vault|indexed|been|were|was|exist|can|could|would|will|be|contain(?:s|ed"
        r"|ing)?|stored|saved|kept"
    r"|used|use|using|still|out|up|for|and|or|names?|got|know|about|here|now|right\s+now|currently|so\s+far"
        r"|already|yet|tell|let|want|like"
    r"|exactly|different|distinct|unique|hey|hi|hello|moa|thanks|thank\s+you|ok|okay|just|quick(?:ly)?|need|some|"
    r"titles?|by\s+size|in\s+size|file\s+names?|filenames?|actually|again|get|'s|s|inside|within|under|at|by"
        r"|as\s+of|own|whole|entire|day|this(?=\s+(?:vault|library|collection))|roughly|approximately",
}  # fmt: skip

# Korean: particles and the copula that may follow a noun.
_P = (
    r"(?:들)?(?:에서는|에서|에는|에선|엔|에|으로는|으로|로|은|는|이나|나|이랑|랑|하고|이|가|을|를|의|도|만"
    r"|중에서|중에|중엔|중|까지|와|과|별로)?"
)
_C = (
    r"(?:이야|야|인가요|인가|인지요|인지|인데|인가여|이지요|이지|지요|지|이죠|죠|이에요|예요|에요|이예요|입니까|입니다|임|이니|니"
    r"|이냐|냐|일까요|일까|였지|이었지|였더라|이었더라|이더라|더라|이고|고|요|여|쯤|정도|쯤이야|나요|좀)?"
)
_KO_N: dict[str, str] = {
    "files": r"노트|파일|문서|메모", "folders": r"(?:하위\s*)?폴더|디렉터리|디렉토리", "tags": r"(?:해시\s*)?태그",
    "boxes": r"체크\s*박스|체크\s*리스트|체크\s*항목",
    "todos": r"할\s*일|할\s*것|해야\s*할\s*(?:일|것|거)|투\s*두|할일|태스크",
    "kindword": r"종류|형식|유형|확장자", "all": r"전체|전부|모두|모든|총|다", "list": r"목록|리스트|이름|제목",
    "count": r"(?:총\s*)?(?:개수|갯수|숫자|수|총계|합계)", "latest": r"최신|(?:맨\s*|제일\s*|가장\s*)?마지막",
}  # fmt: skip
_KO: dict[str, str] = {
    "count": r"몇\s*(?:개|게|건|편|장|가지|군데|종류|갠|갤)?" + _P + _C,
    "list": r"나열\S{0,8}|(?:보여|알려|찾아|뽑아|말해|꺼내|읊어|골라|적어)(?:\s*(?:줘|주\S{0,8}|줄래\S{0,2}"
        r"|줄\s수\s\S{1,8}|봐\S{0,3}|달라\S{0,3}|줘봐|죠|조))?\S{0,3}"
    r"|(?:어떤|어느|무슨)(?:\s*(?:것|거)" + _P + _C + r")?|(?:무엇|뭐뭐|뭣|뭐|뭔|뭘|머|모|어디)" + _P + _C,
    "untagged": r"태그(?:가|이|도|를|는)?\s*(?:하나도\s*|아무것도\s*|전혀\s*)?(?:없는|없이|안\s*(?:달린|붙은|단"
        r"|붙인|달아\s*[둔놓]\S?)|달리지\s*않은|붙지\s*않은|달지\s*않은|못\s*단)",
    "tagged": r"태그(?:가|이)?\s*(?:하나라도\s*)?(?:있는|달린|붙은|달아\s*(?:둔|놓은)|붙인|단)(?=\s*(?:노트|파일"
        r"|문서|메모))",
    "openjob": r"(?:아직\s*)?(?:(?:안|못)\s*(?:끝난|끝낸|한)|(?:끝나|끝내|완료하|완료되|하)지\s*(?:않은|못한"
        r"|못했던)|남은|남아\s*있는|밀린|미완료(?:된|인)?|덜\s*끝난)\s*일"
    + _P + _C,
    "donejob": r"(?:끝난|끝낸|완료(?:한|된)|다\s*한|해낸)\s*일" + _P + _C,
    "open": r"(?:안|못)\s*(?:끝난|끝낸|한|된|끝났\S{0,3})|(?:끝나|끝내|완료되|완료하|하|체크되|체크하)지\s*(?:않은"
        r"|못한|않았\S{0,3})|미완료(?:된|인)?|미완"
    r"|완료\s*(?:가\s*)?안\s*(?:된|한)|체크\s*(?:가\s*)?안\s*(?:된|한|돼\s*있는|되어\s*있는)|남은"
        r"|남아\s*있\S{0,5}|남았\S{0,4}|빈(?=\s*체크)|열린|열려\s*있는|덜\s*끝난|밀린",
    "done": r"완료(?:된|한|했\S{0,4})?|끝낸|끝난|끝냈\S{0,3}|체크(?:된|한|해\s*둔)|다\s*한",
    "latest": r"(?:가장|제일|맨)\s*(?:최근|최신|새로운|나중)(?:에|의|인)?|최근(?:에|의)?|마지막(?:으로|에)?"
        r"|가장\s*나중에",
    "oldest": r"(?:가장|제일|맨)\s*(?:오래된|오래|옛날|먼저|처음|예전)(?:에|의|인)?",
    "largest": r"(?:(?:용량|크기|사이즈)(?:이|가)?\s*)?(?:가장|제일)\s*(?:(?:용량|크기|사이즈)(?:이|가)?\s*)?큰",
    "smallest": r"(?:(?:용량|크기|사이즈)(?:이|가)?\s*)?(?:가장|제일)\s*(?:(?:용량|크기|사이즈)(?:이|가)?\s*)?작은",
    "changed": r"(?:바뀐|바뀌었\S{0,3}|바꾼|바뀌\S{0,2}|변경(?:된|한|했\S{0,3})?|수정(?:된|한|했\S{0,3}|하)?|고친"
        r"|고쳤\S{0,3}|손본|달라진|편집(?:된|한|했\S{0,3})?|업데이트(?:된|한|했\S{0,3})?|건드린)",
    "written": r"쓴"
        r"|썼\S{0,4}|작성(?:된|한|했\S{0,4})?|적은|적었\S{0,4}|만든|만들었\S{0,3}|쓰고|쓰는|사용(?:\s*중인|하는"
        r"|하고|한|된|중인)?|생성(?:된|한)",
    "unread": r"읽지\s*못한|못\s*읽은|읽을\s*수\s*없는|안\s*읽힌|읽기\s*실패한",
    "per": r"(?:종류|형식|유형|확장자|폴더|태그)\s*별(?:로|\s)?",
    "number": r"\d{1,3}\s*(?:개|건|편)?" + r"(?:만|를|을|의)?",
    "there": r"있(?!어야|으면|을수록|었으면)(?:어|나|니|지|죠|는|을까|습니까|는지|던|었|음|냐|다|으)\S{0,5}"
        r"|잇(?:어|나|니|는)\S{0,3}",
    "fill": r"(?:내|제|나의|저의|우리|지금|현재|여태|지금까지|그동안|좀|혹시|그냥|아직(?:도)?|이제|여기(?:에"
        r"|에는)?|내가|제가|나|저|모아(?:에|에는|엔|야|가|는)?|라이브러리" + _P
    + r"|중에?|중에서|가운데|및|또"
        r"|서로|다른|각각|수|(?:것|거)" + _P + _C
    + r"|게|건|걸|것들|하나(?:만)?|아무|감사합니다|고마워\S?|부탁\S{0,6}"
    r"|들어\s*(?:있\S{1,6}|간|가)|저장(?:된|해\s*둔|되어|한|돼)|보관(?:된|한|중인)|담긴|적힌|존재하는|세어\S{0,5}"
        r"|세\s*줘\S{0,3}|궁금\S{0,6}|확인\S{0,6}"
    r"|되나요|되니|되지|되죠|되는지|돼(?:요)?|되어|될까(?:요)?|됩니까|된|됐\S{0,3}|하나요|하니|했\S{0,5}"
        r"|해(?:\s*(?:줘|주)\S{0,5})?|한|인|줘\S{0,3}|주세요|주시\S{0,6}|주라|줄래\S{0,2}|줄\s*수|주십시오"
        r"|봐\S{0,3}|볼\s*수|볼래"
    r"|달린|붙은|가진|통틀어|합쳐서?|합해서?|합하면|합치면|더하면|대략|정확히|모여|있는지|야|요|이야|인가요|뿐|만"
        r"|의|에|에서|은|는|이|가|을|를)",
}  # fmt: skip
_FILLS = ("fill", "there")


@dataclass(frozen=True, slots=True)
class Word:
    """Some words of a question that mean one thing: `sort` as named above, or kind, ending, type."""

    sort: str
    text: str
    start: int
    value: str = ""


def _compiled() -> list[tuple[str, str, re.Pattern[str]]]:
    end, begin = r"(?![a-z0-9])", r"(?<![a-z0-9])"
    after = r"(?=$|[^가-힣]|몇|목록|개수|갯수)"
    noun = rf"{_P}{_C}{after}"
    found: list[tuple[str, str, str]] = []
    for n, words in enumerate(KINDS):
        found.append(("kind", str(n), rf"{begin}(?:{words}){end}(?:{noun})"))
    found.append(("ending", "", rf"(?<!\w)(?:{ENDINGS})s?{end}(?:{noun})"))
    for words, value in TYPES.items():
        found.append(("type", value, rf"{begin}(?:{words}){end}(?:{noun})"))
    found += [(sort, "", rf"{begin}(?:{words}){end}(?![가-힣])") for sort, words in _EN.items()]
    found += [(sort, "", rf"(?:{words}){noun}") for sort, words in _KO_N.items()]
    found += [(sort, "", rf"(?:{words}){after}") for sort, words in _KO.items()]
    return [(sort, value, re.compile(pattern, re.IGNORECASE)) for sort, value, pattern in found]


_WORDS = _compiled()
_BETWEEN = re.compile(r"[\s?.!,:;·…~'\"“”‘’()\-/]*")
_KNOWN = frozenset(
    """number documents document folders folder directories unfinished unchecked completed complete finished checkbox
    checkboxes mention mentions mentioned mentioning contain contains containing modified changed updated written
    created oldest newest latest smallest largest biggest recent recently tagged untagged entries markdown different
    outstanding incomplete remaining""".split()  # noqa: SIM905 (forty words are read more easily so)
)
_SLIPS = """
hwo:how ohw:how mnay:many amny:many mayn:many manny:many waht:what wich:which whcih:which whihc:which hwich:which
lsit:list shwo:show ntoes:notes noets:notes notse:notes fiels:files filse:files tgas:tags taks:tasks teh:the hte:the
dose:does hav:have ther:there u:you r:are whats:what_is hows:how_is wheres:where_is ive:i_have im:i_am
didnt:did_not havent:have_not arent:are_not isnt:is_not dont:do_not doesnt:does_not hasnt:has_not
"""
_MEANT = {word: meant.replace("_", " ") for word, meant in (pair.split(":") for pair in _SLIPS.split())}


def plain(text: str) -> str:
    """A question with its English contractions written out and slips of the finger in the words known here mended."""
    text = re.sub(r"\b(what|who|where|which|that|there|how|it)['’]s\b", r"\1 is", text, flags=re.IGNORECASE)
    text = re.sub(r"\b(i|we|you|they)['’]ve\b", r"\1 have", text, flags=re.IGNORECASE)
    text = re.sub(r"\b(\w+)n['’]t\b", lambda m: {"ca": "can", "wo": "will"}.get(m[1].lower(), m[1]) + " not", text)
    return re.sub(r"(?<![\w#/@.-])[A-Za-z]+(?![\w/])", lambda m: _mended(m[0]), text)


def _mended(word: str) -> str:
    low = word.lower()
    if low in _MEANT:
        return _MEANT[low]
    if len(low) < 6 or low in _KNOWN:
        return word
    return next((known for known in _KNOWN if known[0] == low[0] and _slip(low, known)), word)


def _slip(word: str, meant: str) -> bool:
    """Two letters swapped, one missing, or one too many: another letter may be another word (folders, holders)."""
    if len(word) == len(meant):
        n = next((i for i in range(len(word)) if word[i] != meant[i]), len(word))
        return word[n : n + 2] == meant[n : n + 2][::-1] and word[n + 2 :] == meant[n + 2 :]
    longer, shorter = (word, meant) if len(word) > len(meant) else (meant, word)
    # An ending is grammar and no slip: modified, modifies; folder, folders.
    return len(longer) - len(shorter) == 1 and any(
        longer[:n] + longer[n + 1 :] == shorter for n in range(1, len(longer) - 1)
    )


def words(text: str) -> list[Word] | None:
    """The words of a text that mean something here, in order; None when one is not listed. The longest is taken where
    several begin."""
    found, at = [], 0
    while at < len(text):
        between = _BETWEEN.match(text, at)
        at = between.end() if between else at
        if at >= len(text):
            break
        best: tuple[int, str, str] | None = None
        for sort, value, pattern in _WORDS:
            m = pattern.match(text, at)
            if m and m.end() > at and (best is None or m.end() > best[0]):
                best = (m.end(), sort, value)
        if best is None:
            return None
        end, sort, value = best
        if sort not in _FILLS:
            found.append(Word(sort, text[at:end], at, value))
        elif sort == "there":
            found.append(Word("any", text[at:end], at))
        at = end
    return found

"""A few words that take the place of others in the question before ("And the Pro plan?", 프로 플랜은?, "the year
before?") → that question with them in their place; None where it is not clear what they replace. Pure.

Knows no conversation. By rules, since passages wait for no model: a year replaces a year, what stands behind the same
preposition or particle that, a name a name, and a noun phrase with the same head the whole of it.
"""

from __future__ import annotations

import re

from core.index.terms import has_hangul

_LEAD = re.compile(
    r"^\s*(?:(?:and|but|so|also|then|ok(?:ay)?|well|what about|how about|what of|그럼|그러면|그리고|그래서|그런데"
    r"|근데|그래도|혹시)[\s,]+)+",
    re.IGNORECASE,
)
_DETERMINERS = frozenset(["the", "a", "an", "my", "our", "your", "his", "her", "its", "their", "this", "that"])
_listed = str.split
_PREPOSITIONS = frozenset(_listed("in on at for as to from with of by about under into without during after before"))
_VERBS = frozenset(
    _listed(
        "is are was were be been do does did has have had can could will would should shall may might must need want "
        "cost costs take takes took mean means say says said think thinks get got go goes went come comes came make "
        "makes made know use used work works pay paid open opens close closes start starts end ends live lives look "
        "looks"
    )
)
_ASKING = frozenset(
    ["who", "whom", "whose", "what", "which", "when", "where", "why", "how", "much", "many", "long", "often"]
)
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul"
    r"|aug|sept?|oct|nov|dec)"
)
_VALUE = re.compile(
    r"(?P<year>(?<!\d)(?:19|20)\d\d(?!\d)(?:년)?)"
    rf"|(?P<date>\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}\b|\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?\b"
    r"|\d{1,2}월\s*\d{1,2}일)"
    rf"|(?P<month>\b{_MONTH}\b|(?<!\d)\d{{1,2}}월)"
    r"|(?P<weekday>\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|[월화수목금토일]요일)"
    r"|(?P<relative>\b(?:last|this) (?:year|month|week)\b|\byesterday\b|\btoday\b"
    r"|작년|올해|재작년|지난달|이번 달|지난주|이번 주|어제|오늘|그저께)"
    r"|(?P<quarter>\b[qQ][1-4]\b|[1-4]분기|[상하]반기)",
    re.IGNORECASE,
)
_TIMES = ("year", "date", "month", "weekday", "relative", "quarter")
_STEP = re.compile(
    r"^(?:in |for )?(?:the\s+)?(?:(?P<back>year before(?: that)?|previous year|prior year)"
    r"|(?P<on>year after(?: that)?|next year|following year))$"
    r"|^(?:그\s*)?(?:(?P<back2>전\s*해|전년도?|이전\s*해)|(?P<on2>다음\s*해|이듬해|후년))(?:는|은|에는|엔|에)?$",
    re.IGNORECASE,
)
_PLACE = ("에서는", "에서도", "에서", "에는", "에도", "엔", "에")
_MEANS = ("으로는", "으로도", "으로", "로는", "로도", "로")
_WHOM = ("한테는", "에게는", "한테", "에게")
_TOPIC = ("은", "는", "도", "이", "가", "을", "를")
_TOPICS = ("은", "는", "에는", "에서는", "엔", "으로는", "로는", "한테는", "에게는")
_CASES = (_PLACE, _MEANS, _WHOM, _TOPIC)
# What is always of something: asked for by itself, it is of what was spoken of before.
OF_EN = (
    r"cost|price|total|size|weight|length|height|reason|cause|result|outcome|date|deadline|time|place|location"
    r"|name|address"
    r"|(?:phone\s+)?number|author|colou?r|age|population|difference|advantages?|disadvantages?|steps|order|title"
    r"|capacity"
    r"|duration|limit"
)
OF_KO = (
    r"비용|가격|값|총액|금액|크기|무게|길이|높이|이유|원인|결과|날짜|시간|장소|위치|이름|주소|전화번호|번호|담당자"
    r"|책임자|기한"
    r"|마감일|마감|기간|인원|제목|순서|방법|색깔|색|나이|생일|차이|장점|단점|저자|작가|인구|용량|조건|절차"
)
_BELONGS = re.compile(rf"^(?:(?:the|its)\s+)?(?:{OF_EN})$|^(?:{OF_KO})(?:은|는|이|가|도)?$", re.IGNORECASE)
_PERSON = re.compile(
    r"(?:이는|이도|이|씨|님|과장|부장|팀장|대리|사장|교수|선생|엄마|아빠|어머니|아버지|언니|누나"
    r"|오빠|형|동생)(?:은|는|도)?$"
)
_ASKS_KO = re.compile(r"(?:얼마|무엇|무슨|뭐|뭔|뭘|언제|어디|어느|누구|누가|어떻게|어떤|왜|몇|며칠|어때)")


def own_words(question: str) -> str:
    """A question without what only links it to the one before: and, what about, 그럼."""
    return _LEAD.sub("", question).strip() or question


def fragment(question: str) -> str | None:
    """The bare words of a question that has no verb of its own; None for any other."""
    words = own_words(question).rstrip("?？!. ").strip()
    if has_hangul(words):
        parts = words.split()
        if len(parts) > 4 or _ASKS_KO.search(words):
            return None
        linked = words != question.rstrip("?？!. ").strip()
        if re.search(r"(?:[은는]|[에로]서?|엔|는요|은요|건|쪽은|거는)$|도$", parts[-1]):
            return words
        # 그럼 설정도 지워져?: a verb, if anything stands before it.
        return words if linked and len(parts) == 1 else None
    parts = words.lower().split()
    if not parts or len(parts) > 6 or any(w in _VERBS or w in _ASKING for w in parts if w != "may"):
        return None
    return words if "may" not in parts or "May" in words else None


def instead(last: str, words: str) -> str | None:
    """`last` with `words` (a `fragment`) in the place of what they replace."""
    if belongs(words):
        return _another_of(last, words)
    return _korean(last, words) if has_hangul(words) or has_hangul(last) else _english(last, words)


def stepped(last: str, words: str) -> str | None:
    """`last` a year earlier or later, when that is what `words` say: the year before, 그 다음 해."""
    m = _STEP.match(words.strip())
    year = re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", last)
    if not m or not year:
        return None
    other = int(year[0]) + (1 if m["on"] or m["on2"] else -1)
    return last[: year.start()] + str(other) + last[year.end() :]


def belongs(words: str) -> bool:
    """Whether a fragment names what is always of something: the price, 전화번호는."""
    return bool(_BELONGS.match(words))


def _another_of(last: str, words: str) -> str | None:
    """The address of the dentist, the phone number? One thing of it for another."""
    if has_hangul(words):
        stem, _ = _stem(words)
        m = re.search(rf"(?<![가-힣])(?:{OF_KO})(?=(?:[은는이가을를도의]|이)?(?![가-힣]))", last)
        old = m and _stem(re.split(r"[\s?]", last[m.start() :])[0])
        if not m or not old:
            return None
        return last[: m.start()] + _joined(stem, old[1]) + last[m.start() + len(old[0]) + len(old[1]) :]
    m = re.search(rf"\b(?:{OF_EN})\b(?=\s+of\b)", last, re.IGNORECASE)
    noun = re.sub(r"^(?:the|its)\s+", "", words, flags=re.IGNORECASE)
    return last[: m.start()] + noun + last[m.end() :] if m else None


def _times(last: str, words: str) -> str | None:
    """One time for another, when the words say nothing but a time."""
    new = list(_VALUE.finditer(words))
    if len(new) != 1:
        return None
    left = (words[: new[0].start()] + " " + words[new[0].end() :]).strip()
    if re.sub(r"^(?:in|on|at|for|since|from|by|during)$|^(?:에는|에도|에|은|는|도|엔|의|부터)$", "", left.lower()):
        return None
    old = list(_VALUE.finditer(last))
    same = [m for m in old if m.lastgroup == new[0].lastgroup] or [m for m in old if m.lastgroup in _TIMES]
    if len(same) != 1:
        return None
    return last[: same[0].start()] + new[0][0] + last[same[0].end() :]


# ---- English


def _english(last: str, words: str) -> str | None:
    if (timed := _times(last, words)) is not None:
        return timed
    parts = words.split()
    at = next((n for n, w in enumerate(parts) if w.lower() in _PREPOSITIONS), None)
    # "the one to Lisbon": what counts stands behind the preposition.
    bare = at is not None and (at == 0 or all(w.lower() in _DETERMINERS | {"one", "ones"} for w in parts[:at]))
    if at is not None and bare:
        return _behind(last, parts[at].lower(), " ".join(parts[at + 1 :]))
    tokens = list(re.finditer(r"[^\s?!.,;]+", last))
    nouns = [w for w in parts if w.lower() not in _DETERMINERS]
    if not nouns:
        return None
    if nouns[-1].lower() in ("one", "ones"):
        return _noun(last, tokens, parts, nouns[:-1], keep=True) if nouns[:-1] else None
    return _same_head(last, tokens, nouns) or _name(last, tokens, nouns) or _noun(last, tokens, parts, nouns)


def _behind(last: str, preposition: str, words: str) -> str | None:
    found = list(re.finditer(rf"\b{preposition}\s+", last, re.IGNORECASE))
    if not found or not words:
        return None
    start, end = found[-1].end(), found[-1].end()
    named = False
    for m in re.finditer(r"[^\s?!.,;]+", last[start:]):
        low = m[0].lower()
        if low in _PREPOSITIONS or low in _VERBS or (named and not m[0][0].isupper()):
            break
        named = named or m[0][0].isupper()
        end = start + m.end()
    return last[:start] + words + last[end:] if end > start else None


def _span(last: str, tokens: list[re.Match[str]], first: int, end: int, words: list[str]) -> str:
    return last[: tokens[first].start()] + " ".join(words) + last[tokens[end].end() :]


def _same_head(last: str, tokens: list[re.Match[str]], nouns: list[str]) -> str | None:
    head = nouns[-1].lower()
    at = next((n for n in range(len(tokens) - 1, -1, -1) if tokens[n][0].lower() == head), None)
    if at is None or len(nouns) < 2:
        return None
    first = at
    while first > 0 and not _stops(tokens[first - 1][0], nouns[0][0].isupper()):
        first -= 1
    return _span(last, tokens, first, at, nouns)


def _stops(word: str, named: bool) -> bool:
    low = word.lower()
    return low in _DETERMINERS | _PREPOSITIONS | _VERBS | _ASKING or (named and not word[0].isupper())


def _name(last: str, tokens: list[re.Match[str]], nouns: list[str]) -> str | None:
    if not all(w[0].isupper() or w[0].isdigit() for w in nouns):
        return None
    runs: list[list[int]] = []
    for n, m in enumerate(tokens):
        if n and m[0][0].isupper() and m[0] != "I":
            if runs and runs[-1][1] == n - 1:
                runs[-1][1] = n
            else:
                runs.append([n, n])
    return _span(last, tokens, runs[0][0], runs[0][1], nouns) if len(runs) == 1 else None


def _noun(
    last: str, tokens: list[re.Match[str]], parts: list[str], nouns: list[str], keep: bool = False
) -> str | None:  # fmt: skip
    """`keep`: the noun stays, what stands before it is replaced."""
    if parts[0].lower() not in _DETERMINERS:
        return None
    starts = [n for n, m in enumerate(tokens[:-1]) if m[0].lower() in _DETERMINERS]
    # The oak in the yard, the maple: what stands behind no preposition is what was asked about.
    free = [n for n in starts if n and tokens[n - 1][0].lower() not in _PREPOSITIONS]
    starts = starts if keep else free or starts
    if not starts:
        return None
    end = starts[-1] + 1
    while end + 1 < len(tokens) and not _stops(tokens[end + 1][0], False):
        end += 1
    if keep:
        return _span(last, tokens, starts[-1] + 1, end - 1, nouns) if end > starts[-1] + 1 else None
    return _span(last, tokens, starts[-1] + 1, end, nouns)


# ---- Korean


def _korean(last: str, words: str) -> str | None:
    if (timed := _times(last, words)) is not None:
        return timed
    parts = words.split()
    one = len(parts) > 1 and re.fullmatch(r"건|것은|거는|것도|쪽은", parts[-1])
    stem, case = (parts[-2], "는") if one else _stem(parts[-1])
    new = parts[:-1] if one else [*parts[:-1], stem]
    tokens = re.findall(r"[^\s?!.,;]+", last)
    if not tokens or not stem:
        return None
    stems = [_stem(t, genitive=True) for t in tokens]
    if len(new) > 1:
        same = next((n for n, (s, _) in enumerate(stems) if s == stem), None)
        if same is not None and same >= 1:
            first = max(0, same - len(new) + 1)
            return _put(last, tokens, first, same, [*new[:-1], tokens[same]])
    cases = next((c for c in _CASES if case in c), _TOPIC)
    about = next((n for n in range(len(tokens) - 1) if re.match(r"대해|대한|관해|관한", tokens[n + 1])), None)
    if about is not None and any(p in ("은", "는") for _, p in stems) and not _PERSON.search(parts[-1]):
        return None
    if cases is _TOPIC and about is not None and not any(p in ("은", "는") for _, p in stems):
        return _put(last, tokens, about, about, [*new[:-1], _joined(new[-1], stems[about][1])])
    objects = [n for n, (_, p) in enumerate(stems) if n and p in ("을", "를")]
    asked = [n for n in objects if _ASKS_KO.match(tokens[n]) or _ASKS_KO.match(tokens[n - 1])]
    if cases is _TOPIC and len(objects) > len(asked) and not _PERSON.search(parts[-1]):
        return None  # 하나는 램프를 어디서 샀어? 카펫은?: who or what is replaced, no rule knows.
    wanted = [cases] if cases is not _TOPIC else [_TOPICS, ("이", "가", "도"), ("을", "를"), _PLACE]
    at = next(
        (n for kinds in wanted for n, (_, p) in enumerate(stems) if p in kinds and not _ASKS_KO.match(tokens[n])), None
    )
    if at is None:
        return None
    first = at
    while first > 0 and stems[first - 1][1] in ("", "의") and not _VALUE.search(tokens[first - 1]):
        first -= 1
    if new[-1][-1:] == stems[at][0][-1:]:
        first = max(first, at - len(new) + 1)  # 마당의 참나무, 단풍나무
    phrase = at - first + 1
    if len(new) >= phrase:
        return _put(last, tokens, first, at, [*new[:-1], _joined(new[-1], stems[at][1])])
    replaced = list(tokens[first : first + len(new)])
    tail = replaced[-1][len(_stem(replaced[-1], genitive=True)[0]) :]
    return _put(last, tokens, first, first + len(new) - 1, [*new[:-1], _joined(new[-1], tail)])


def _stem(word: str, genitive: bool = False) -> tuple[str, str]:
    """(a word without its particle, the particle); a single syllable is left as it is."""
    every = [p for case in _CASES for p in case] + (["의"] if genitive else [])
    fitting = sorted((p for p in every if word.endswith(p) and len(word) > len(p)), key=len, reverse=True)
    # 프로는, 회의, 종로: two syllables are left, or one before a particle that no noun ends like.
    for found in fitting:
        if (
            len(word) - len(found) >= 2
            or found in ("은", "는", "을", "를", "에는", "에서", "에서는")
            or word[0].isascii()
        ):
            return word[: len(word) - len(found)], found
    return word, ""


def _joined(stem: str, particle: str) -> str:
    """A stem with a particle in the form that its last sound asks for."""
    last = stem[-1:]
    if not "가" <= last <= "힣":
        return stem + particle
    closed = (ord(last) - 0xAC00) % 28
    for open_form, closed_form in (("는", "은"), ("가", "이"), ("를", "을"), ("와", "과")):
        if particle in (open_form, closed_form):
            return stem + (closed_form if closed else open_form)
    bare = particle.removeprefix("으")
    if bare.startswith("로"):
        return stem + ("으" if closed and closed != 8 else "") + bare
    return stem + particle


def _put(last: str, tokens: list[str], first: int, end: int, words: list[str]) -> str:
    mark = "?" if last.rstrip().endswith(("?", "？")) else ""
    return " ".join([*tokens[:first], *words, *tokens[end + 1 :]]) + mark

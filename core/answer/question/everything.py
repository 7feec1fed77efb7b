"""Is it a request to read every matching file ("summarise all meeting notes", 모든 노트를 읽고 정리해 줘)? Pure.

Knows no files. It must ask to be given what they say in short, of all of them, and be no question about something else:
whatever is left of the request is what the files are called by, a few nouns at most.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from core.index.terms import PARTICLES, has_hangul

_SUM = re.compile(
    r"\b(?:summari[sz]e|sum(?:\s+(?:it|them|these|those|all))?\s+up|sum(?=\s+up)|(?:short\s+|brief\s+)?summar(?:y"
    r"|ies)(?:\s+of)?|recap(?:\s+of)?"
    r"|digest(?:\s+of)?|go\s+(?:over|through)|condense|boil\s+down|overview(?:\s+of)?|gist(?:\s+of)?"
    r"|outline(?:\s+of)?"
    r"|(?:the\s+)?(?:key|main|most\s+important)\s+points?(?:\s+of)?|key\s+sentences?|tl;?\s?dr(?:\s+of)?)(?!\w)"
    r"|요약\S*|정리(?=\s|$|해|하|본|부탁|[.?!])\S*|간추려\S*|간추린\S*|훑어\S*|추려\S*|핵심(?:만|을|문장\S*"
    r"|\s*내용\S*)?(?=\s|$)|요점\S*|개요\S*",
    re.IGNORECASE,
)
_ALL = re.compile(
    r"\b(?:all(?:\s+of)?|every|each(?:\s+of)?|everything|(?:the\s+)?(?:whole|entire|complete)"
    r"|what\s+i(?:\s+have)?\s+(?:wrote|written))\b"
    r"|(?<![가-힣])(?:전부|모두|모든|전체|싹|죄다|하나씩|하나하나|빠짐없이|각각|다)(?:를|의|에)?(?=\s|$|요약"
    r"|정리)|(?:것|거)(?=\s*(?:전부|모두|다)\s)",
    re.IGNORECASE,
)
_NOUN = re.compile(
    r"\b(?:notes?|files?|documents?|docs?|entries|entry|reports?|minutes|memos?|pages?|folder|directory|contents?"
    r"|vault|library)\b"
    r"|(?<![가-힣])(?:노트|파일|문서|메모|자료|폴더|글)(?:들)?(?:을|를|은|는|의|에|에서)?(?![가-힣])"
    r"|(?<![가-힣])(?:것|거)(?:들)?(?:을|를)?(?![가-힣])",
    re.IGNORECASE,
)
_READ = re.compile(
    r"\b(?:read(?:\s+(?:through|over))?|look\s+(?:through|over)|them|it|then|go\s+through)\b"
    r"|(?<![가-힣])(?:읽고(?:\s*나서)?|읽어(?:서|\s*보고|보고|봐|\s*줘)?|읽은\s*(?:뒤|다음|후)(?:에)?"
    r"|살펴\s*(?:보고|봐)|훑어\s*보고|검토(?:해서|하고))(?![가-힣])",
    re.IGNORECASE,
)
_FILL = re.compile(
    r"\b(?:please|pls|can|could|would|you|of|the|my|our|from|in|about|on|for|and|me|us|a|an|give|get|make|write"
    r"|create|tell|show|need|want"
    r"|like|with|to|i|i'd|have|wrote|written|noted|saved|that|up|down|short|brief|briefly|one|sentence|line|paragraph|per|into|by|so|far"
    r"|here|hi|hey|moa|thanks|thank)\b"
    r"|(?<![가-힣])(?:좀|줘요?|주세요|주라|내|내가|나의|제|제가|우리|관한|관련|대한|쓴|작성한|적은|있는|가지고"
    r"|갖고|가진|해서|해|해줘|내용|만들어\S*|부탁\S*"
    r"|알려\S*|말해\S*|보여\S*|한\s*(?:줄|문장)(?:씩|으로)?|짧게|간단히|간단하게|간략히|줄래\S*|안에|속에)(?:을"
    r"|를|은|는)?(?![가-힣])",
    re.IGNORECASE,
)
# A question about something, and what was done: no request.
_NO_REQUEST = re.compile(
    r"^\s*(?:who|what(?!\s+i\s)|when|where|why|how|which|did|do|does|is|are|was|were|has|have)\b"
    r"|(?<![가-힣])(?:누가|누구|언제|왜|어디|얼마|어떻게|뭘|뭐|무엇|몇)|[했됐졌렸였][지니나어을]\S{0,3}\s*\?*$"
    r"|할\s*일",
    re.IGNORECASE,
)
_FILES_KO = ("록", "일기", "일지", "회고", "보고서", "계약서", "영수증")
MOST_WORDS = 4


def topics(words: str, filters: Collection[str]) -> tuple[str, ...] | None:
    """The words that the files of such a request carry (none: all files in its filters, whose kinds are `filters`);
    None for no such request."""
    if _NO_REQUEST.search(words) or not _SUM.search(words):
        return None
    if not _ALL.search(words):
        # "Summarise the Projects folder": all of it is meant where nothing else is said.
        bare = not re.search(r"\w", _FILL.sub(" ", _NOUN.sub(" ", _READ.sub(" ", _SUM.sub(" ", words)))))
        return () if bare and {"path", "tag"} & set(filters) else None
    rest = _ALL.sub(" ", _READ.sub(" ", _SUM.sub(" ", words)))
    named = bool(_NOUN.search(rest) or re.search(r"\beverything\b|\bwhat\s+i\b", words, re.IGNORECASE))
    found = []
    for word in re.findall(r"[^\W_][\w-]*", _FILL.sub(" ", _NOUN.sub(" ", rest))):
        end = next((p for p in PARTICLES if word.endswith(p) and len(word) > len(p) + 1), "")
        found.append(word.removesuffix(end) if has_hangul(word) else word)
    if re.search(r"\bwhat\s+i\b", words, re.IGNORECASE) and not filters:
        return None
    # 회의록 and 일기 are files by themselves; anything else needs to be said to be notes or files.
    named = named or any(w.endswith(_FILES_KO) for w in found)
    if not (named or (filters and not found)) or len(found) > MOST_WORDS:
        return None
    return tuple(found)

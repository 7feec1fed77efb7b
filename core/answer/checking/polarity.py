"""What a sentence says is not so: the words it denies, Korean and English. Pure.

Knows nothing of passages. Only plain denial is read; a sentence that denies twice, or denies a condition, says nothing
here, since what it means cannot be told by rule.
"""

from __future__ import annotations

import re

from core.answer.words.stems import EMPTY, stem
from core.index.terms import has_hangul

_WORD = re.compile(r"[^\W_]+(?:['’][a-z]+)?")
_DENIES = re.compile(r"\b(?:not|never|cannot|unable to|no longer|\w+n['’]t)\b", re.I)
_NONE = re.compile(r"\b(?:no|without|neither|nor)\s+([a-z]+)", re.I)
# Denial of something other than the word behind it.
_OTHERWISE = re.compile(
    r"\b(?:not (?:only|just|merely|necessarily|more|less|later|until|all|every)|no (?:more|less|later|one|matter)"
    r"|whether or not|unless|if not|rather than|instead(?: of)?|only if|reject\w*|den(?:y|ie[sd])|condemn\w*"
    r"|refus\w*|fail\w*|lack\w*)\b|^no,"
    r"|(?:않|없)(?:으면|는 한|더라도|아도|어도)|아니라|뿐만|대신|거부|부정|지 말고|밖에|않을 수|없지 않",
    re.I,
)
_KOREAN = (
    re.compile(r"([가-힣]{1,8}?)지(?:는|도|를|가)?\s?(?:않|못|아니|말)"),
    re.compile(r"([가-힣]{2,8}?)(?:을|를)?\s?(?:할|될|낼|볼|쓸|받을|넣을)?\s수(?:는|도|가)?\s?없"),
    re.compile(r"([가-힣]{2,8}?)(?:이|가|은|는|도)?\s?(?:불가능|불가|금지|불허)"),
    re.compile(r"([가-힣]{2,8}?)(?:이|가|은|는|도)?\s?(?:없|아니|아닙|아닌)"),
    re.compile(r"(?<![가-힣])(?:안|못)\s([가-힣]{2,8})"),
)
_VERBAL = re.compile(r"(?:하|되|시키|받|할|될|해|돼|하시|되시|하게|했|됐)$")
_SKIPPED = EMPTY | frozenset(
    str.split("be been being have has had do does did currently yet ever always even really still the a an to any")
)
# A denied word stands among so many words, in so many characters.
AHEAD, LOOK = 3, 60


def denied(text: str) -> frozenset[str] | None:
    """The stems of the words that a sentence denies; none when it affirms; None when it cannot be told."""
    if _OTHERWISE.search(text):
        return None
    found: list[str] = []
    for match in _DENIES.finditer(text):
        ahead = [w.lower() for w in _WORD.findall(text[match.end() : match.end() + LOOK])][:AHEAD]
        found += [stem(w) for w in ahead if w not in _SKIPPED][:1]
    found += [stem(m[1].lower()) for m in _NONE.finditer(text) if m[1].lower() not in _SKIPPED]
    ends: set[int] = set()
    for match in (m for pattern in _KOREAN for m in pattern.finditer(text)):
        # The patterns read the same denial in several ways: the first is the most exact.
        if match.end() not in ends:
            ends.add(match.end())
            found.append(_VERBAL.sub("", match[1]) or match[1])
    return frozenset(f for f in found if len(f) > 1) if len(set(found)) < 2 else None


_FORBIDS = re.compile(
    r"(?:서는|면|선)\s?안\s?(?:된|돼|되|됩)|금지|말아야|\b(?:must|should|may) not\b|not allowed|prohibited|forbidden",
    re.I,
)
_ALLOWS = re.compile(
    r"[가-힣]도\s?(?:된|돼|되|됩|좋|괜찮)|할 수 있|가능|\b(?:may|can)\b(?! ?not|['’]t)|allowed to|permitted", re.I
)


def allows(text: str) -> bool | None:
    """Whether a sentence allows something (True) or forbids it (False); None when neither, or both. A Korean sentence
    says last what it comes to."""
    forbidden, allowed = list(_FORBIDS.finditer(text)), list(_ALLOWS.finditer(text))
    if forbidden and allowed and has_hangul(text):
        return allowed[-1].start() > forbidden[-1].start()
    return None if bool(forbidden) == bool(allowed) else bool(allowed)

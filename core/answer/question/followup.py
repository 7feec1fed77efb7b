"""A question that leans on the turns before it → one that stands alone; a question that asks two things → its parts.

Pure, except that `by_model` asks the language model that is loaded, never one that is not: passages wait for no model.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Sequence

from core.answer import prompt
from core.answer.checking.values import Value, values
from core.answer.question import ellipsis
from core.index.terms import ASKING, PARTICLES, STOPWORDS, content_terms, has_hangul
from core.models.process.worker import Piece
from core.models.writer import Writer
from core.types import ChatMessage, Message

LIMIT_S = 6.0
LONGEST = 200
TOKENS = 64
# A rewritten question must be made of words that were said: small models like to invent.
SAID_FROM = 0.6

_LINKED = re.compile(
    r"^\s*(?:and|but|so|also|then|what about|how about|what of|그럼|그러면|그리고|그래서|그런데|근데|그래도"
    r"|그중)(?![a-z가-힣])",
    re.IGNORECASE,
)
_AFTER = r"is|was|were|are|does|did|do|will|would|can|could|has|have|had|of|about|for|before|after|than"
_AFTER += r"|like|with|by|on|in|to"
_POINTS = re.compile(
    # Not the that of "the film that was shot": it stands behind a noun.
    rf"(?:^|\b(?:{_AFTER}|why|how|what|and|but|mean)\s+)(?:that|this|those|these)\b(?!\s+[a-z]+s?\s+of\b)"
    r"|\b(?:that|this)\s*[?.!]*$"
    r"|^(?:\S+\s){0,2}(?:그거|그건|그게|그걸|그것|이거|이건|이게|그분|그 사람|거기|그때|그날|그곳|걔|그중|둘 다"
    r"|둘 중)"
    r"|^(?:\S+\s){0,2}그\s(?=[가-힣]{2,}[은는이가을를의도]?\s)",
    re.IGNORECASE,
)
_THING = re.compile(
    r"\b(?:it|its)\b(?!\s+(?:possible|true|worth|necessary|ok|okay|likely|common|normal"
    r"|important|that|not)\b)",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"\s*(?:[?.!,]|$|\b(?:in|on|at|for|with|from|by|to|yet|again|then|now|before"
    r"|after)\b)",
    re.IGNORECASE,
)
_PERSON = re.compile(r"\b(?:they|them|their|theirs|he|she|him|his|her|hers)\b", re.IGNORECASE)
_PHRASE = re.compile(r"\b(?:the|a|an|my|our|your|each|every)\s+\w", re.IGNORECASE)
_NAMED = re.compile(r"(?<!^)(?<![.?!]\s)\b(?!I\b)[A-Z]\w")
_ASKS = re.compile(
    r"^(?:(?:for|from|with|to|at|in|by|on|since)\s+)?(?:why|when|where|who|whom|how(?:\s+(?:much|many"
    r"|long|often|far|big|old))?|which|what)\b",
    re.IGNORECASE,
)
_BARE = re.compile(
    rf"^(?:(?:what|how\s+(?:much|big|long|high))\s+(?:is|was|are|were)\s+)?(?:the|its)\s+(?:{ellipsis.OF_EN})\s*\?*$"
    rf"|^(?:{ellipsis.OF_KO})(?:은|는|이|가|도)?(?:\s+(?:얼마|뭐|무엇|어떻게|언제|어디|누구|며칠"
    rf"|몇)\S*(?:\s\S{{1,4}})?)?\s*\?*$",
    re.IGNORECASE,
)
_ASKS_KO = re.compile(
    r"^(?:왜|언제|어디(?:서|에|에서|로)?|누가|누구(?:랑|와|한테)?|얼마(?:나|에)?|몇|며칠|무슨"
    r"|어떻게|어떤\s*거)(?![가-힣]*[은는]\s)"
)
_ALSO_KO = re.compile(r"^(?:\S+\s)?\S{2,}도\s+\S+\s*\?*$")
_ASIDE = re.compile(
    r"^\s*(?:thanks|thank you|ok|okay|great|고마워요?|감사합니다|알겠어요?|응"
    r"|네)\s*[.!,]+\s*",
    re.IGNORECASE,
)
_ALSO_ASKING = frozenset(["often", "many", "much", "long", "old", "tell", "say", "said", "please", "us"])

_REWRITE = (
    "Rewrite my next question so that it can be understood without this conversation. Keep its language. Use no"
    " passages and answer nothing: write the one question only.\nMy next question: "
)

_DIFFERENCE = (
    re.compile(r"\bdifferences?\s+between\s+(?:the\s+)?(.{2,60}?)\s+and\s+(?:the\s+)?(.{2,60}?)\s*[?.!]*$", re.I),
    re.compile(r"\bcompare\s+(?:the\s+)?(.{2,60}?)\s+(?:and|with|to)\s+(?:the\s+)?(.{2,60}?)\s*[?.!]*$", re.I),
    re.compile(r"^(.{2,60}?)\s+(?:vs\.?|versus)\s+(.{2,60}?)\s*[?.!]*$", re.I),
    re.compile(r"^(.{1,60}?)(?:와|과|이?랑|하고)\s+(.{1,60}?)(?:의|은|는|을|를)?\s*(?:차이|다른\s*점|비교|공통점)"),
)
_TWO = re.compile(r"\s*,?\s+and\s+(?=(?:what|when|who|where|how|why|which)\b)", re.IGNORECASE)


def leans(question: str, before: str = "") -> bool:
    """Whether a question can hardly be understood without the one before it."""
    question = _ASIDE.sub("", question.strip())
    if _POINTS.search(question) or _pronoun(question) or _BARE.match(question):
        return True
    linked = bool(_LINKED.match(question))
    own = ellipsis.own_words(question)
    if words := ellipsis.fragment(question):
        return linked or (question.endswith(("?", "？")) and _stands_for_another(words, before))
    if has_hangul(own):
        return linked or _short_korean(own)
    content = [t for t in content_terms(own) if t not in STOPWORDS | _ALSO_ASKING]
    if linked:
        # "And where is the insurance policy?" links nothing; "And what did Lee say?" does.
        shared = set(content) & set(content_terms(before))
        return len(content) < 2 or bool(shared) or not (_PHRASE.search(own) or _NAMED.search(own))
    defines = re.match(r"(?:what|which|who)\s+(?:is|are|was|were)\b", own, re.IGNORECASE)
    few = len(own.split()) <= 5 and len([c for c in content if c not in STOPWORDS]) <= 1
    return bool(_ASKS.match(own)) and few and not defines and not (_NAMED.search(own) or _PHRASE.search(own))


def _pronoun(question: str) -> bool:
    """A pronoun that stands for nothing named before it in the same question."""
    for pattern, named in ((_THING, False), (_PERSON, True)):
        for m in pattern.finditer(question):
            said = question[: m.start()]
            own = m[0].lower() in ("its", "their", "his", "her", "theirs", "hers")
            # "it will close" is the one just named, "about it" hardly.
            doing = not named and not own and not _ENDS.match(question[m.end() :])
            if not (_PHRASE.search(said) or ((named or own or doing) and _NAMED.search(said))):
                return True
    return False


def _short_korean(question: str) -> bool:
    """언제 끝났어?, 몇 개?, 누수도 포함돼?: nothing of its own beside what it asks and a short verb."""
    words = question.rstrip("?？!. ").split()
    if _ALSO_KO.match(question):
        return True
    if not _ASKS_KO.match(question) or len(words) > 3:
        return False
    rest = words[2:] if words[0] in ("몇", "무슨") else words[1:]
    return all(len(w) <= 3 and not re.search("[을를은는]$", w) for w in rest)


def _stands_for_another(words: str, before: str) -> bool:
    """Whether words without a verb, that nothing links to the question before, stand for some of it all the same."""
    first = words.split()[0]
    if has_hangul(words):
        # 금강산의 주봉은?, 헤이그가 나온 대학교는? ask all by themselves.
        shared = set(content_terms(words)) & set(content_terms(before))
        return bool(shared) or (
            len(words.split()) < 3
            and not re.search(
                r"(?<=\S)(?:의|이|가|을|를|에서?"
                r"|한|은|는|된|온)\s",
                words,
            )
        )
    small = first.lower() in ("the", "on", "in", "at", "for", "from", "to", "with", "by", "as", "during", "since")
    shared = set(content_terms(words)) & set(content_terms(before))
    return small or bool(shared) or (len(words.split()) == 1 and first[0].isupper() and bool(_NAMED.search(before)))


def by_rule(question: str, turns: Sequence[Message]) -> str:
    """The question with its words in the place of those they replace in the last one, or with the topic of that beside
    it; as it is when there is none."""
    asked = [m for m in turns if m.role == "user"]
    if not asked:
        return question
    last = asked[-1].meant or asked[-1].text
    last = re.sub(r"\s*\([^()]*\)$", "", last) if asked[-1].meant else last
    question = _ASIDE.sub("", question)
    words = ellipsis.fragment(question)
    if words and (whole := ellipsis.stepped(last, words)):
        return whole
    if words and not _POINTS.search(question) and (whole := ellipsis.instead(last, words)):
        return whole
    last = asked[-1].meant or asked[-1].text
    have = {w.lower() for w in re.findall(r"[^\W_]+", question)}
    new = values(question)
    # Another year, another amount take the place of the ones asked about before.
    topic = [w for w in _topic(last) if w.lower() not in have and not any(_replaced(v, new) for v in values(w))]
    own = ellipsis.own_words(question)
    return f"{own} ({' '.join(topic)})" if topic else question


def _replaced(old: Value, new: Sequence[Value]) -> bool:
    return any(v.kind == old.kind and (v.unit == old.unit or not v.unit or not old.unit) for v in new)


def _topic(question: str) -> list[str]:
    """The words of a question that say what it is about, as they stand there, Korean ones without their particle."""
    words = []
    for word in re.findall(r"[^\s?!.,;()]+", question):
        if not has_hangul(word):
            words += [] if word.lower() in STOPWORDS | _ALSO_ASKING else [word]
        elif not word.startswith(ASKING):
            end = next((p for p in PARTICLES if word.endswith(p) and len(word) > len(p) + 1), "")
            words.append(word.removesuffix(end))
    return words[:12]


def by_model(
    writer: Writer, question: str, turns: Sequence[Message], key: str, stop: threading.Event
) -> str | None:  # fmt: skip
    """The question as the loaded model puts it, or None when that takes too long or is no such question.

    The prompt is the conversation as it was sent, so that the model's memory of it stays good for the answer.
    """
    messages = [*prompt.messages(question, (), turns, key)[:-1], ChatMessage("user", f"{_REWRITE}{question}")]
    if writer.measure(messages) + TOKENS > writer.context:
        return None
    text, until = "", time.monotonic() + LIMIT_S
    ended = threading.Event()
    for event in writer.chat(messages, max_tokens=TOKENS, stop=ended):
        if isinstance(event, Piece):
            text += event.text
        if stop.is_set() or time.monotonic() > until or len(text) > LONGEST:
            ended.set()
    if ended.is_set():
        return None
    return accepted(text, question, turns)


def accepted(text: str, question: str, turns: Sequence[Message]) -> str | None:
    """What a model wrote as a question, when it is one line of words that were said before."""
    line = text.strip().strip("\"'“”").strip()
    if not line or "\n" in line or len(line) > LONGEST or prompt.NOT_FOUND in line or "[" in line:
        return None
    said = set(content_terms(" ".join([question, *(m.text for m in turns[-6:])])))
    words = content_terms(line)
    if has_hangul(question) != has_hangul(line) or sum(w in said for w in words) < SAID_FROM * len(words):
        return None
    return line


def parts(question: str) -> tuple[str, ...]:
    """The questions in a question, when there are two or more to be searched apart; else none."""
    asked = [p.strip() for p in re.split(r"(?<=[?？])\s+", question.strip()) if p.strip()]
    if 2 <= len(asked) <= 4 and all(p.endswith(("?", "？")) and len(content_terms(p)) >= 2 for p in asked):
        return tuple(asked)
    for pattern in _DIFFERENCE:
        if m := pattern.search(question):
            return (m[1].strip(), m[2].strip())
    halves = _TWO.split(question.strip())
    if len(halves) == 2 and all(set(content_terms(h)) - STOPWORDS for h in halves):
        return tuple(halves)
    return ()

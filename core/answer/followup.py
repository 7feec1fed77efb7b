"""A question that leans on the turns before it → one that stands alone; a question that asks two things → its parts.

Pure, except that `by_model` asks the language model that is loaded, never one that is not: passages wait for no model.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Sequence

from core.answer import prompt
from core.answer.values import Value, values
from core.index.terms import ASKING, PARTICLES, STOPWORDS, content_terms, has_hangul
from core.models.process.worker import Piece
from core.models.writer import Writer
from core.types import ChatMessage, Message

LIMIT_S = 6.0
LONGEST = 200
TOKENS = 64
# A rewritten question must be made of words that were said: small models like to invent.
SAID_FROM = 0.6

_LEANS = re.compile(
    r"^(?:and|but|so|also|then|what about|how about|why|when|where|who|how (?:much|many|"
    r"long))\b(?=.{0,40}$)(?!.*\b\w+\s+\w+\s+\w+\s+\w+\s+\w+)"
    r"|\b(?:it|its|they|them|their|he|she|him|his)\b"
    r"|\b(?:that|this|those|these)\b(?=\s*(?:is|was|are|were|do|did|does|cost|mean|happen|one|ones|[?.!,]|$))"
    r"|^(?:그럼|그러면|그리고|그래서|그런데|근데|그래도|그중)"
    r"|(?<![가-힣])(?:그거|그건|그게|그걸|그것|이거|이건|이게|그분|그 사람|거기|그때|그날|그곳|걔|그중)"
    r"|^(?:왜|언제|어디서?|누가|얼마에?)(?:\s\S{1,6})?\s*\?+\s*$|(?<![가-힣])그\s(?=[가-힣]{2,}[은는이가을를의]\s)"
    r"|^\s*\S+(?:\s\S+)?(?:은|는)\s*\?*\s*$",
    re.IGNORECASE,
)
_LEAD = re.compile(r"^\s*(?:and|but|so|also|then|그럼|그러면|그리고|그래서|그런데|근데|그래도)[\s,]+", re.IGNORECASE)
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


def leans(question: str) -> bool:
    """Whether a question can hardly be understood without the one before it."""
    return bool(_LEANS.search(question.strip()))


def by_rule(question: str, turns: Sequence[Message]) -> str:
    """The question with the topic of the last one beside it; as it is when there is none."""
    asked = [m for m in turns if m.role == "user"]
    if not asked:
        return question
    last = asked[-1].meant or asked[-1].text
    have = {w.lower() for w in re.findall(r"[^\W_]+", question)}
    new = values(question)
    # Another year, another amount take the place of the ones asked about before.
    topic = [w for w in _topic(last) if w.lower() not in have and not any(_replaced(v, new) for v in values(w))]
    own = _LEAD.sub("", question).strip() or question
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

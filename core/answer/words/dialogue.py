"""Who said what in a chat log, an interview or minutes: passages → turns, and whom a sentence is about. Pure.

Two notations are known: `Name: text` a line, and `[Name] [time] text` of exported chats. A definition list or a table
looks alike; what tells them apart is that speakers come back and say "I" and "you".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.answer.words.sentences import sentences

_TURN = re.compile(
    r"^(?:\[(?P<a>[^\]\n]{1,20})\] \[[^\]\n]{1,20}\] |(?P<b>[A-Z가-힣][\w.' ]{0,20}?): )(?P<text>.+)$", re.M
)
_FIRST = re.compile(
    r"\b(?:i|my|me|mine|i'm|i've|i'll|i'd|we|our|us|we're|we've)\b|(?<![가-힣])(?:나|내|난|저|제|우리)(?![가-힣]{2})",
    re.I,
)
_SECOND = re.compile(
    r"\b(?:you|your|yours|you're|you've|you'll|you'd)\b|(?<![가-힣])(?:너|네|넌|니|당신|자기)(?![가-힣]{2})", re.I
)
_AFTER_VERB = r"\b(?:did|does|do|is|was|has|had|will|would|can)\s+"


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker said, and the question that it answers."""

    speaker: str
    own: str
    """The sentences about the speaker, after the question they answer."""
    other: str
    """The sentences about whom the speaker talks to."""


def turns(text: str) -> list[Turn]:
    """The turns of a passage; none when it is no conversation: two speakers at least, each at least twice."""
    lines = [(m["a"] or m["b"], m["text"]) for m in _TURN.finditer(text) if " | " not in m["text"]]
    often = Counter(speaker for speaker, _ in lines)
    if len([s for s, n in often.items() if n > 1]) < 2 or not _FIRST.search(text):
        return []
    return list(_turns(lines))


def _turns(lines: Sequence[tuple[str, str]]) -> Iterator[Turn]:
    asked = ""
    for speaker, text in lines:
        said = list(sentences(text))
        to_other = [s for s in said if _SECOND.search(s) and not _FIRST.search(s)]
        own = [s for s in said if s not in to_other]
        yield Turn(speaker, " ".join([*own, asked]) if own else "", " ".join(to_other))
        asked = " ".join(s for s in said if s.endswith("?"))


def about(sentence: str, speaker: str, speakers: Sequence[str]) -> str:
    """Whom a sentence of a conversation is about: its speaker, or the other of two when it says "you" and not "I"."""
    others = [s for s in speakers if s != speaker]
    spoken_to = _SECOND.search(sentence) and not _FIRST.search(sentence)
    return others[0] if spoken_to and len(others) == 1 else speaker


def subject(question: str, speakers: Sequence[str]) -> str:
    """Which of the speakers a question is about; empty when it names none."""
    named = [s for s in speakers if re.search(rf"(?<!\w){re.escape(s)}(?![A-Za-z])", question)]
    if len(named) > 1:
        for name in named:
            if re.search(rf"{_AFTER_VERB}{re.escape(name)}\b|\b{re.escape(name)}['’]s\b", question):
                return name
    return min(named, key=question.index, default="")

"""Questions on passages that the language model writes, held against the passage before they are asked.

Knows neither how models are loaded nor who else wants one: `borrow` hands it in for one question at a time, or None
while somebody is answered. A small model writes nonsense as readily as questions, and a question that its own passage
does not answer would count against search: so rules decide (`accepted`), and after some refused in a row, or when its
time is up, no more are written.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from core import errors
from core.answer import prompt
from core.answer.words.stems import Wording, stems
from core.index.embedding.embedder import language_of
from core.index.terms import asks, words_of
from core.models.process.worker import Piece
from core.models.writer import Writer
from core.types import ChatMessage

IN_ALL_S = 120.0
EACH_S = 15.0
TOKENS = 80
GIVE_UP_AFTER = 5
PASSAGE_CHARACTERS = 800
SHORTEST, LONGEST = 12, 160
MOST_ANSWER_WORDS = 12
# A question must be made of its passage's words, as far as they say what it is about.
SAID_FROM = 0.6
_WANTED = (
    "Write one question that the passage answers, in the passage's language, as somebody would ask it who has not seen"
    " the passage: name what it is about. Then the answer in the passage's own words. Write exactly two lines:\n"
    "Q: the question\nA: the answer"
)
_LINES = re.compile(r"^\s*Q\s*[:：]\s*(?P<q>[^\n]+)\n+\s*A\s*[:：]\s*(?P<a>[^\n]+)", re.I)
_ENGLISH = re.compile(
    r"^(?:(?:in|on|at|by|for|to|from|with|of|about) )?(?:who|whom|whose|what|when|where|why|how|which|is|are|was|were"
    r"|do|does|did|can|could|has|have|had|should|will|would|must|may)\b.*\?$",
    re.I,
)
_KOREAN = re.compile(r"(?:[가-힣](?:까|나요|가요|어요|아요|해요|예요|이야|야|니|지|나|은|는|냐|는가|은가|인가))\s?\?$")
_POINTS = re.compile(
    r"\b(?:this|the) (?:passage|text|note|document)\b|(?:위|이|본|다음) ?(?:글|지문|본문|노트|문서)", re.I
)


class Written:
    """Has the model write questions, within its time. `written` and `refused` count them."""

    def __init__(self, borrow: Callable[[], AbstractContextManager[Writer | None]], stop: threading.Event) -> None:
        self._borrow, self._stop = borrow, stop
        self._until = time.monotonic() + IN_ALL_S
        self._in_a_row = 0
        self.written = self.refused = 0

    def question(self, passage: str) -> str:
        """A question that `passage` answers; empty when none was written or none was any good."""
        if self._in_a_row >= GIVE_UP_AFTER or self._stop.is_set() or time.monotonic() > self._until:
            return ""
        with self._borrow() as writer:
            if writer is None:
                return ""
            try:
                said = self._said(writer, passage[:PASSAGE_CHARACTERS])
            except errors.ModelProblem:
                self._in_a_row = GIVE_UP_AFTER
                return ""
        question = accepted(said, passage)
        if question:
            self.written, self._in_a_row = self.written + 1, 0
        else:
            self.refused, self._in_a_row = self.refused + 1, self._in_a_row + 1
        return question

    def _said(self, writer: Writer, passage: str) -> str:
        fenced = f"<<\n{prompt.visible(passage)}\n>>\n\n{_WANTED}"
        messages = [ChatMessage("user", fenced)]
        if writer.measure(messages) + TOKENS > writer.context:
            return ""
        ended, until, text = threading.Event(), time.monotonic() + EACH_S, ""
        for event in writer.chat(messages, max_tokens=TOKENS, stop=ended):
            if isinstance(event, Piece):
                text += event.text
            if self._stop.is_set() or time.monotonic() > until:
                ended.set()
        return text


def accepted(said: str, passage: str) -> str:
    """The question in what a model wrote, when it is one, stands by itself, and its answer stands in the passage and
    not in itself; else nothing."""
    lines = _LINES.match(said.strip())
    if not lines:
        return ""
    question, answer = lines["q"].strip().strip('"“”'), lines["a"].strip().strip('"“”.')
    korean = language_of(passage) == "ko"
    if (
        not SHORTEST <= len(question) <= LONGEST
        or (language_of(question) == "ko") != korean
        or _POINTS.search(question)
    ):
        return ""
    formed = _KOREAN.search(question) and any(map(asks, words_of(question))) if korean else _ENGLISH.match(question)
    about = stems(question)
    if not formed or len(about) < 2 or Wording(passage).share(about) < SAID_FROM:
        return ""
    short, whole = " ".join(words_of(answer)), " ".join(words_of(passage))
    there = bool(short) and short in whole and len(short.split()) <= MOST_ANSWER_WORDS
    return question if there and short not in " ".join(words_of(question)) else ""

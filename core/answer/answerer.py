"""The order of an answer: passages, what is waited for, tokens, the answer with its citations.

Knows no wire and no window; the engine hands in what it needs. Runs on the asker's thread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace

from core import errors
from core.answer import prompt, tokens, wording
from core.answer.citations import resolve
from core.answer.extract import extract
from core.events import Answered, AnswerEvent, Failed, Notice, PassagesFound, Token
from core.models.worker import Finish, LoadOptions
from core.models.writer import Target, Writer
from core.retrieval.evidence import Evidence
from core.retrieval.search import Found, Search
from core.store.chats import Chats
from core.store.passages import Passages
from core.types import ChatMessage, Message, Passage, Prompted, Timings

# Below this share of the question's weight in the best passage, and this similarity, the notes say nothing about it.
COVERAGE_FROM = 0.45
SIMILARITY_FROM = 0.45
JUDGED = 5
ANSWER_TOKENS = 512
SHORTEST_PASSAGE = 200
# Share of the room that may be full after old turns had to go.
ROOM_LEFT = 0.6


@dataclass(frozen=True, slots=True)
class Question:
    """A question as asked; `model` is a file and its id, or None to quote."""

    text: str
    within: str | None
    k: int
    model: tuple[str, Target] | None
    conversation: str
    turns: tuple[Message, ...]
    dense: bool
    notes: tuple[str, ...]


class Answerer:
    """Answers one question after another; several may be under way, the model takes them in turn."""

    def __init__(
        self, search: Search, passages: Passages, chats: Chats, worker: Writer,
        options: Callable[[], LoadOptions],
    ) -> None:  # fmt: skip
        self._search = search
        self._passages = passages
        self._chats = chats
        self._worker = worker
        self._options = options
        self._turn = threading.Lock()

    def answer(self, q: Question, stop: threading.Event) -> Iterator[AnswerEvent]:
        """The events of an answer in order; ends with Answered or Failed. The turn is stored when it is answered."""
        began = time.perf_counter()
        found = self._search.find(q.text, q.k, q.within, q.dense)
        retrieval_ms = round((time.perf_counter() - began) * 1000, 1)
        yield PassagesFound(found.passages)
        for note in q.notes:
            yield Notice(note)
        asked = Message("user", q.text, time.time())
        evidence = Evidence(self._passages, q.text)
        timings = Timings(retrieval_ms)
        prompted: Prompted | None = None
        if not self._answerable(found, evidence):
            text = wording.not_found(q.text) if self._passages.file_count() else wording.nothing_indexed(q.text)
            answer = Answered(text, "extract", False, (), None, None, q.conversation, timings)
        elif q.model is None:
            text, citations = extract(found.passages, evidence)
            answer = Answered(text, "extract", True, citations, None, None, q.conversation, timings)
        else:
            try:
                # One at a time: between loading a model and asking it nobody may load another.
                with self._turn:
                    answer, prompted = yield from self._written(q, found.passages, timings, stop)
            except errors.ModelProblem as problem:
                self._store(q.conversation, asked, Message("assistant", str(problem), time.time()))
                yield Failed(problem.title, problem.advice)
                return
        reply = Message(
            "assistant", answer.text, time.time(), answer.mode, answer.model, answer.answerable,
            answer.citations, found.passages, prompted,
        )  # fmt: skip
        self._store(q.conversation, asked, reply)
        yield answer

    def _store(self, conversation: str, *messages: Message) -> None:
        """Keep the turn; a conversation that was removed meanwhile is not brought back."""
        try:
            self._chats.add(conversation, *messages)
        except errors.BadRequest:
            return

    def _answerable(self, found: Found, evidence: Evidence) -> bool:
        texts = [f"{p.title}\n{p.location.heading or ''}\n{p.text}" for p in found.passages[:JUDGED]]
        return evidence.best(texts) >= COVERAGE_FROM or (found.similarity or 0.0) >= SIMILARITY_FROM

    # ---- by the model

    def _written(
        self, q: Question, passages: tuple[Passage, ...], timings: Timings, stop: threading.Event
    ) -> Generator[AnswerEvent, None, tuple[Answered, Prompted]]:
        assert q.model is not None
        id, path = q.model
        if self._worker.loaded != path:
            yield Notice("Loading the language model…")
        self._worker.load(path, self._options())
        limit = min(ANSWER_TOKENS, self._worker.context // 4)
        shown, turns = self._fitting(q, passages, self._worker.context - limit)
        text, finish = "", None
        held = True
        given = self._prompt(q, shown, turns)
        for event in self._worker.chat(given, max_tokens=limit, stop=stop, name=q.conversation):
            if isinstance(event, Finish):
                finish = event
                continue
            text += event.text
            # Hold back what may turn out to be the agreed word for "not in the notes".
            if held and prompt.NOT_FOUND.startswith(text.strip()[: len(prompt.NOT_FOUND)]):
                continue
            yield Token(text if held else event.text)
            held = False
        answerable = not text.strip().startswith(prompt.NOT_FOUND)
        final, citations = resolve(text.strip(), shown) if answerable else (wording.not_found(q.text), ())
        if finish is not None:
            timings = replace(
                timings, first_token_ms=finish.first_token_ms, tokens_per_s=finish.tokens_per_s,
                prompt_tokens=finish.prompt_tokens, cached_tokens=finish.cached_tokens,
            )  # fmt: skip
        prompted = prompt.record(len(q.turns) - len(turns), passages, shown, text.strip(), final)
        answer = Answered(
            final, "model", answerable, citations, None, id, q.conversation, timings, stopped=stop.is_set()
        )  # fmt: skip
        return answer, prompted

    @staticmethod
    def _prompt(q: Question, passages: Sequence[Passage], turns: Sequence[Message]) -> list[ChatMessage]:
        return prompt.messages(q.text, passages, turns, q.conversation)

    def _fitting(
        self, q: Question, passages: Sequence[Passage], room: int
    ) -> tuple[tuple[Passage, ...], tuple[Message, ...]]:
        """What fits into `room` tokens: the oldest turns go first, then the last passages, then the tail of the one
        that is left.

        Turns that were left out once stay out, and when some have to go, as many go as leave room for a while: each
        time the prompt begins elsewhere, nothing of it can be reused.
        """
        kept, turns = tuple(passages), q.turns[_first(q.turns) :]
        # A rough cut by the model-independent count first: asking the model for each try would be slow.
        while len(kept) > 1 and sum(tokens.count(p.text) for p in kept) > room:
            kept = kept[:-1]
        if self._worker.measure(self._prompt(q, kept, turns)) > room:
            while turns and self._worker.measure(self._prompt(q, kept, turns)) > room * ROOM_LEFT:
                turns = turns[2:]
        while self._worker.measure(self._prompt(q, kept, turns)) > room:
            if len(kept) > 1:
                kept = kept[:-1]
            elif kept and len(kept[0].text) > SHORTEST_PASSAGE:
                kept = (replace(kept[0], text=kept[0].text[: len(kept[0].text) * 2 // 3]),)
            else:
                break
        return kept, turns


def _first(turns: Sequence[Message]) -> int:
    """Where the prompt of the last written answer began."""
    return next((m.prompted.first for m in reversed(turns) if m.prompted), 0)

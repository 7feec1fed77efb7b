"""Search and ask, from what is indexed at the moment. Knows nothing of how that came to be."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from core import errors, lossless
from core.answer import scoped
from core.answer.answerer import Question
from core.answer.question.filters import Limits
from core.answer.words import wording
from core.engine.bulletin import Bulletin
from core.engine.parts import Parts
from core.events import AnswerEvent, Changed
from core.models.remote.servers import Server
from core.models.writer import Target
from core.types import SearchResult, bare

# A program that starts just now may wait this long for the embedder; keywords answer meanwhile for everybody else.
EMBEDDER_PATIENCE_S = 60.0
# A question in the first seconds after a start waits for search by meaning: a worse answer costs more.
ASK_PATIENCE_S = 15.0


class Questions:
    """Whoever asks may do so while indexing goes on."""

    def __init__(self, parts: Parts, bulletin: Bulletin, publish: Callable[[], None]) -> None:
        self._parts, self._bulletin, self._publish = parts, bulletin, publish

    def search(
        self, query: str, k: int = 10, within: str | None = None, patient: bool = False, *,
        tag: str | None = None, since: str | None = None, until: str | None = None, without: tuple[str, ...] = (),
    ) -> SearchResult:  # fmt: skip
        """Passages for a query. `patient`: wait for the embedder to finish loading. `without`: phrases of the query
        that are no filters. Raises `errors.BadRequest`."""
        query = _required(query)
        if patient:
            self._parts.wait_for_meaning(EMBEDDER_PATIENCE_S)
        p = self._parts
        reading = p.filters.read(query, Limits(within, tag, since, until, without))
        found, reading = scoped.find(p.search, p.notes, reading, max(1, min(k, 200)), p.dense())
        dropped = [f.phrase for f in reading.filters if not f.applied]
        notes = found.notes + ((wording.widened(query, dropped),) if dropped else ())
        return SearchResult(bare(found.passages), notes + self._degraded(query), reading.filters)

    def ask(
        self, question: str, *, within: str | None = None, model: str | None = None, conversation: str | None = None,
        qid: str | None = None, tag: str | None = None, since: str | None = None, until: str | None = None,
        without: tuple[str, ...] = (), stop: threading.Event,
    ) -> Iterator[AnswerEvent]:  # fmt: skip
        """The events of an answer in order; ends early when `stop` is set. Raises `errors.BadRequest` at once for an
        empty question, an unknown model or conversation.
        """
        question = _required(question)
        p = self._parts
        chosen = p.settings.model if model is None else model
        target = None if chosen in ("", "none") else (chosen, self._target(chosen))
        read = partial(p.filters.read, limits=Limits(within, tag, since, until, without))
        reading = read(question)
        turns = p.chats.conversation(conversation).messages if conversation else ()
        if p.serves(question):
            p.wait_for_meaning(ASK_PATIENCE_S)
        asked = Question(
            question, reading, read, p.settings.passages, target,
            conversation or p.chats.start(question), turns, p.dense(), self._degraded(question) + _leaves(target),
        )  # fmt: skip
        return self._answer(asked, qid, stop)

    def _target(self, model: str) -> Target | errors.ModelProblem:
        """Where a model answers, or why it cannot: passages are found and told all the same."""
        try:
            return self._parts.target(model)
        except errors.ModelProblem as problem:
            return problem

    def _answer(self, asked: Question, qid: str | None, stop: threading.Event) -> Iterator[AnswerEvent]:
        self._parts.lane.asking(+1)
        try:
            for event in self._parts.answerer.answer(asked, stop):
                yield replace(event, qid=qid)
        finally:
            self._parts.lane.asking(-1)
            self._bulletin.tell(Changed("chats"))
            self._publish()

    def _degraded(self, question: str) -> tuple[str, ...]:
        """Sentences on what makes an answer less than it could be right now."""
        notes = []
        if not self._parts.serves(question):
            pass  # search by meaning has no say in this language anyway
        elif not (self._parts.embedder_done.is_set() and self._parts.indexer.shown.is_set()):
            notes.append("Search by meaning is still loading: these were found by their words.")
        elif self._parts.embedder_problem:
            notes.append(self._parts.embedder_problem)
        waiting = self._parts.catalogue.waiting_count()
        if waiting:
            notes.append(f"{waiting} files have not been read yet.")
        return tuple(notes)


def _required(question: str) -> str:
    text = lossless.text(question).strip()
    if not text:
        raise errors.BadRequest("The question is empty.", "Type what you want to know.")
    return text


def _leaves(target: tuple[str, Target | errors.ModelProblem] | None) -> tuple[str, ...]:
    """What must be said before anything is sent to another machine."""
    if target is None or not isinstance(target[1], Server) or not target[1].leaves:
        return ()
    return (f"This question and the passages found for it are sent to {target[1].leaves}.",)

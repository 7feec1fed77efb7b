"""The order of an answer: passages, what is waited for, tokens, the answer with its citations.

Knows no wire and no window; the engine hands in what it needs. Runs on the asker's thread.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePath

from core import errors
from core.answer import answerable, prompt, scoped
from core.answer.catalogue import Catalogued
from core.answer.checking.citations import Resolved, cite, resolve
from core.answer.checking.disagree import day_of, disagreement
from core.answer.exhaustive import Exhaustive, Outcome
from core.answer.question import followup
from core.answer.question.collection import about
from core.answer.question.filters import Reading
from core.answer.quoting.extract import extract
from core.answer.words import tokens, wording
from core.events import Answered, AnswerEvent, Failed, Notice, PassagesFound, Token, Understood
from core.models.process.worker import Finish, LoadOptions
from core.models.writer import Target, Writer
from core.retrieval.evidence import Evidence
from core.retrieval.search import Search
from core.store.chats import Chats
from core.store.notes import Noted, Notes
from core.store.passages import Passages
from core.types import ChatMessage, Coverage, Filter, Message, Passage, Prompted, Timings, bare

ANSWER_TOKENS = 512
LOOK_S = 0.05
"""How often a stop is looked at while another question has the model."""
SHORTEST_PASSAGE = 200
Ask = Callable[[Sequence[Passage], Sequence[Message]], list[ChatMessage]]
# Share of the room that may be full after old turns had to go.
ROOM_LEFT = 0.6


log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """A question as asked, and how it was read; `model`: id and file, or why it cannot be used; None to quote."""

    text: str
    reading: Reading
    read: Callable[[str], Reading]
    """Reads another wording of it within the same limits."""
    k: int
    model: tuple[str, Target | errors.ModelProblem] | None
    conversation: str
    turns: tuple[Message, ...]
    dense: bool
    notes: tuple[str, ...]


class Answerer:
    """Answers one question after another; several may be under way, the model takes them in turn."""

    def __init__(
        self, search: Search, passages: Passages, notes: Notes, chats: Chats, worker: Writer,
        options: Callable[[], LoadOptions],
    ) -> None:  # fmt: skip
        self._search = search
        self._passages = passages
        self._notes = notes
        self._catalogued = Catalogued(notes, passages)
        self._exhaustive = Exhaustive(notes, self._catalogued, worker)
        self._chats = chats
        self._worker = worker
        self._options = options
        self._turn = threading.Lock()

    def warm(self, target: Path) -> None:
        """Have the model of this machine at `target` ready, with what every prompt begins with. Raises
        `errors.ModelProblem`, `errors.Cancelled` when a person wants another one meanwhile."""
        with self._turn:
            for _ in self._worker.loading(target, self._options()):
                pass
            self._worker.warm(prompt.messages("?", (), ()))

    @contextmanager
    def lent(self) -> Iterator[Writer | None]:
        """The model of this machine for as long as the context lasts, when one is loaded and nobody is being answered;
        else None. Never a server, nor one that other machines carry: what is made of notes unasked stays here."""
        free = self._turn.acquire(blocking=False)
        here = isinstance(self._worker.loaded, Path) and not self._worker.leaves
        try:
            yield self._worker if free and here else None
        finally:
            if free:
                self._turn.release()

    def answer(self, q: Question, stop: threading.Event) -> Iterator[AnswerEvent]:
        """The events of an answer in order; ends with Answered or Failed. The turn is stored when it is answered."""
        began = time.perf_counter()
        q = self._standing_alone(q, stop)
        if (counted := self._counted(q)) is not None:
            yield from counted
            return
        if self._passages.file_count() and (files := self._exhaustive.files(q.reading)) is not None:
            yield from self._read_all(q, files, stop)
            return
        found, reading = scoped.find(self._search, self._notes, q.reading, q.k, q.dense)
        retrieval_ms = round((time.perf_counter() - began) * 1000, 1)
        if reading.filters or reading.rewritten or reading.parts:
            yield Understood(reading.text, reading.filters, reading.rewritten, reading.parts)
        q = replace(q, reading=reading)  # what is said of limits from here on is true of what was searched
        if any(not f.applied for f in reading.filters):
            yield Notice(wording.widened(q.text, [f.phrase for f in reading.filters if not f.applied]))
        yield PassagesFound(bare(found.passages))
        for note in q.notes + found.notes:
            yield Notice(note)
        asked = _asked(q)
        evidence = Evidence(self._passages, reading.searched)
        timings = Timings(retrieval_ms)
        prompted: Prompted | None = None
        doubtful = answerable.score(self._passages, reading.searched, found.passages) < answerable.REFUSE_BELOW
        if not found.passages or (doubtful and q.model is None):
            text = self._refusal(q, found.passages)
            answer = Answered(text, "extract", False, (), None, None, q.conversation, timings)
        elif q.model is None:
            text, citations = extract(found.passages, evidence)
            answer = Answered(text, "extract", True, citations, None, None, q.conversation, timings)
        else:
            try:
                yield from self._taken(stop)
                try:
                    answer, prompted = yield from self._written(q, found.passages, doubtful, timings, stop)
                finally:
                    self._turn.release()
            except errors.ModelProblem as problem:
                yield from self._failed(q, asked, problem)
                return
            except errors.Cancelled:
                if not stop.is_set():
                    yield from self._failed(q, asked, _put_away())
                    return
                answer = Answered("", "model", True, (), None, q.model[0], q.conversation, timings, stopped=True)
        if answer.answerable and answer.text:
            written, answer = answer.text, self._with_disagreement(answer, found.passages, evidence)
            if prompted and answer.text != written and not prompted.reply:
                prompted = replace(prompted, reply=written)
        reply = Message(
            "assistant", answer.text, time.time(), answer.mode, answer.model, answer.answerable,
            answer.citations, bare(found.passages), prompted, answer.unsupported,
        )  # fmt: skip
        yield from self._store(q, asked, reply)
        yield answer

    def _counted(self, q: Question) -> Iterator[AnswerEvent] | None:
        """The events of an answer about the collection itself, or None when the question is no such one."""
        began = time.perf_counter()
        asked = about(q.reading.words, {f.kind for f in q.reading.filters})
        said = self._catalogued.answer(asked, q.reading) if asked and self._passages.file_count() else None
        if said is None:
            return None
        text, citations = said
        ms = round((time.perf_counter() - began) * 1000, 1)
        answer = Answered(text, "catalogue", True, citations, None, None, q.conversation, Timings(ms))
        reply = Message("assistant", text, time.time(), "catalogue", None, True, citations)
        kept = self._store(q, _asked(q), reply)
        events: list[AnswerEvent] = []
        if q.reading.filters or q.reading.rewritten:
            events.append(Understood(q.reading.text, _binding(q.reading), q.reading.rewritten))
        return iter([*events, PassagesFound(()), *map(Notice, q.notes), *kept, answer])

    def _standing_alone(self, q: Question, stop: threading.Event) -> Question:
        """The question read without the turns it leans on, and its parts. The model rewrites it only when it is loaded
        and free: passages wait for no model."""
        meant: str | None = None
        if q.turns and followup.leans(q.text, _before(q.turns)):
            if q.model is not None and self._worker.loaded == q.model[1] and self._turn.acquire(blocking=False):
                try:
                    meant = followup.by_model(self._worker, q.text, q.turns[_first(q.turns) :], q.conversation, stop)
                except errors.ModelProblem as problem:
                    log.info("the question was not rewritten: %s", problem)
                finally:
                    self._turn.release()
            meant = meant or followup.by_rule(q.text, q.turns)
        reading = replace(q.read(meant), rewritten=True) if meant and meant != q.text else q.reading
        return replace(q, reading=replace(reading, parts=followup.parts(reading.words)))

    def _read_all(self, q: Question, files: Sequence[Noted], stop: threading.Event) -> Iterator[AnswerEvent]:
        """Every matching file, one after the other."""
        began = time.perf_counter()
        if q.reading.filters or q.reading.rewritten:
            yield Understood(q.reading.text, _binding(q.reading), q.reading.rewritten)
        yield PassagesFound(())
        yield from map(Notice, q.notes)
        id: str | None = None
        try:
            if q.model is None or not files:
                out = yield from self._exhaustive.quoted(q.text, files, stop)
            else:
                id, target = _usable(q.model)
                yield from self._taken(stop)
                try:
                    yield from self._loading(target, stop)
                    out = yield from self._exhaustive.written(q.text, files, stop)
                finally:
                    self._turn.release()
        except errors.ModelProblem as problem:
            yield from self._failed(q, _asked(q), problem)
            return
        except errors.Cancelled:
            if not stop.is_set():
                yield from self._failed(q, _asked(q), _put_away())
                return
            out = Outcome(of=len(files), stopped=True)
        timings = Timings(round((time.perf_counter() - began) * 1000, 1))
        text = out.text if files else self._refusal(q, ())
        answer = Answered(
            text, "exhaustive", bool(files), out.citations, Coverage(out.read, out.of), id, q.conversation, timings,
            stopped=out.stopped,
        )  # fmt: skip
        reply = Message("assistant", text, time.time(), "exhaustive", id, bool(files), out.citations)
        yield from self._store(q, _asked(q), reply)
        yield answer

    def _store(self, q: Question, *messages: Message) -> Iterator[Notice]:
        """Keep the turn, and say so when that is not possible; a conversation that was removed meanwhile is not brought
        back."""
        try:
            kept = self._chats.add(q.conversation, *messages)
        except errors.BadRequest:
            return
        if not kept:
            yield Notice(wording.not_kept(q.text))

    def _with_disagreement(self, answer: Answered, passages: Sequence[Passage], evidence: Evidence) -> Answered:
        """The answer, and what notes say differently about it when they do."""
        changed = self._passages.changed([p.path for p in passages])
        dated = {p.path: day for p in passages if (day := day_of(p, changed.get(p.path)))}
        claims = disagreement(passages, evidence, dated)
        if not claims:
            return answer
        said = [(c.written, c.dated, c.passage.n) for c in claims]
        text = f"{answer.text}\n\n{wording.disagree(evidence.question, said)}"
        cited = [cite(c.passage, c.start, c.end) for c in claims]
        known = {(c.n, c.quote) for c in answer.citations}
        new = tuple(c for c in cited if (c.n, c.quote) not in known)
        return replace(answer, text=text, citations=answer.citations + new)

    # ---- by the model

    def _taken(self, stop: threading.Event) -> Iterator[Notice]:
        """Take the turn: between loading a model and asking it nobody may load another. What is being loaded for
        somebody else meanwhile is told. Raises Cancelled, without the turn, when `stop` is set first."""
        told: int | None = None
        while not self._turn.acquire(timeout=LOOK_S):
            if stop.is_set():
                raise errors.Cancelled
            if (share := self._worker.share) is not None and share != told:
                told = share
                yield _loads(share)

    def _loading(self, target: Target, stop: threading.Event) -> Iterator[Notice]:
        if self._worker.loaded != target:
            yield Notice("Loading the language model…")
        loaded = False
        for share in self._worker.loading(target, self._options(), stop):
            loaded = True
            yield _loads(share)
        if loaded and self._worker.missing:
            yield Notice(f"The language model runs without some of its machines. {self._worker.missing}")
        if others := self._worker.leaves:
            yield Notice(f"What the language model computes of this question and its passages is sent to {others}.")

    def _failed(self, q: Question, asked: Message, problem: errors.ModelProblem) -> Iterator[AnswerEvent]:
        yield from self._store(q, asked, Message("assistant", str(problem), time.time()))
        yield Failed(problem.title, problem.advice)

    def _written(
        self, q: Question, passages: tuple[Passage, ...], doubtful: bool, timings: Timings, stop: threading.Event
    ) -> Generator[AnswerEvent, None, tuple[Answered, Prompted]]:
        assert q.model is not None
        id, path = _usable(q.model)
        yield from self._loading(path, stop)
        limit = min(ANSWER_TOKENS, self._worker.context // 4)
        ask = partial(prompt.messages, q.text, key=q.conversation, doubtful=doubtful)
        shown, turns = self._fitting(ask, passages, q.turns, self._worker.context - limit)
        # Turns that were left out before were told then.
        gone = (len(q.turns) - len(turns) - _first(q.turns)) // 2
        cut = any(len(p.text) < len(whole.text) for p, whole in zip(shown, passages, strict=False))
        if gone or cut or len(shown) < len(passages):
            yield Notice(wording.left_out(q.text, gone, len(passages) - len(shown), cut))
        text, finish = "", None
        held = True
        given = ask(shown, turns)
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
        if not text.strip() and not stop.is_set():
            raise errors.ModelProblem(f"{id} wrote no answer.", "Ask again, or choose another model.")
        answered = not text.strip().startswith(prompt.NOT_FOUND)
        checked = resolve(text.strip(), shown) if answered else Resolved(self._refusal(q, passages), (), ())
        if finish is not None:
            timings = replace(
                timings, first_token_ms=finish.first_token_ms, tokens_per_s=finish.tokens_per_s,
                prompt_tokens=finish.prompt_tokens, cached_tokens=finish.cached_tokens,
            )  # fmt: skip
        prompted = prompt.record(len(q.turns) - len(turns), passages, shown, text.strip(), checked.text, doubtful)
        answer = Answered(
            checked.text, "model", answered, checked.citations, None, id, q.conversation, timings,
            stopped=stop.is_set(), unsupported=checked.unsupported,
        )  # fmt: skip
        return answer, prompted

    def _refusal(self, q: Question, nearest: Sequence[Passage]) -> str:
        if not self._passages.file_count():
            return wording.nothing_indexed(q.text)
        within = q.reading.base.within
        limits = [PurePath(within).name] if within else []
        limits += [f.label for f in q.reading.filters if f.applied and f.only]
        return wording.not_found(q.text, bool(nearest), ", ".join(limits))

    def _fitting(
        self, ask: Ask, passages: Sequence[Passage], turns: tuple[Message, ...], room: int
    ) -> tuple[tuple[Passage, ...], tuple[Message, ...]]:
        """What fits into `room` tokens: the oldest turns go first, then the last passages, then the tail of the one
        that is left.

        Turns that were left out once stay out, and when some have to go, as many go as leave room for a while: each
        time the prompt begins elsewhere, nothing of it can be reused.
        """
        kept, turns = tuple(passages), turns[_first(turns) :]
        # A rough cut by the model-independent count first: asking the model for each try would be slow.
        while len(kept) > 1 and sum(tokens.count(p.text) for p in kept) > room:
            kept = kept[:-1]
        if self._worker.measure(ask(kept, turns)) > room:
            while turns and self._worker.measure(ask(kept, turns)) > room * ROOM_LEFT:
                turns = turns[2:]
        while self._worker.measure(ask(kept, turns)) > room:
            if len(kept) > 1:
                kept = kept[:-1]
            elif kept and len(kept[0].text) > SHORTEST_PASSAGE:
                kept = (replace(kept[0], text=kept[0].text[: len(kept[0].text) * 2 // 3]),)
            else:
                break
        return kept, turns


def _usable(model: tuple[str, Target | errors.ModelProblem]) -> tuple[str, Target]:
    """Raises the ModelProblem that stands in the model's place."""
    id, target = model
    if isinstance(target, errors.ModelProblem):
        raise target
    return id, target


def _loads(share: int) -> Notice:
    return Notice(f"Loading the language model: {share} %…")


def _put_away() -> errors.ModelProblem:
    return errors.ModelProblem(
        "Another choice of language model was made while this one was being loaded.", "Ask again."
    )


def _binding(reading: Reading) -> tuple[Filter, ...]:
    """Its filters where all of them limit what is counted or read, dates too."""
    return tuple(replace(f, only=True) for f in reading.filters)


def _asked(q: Question) -> Message:
    return Message("user", q.text, time.time(), meant=q.reading.text if q.reading.rewritten else "")


def _before(turns: Sequence[Message]) -> str:
    """The question before, as it was understood."""
    return next((m.meant or m.text for m in reversed(turns) if m.role == "user"), "")


def _first(turns: Sequence[Message]) -> int:
    """Where the prompt of the last written answer began."""
    return next((m.prompted.first for m in reversed(turns) if m.prompted), 0)

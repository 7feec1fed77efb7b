"""The verbs for questions: search and ask, one at a time or a file of them."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from core import errors, events, types
from core.cli import show
from core.cli.call import Call, Verbs, absolute, verb
from core.serve import wire

SHOWN_PASSAGES = 5


def add(verbs: Verbs) -> None:
    """Describe these verbs to the parser."""
    searching = verb(verbs, "search", search, "passages, best first")
    asking = verb(verbs, "ask", ask, "an answer with its sources")
    for parser in (searching, asking):
        either = parser.add_mutually_exclusive_group(required=True)
        either.add_argument("question", metavar="Q", nargs="?", help="the question")
        either.add_argument("--batch", metavar="FILE", help='a file of {"qid", "question"} lines instead')
        parser.add_argument("--in", dest="within", metavar="PATH", help="only files under this folder")
        parser.add_argument("--tag", metavar="T", help="only notes with this tag")
        parser.add_argument("--since", metavar="D", help='only notes from this day on: 2024-03-05, "last week", 지난주')
        parser.add_argument("--until", metavar="D", help="only notes up to this day")
    searching.add_argument("-k", type=_count, default=10, metavar="N", help="how many passages (10)")
    searching.add_argument("--explain", action="store_true", help="how each passage came to its place")
    asking.add_argument("--model", metavar="ID", help="the model that writes; none: quote the notes")
    asking.add_argument("--conversation", metavar="ID", help="go on with this conversation")


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1")
    return int(text)


def search(call: Call) -> int:
    args = call.args
    within = absolute(args.within) if args.within else None
    batch = _batch(call)
    engine = call.engine()
    if batch is None:
        result = engine.search(_search_body(args, args.question, within))
        if any(f.applied for f in result.filters) and not call.json:
            call.say(_filters(result.filters))
        for note in result.notes:
            call.tell(note)
        if call.json:
            show.lines(result.hits)
        elif not result.hits:
            call.tell("Nothing was found.")
        else:
            for hit in result.hits:
                call.say(_hit(hit, args.explain))
        return 0
    told: set[str] = set()
    for qid, question in batch:
        result = engine.search(_search_body(args, question, within))
        for note in result.notes:
            if note not in told:
                told.add(note)
                call.tell(note)
        if call.json:
            show.lines([{"qid": qid, "hits": result.hits}])
        else:
            call.say(show.bold(show.name(f"{qid}  {question}")))
            for hit in result.hits:
                call.say(_hit(hit, args.explain))
    return batch.code


def _search_body(args: argparse.Namespace, question: str, within: str | None) -> wire.SearchBody:
    return wire.SearchBody(question, args.k, within, True, args.tag, args.since, args.until)


def ask(call: Call) -> int:
    args = call.args
    within = absolute(args.within) if args.within else None
    batch = _batch(call)
    engine = call.engine()
    code = 0
    for qid, question in batch if batch is not None else [(None, args.question)]:
        body = wire.AskBody(
            question, within, args.model, args.conversation, qid, args.tag, args.since, args.until
        )  # fmt: skip
        if qid is not None:
            call.say(show.bold(show.name(f"{qid}  {question}")))
        printer = _Answer(call)
        for event in engine.ask(body):
            if call.json:
                show.lines([_event(event, qid)])
            printer.take(event)
        code = max(code, printer.code)
    return max(code, batch.code) if batch is not None else code


def _event(event: events.AnswerEvent, qid: str | None) -> dict[str, object]:
    """The event as a line: its name first, the question's id only in a batch."""
    row: dict[str, object] = msgspec.to_builtins(event)
    row.pop("qid")
    return {"event": row.pop("event")} | row | ({"qid": qid} if qid is not None else {})


class _Answer:
    """Prints an answer for a person as it comes. With `--json` only sentences, on standard error."""

    def __init__(self, call: Call) -> None:
        self.code = 0
        self._call = call
        self._passages: tuple[types.Passage, ...] = ()
        self._streamed = ""
        self._waiting = False
        """A line of progress is shown."""

    def take(self, event: events.AnswerEvent) -> None:
        """Print one event."""
        if self._waiting:
            self._waiting = False
            self._call.progress("")
        match event:
            case events.Understood():
                self._understood(event)
            case events.PassagesFound(passages=passages):
                self._found(passages)
            case events.Notice(text=text) if text.endswith(" %…"):
                self._waiting = True
                self._call.progress(text)
            case events.Notice(text=text):
                self._call.tell(text)
            case events.Token(text=text) if not self._call.json:
                self._streamed += text
                sys.stdout.write(show.words(text))
                sys.stdout.flush()
            case events.Failed(title=title, advice=advice):
                self.code = 1
                self._call.tell(f"moa: {errors.MoaError(title, advice)}")
            case events.Answered():
                self._answered(event)

    def _understood(self, event: events.Understood) -> None:
        if event.rewritten:
            self._call.say(show.dim(f"→ {event.question}"))
        if any(f.applied for f in event.filters):
            self._call.say(_filters(event.filters))

    def _found(self, passages: tuple[types.Passage, ...]) -> None:
        for p in passages[:SHOWN_PASSAGES]:
            self._call.say(show.dim(show.snippet(f"[{p.n}] {show.place(p.path, p.location)}", _columns())))
        if passages:
            self._call.say("")

    def _answered(self, answer: events.Answered) -> None:
        call = self._call
        if self._streamed.strip() != answer.text.strip():
            # Citations that stood for nothing were dropped from the final text.
            call.say(("\n\n" if self._streamed else "") + show.words(answer.text))
        else:
            call.say("")
        if answer.stopped:
            call.say(show.dim("(stopped)"))
        if answer.citations:
            call.say("")
        for c in answer.citations:
            doubt = "" if c.supported else "  (the passage may not say this)"
            call.say(f"[{c.n}] {show.place(c.path, c.location)}{doubt}")
        if answer.unsupported:
            call.say("\nNot borne out by the passages:")
        for sentence in answer.unsupported:
            call.say(f"  ? {sentence}")
        if answer.coverage:
            call.say(show.dim(f"Read {answer.coverage.read} of {answer.coverage.of} matching files."))
        call.say(show.dim(f"conversation {answer.conversation}"))


def _filters(filters: tuple[types.Filter, ...]) -> str:
    """The filters read out of a question, those that had to be given up left out."""
    said = [f"{'only' if f.only else 'first'} {f.label} ({f.phrase})" for f in filters if f.applied]
    return show.dim(", ".join(said))


def _hit(hit: types.Passage, explain: bool) -> str:
    columns = _columns()
    lines = [f"{hit.n:>3}  {show.bold(show.name(hit.title))}", f"     {show.dim(show.place(hit.path, hit.location))}"]
    lines.append(f"     {show.snippet(hit.text, 2 * columns - 10)}")
    lines += [f"     {show.dim(f'the same in {show.name(path)}')}" for path in hit.also]
    if explain:
        why = hit.why
        ranks = f"meaning {why.dense_rank or 'none'}, words {why.lexical_rank or 'none'}"
        known = {
            "": "", "question": "; named in the question",
            "counterpart": "; on the subject of the best, in another language",
        }  # fmt: skip
        named = known.get(why.via, f"; named in “{show.name(why.via)}”")
        again = "" if why.rerank is None else f", reranked {why.rerank:.3f}"
        weight = f"weight of meaning {why.dense_weight:.2f}"
        lines.append(show.dim(f"     score {hit.score:.4f}: rank by {ranks}{again}; {weight}{named}"))
    return "\n".join(lines) + "\n"


def _columns() -> int:
    return shutil.get_terminal_size().columns


class _Batch:
    """The questions of a file, one JSON object a line. A line that is none is reported and makes `code` 1."""

    def __init__(self, call: Call, path: Path) -> None:
        self.code = 0
        self._call = call
        self._path = path
        try:
            self._lines = path.read_bytes().splitlines()
        except OSError as e:
            raise errors.FileProblem(f"{path} could not be read ({e.strerror}).", "Check its name.") from e

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for number, line in enumerate(self._lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                qid, question = str(row["qid"]), row["question"]
            except (ValueError, KeyError, TypeError):
                question = ""
            if isinstance(question, str) and question.strip():
                yield qid, question
                continue
            self.code = 1
            self._call.tell(f'moa: {self._path}, line {number}: not {{"qid": ..., "question": ...}}; it was left out.')


def _batch(call: Call) -> _Batch | None:
    """The questions of `--batch`, or None where a single one was asked."""
    return None if call.args.batch is None else _Batch(call, Path(call.args.batch).expanduser())

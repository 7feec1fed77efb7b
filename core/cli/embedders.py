"""The verbs for embedding models: embedders list, add, remove, cost, use, cancel."""

from __future__ import annotations

import sys
import time

from core import types
from core.cli import show
from core.cli.call import Call, Verbs, absolute, group, verb
from core.cli.models import LOOK_S


def add(verbs: Verbs) -> None:
    """Describe these verbs to the parser."""
    inner = group(verbs, "embedders", "the embedding models that search by meaning")
    verb(inner, "list", list_embedders, "the embedding models on this machine")
    verb(inner, "add", add_embedder, "take a model up: a folder of sentence-transformers, or a GGUF file", ["path"])
    verb(inner, "remove", remove, "forget a model that was added, and its vectors; its files stay", ["id"])
    verb(inner, "cost", cost, "what changing to a model would take, measured on your own passages", ["id"])
    using = verb(inner, "use", use, "change to a model; search goes on with the old one until it is ready", ["id"])
    using.add_argument("--yes", action="store_true", help="do not ask; needed where nobody can answer")
    using.add_argument("--wait", action="store_true", help="return when it serves")
    verb(inner, "cancel", cancel, "stay with the model that serves")


def list_embedders(call: Call) -> int:
    _print(call, call.engine().embedders.list())
    return 0


def add_embedder(call: Call) -> int:
    row = call.engine().embedders.add(absolute(call.args.path))
    if call.json:
        show.lines([row])
    call.say(f"{row.id} is here. `moa embedders cost {row.id}` says what changing to it would take.")
    return 0


def remove(call: Call) -> int:
    call.engine().embedders.remove(call.args.id)
    if call.json:
        show.lines([{"id": call.args.id, "removed": True}])
    call.say(f"{call.args.id} is removed.")
    return 0


def cost(call: Call) -> int:
    engine = call.engine()
    call.progress("Trying it on some of your passages…")
    _tell_cost(call, engine.embedders.cost(call.args.id))
    return 0


def use(call: Call) -> int:
    engine, id = call.engine(), call.args.id
    if not call.args.yes:
        call.progress("Trying it on some of your passages…")
        found = engine.embedders.cost(id)
        _tell_cost(call, found)
        if found.passages and not _agreed(call):
            return 1
    engine.embedders.use(id)
    change = _wait(call) if call.args.wait else engine.connect().next_embedder
    if call.json:
        show.lines(r for r in engine.embedders.list() if r.serving or r.next)
    if change is None:
        call.say(f"{id} serves.")
    elif change.state == "failed":
        call.tell(change.detail)
        return 1
    else:
        call.say(f"{id} is being prepared; `moa status` tells how far it is, `moa embedders cancel` gives it up.")
    return 0


def cancel(call: Call) -> int:
    engine = call.engine()
    engine.embedders.cancel()
    rows = [r for r in engine.embedders.list() if r.serving]
    if call.json:
        show.lines(rows)
    call.say(f"{rows[0].id} goes on. What was prepared is kept, should you change your mind.")
    return 0


def _agreed(call: Call) -> bool:
    if call.json or not sys.stdin.isatty():
        call.tell("Nothing was changed. With --yes it is begun.")
        return False
    sys.stderr.write("Change to it? [y/N] ")
    sys.stderr.flush()
    agreed = sys.stdin.readline().strip().lower() in ("y", "yes", "예", "네", "ㅛ")
    if not agreed:
        call.tell("Nothing was changed.")
    return agreed


def _wait(call: Call) -> types.EmbedderChange | None:
    """Until the change is done or stands still; returns what is left of it."""
    engine = call.engine()
    while (change := engine.connect().next_embedder) and change.state != "failed":
        call.progress(progress(change))
        time.sleep(LOOK_S)  # the engine is asked how far it is, as a person would look
    call.progress("")
    return change


def progress(change: types.EmbedderChange) -> str:
    """How far a change is, in words."""
    if change.state == "failed":
        return change.detail
    left = f", about {_duration(change.eta_s)} left" if change.eta_s else ""
    return f"{change.done:,} of {change.total:,} passages{left}" if change.total else "being opened"


def _tell_cost(call: Call, found: types.EmbedderCost) -> None:
    call.progress("")
    if call.json:
        show.lines([found])
    call.say(show.bold(f"{found.id}: {found.dim} dimensions, reads {found.limit:,} tokens at once"))
    if not found.passages:
        call.say("  All your passages have its vectors: it serves at once.")
    else:
        takes = f"about {_duration(found.seconds)} ({found.rate:,.1f} a second)"
        known = f", {found.known:,} are done" if found.known else ""
        call.say(f"  {found.passages:,} passages to learn{known}: {takes}, {show.size(found.bytes)} on disk")
        call.say("  Search goes on as it is until then; new notes are found at once.")
    if found.longer:
        call.say(f"  {found.longer:.0%} of your passages are longer than it reads at once; it learns them in parts.")
    names = [name for name, serves in (("Korean", found.korean), ("English", found.english)) if not serves]
    if names:
        call.say(f"  It does not serve {' or '.join(names)}: questions in it would be searched by their words only.")
    if found.bytes > found.free:
        call.say(f"  Only {show.size(found.free)} are free on the disk.")


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _print(call: Call, rows: tuple[types.EmbedderRow, ...]) -> None:
    def cells(r: types.EmbedderRow) -> tuple[str, ...]:
        state = "serves" if r.serving else "is prepared" if r.next else ""
        size = show.size(r.size) if r.size else ""
        return (state, r.id, str(r.dim or ""), str(r.limit or ""), size, " ".join(r.languages), r.problem or r.path)

    call.rows(rows, ("", "ID", "DIMENSIONS", "TOKENS", "SIZE", "LANGUAGES", "WHERE"), cells, "No embedding models.")

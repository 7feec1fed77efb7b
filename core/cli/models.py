"""The verbs for language models: models list, add, use, remove, fit."""

from __future__ import annotations

import getpass
import sys
import time
from pathlib import Path

from core import types
from core.cli import show
from core.cli.call import Call, Verbs, absolute, group, verb

LOOK_S = 0.25


def add(verbs: Verbs) -> None:
    """Describe these verbs to the parser."""
    inner = group(verbs, "models", "the language models that write answers")
    verb(inner, "list", list_models, "the models you have")
    adding = verb(inner, "add", add_model, "take a GGUF file into use", ["file"])
    adding.add_argument("--copy", action="store_true", help="keep a copy of it; without, it is used where it lies")
    verb(inner, "offers", list_offers, "the models that can be downloaded")
    getting = verb(inner, "get", get, "download a model: an offer, or the address of a GGUF file")
    getting.add_argument("what", metavar="ID|URL")
    getting.add_argument("--sha256", default="", help="what the file's SHA-256 must be")
    verb(inner, "downloads", list_downloads, "the downloads under way, paused or failed")
    verb(inner, "cancel", cancel, "give a download up and delete what is here of it", ["id"])
    connecting = verb(inner, "connect", connect, "let a model on a server write the answers", ["url"])
    connecting.add_argument("--model", default="", help="which of its models; not needed where it has one")
    connecting.add_argument("--context", type=int, default=0, metavar="TOKENS", help="where the server does not tell")
    connecting.add_argument("--key", action="store_true", help="ask for the server's key, or read it from a pipe")
    adapting = verb(inner, "adapt", adapt, "use a model with a LoRA adapter; none: without any", ["id", "file"])
    adapting.add_argument("--scale", type=float, default=1.0, help="its strength; 1 is all of it")
    verb(inner, "use", use, "choose the model that writes answers; none: quote the notes", ["id"])
    verb(inner, "remove", remove, "forget a model", ["id"])
    verb(inner, "fit", fit, "how a model would be loaded here, without loading it", ["id"])


def list_models(call: Call) -> int:
    _print(call, call.engine().models.list())
    return 0


def add_model(call: Call) -> int:
    _print(call, (call.engine().models.add(absolute(call.args.file), call.args.copy),))
    return 0


def connect(call: Call) -> int:
    from core.serve import wire

    key = ""
    if call.args.key:
        key = (getpass.getpass("Key: ") if sys.stdin.isatty() else sys.stdin.readline()).strip()
    row = call.engine().models.connect(wire.ConnectBody(call.args.url, call.args.model, key, call.args.context))
    if call.json:
        show.lines([row])
    call.say(f"{row.id} is connected. `moa models use {row.id}` lets it write the answers.")
    if row.remote:
        call.tell(f"It does not run on this machine: questions and passages of your notes go to {row.remote}.")
    return 0


def adapt(call: Call) -> int:
    file = call.args.file if call.args.file == "none" else absolute(call.args.file)
    row = call.engine().models.adapt(call.args.id, file, call.args.scale)
    if call.json:
        show.lines([row])
    call.say(f"{row.id} is used with {', '.join(row.adapters) or 'no adapter'} from its next start on.")
    return 0


def list_offers(call: Call) -> int:
    def cells(o: types.Offer) -> tuple[str, ...]:
        state = "here" if o.here else ("" if o.fits else f"needs {show.size(o.memory_mb << 20)} of memory")
        return (o.id, "ko" if o.korean else "", show.size(o.size), o.licence, state, o.good_at)

    head = ("ID", "KOREAN", "SIZE", "LICENCE", "", "GOOD AT")
    call.rows(call.engine().models.offers(), head, cells, "No models are offered.")
    return 0


def get(call: Call) -> int:
    models = call.engine().models
    row = models.get(call.args.what, call.args.sha256.strip().lower())
    try:
        while row.state in ("running", "checking"):
            call.progress(_progress(row))
            time.sleep(LOOK_S)  # the engine is asked how far it is, as a person would look
            rows = {r.id: r for r in models.downloads()}
            if row.id not in rows:  # another window or `moa models cancel`
                call.progress("")
                call.tell(f"{row.id} was given up meanwhile.")
                return 1
            row = rows[row.id]
    except KeyboardInterrupt:
        models.pause_download(row.id)
        call.progress("")
        call.tell(f"Paused. `moa models get {row.id}` goes on.")
        return 130
    call.progress("")
    if call.json:
        show.lines([row])
    if row.state != "done":
        call.tell(row.detail)
        return 1
    call.say(f"{row.model} is here. `moa models use {row.model}` lets it write the answers.")
    return 0


def list_downloads(call: Call) -> int:
    def cells(r: types.DownloadRow) -> tuple[str, ...]:
        return (r.id, r.state, _progress(r), r.detail)

    call.rows(call.engine().models.downloads(), ("ID", "STATE", "RECEIVED", ""), cells, "No downloads.")
    return 0


def cancel(call: Call) -> int:
    call.engine().models.drop_download(call.args.id)
    if call.json:
        show.lines([{"id": call.args.id, "removed": True}])
    call.say(f"{call.args.id} is given up.")
    return 0


def _progress(row: types.DownloadRow) -> str:
    whole = f" of {show.size(row.size)}" if row.size else ""
    rate = f", {show.size(int(row.rate))}/s" if row.rate else ""
    return f"{show.size(row.received)}{whole}{rate}"


def use(call: Call) -> int:
    engine = call.engine()
    engine.models.use(call.args.id)
    if call.json:
        show.lines([m for m in engine.models.list() if m.active])
    none = call.args.id == "none"
    call.say("Answers quote your notes now." if none else f"{call.args.id} writes the answers now.")
    return 0


def remove(call: Call) -> int:
    call.engine().models.remove(call.args.id)
    if call.json:
        show.lines([{"id": call.args.id, "removed": True}])
    call.say(f"{call.args.id} is removed.")
    return 0


def fit(call: Call) -> int:
    found = call.engine().models.fit(call.args.id)
    if call.json:
        show.lines([found])
        return 0
    need = found.need_mb
    call.say(f"{found.id} {'fits' if found.fits else 'does not fit'}: {found.why}")
    where = "there" if found.machines else "on the graphics card"
    call.say(f"  device    {found.device}, {found.gpu_layers} of {found.layers} layers {where}")
    call.say(f"  context   {found.context:,} tokens, {found.kv_type}")
    call.say(f"  needs     weights {need.weights:,} MB, context {need.kv:,} MB, work {need.compute:,} MB")
    call.say(f"  free      {found.free_mb:,} MB")
    if found.machines:
        call.tell(f"Parts of the model and of what it reads go to {', '.join(found.machines)}.")
    return 0


def _print(call: Call, rows: tuple[types.ModelRow, ...]) -> None:
    def cells(m: types.ModelRow) -> tuple[str, ...]:
        facts = (m.architecture, m.quantization, f"{m.context:,}", show.size(m.size) if m.size else "")
        place = f"leaves this machine: {m.remote}" if m.remote else Path(m.path).name
        return ("*" if m.active else "", m.id, *facts, m.problem or place)

    head = ("", "ID", "KIND", "QUANTIZATION", "CONTEXT", "SIZE", "FILE")
    call.rows(rows, head, cells, "No models yet: answers quote your notes. `moa models add FILE.gguf` adds one.")

"""The verbs for language models: models list, add, use, remove, fit."""

from __future__ import annotations

from pathlib import Path

from core import types
from core.cli import show
from core.cli.call import Call, Verbs, absolute, group, verb


def add(verbs: Verbs) -> None:
    """Describe these verbs to the parser."""
    inner = group(verbs, "models", "the language models that write answers")
    verb(inner, "list", list_models, "the models you have")
    verb(inner, "add", add_model, "take a GGUF file into use", ["file"])
    verb(inner, "use", use, "choose the model that writes answers; none: quote the notes", ["id"])
    verb(inner, "remove", remove, "forget a model", ["id"])
    verb(inner, "fit", fit, "how a model would be loaded here, without loading it", ["id"])


def list_models(call: Call) -> int:
    _print(call, call.engine().models.list())
    return 0


def add_model(call: Call) -> int:
    _print(call, (call.engine().models.add(absolute(call.args.file)),))
    return 0


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
    call.say(f"  device    {found.device}, {found.gpu_layers} of {found.layers} layers on the graphics card")
    call.say(f"  context   {found.context:,} tokens, {found.kv_type}")
    call.say(f"  needs     weights {need.weights:,} MB, context {need.kv:,} MB, work {need.compute:,} MB")
    call.say(f"  free      {found.free_mb:,} MB")
    return 0


def _print(call: Call, rows: tuple[types.ModelRow, ...]) -> None:
    def cells(m: types.ModelRow) -> tuple[str, ...]:
        facts = (m.architecture, m.quantization, f"{m.context:,}", show.size(m.size))
        return ("*" if m.active else "", m.id, *facts, m.problem or Path(m.path).name)

    head = ("", "ID", "KIND", "QUANTIZATION", "CONTEXT", "SIZE", "FILE")
    call.rows(rows, head, cells, "No models yet: answers quote your notes. `moa models add FILE.gguf` adds one.")

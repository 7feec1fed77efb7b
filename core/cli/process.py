"""The verbs for the engine itself: start, stop, status, serve, doctor."""

from __future__ import annotations

from core import errors, types
from core.cli import show
from core.cli.call import Call, Verbs, verb
from core.cli.embedders import progress


def add(verbs: Verbs) -> None:
    """Describe these verbs to the parser."""
    verb(verbs, "start", start, "start the engine in the background")
    verb(verbs, "stop", stop, "end the engine")
    verb(verbs, "status", status, "what the engine is doing; starts none")
    verb(verbs, "serve", serve, "run the engine in the foreground, until Ctrl+C")
    verb(verbs, "doctor", doctor, "check the installation and say how to mend what is wrong")


def start(call: Call) -> int:
    return _print(call, call.client().connect())


def stop(call: Call) -> int:
    stopped = call.client().stop()
    if call.json:
        show.lines([types.Status(running=False)])
    call.say("Moa has stopped." if stopped else "Moa was not running.")
    return 0


def status(call: Call) -> int:
    return _print(call, call.client().find() or types.Status(running=False))


def serve(call: Call) -> int:
    from core.serve import host
    from core.serve.lock import HELD

    call.tell(f"The engine of {call.data.root} runs until Ctrl+C; what happens is written to {call.data.logs}.")
    code = host.main(["--data", str(call.data.root)])
    if code == HELD:
        raise errors.DataFolderInUse(
            f"Another engine is running for {call.data.root}.", "Use it, or end it with `moa stop`."
        )
    return code


def doctor(call: Call) -> int:
    try:
        checks = call.engine().doctor()
    except errors.SetupProblem as e:
        checks = (types.Check("engine", False, e.title, e.advice),)
    if call.json:
        show.lines(checks)
    for check in checks:
        mark = show.good("✓") if check.ok else show.bad("✗")
        call.say(f"{mark} {check.check}: {check.detail}" + (f"\n  → {check.fix}" if check.fix else ""))
    return 0 if all(check.ok for check in checks) else 1


def _print(call: Call, status: types.Status) -> int:
    if call.json:
        show.lines([status])
    elif not status.running:
        call.say("Moa is not running. `moa start` starts it; so does every verb that needs it.")
    else:
        call.say(show.bold(f"Moa is running (process {status.pid}, version {status.version})."))
        lines = _lines(status)
        for name, value in lines:
            call.say(f"  {name:<10}{value}")
        for note in status.notes:
            call.say(f"  ! {show.name(note)}")
    return 0


def _lines(status: types.Status) -> list[tuple[str, str]]:
    files = ", ".join(f"{n:,} {state}" for state, n in status.files.items() if n) or "none yet"
    pending = f"{status.pending:,}" + (f", about {status.eta_s:.0f} s left" if status.eta_s else "")
    if status.files_per_s or status.chunks_per_s:
        pending += f" ({status.files_per_s or 0:,.1f} files and {status.chunks_per_s or 0:,.1f} passages a second)"
    lines = [
        ("folders", str(status.folders)),
        ("files", files),
        ("passages", f"{status.chunks:,}"),
        ("pending", pending),
    ]
    if status.progress.stage not in ("", "preparing"):  # the next embedder has a line of its own
        lines.append((status.progress.stage, f"{status.progress.done:,} of {status.progress.total:,}"))
    if e := status.embedder:
        lines.append(
            ("embedder", f"{e.id} ({e.dim} dimensions, {e.device}), {e.state}" + (f": {e.detail}" if e.detail else ""))
        )
    if change := status.next_embedder:
        lines.append(("next", f"{change.id or change.choice or 'the built-in embedder'}, {progress(change)}"))
    if m := status.model:
        share = f" {m.loaded} %" if m.loaded is not None else ""
        lines.append(("model", f"{m.id} ({m.device}), {m.state}{share}" + (f": {m.detail}" if m.detail else "")))
    else:
        lines.append(("model", "none: answers quote your notes"))
    lines.append(("memory", f"engine {status.rss_mb.engine:,} MB, model {status.rss_mb.model:,} MB"))
    return lines

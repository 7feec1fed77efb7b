"""`moa doctor`: is everything that Moa rests on in order, and what to do where it is not.

Looks, never mends.
"""

from __future__ import annotations

import shutil

from core import errors
from core.engine import Engine
from core.index.reading.sandbox import protection
from core.index.recognising.recogniser import Recogniser
from core.models.machine.backends import advised_here
from core.store.scans import Scans
from core.types import Check, EmbedderChange

LITTLE_SPACE = 1024**3
GOOD_RECALL = 0.9


def examine(engine: Engine) -> tuple[Check, ...]:
    """One line a thing, in the order in which one failing explains the next."""
    status = engine.status()
    data = engine.data
    free = shutil.disk_usage(data.root).free
    embedder = status.embedder
    rows = engine.models.rows()
    broken = [m for m in rows if m.problem]
    lost = [f for f in engine.library.folders() if f.state == "unavailable"]
    failed = status.files.get("failed", 0)
    return (
        _data_folder(engine),
        Check(
            "disk space", free > LITTLE_SPACE, f"{free // 2**20:,} MiB free",
            "" if free > LITTLE_SPACE else "Free some.",
        ),
        _intact(engine),
        _vector_index(engine),
        Check(
            "embedding model", embedder is not None and embedder.state != "failed",
            f"{embedder.id}, {embedder.state}, on {embedder.device}" if embedder else "none",
            embedder.detail if embedder and embedder.state == "failed" else "",
        ),
        *_change(status.next_embedder),
        Check(
            "language model", not broken,
            "; ".join(m.problem for m in broken) or (status.model.id if status.model else "none chosen: quotes only"),
            "Add the file again, or `moa models remove` it." if broken else "",
        ),
        _acceleration(engine),
        *_machines(engine),
        Check(
            "folders", not lost, ", ".join(f.path for f in lost) or f"{status.folders} watched",
            "Connect the disk they lie on, or `moa folders remove` them." if lost else "",
        ),
        Check(
            "files", not failed, f"{failed} could not be read" if failed else "all read or skipped with a reason",
            "See `moa files --state failed`." if failed else "",
        ),
        Check("readers", True, protection()),
        _recognition(engine),
        Check("network", True, "the engine listens on a socket of this machine that only you may open"),
    )  # fmt: skip


def _data_folder(engine: Engine) -> Check:
    root = engine.data.root
    if engine.data.frozen:
        fix = "Free some space, or give yourself the right to write there; then stop and start Moa."
        return Check("data folder", False, engine.parts.frozen_why, fix)
    mode = root.stat().st_mode & 0o077
    return Check("data folder", not mode, str(root), f"Close it to others: chmod 700 {root}" if mode else "")


def _recognition(engine: Engine) -> Check:
    """Whether text in pictures can be read, where a person wants it to be, and how far it is."""
    on = [f.path for f in engine.library.folders() if f.ocr]
    recogniser = Recogniser()
    recogniser.look()
    missing, recipe = recogniser.problem, recogniser.recipe
    languages = recipe.partition("/")[2].replace("+", ", ")
    said = [missing or f"Tesseract reads {languages}"]
    if on:
        scans = Scans(engine.parts.catalogue.database)
        said += [f"on for {', '.join(on)}", f"{scans.count_known(recipe):,} pages recognised"]
        said += [f"{scans.count_due(recipe):,} waiting"]
    else:
        said += ["on for no folder"]
    if missing and on:
        return Check("text recognition", False, "; ".join(said[1:]), missing)
    return Check("text recognition", True, "; ".join(said))


def _change(change: EmbedderChange | None) -> tuple[Check, ...]:
    """The embedding model that is being prepared, when one is."""
    if change is None:
        return ()
    name, failed = change.id or change.choice or "the one that comes with Moa", change.state == "failed"
    how = change.detail if failed else f"{change.done:,} of {change.total:,} passages have its vectors"
    fix = "`moa embedders cancel` stays with the one that serves; `moa embedders use` tries again." if failed else ""
    return (Check("next embedding model", not failed, f"{name}: {how}", fix),)


def _acceleration(engine: Engine) -> Check:
    """What the language model computes on, and what would be faster."""
    try:
        devices = [d for d in engine.parts.worker.devices(engine.parts.load_options()) if not d.remote]
    except errors.MoaError as problem:
        return Check("acceleration", False, problem.title, "Install again: python3 installers/bootstrap.py run")
    if devices:
        return Check("acceleration", True, ", ".join(f"{d.title or d.name} ({d.total >> 20:,} MiB)" for d in devices))
    best = advised_here()
    fix = "" if best == "cpu" else f"A graphics card is here and not used. Run: python3 installers/backend.py {best}"
    return Check("acceleration", not fix, "language models run on the processor", fix)


def _machines(engine: Engine) -> tuple[Check, ...]:
    """The other machines that carry part of the language model, when there are any in the settings."""
    wanted, worker = engine.parts.settings.machines, engine.parts.worker
    if not wanted:
        return ()
    try:
        devices = [d for d in worker.devices(engine.parts.load_options()) if d.remote]
    except errors.MoaError as problem:
        return (Check("other machines", False, problem.title, problem.advice),)
    said = [f"{d.title} ({d.total >> 20:,} MiB)" for d in devices] + ([worker.missing] if worker.missing else [])
    fix = "Start llama.cpp's RPC server there, or take them out of `machines` in settings.toml."
    return (Check("other machines", not worker.missing, "; ".join(said), fix if worker.missing else ""),)


def _vector_index(engine: Engine) -> Check:
    """Approximate search is measured against exact search, on vectors of the library's own."""
    chroma, exact = engine.parts.chroma, engine.parts.exact
    if chroma.broken:
        return Check("vector index", False, chroma.broken, "Stop and start Moa: it is made anew.")
    if not chroma.ready:
        until = " until the index is made" if chroma.wanted(len(exact)) else ""
        return Check("vector index", True, f"{len(exact):,} vectors, searched exactly{until}")
    recall = chroma.recall(exact)
    if recall is None:
        return Check("vector index", True, f"{len(exact):,} vectors")
    fix = f"Stop Moa and delete {engine.data.chroma}: it is made anew at the next start, without embedding anything."
    said = f"{len(exact):,} vectors; the approximate search finds {recall:.1%} of the ten nearest"
    return Check("vector index", recall >= GOOD_RECALL, said, "" if recall >= GOOD_RECALL else fix)


def _intact(engine: Engine) -> Check:
    try:
        said = str(engine.parts.catalogue.database.read("PRAGMA quick_check(1)")[0][0])
    except errors.SetupProblem as problem:
        said = problem.title
    fix = f"Stop Moa and move {engine.data.library} away; your files are read again."
    return Check("library", said == "ok", said, "" if said == "ok" else fix)

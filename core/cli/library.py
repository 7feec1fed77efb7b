"""The verbs for what is indexed: folders, import, index, files, read."""

from __future__ import annotations

import dataclasses
import getpass
import sys
import threading
from contextlib import suppress
from pathlib import Path

from core import errors, events, types
from core.cli import show
from core.cli.call import Call, Verbs, absolute, group, verb

STATES = ("indexed", "waiting", "failed", "skipped", "unavailable")


def add(verbs: Verbs) -> None:
    """Describe these verbs to the parser."""
    inner = group(verbs, "folders", "the folders Moa watches")
    verb(inner, "add", add_folder, "watch a folder", ["path"])
    verb(inner, "list", list_folders, "the watched folders")
    verb(inner, "remove", remove_folder, "stop watching a folder; its files stay where they are", ["path"])
    setting = verb(inner, "set", set_folder, "how the files of a folder are read", ["path"])
    setting.add_argument("--ocr", choices=("on", "off"), help="recognise text in pictures and scans (needs Tesseract)")
    setting.add_argument("--encoding", metavar="NAME", help="what its plain text is in, as cp949 or shift_jis; or auto")
    verb(inner, "accept", accept_loss, "what is gone from a folder is gone for good", ["path"])
    importing = verb(verbs, "import", import_files, "copy files into the library's own folder and index them")
    importing.add_argument("files", metavar="FILE", nargs="+")
    indexing = verb(verbs, "index", index, "compare every folder with the catalogue now")
    indexing.add_argument("--wait", action="store_true", help="return when nothing is pending")
    verb(verbs, "pause", pause, "index nothing more, also after the next start, until `moa resume`")
    verb(verbs, "resume", resume, "go on indexing")
    listing = verb(verbs, "files", files, "what is known of each file")
    listing.add_argument("--state", choices=STATES, help="only files in this state")
    inner = listing.add_subparsers(title="or do something with them", metavar="WHAT")
    again = verb(inner, "retry", retry, "read files again though nothing about them changed")
    again.add_argument("paths", metavar="PATH", nargs="*", help="a file or folder; none: everything that failed")
    again.add_argument("--state", choices=("failed", "skipped", "indexed"), help="only files in this state")
    opening = verb(inner, "unlock", unlock, "read a locked file with its password, which is not stored", ["path"])
    opening.add_argument("--password", metavar="P", help="seen by other users of this computer; else it is asked for")
    reading = verb(verbs, "read", read, "what the readers see in one file; needs no engine", ["file"])
    reading.add_argument("--password", metavar="P", help="opens a protected document")


def add_folder(call: Call) -> int:
    _folders(call, (call.engine().add_folder(absolute(call.args.path)),))
    return 0


def list_folders(call: Call) -> int:
    _folders(call, call.engine().folders())
    return 0


def remove_folder(call: Call) -> int:
    path = absolute(call.args.path)
    call.engine().remove_folder(path)
    if call.json:
        show.lines([{"path": path, "removed": True}])
    call.say(f"{show.name(path)} is no longer watched.")
    return 0


def set_folder(call: Call) -> int:
    from core.serve.wire import FolderOptionsBody

    ocr = None if call.args.ocr is None else call.args.ocr == "on"
    if ocr is None and call.args.encoding is None:
        raise errors.BadRequest("Nothing was said to change.", "Name an option: --ocr on, --encoding NAME.")
    body = FolderOptionsBody(absolute(call.args.path), ocr, call.args.encoding)
    _folders(call, (call.engine().library.set_folder_options(body),))
    return 0


def accept_loss(call: Call) -> int:
    path = absolute(call.args.path)
    call.engine().library.accept_loss(path)
    if call.json:
        show.lines([{"path": path, "accepted": True}])
    call.say(f"What is gone from {path} is forgotten.")
    return 0


def import_files(call: Call) -> int:
    _files(call, call.engine().import_files([absolute(f) for f in call.args.files]), "Nothing was imported.")
    return 0


def pause(call: Call) -> int:
    call.engine().pause(True)
    if call.json:
        show.lines([{"paused": True}])
    call.say("Indexing is paused; search answers from what is there. `moa resume` goes on.")
    return 0


def resume(call: Call) -> int:
    call.engine().pause(False)
    if call.json:
        show.lines([{"paused": False}])
    call.say("Indexing goes on.")
    return 0


def index(call: Call) -> int:
    engine = call.engine()
    if call.args.wait and sys.stderr.isatty():
        threading.Thread(target=_follow, args=(call,), daemon=True).start()
    report = engine.index(call.args.wait)
    if sys.stderr.isatty():
        sys.stderr.write("\x1b[K")
    if call.json:
        show.lines([report])
        return 0
    if not call.args.wait:
        call.say("Moa is comparing your folders with the catalogue. `moa status` shows how far it is.")
        return 0
    counts = dataclasses.asdict(report)
    seconds = counts.pop("seconds")
    changes = ", ".join(f"{n:,} {name}" for name, n in counts.items() if n) or "nothing has changed"
    call.say(f"Up to date after {seconds:.1f} s: {changes}.")
    return 0


def _follow(call: Call) -> None:
    """One line of progress on the terminal, written over, while another thread waits for the end."""
    with suppress(errors.MoaError, OSError):
        for event in call.engine().events():
            if isinstance(event, events.StatusChanged) and event.status.progress.stage:
                p = event.status.progress
                sys.stderr.write(f"\r\x1b[K{p.stage} {p.done:,} of {p.total:,}  {show.snippet(p.path, 60)}\r")
                sys.stderr.flush()


def files(call: Call) -> int:
    _files(call, call.engine().files(call.args.state), "No files yet. `moa folders add PATH` watches a folder.")
    return 0


def retry(call: Call) -> int:
    rows = call.engine().library.retry([absolute(p) for p in call.args.paths], call.args.state)
    _files(call, rows, "There is nothing to read again.")
    return 0


def unlock(call: Call) -> int:
    password = call.args.password
    if password is None:
        password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    _files(call, (call.engine().library.unlock(absolute(call.args.path), password),), "")
    return 0


def read(call: Call) -> int:
    from core.index.reading.readers import Readers

    path = Path(absolute(call.args.file))
    if not path.is_file():
        raise errors.FileProblem(f"{path} is not a file.", "Check its name.")
    readers = Readers()
    try:
        document = readers.read(path, call.args.password).document
    finally:
        readers.close()
    if call.json:
        shown = ("outcome", "reason", "kind", "title", "text", "pages", "warnings")
        show.lines([{name: getattr(document, name) for name in shown} | {"title": document.title or path.stem}])
        return 0
    for warning in document.warnings:
        call.tell(warning)
    if document.outcome != "ok":
        call.tell(f"{document.outcome}: {document.reason}")
    call.say(show.words(document.text))
    return 0


def _folders(call: Call, rows: tuple[types.FolderRow, ...]) -> None:
    def cells(f: types.FolderRow) -> tuple[str, ...]:
        options = ", ".join(filter(None, ("text recognition" if f.ocr else "", f.encoding)))
        return (f.state, f"{f.files:,}", f.path + (f"  ({options})" if options else ""))

    call.rows(rows, ("STATE", "FILES", "FOLDER"), cells, "No folders yet. `moa folders add PATH` watches one.")


def _files(call: Call, rows: tuple[types.FileRow, ...], empty: str) -> None:
    def cells(f: types.FileRow) -> tuple[str, ...]:
        return (f.state, show.size(f.size), str(f.chunks), f.path + (f"  ({f.reason})" if f.reason else ""))

    call.rows(rows, ("STATE", "SIZE", "PASSAGES", "FILE"), cells, empty)

"""The parser of `moa`, and what becomes of an error. Knows no verb's work."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence

from core import __version__, errors
from core.cli import chats, embedders, learning, library, models, process, questions, show
from core.cli.call import Call
from core.paths import DataFolder, data_folder

EPILOG = """\
moa alone opens the window; moa quick shows the small window for a quick question.
Exit codes: 0 done, 1 it could not be done (one sentence says why), 2 wrong use.
"""


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="moa",
        description="A searchable memory of your folders, on your own machine, that answers with its sources.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--data", metavar="DIR", help="the data folder; else MOA_DATA, else the platform's own place")
    top.add_argument("--json", action="store_true", help="one JSON object a line on standard output")
    top.add_argument("--version", action="version", version=f"moa {__version__}")
    verbs = top.add_subparsers(title="verbs", metavar="VERB", required=True)
    for group in (process, library, questions, models, embedders, chats, learning):
        group.add(verbs)
    return top


def main(argv: Sequence[str]) -> int:
    """Do what `argv` (without the program's name) says; returns the exit code. Never shows a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Whatever the locale says; and an odd byte of a file name becomes \udcXX, which in JSON is an escape.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        args = parser().parse_args(argv)
    except SystemExit as e:
        return e.code if isinstance(e.code, int) else 2
    data = DataFolder(data_folder(args.data, os.environ))
    try:
        code: int = args.run(Call(args, data, args.json))
        sys.stdout.flush()
        return code
    except errors.MoaError as e:
        sys.stderr.write(f"moa: {show.name(str(e))}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return _reader_left()
    except Exception as e:
        return _mistake(e, data)


def _reader_left() -> int:
    """Quiet when `head` or a pager has read enough; the descriptor is replaced so that the exit flush is quiet too."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return 1


def _mistake(error: Exception, data: DataFolder) -> int:
    """Our own bug: one sentence for the person, the traceback for the log."""
    import traceback

    log = data.logs / "command.log"
    try:
        data.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        log.write_text("".join(traceback.format_exception(error)), encoding="utf-8", errors="backslashreplace")
        where = f"Details are in {log}."
    except OSError:
        where = f"Details could not be written to {log}."
    sys.stderr.write(f"moa: This command made a mistake ({type(error).__name__}: {show.name(str(error))}). {where}\n")
    return 1

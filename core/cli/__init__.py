"""The command line: `moa VERB`, a client of the wire like the window.

    program.py      the parser, and what becomes of an error
    call.py         what every verb is given: its arguments, the engine, where to print
    show.py         values as JSON lines, tables and colour
    process.py      start, stop, status, serve, doctor
    library.py      folders, import, index, files, read
    questions.py    search, ask
    models.py       models
    chats.py        chats
    learning.py     selftest

Each group has `add(verbs)`, which describes its verbs to the parser; a verb is a function from a `Call`
to an exit code. With `--json` standard output holds one JSON object a line and nothing else; sentences for
people go to standard error. Exit codes: 0 done, 1 it could not be done, 2 wrong use, 130 interrupted.

Names and texts from files are shown so that they cannot drive the terminal or forge a line (show.py); JSON has them
exactly as they are, an odd byte of a name as `\\udcXX`.

argparse, not a framework: it is there, it loads in 10 ms, and every script pays for what a verb imports.
So nothing that talks to an engine is imported before a verb needs it.
"""

from core.cli.program import main

__all__ = ["main"]

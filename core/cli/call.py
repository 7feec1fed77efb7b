"""What every verb is given: its arguments, the data folder, the engine when it asks for it, and where to print."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from core.cli import show
from core.paths import DataFolder

if TYPE_CHECKING:
    from core.serve.client import Client

V = TypeVar("V")

Verb = Callable[["Call"], int]
Verbs = Any
"""What `ArgumentParser.add_subparsers` returns; argparse does not name that type in public."""


@dataclass(frozen=True, slots=True)
class Call:
    """One run of a verb. `json`: one JSON object a line instead of words."""

    args: argparse.Namespace
    data: DataFolder
    json: bool

    def client(self) -> Client:
        """A client that is not connected yet."""
        from core.serve.client import Client

        return Client(self.data, self.tell)

    def engine(self) -> Client:
        """A client of the engine that runs, or of a new one. Raises `errors.MoaError` when none can start."""
        client = self.client()
        client.connect()
        return client

    def tell(self, sentence: str) -> None:
        """A sentence for a person, on standard error."""
        sys.stderr.write(f"{show.name(sentence)}\n")
        sys.stderr.flush()

    def progress(self, line: str) -> None:
        """A line on standard error that is written over by the next, where a person looks; "" takes it away."""
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{line}")
            sys.stderr.flush()

    def say(self, text: str) -> None:
        """Text for a person on standard output; nothing with `--json`."""
        if not self.json:
            sys.stdout.write(f"{text}\n")

    def rows(self, values: Sequence[V], head: Sequence[str], cells: Callable[[V], Sequence[str]], empty: str) -> None:
        """`values` as JSON lines or as a table; `empty` is said when there are none."""
        if self.json:
            show.lines(values)
        elif values:
            sys.stdout.write(show.table(head, [cells(v) for v in values]))
        else:
            self.tell(empty)


def absolute(path: str) -> str:
    """`path` seen from the folder the command runs in; the engine runs elsewhere. Links are not followed."""
    return os.path.abspath(Path(path).expanduser())  # noqa: PTH100 (resolve() would follow links)


def group(verbs: Verbs, name: str, help: str) -> Verbs:
    """A verb that has verbs of its own."""
    parser = verbs.add_parser(name, help=help, description=help)
    return parser.add_subparsers(title="what to do", required=True, metavar="WHAT")


def verb(verbs: Verbs, name: str, run: Verb, help: str, options: Iterable[str] = ()) -> argparse.ArgumentParser:
    """A verb that is done by `run`; `options` are the names of the arguments it must have."""
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=help, description=help)
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON object a line")
    parser.set_defaults(run=run)
    for option in options:
        parser.add_argument(option, metavar=option.upper())
    return parser

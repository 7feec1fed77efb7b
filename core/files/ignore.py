"""What `.gitignore` and `.moaignore` leave out, at every level of a folder.

Reads those files and nothing else; which folders there are, the walk says.

pathspec (MPL-2.0, maintained, no dependencies): matches the way git does. As in git, the rules of a folder hold for all
below it, those nearer to a file win over those further away, and what lies in a folder that is left out cannot be taken
in again. In one folder `.moaignore` wins over `.gitignore`: it was written for Moa.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

FILES = (".moaignore", ".gitignore")
"""In the order in which they are asked."""

_LARGEST = 1 << 20
"""Bytes of a rules file that are read; nobody writes more by hand."""


class Rules:
    """The rules that hold in one folder: its own and, through `above`, those of the folders it lies in."""

    def __init__(self, base: str, specs: tuple[tuple[str, GitIgnoreSpec], ...], above: Rules | None) -> None:
        self._start = len(base.rstrip(os.sep)) + 1
        self._specs = specs
        self._above = above

    def reason(self, path: str, folder: bool) -> str:
        """Why `path`, below this folder, is left out; empty when it is not."""
        inside = path[self._start :].replace(os.sep, "/")
        for name, spec in self._specs:
            include = spec.check_file(inside + "/" if folder else inside).include
            if include is not None:
                return f"{name} leaves it out." if include else ""
        return self._above.reason(path, folder) if self._above else ""


def rules_of(folder: str, names: Collection[str], above: Rules | None) -> Rules | None:
    """The rules in `folder`, whose entries are called `names`; those `above` alone when it has none of its own."""
    specs = tuple((name, spec) for name in FILES if name in names and (spec := _read(Path(folder, name))))
    return Rules(folder, specs, above) if specs else above


def _read(file: Path) -> GitIgnoreSpec | None:
    try:
        with file.open("rb") as f:
            lines = f.read(_LARGEST).decode("utf-8", "surrogateescape").splitlines()
    except OSError:
        return None
    from pathspec import GitIgnoreSpec

    kept: list[str] = []
    for line in lines:
        # A line that makes no sense is passed over, as git does; the others still hold.
        try:
            GitIgnoreSpec.from_lines([line])
        except ValueError:
            continue
        kept.append(line)
    return GitIgnoreSpec.from_lines(kept) if kept else None

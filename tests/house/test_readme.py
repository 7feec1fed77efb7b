"""The README describes what there is: facts in prose rot unless something checks them."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from core import events
from core.cli.program import parser
from core.settings import Settings

ROOT = Path(__file__).resolve().parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_its_first_lines_are_the_two_commands() -> None:
    first, second = README.splitlines()[:2]
    assert first.split("#")[0].split() == ["python3", "installers/bootstrap.py", "demo"]
    assert second.split("#")[0].split() == ["python3", "installers/bootstrap.py", "test"]


@pytest.mark.parametrize("field", fields(Settings), ids=lambda f: str(f.name))
def test_every_setting_is_described(field: object) -> None:
    name, default = getattr(field, "name"), getattr(field, "default")  # noqa: B009 (fields() is loosely typed)
    shown = f'"{default}"' if isinstance(default, str) else str(default)
    assert f"| `{name}` | `{shown}` | {getattr(field, 'metadata')['help']} |" in README  # noqa: B009


def verbs() -> list[str]:
    top = parser().format_help()
    return re.findall(r"^    (\w+) ", top[top.index("VERB\n") :], re.MULTILINE)


@pytest.mark.parametrize("verb", [*verbs(), "quick"])
def test_every_verb_is_described(verb: str) -> None:
    table = README[README.index("| verb |") : README.index("## The data folder")]
    assert re.search(rf"`moa {verb}[ `]", table)


@pytest.mark.parametrize("event", events.BY_NAME)
def test_every_event_is_described(event: str) -> None:
    assert f"`{event}`" in README


@pytest.mark.parametrize("path", re.findall(r"^\| `((?:app|core|resources|installers|tests)[\w./]*)`", README, re.M))
def test_every_folder_it_names_is_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_every_package_has_its_design_page() -> None:
    for init in (ROOT / "core").glob("*/__init__.py"):
        assert len(init.read_text(encoding="utf-8")) > 80, init

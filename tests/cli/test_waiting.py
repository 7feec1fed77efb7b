"""What `moa ask` shows while the language model is loaded: one line that is written over."""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path

import pytest

from core import events
from core.cli.call import Call
from core.cli.questions import _Answer
from core.paths import DataFolder


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("looks", [True, False])
def test_how_far_a_load_is_takes_one_line(looks: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Terminal() if looks else io.StringIO()
    monkeypatch.setattr(sys, "stderr", shown)
    printer = _Answer(Call(argparse.Namespace(), DataFolder(tmp_path), False))
    for text in (
        "Loading the language model…",
        "Loading the language model: 7 %…",
        "Loading the language model: 43 %…",
    ):
        printer.take(events.Notice(text))
    printer.take(events.Token("Every"))
    said = shown.getvalue()
    assert said.startswith("Loading the language model…\n") and said.count("\n") == 1
    if looks:
        assert "43 %" in said and said.endswith("\r\x1b[K"), "the line is gone before the answer begins"
    else:
        assert "%" not in said

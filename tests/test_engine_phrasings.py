"""Questions about the whole collection as people put them: every number against the disk, the rest to search.

A line of the tables is `what is right <tab> the question`: how to count it (`answer/asking/disk.py`), or `search` for a
question that is none of these; `~` before it: search will do as well, a wrong number will not. The phrasings of `first`
were there when the grammar was written, those of `second` and `third` were asked of it afterwards.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from core.engine import Engine
from core.events import Answered
from core.paths import DataFolder
from tests.answer.asking import disk, folder

TODAY = date(2026, 11, 20)  # a Friday
TABLES = Path(__file__).parent / "answer" / "asking"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, list[disk.Seen]]]:
    root = tmp_path_factory.mktemp("asking")
    files = disk.look(folder.make(root / "notes"))
    engine = Engine(DataFolder(root / "data"))
    engine.start()
    engine.parts.filters.today = lambda: TODAY
    engine.library.add_folder(str(root / "notes"))
    engine.library.index(wait=True)
    yield engine, files
    engine.close()


def mistake(engine: Engine, files: list[disk.Seen], wanted: str, question: str) -> str:
    """What is wrong with the answer; empty when nothing is."""
    answer = list(engine.questions.ask(question, model="none", stop=threading.Event()))[-1]
    assert isinstance(answer, Answered), answer
    said = answer.text.split("\n")[0]
    if wanted == "search":
        return f"is none of these: {said}" if answer.mode == "catalogue" else ""
    if answer.mode != "catalogue":
        return "" if wanted.startswith("~") else "not understood"
    right = disk.right(files, wanted.lstrip("~"))
    if isinstance(right, str):
        name = unicodedata.normalize("NFC", Path(answer.citations[0].path).name)
        return "" if name == right else f"{name} for {right}"
    bold = re.search(r"\*\*([\d,]+)", said)
    number = int(bold[1].replace(",", "")) if bold else 0
    cited = {c.path for c in answer.citations}
    if (
        wanted.lstrip("~").startswith("n")
        and isinstance(right, int)
        and number == right
        and len(cited) != min(right, 30)
    ):
        return f"{len(cited)} files are cited for {right}"
    return "" if number == right else f"{said}, and {right} is right"


@pytest.mark.parametrize("table", ["first", "second", "third"])
def test_no_phrasing_gets_a_wrong_number(library: tuple[Engine, list[disk.Seen]], table: str) -> None:
    lines = (TABLES / f"{table}.tsv").read_text("utf-8").splitlines()
    wrong = {}
    for line in lines:
        wanted, question = line.split("\t")
        if said := mistake(*library, wanted, question):
            wrong[question] = said
    assert len(lines) > 50 and not wrong


def test_a_request_to_read_everything_reads_every_matching_file(library: tuple[Engine, list[disk.Seen]]) -> None:
    engine, files = library
    wrong = {}
    for line in (TABLES / "readall.tsv").read_text("utf-8").splitlines():
        wanted, question = line.split("\t")
        answer = list(engine.questions.ask(question, model="none", stop=threading.Event()))[-1]
        assert isinstance(answer, Answered), answer
        if wanted == "search":
            right = answer.mode != "exhaustive"
        else:
            right = bool(answer.coverage) and answer.coverage.of == disk.right(files, wanted)  # type: ignore[union-attr]
            right = right and answer.answerable == (answer.coverage.of > 0)  # type: ignore[union-attr]
        if not right:
            wrong[question] = (answer.mode, answer.coverage)
    assert not wrong


def test_files_without_text_are_named_when_everything_is_read(library: tuple[Engine, list[disk.Seen]]) -> None:
    engine, files = library
    answer = list(engine.questions.ask("모든 노트를 읽고 정리해 줘", model="none", stop=threading.Event()))[-1]
    assert isinstance(answer, Answered) and answer.coverage and answer.coverage.of == len(files) - 1
    assert answer.coverage.read == len(files) - 4 == len(answer.citations)
    assert all(name in answer.text for name in ("빈 노트", "stub", "broken"))

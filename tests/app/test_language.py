"""The window in Korean: nothing untranslated, nothing that the code no longer says, and a window that shows it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from app import engine_words, language, wording
from app.engine_link import EngineLink
from app.main_window import MainWindow
from app.theme import Theme
from core.paths import DataFolder
from tests.app.conftest import ROOT

TS = language.FOLDER / "moa_ko.ts"


@pytest.fixture
def korean(app: QApplication) -> Iterator[None]:
    language.install(app, "ko")
    yield
    language.install(app, "en")


def test_everything_is_translated_and_nothing_is_left_over(tmp_path: Path) -> None:
    """As `python app/language.py` would make them now."""
    shutil.copytree(ROOT / "app", tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(language.FOLDER, tmp_path / "resources" / "translations")
    run = "import pathlib, app.language as l; l.FOLDER = pathlib.Path(l.__file__).parents[1] / 'resources/translations'"
    subprocess.run(
        [sys.executable, "-c", f"{run}; l.main()"], check=True, capture_output=True, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(tmp_path), str(ROOT)))},
    )  # fmt: skip
    made = tmp_path / "resources" / "translations"
    said = "the words of the window changed: run `python app/language.py` and translate what is new"
    assert (made / "moa_ko.ts").read_text(encoding="utf-8") == TS.read_text(encoding="utf-8"), said
    assert (made / "moa_ko.qm").read_bytes() == TS.with_suffix(".qm").read_bytes(), said
    translations = list(ElementTree.parse(TS).getroot().iter("translation"))
    assert len(translations) > 200
    assert [t.attrib for t in translations if t.attrib or not t.text] == []


def test_writing_over_the_words_changes_nothing_that_is_shown(
    app: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an update does it: in the same file, where a window that had mapped it would find the new bytes, or none."""
    words = tmp_path / "moa_ko.qm"
    shutil.copy(TS.with_suffix(".qm"), words)
    monkeypatch.setattr(language, "FOLDER", tmp_path)
    language.install(app, "ko")
    with words.open("r+b") as file:
        file.write(bytes(words.stat().st_size))
    assert app.translate("menus", "&File") != "&File"
    language.install(app, "en")


def test_places_for_values_are_the_same_in_both() -> None:
    for message in ElementTree.parse(TS).getroot().iter("message"):
        source, translation = message.findtext("source") or "", message.findtext("translation") or ""
        for mark in ("{0}", "{1}", "{2}"):
            assert (mark in source) == (mark in translation), source


def test_a_korean_window_shows_korean(app: QApplication, korean: None, theme: Theme, data: DataFolder) -> None:
    window = MainWindow(EngineLink(data, ("none",), theme), theme, "ko")
    window.show_library()
    window.show_models()
    words = [label.text() for label in window.findChildren(QLabel)]
    words += [button.text() for button in window.findChildren(QPushButton)]
    words += [action.text() for action in window.findChildren(QAction)]
    latin = {w for w in words if w and not any("가" <= c <= "힣" for c in w) and any(c.isalpha() for c in w)}
    assert latin <= {"Moa", "English"}
    assert wording.duration(600) == "약 10분"
    window.deleteLater()


@pytest.mark.parametrize(("choice", "lang", "meant"), [
    ("system", "ko_KR.UTF-8", "ko"), ("system", "de_DE.UTF-8", "en"), ("system", "C", "en"),
    ("ko", "en_US.UTF-8", "ko"), ("en", "ko_KR.UTF-8", "en"), ("klingon", "C", "en"),
])  # fmt: skip
def test_the_language_is_the_chosen_one_or_the_systems(choice: str, lang: str, meant: str) -> None:
    clean = {k: v for k, v in os.environ.items() if k != "LANGUAGE" and not k.startswith("LC_")}
    said = subprocess.run(
        [sys.executable, "-c", f"from app.language import meant; print(meant({choice!r}))"],
        capture_output=True, text=True, check=True, cwd=ROOT, env={**clean, "LANG": lang},
    )  # fmt: skip
    assert said.stdout.strip() == meant


def test_what_the_engine_says_is_korean_with_its_values(korean: None) -> None:
    say = engine_words.said
    assert say("It is hidden by the system.") == "시스템이 숨긴 파일입니다."
    # Particles follow the last sound of a value; several sentences, and sentences inside others.
    assert say("노트 is watched already. There is nothing to do.") == "노트는 이미 살펴보고 있습니다. 할 일이 없습니다."
    assert say("회의록 is watched already.") == "회의록은 이미 살펴보고 있습니다."
    assert say("Moa cannot read files without an ending yet; save it as text or PDF.").startswith("모아는 아직 확장")
    said = say("/a. b is suddenly empty. Connect.")
    assert said == "/a. b is suddenly empty. Connect."
    assert say("The folder /a. b cannot be reached; what was read in it stays findable. Free some space.") == (
        "/a. b 폴더에 접근할 수 없습니다. 읽은 내용은 계속 검색됩니다. 공간을 비워 주세요."
    )
    assert say("It is hidden by the system.\nSomething\u202enew.") == "시스템이 숨긴 파일입니다. Something\\u202enew."


def test_in_english_only_the_command_line_is_replaced(app: QApplication) -> None:
    assert engine_words.said("/a is not a watched folder. See `moa folders list`.") == (
        "/a is not a watched folder. See the folders in your library."
    )
    assert engine_words.said("Something new: /a. `b`") == "Something new: /a. `b`"


def test_a_strange_sentence_takes_no_time(korean: None) -> None:
    """What stands in a file's name can look like many values."""
    strange = "is of and " * 90
    assert engine_words.said(strange).startswith("is of and")

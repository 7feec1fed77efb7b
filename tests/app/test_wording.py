from __future__ import annotations

import pytest

from app import wording
from core.types import Location, ModelInfo, Progress


@pytest.mark.parametrize(
    ("location", "words"),
    [
        (Location(), ""),
        (Location(page=3), "page 3"),
        (Location(line_from=5), "line 5"),
        (Location(line_from=5, line_to=5), "line 5"),
        (Location(line_from=5, line_to=9), "lines 5–9"),
        (Location(page=2, line_from=5, line_to=9), "page 2"),
        (Location(heading="여행 > 점심", line_from=1, line_to=2), "여행 > 점심 · lines 1–2"),
    ],
)
def test_place(location: Location, words: str) -> None:
    assert wording.place(location) == words


def test_names_show_what_would_hide_in_them() -> None:
    assert wording.file_name("/n/invoice\u202efdp.exe") == "invoice\\u202efdp.exe"
    assert wording.file_name("/n/a\nb.md") == "a\\u000ab.md"
    assert wording.file_name("/n/한글.md") == "한글.md"  # stored decomposed, shown composed
    assert wording.file_name("/n/<b>x</b> 😀.md".replace("</b>", "")) == "<b>x 😀.md"


@pytest.mark.parametrize(
    ("seconds", "words"), [(3, "less than a minute"), (59, "about 1 min"), (600, "about 10 min"), (7200, "about 2 h")]
)
def test_duration(seconds: float, words: str) -> None:
    assert wording.duration(seconds) == words


def test_size() -> None:
    sizes = [wording.size(n) for n in (12, 2048, 5 << 20, 3 << 30)]
    assert sizes == ["12\u00a0B", "2\u00a0KB", "5\u00a0MB", "3.0\u00a0GB"]


def test_progress() -> None:
    assert wording.progress(Progress(), 0, None) == ""
    reading = wording.progress(Progress("reading", 412, 1284), 900, 120.0)
    assert reading == "Reading files: 412 of 1,284 · about 2 min left"


def test_languages_are_named_in_the_language_of_the_window() -> None:
    assert [wording.language(code) for code in ("ko", "en", "zh", "es")] == ["Korean", "English", "Chinese", "Spanish"]
    assert wording.language("and about 100 more") == "and about 100 more"


def test_a_model_that_is_loaded_says_how_far_it_is() -> None:
    assert wording.model_state(ModelInfo("tiny", "loading", "", loaded=43)) == "tiny: loading 43 %"
    assert wording.model_state(ModelInfo("tiny", "loading", "")) == "tiny: loading…"
    assert wording.model_state(ModelInfo("tiny", "ready", "CPU")) == "tiny: ready"

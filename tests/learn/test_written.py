"""Questions that a model writes: what is taken for one, and real models that write none."""

import threading
from contextlib import nullcontext
from pathlib import Path

import pytest

from core.engine import Engine
from core.learn import written
from core.learn.written import GIVE_UP_AFTER, Written, accepted
from core.models.process.worker import Piece
from core.paths import DataFolder
from tests.learn.test_selftest import SUBJECTS

NOTE = "The drum of the coffee roaster needs a fresh bearing every second winter, says its booklet."
KOREAN = "커피 로스터의 드럼 베어링은 두 번째 겨울마다 새것으로 교체해야 한다."
OTHERS = {
    "harbour": "Ferries leave the northern pier hourly unless fog hides the outer breakwater from the tower.",
    "library": "Borrowed atlases return before midsummer because the reading room closes for painting then.",
    "orchard": "Old pear trees near the chapel wall carry fruit only after wet springs and quiet Mays.",
}
STORIES = Path(__file__).resolve().parents[3] / "shared" / "data" / "models" / "stories260K.gguf"


def test_a_question_that_its_passage_answers_is_taken() -> None:
    good = "How often does the drum of the coffee roaster need a bearing?"
    assert accepted(f"Q: {good}\nA: every second winter", NOTE) == good
    korean = "커피 로스터의 드럼 베어링은 언제 교체하나요?"
    assert accepted(f"Q: {korean}\nA: 두 번째 겨울마다", KOREAN) == korean


@pytest.mark.parametrize(
    "said",
    [
        "",
        "Once upon a time there was a little girl.",
        "Q: The coffee roaster needs a drum bearing.\nA: every second winter",
        "Q: How often does the drum of the coffee roaster need a bearing?\nA: every Tuesday",
        "Q: How often does the drum of the coffee roaster need a bearing?",
        "Q: Why is the sky blue above the meadow?\nA: every second winter",
        "Q: What does this passage say of the coffee roaster?\nA: every second winter",
        "Q: Does the coffee roaster need a bearing every second winter?\nA: every second winter",
        "Q: 커피 로스터는 언제 고치나요?\nA: every second winter",
        "Q: What?\nA: drum",
    ],
)
def test_anything_else_is_not(said: str) -> None:
    assert accepted(said, NOTE) == ""


def test_a_model_that_is_busy_writes_nothing_and_is_not_blamed() -> None:
    asked = Written(lambda: nullcontext(None), threading.Event())
    assert asked.question(NOTE) == "" and asked.refused == 0


class _Babbler:
    """A writer at the edge that writes no question, and counts how often it was asked."""

    context, asked = 4096, 0

    def measure(self, messages: object) -> int:
        return 10

    def chat(self, messages: object, *, max_tokens: int, stop: threading.Event) -> list[Piece]:
        self.asked += 1
        return [Piece("Once upon a time.")]


def test_a_model_that_babbles_is_given_up() -> None:
    babbler = _Babbler()
    asked = Written(lambda: nullcontext(babbler), threading.Event())  # type: ignore[arg-type]
    assert {asked.question(NOTE) for _ in range(20)} == {""}
    assert asked.refused == babbler.asked == GIVE_UP_AFTER


def test_its_time_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(written, "IN_ALL_S", -1.0)

    def never() -> nullcontext[None]:
        raise AssertionError("no model is wanted any more")

    assert Written(never, threading.Event()).question(NOTE) == ""


@pytest.mark.slow
@pytest.mark.parametrize("which", ["babbling_model", "stories"])
def test_a_model_that_babbles_writes_none(which: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if which == "stories" and not STORIES.exists():
        pytest.skip("../shared/data/models is not here")
    model = STORIES if which == "stories" else request.getfixturevalue(which)
    notes = tmp_path / "notes"
    notes.mkdir()
    for name, text in (SUBJECTS | OTHERS).items():
        (notes / f"{name}.md").write_text(f"# Notes on the {name}\n\n{text}")
    engine = Engine(DataFolder(tmp_path / "data"))
    try:
        engine.start()
        engine.library.add_folder(str(notes))
        engine.library.index(wait=True)
        id = engine.models.add(str(model)).id
        engine.models.use(id)
        list(engine.questions.ask("What needs a bearing?", stop=threading.Event()))
        assert engine.parts.worker.loaded
        report = engine.learning.selftest(20)
    finally:
        engine.close()
    assert 0 < report.refused <= GIVE_UP_AFTER and "model" not in report.sources
    assert report.questions >= 6 and {"sentence", "title"} & report.sources.keys()

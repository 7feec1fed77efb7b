"""Answers written by a model: real llama.cpp on small GGUF files, with its process killed on the way."""

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import errors
from core.engine import Engine
from core.events import Answered, Failed, Notice, PassagesFound, Token
from core.paths import DataFolder

STORIES = Path(__file__).resolve().parents[2] / "shared" / "data" / "models" / "stories260K.gguf"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    notes = tmp_path / "notes"
    notes.mkdir()
    for n in range(8):
        (notes / f"garden {n}.md").write_text(
            f"# Garden {n}\n\nIn bed {n} we grow tomatoes and beans. They are watered every {n + 2} days.\n"
        )
    engine = Engine(DataFolder(tmp_path / "data"))
    engine.start()
    engine.library.add_folder(str(notes))
    engine.library.index(wait=True)
    yield engine
    engine.close()


def use(engine: Engine, path: Path) -> str:
    id = engine.models.add(str(path)).id
    engine.models.use(id)
    return id


def test_an_answer_is_written_from_passages(engine: Engine, small_model: Path) -> None:
    id = use(engine, small_model)
    events = list(engine.questions.ask("How often are the tomatoes in bed 3 watered?", stop=threading.Event()))
    kinds = [type(e) for e in events]
    assert kinds[0] is PassagesFound and kinds.count(Token) > 1
    assert any(isinstance(e, Notice) and "Loading" in e.text for e in events)
    answer = events[-1]
    assert isinstance(answer, Answered) and (answer.mode, answer.model) == ("model", id)
    assert answer.timings.prompt_tokens and answer.timings.tokens_per_s
    again = list(engine.questions.ask("And the beans?", conversation=answer.conversation, stop=threading.Event()))[-1]
    assert isinstance(again, Answered)
    # The whole first prompt stands in the second one, letter for letter.
    assert (again.timings.cached_tokens or 0) >= answer.timings.prompt_tokens
    quoted = list(engine.questions.ask("tomatoes in bed 3", model="none", stop=threading.Event()))[-1]
    assert isinstance(quoted, Answered) and quoted.mode == "extract"


def test_a_killed_model_costs_one_answer(engine: Engine, babbling_model: Path) -> None:
    use(engine, babbling_model)
    events = engine.questions.ask("tomatoes and beans", stop=threading.Event())
    for event in events:
        if isinstance(event, Token):
            assert engine.parts.worker.pid
            os.kill(engine.parts.worker.pid, signal.SIGKILL)
            break
    last = list(events)[-1]
    assert isinstance(last, Failed) and last.title and last.advice and "Traceback" not in last.title
    stop = threading.Event()
    tokens = 0
    for event in engine.questions.ask("tomatoes and beans", stop=stop):
        tokens += isinstance(event, Token)
        if tokens == 3:
            stop.set()
    assert isinstance(event, Answered) and event.stopped and event.text


def test_wrong_files_are_refused_and_change_nothing(engine: Engine, tmp_path: Path) -> None:
    page = tmp_path / "model.gguf"
    page.write_text("<html>404</html>")
    with pytest.raises(errors.MoaError, match="web page"):
        engine.models.add(str(page))
    with pytest.raises(errors.MoaError):
        engine.models.use("unknown")
    assert engine.models.rows() == () and engine.status().model is None


@pytest.mark.skipif(not STORIES.exists(), reason="stories260K.gguf is not beside the project (../shared/data/models)")
def test_a_real_little_model_tells_stories(engine: Engine) -> None:
    use(engine, STORIES)
    events = list(engine.questions.ask("Who waters the tomatoes?", stop=threading.Event()))
    assert sum(isinstance(e, Token) for e in events) > 3
    assert isinstance(events[-1], Answered)

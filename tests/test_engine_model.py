"""Answers written by a model: real llama.cpp on small GGUF files, with its process killed on the way."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core import errors
from core.doctor import examine
from core.engine import Engine
from core.events import Answered, Failed, Notice, PassagesFound, StatusChanged, Token
from core.paths import DataFolder
from core.types import ModelInfo
from tests.gguf_files import write_model

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


def test_a_file_that_is_gone_costs_the_answer_not_the_passages(engine: Engine, tmp_path: Path) -> None:
    file = write_model(tmp_path / "lent.gguf")
    use(engine, file)
    file.unlink()
    for question in ("How often are the tomatoes in bed 3 watered?", "List every note about tomatoes"):
        events = list(engine.questions.ask(question, stop=threading.Event()))
        assert any(isinstance(e, PassagesFound) for e in events)
        assert isinstance(events[-1], Failed) and "is not there" in events[-1].title, events[-1]


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


def wait_for(what: Callable[[], object]) -> None:
    """Until the keeper, which looks now and then, has come to it."""
    deadline = time.monotonic() + 60
    while not what() and time.monotonic() < deadline:
        time.sleep(0.05)  # nothing tells of a look that found nothing to do
    assert what()


def test_the_model_is_ready_before_the_first_question_and_goes_when_nobody_asks(
    engine: Engine, small_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.engine.keeper.WAKE_S", 0.05)
    monkeypatch.setattr("core.engine.keeper.LOOK_S", 0.05)
    id = use(engine, small_model)
    wait_for(lambda: engine.parts.worker.state == "ready" and list(engine.data.kv.glob("*.kv")))
    events = list(engine.questions.ask("How often are the tomatoes in bed 3 watered?", stop=threading.Event()))
    answer = events[-1]
    assert not any(isinstance(e, Notice) and "Loading" in e.text for e in events)
    assert isinstance(answer, Answered) and answer.model == id and (answer.timings.cached_tokens or 0) > 50
    monkeypatch.setattr(engine.parts.worker._line, "last", time.monotonic() - 31 * 60)
    wait_for(lambda: engine.parts.worker.state == "stopped")
    assert engine.parts.worker.pid is None
    events = list(engine.questions.ask("How often are the beans watered?", stop=threading.Event()))
    assert any(isinstance(e, Notice) and "Loading" in e.text for e in events) and isinstance(events[-1], Answered)


def test_a_model_that_fails_is_tried_again_only_when_it_is_chosen_again(engine: Engine, tmp_path: Path) -> None:
    bad = write_model(tmp_path / "new.gguf", extra={"tokenizer.ggml.pre": "of-tomorrow"})
    id = use(engine, bad)
    for n in range(2):
        last = list(engine.questions.ask("tomatoes and beans", stop=threading.Event()))[-1]
        assert isinstance(last, Failed) and "of-tomorrow" in last.title
        assert ("choose it again" in last.advice) == bool(n)
    assert engine.parts.worker.pid is None
    engine.models.use(id)
    last = list(engine.questions.ask("tomatoes and beans", stop=threading.Event()))[-1]
    assert isinstance(last, Failed) and "choose it again" not in last.advice


def test_a_removed_conversation_leaves_no_state(engine: Engine, small_model: Path) -> None:
    use(engine, small_model)
    answer = list(engine.questions.ask("How often are the tomatoes watered?", stop=threading.Event()))[-1]
    assert isinstance(answer, Answered)
    engine.parts.worker.unload()
    before = len(list(engine.data.kv.glob("*.kv")))
    engine.chats.remove(answer.conversation)
    assert len(list(engine.data.kv.glob("*.kv"))) == before - 1


def test_a_conversation_that_outgrows_the_context_goes_on_and_says_so(engine: Engine, small_model: Path) -> None:
    use(engine, small_model)
    conversation, told = None, []
    for n in range(20):
        question = f"How often are the tomatoes in bed {n % 8} watered, and what about the beans in that bed?"
        events = list(engine.questions.ask(question, conversation=conversation, stop=threading.Event()))
        answer = events[-1]
        assert isinstance(answer, Answered) and answer.mode == "model"
        conversation = answer.conversation
        told += [n for e in events if isinstance(e, Notice) and "Left out" in e.text]
        if told and n > told[0]:
            # Several go at once, so that the next turns find their prompt known again.
            assert (answer.timings.cached_tokens or 0) > 0.5 * (answer.timings.prompt_tokens or 0)
            break
    assert told


@pytest.mark.skipif(sys.platform == "win32", reason="holds the model's process with SIGSTOP")
def test_a_question_stopped_while_its_model_is_loaded_leaves_no_trace(
    engine: Engine, small_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.models.process.pipes._GRACE_S", 0.2)
    told = []
    engine.subscribe(lambda e: told.append(e.status.model) if isinstance(e, StatusChanged) and e.status.model else None)
    use(engine, small_model)
    worker, stop = engine.parts.worker, threading.Event()
    pid = None
    for event in engine.questions.ask("How often are the tomatoes in bed 3 watered?", stop=stop):
        if isinstance(event, Notice) and event.text.endswith(" %…"):
            pid = worker.pid
            assert pid
            os.kill(pid, signal.SIGSTOP)
            stop.set()
    assert isinstance(event, Answered) and event.stopped and event.text == ""
    assert pid and worker.pid is None and engine.status().model == ModelInfo(engine.parts.settings.model, "stopped", "")
    assert any(m.state == "loading" and m.loaded == 0 for m in told)
    # Not by itself: it was stopped. A question loads it, and nothing is held against it.
    monkeypatch.setattr("core.engine.keeper.WAKE_S", 0.01)
    looked = threading.Event()
    monkeypatch.setattr(engine.parts.chats, "catch_up", looked.set)
    for _ in range(2):
        looked.clear()
        assert looked.wait(60)
    assert worker.pid is None
    answer = list(engine.questions.ask("How often are the tomatoes in bed 3 watered?", stop=threading.Event()))[-1]
    assert isinstance(answer, Answered) and answer.mode == "model" and not answer.stopped


def test_a_question_that_waits_for_the_warm_up_can_be_stopped(engine: Engine, small_model: Path) -> None:
    use(engine, small_model)
    worker, stop, events = engine.parts.worker, threading.Event(), []
    loading = worker.loading(small_model, engine.parts.load_options())
    next(loading)
    with engine.parts.answerer._turn:  # as the warm-up holds it
        for event in engine.questions.ask("How often are the tomatoes watered?", stop=stop):
            events.append(event)
            if isinstance(event, Notice) and event.text.endswith(" %…"):
                stop.set()
    assert isinstance(events[-1], Answered) and events[-1].stopped
    assert worker.state == "loading", "the warm-up goes on"
    loading.close()  # type: ignore[attr-defined]


@pytest.mark.skipif(sys.platform == "win32", reason="holds the model's process with SIGSTOP")
def test_another_choice_ends_a_warm_up(
    engine: Engine, small_model: Path, babbling_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.models.process.pipes._GRACE_S", 0.2)
    monkeypatch.setattr("core.engine.keeper.WAKE_S", 0.01)
    held: list[int] = []

    def hold() -> None:
        worker = engine.parts.worker
        if worker.state == "loading" and worker.pid and not held:
            held.append(worker.pid)
            os.kill(worker.pid, signal.SIGSTOP)

    monkeypatch.setattr(engine.parts.worker, "_told", hold)
    use(engine, babbling_model)
    wait_for(lambda: held)
    use(engine, small_model)
    wait_for(lambda: engine.parts.worker.loaded == small_model)
    assert engine.parts.worker.pid != held[0]


def test_machines_that_cannot_help_are_told_and_cost_no_answer(engine: Engine, small_model: Path) -> None:
    use(engine, small_model)
    engine.parts.change_settings(machines="127.0.0.1:9, nowhere.invalid:9")
    events = list(engine.questions.ask("How often are the tomatoes in bed 3 watered?", stop=threading.Event()))
    told = [e.text for e in events if isinstance(e, Notice)]
    (said,) = [text for text in told if "without some of its machines" in text]
    # Which of the two reasons it is depends on the build of llama.cpp.
    assert "cannot spread a language model" in said or "127.0.0.1:9 cannot be reached" in said
    assert not any("is sent to" in text for text in told), "nothing was"
    assert isinstance(events[-1], Answered) and events[-1].mode == "model"
    model = engine.status().model
    assert model and model.detail in said
    (check,) = [c for c in examine(engine) if c.check == "other machines"]
    assert not check.ok and check.detail == model.detail and "`machines`" in check.fix
    engine.parts.change_settings(machines="nowhere")
    engine.parts.worker.unload()
    last = list(engine.questions.ask("How often are the tomatoes in bed 3 watered?", stop=threading.Event()))[-1]
    assert isinstance(last, Failed) and last.title.startswith("nowhere is no address")
    (check,) = [c for c in examine(engine) if c.check == "other machines"]
    assert not check.ok and check.detail == last.title
    engine.parts.change_settings(machines="")
    assert not any(c.check == "other machines" for c in examine(engine))

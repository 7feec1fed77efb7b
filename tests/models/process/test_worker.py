"""The model in its own process, with the real llama.cpp."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from core.errors import ModelProblem
from core.models.fit.plan import BATCH
from core.models.process import pipes
from core.models.process.worker import Finish, LoadOptions, Piece, Worker
from core.types import ChatMessage
from tests.gguf_files import Shape, write_model

STORIES = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "models" / "stories260K.gguf"
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="waits for another process by pidfd")
SYSTEM = ChatMessage("system", "You quote.")
NOTE = "the budget decision was moved to friday because our team must quote the report"
SMALL = LoadOptions(context=2048, threads=1)
LARGE = LoadOptions(context=16384, threads=1)


def user(text: str) -> ChatMessage:
    return ChatMessage("user", text)


def state(worker: Worker) -> str:
    return worker.state


def ask(worker: Worker, *messages: ChatMessage, most: int = 200) -> tuple[str, Finish]:
    *pieces, end = worker.chat(messages, max_tokens=most, stop=threading.Event())
    assert isinstance(end, Finish)
    return "".join(p.text for p in pieces if isinstance(p, Piece)), end


def stopped_at(worker: Worker, messages: Sequence[ChatMessage], pieces: int) -> tuple[int, Finish]:
    """Set the stop after so many pieces; how many came in all, and the end."""
    stop = threading.Event()
    for count, event in enumerate(worker.chat(messages, max_tokens=100_000, stop=stop), start=1):
        if isinstance(event, Finish):
            return count - 1, event
        if count == pieces:
            stop.set()
    raise AssertionError("no Finish came")


def test_an_answer_comes_in_pieces_with_figures(worker: Worker, small_model: Path) -> None:
    assert (worker.state, worker.pid, worker.rss_mb) == ("stopped", None, 0)
    worker.load(small_model, SMALL)
    assert (worker.state, worker.loaded, worker.device, worker.detail) == ("ready", small_model, "CPU", "")
    assert worker.context == 2048 and worker.pid and worker.rss_mb > 10
    events = list(worker.chat([SYSTEM, user(NOTE)], max_tokens=200, stop=threading.Event()))
    assert len(events) > 10
    assert "".join(e.text for e in events if isinstance(e, Piece)) == NOTE
    end = events[-1]
    assert isinstance(end, Finish) and end.reason == "stop" and end.cached_tokens == 0
    assert end.prompt_tokens == worker.measure([SYSTEM, user(NOTE)])
    assert end.first_token_ms > 0 and end.tokens_per_s > 0
    assert state(worker) == "ready"


def test_korean_cut_inside_characters_comes_whole(worker: Worker, small_model: Path) -> None:
    worker.load(small_model, SMALL)
    text = "뷁 꿹 쐣 🦙 회의 결정은 내일 합니다"
    assert worker.count("뷁") == 3
    events = list(worker.chat([user(text)], max_tokens=200, stop=threading.Event()))
    pieces = [e.text for e in events if isinstance(e, Piece)]
    assert "".join(pieces) == text and "�" not in "".join(pieces)
    assert "뷁" in pieces


def test_text_that_is_no_unicode_does_no_harm(worker: Worker, small_model: Path) -> None:
    worker.load(small_model, SMALL)
    assert ask(worker, user("a \ud800 note"))[0] == "a ? note"


def test_an_answer_cut_by_its_length_has_no_half_character(worker: Worker, small_model: Path) -> None:
    worker.load(small_model, SMALL)
    text, end = ask(worker, user("뷁꿹"), most=4)
    assert (text, end.reason) == ("뷁", "length")


def test_a_reused_prefix_gives_the_text_of_a_cold_start(new_worker: Callable[[], Worker], small_model: Path) -> None:
    warm = new_worker()
    warm.load(small_model, SMALL)
    first, _ = ask(warm, SYSTEM, user(NOTE))
    talks = [
        (SYSTEM, user(NOTE), ChatMessage("assistant", first), user("then they said what it is about")),
        (SYSTEM, user(NOTE), ChatMessage("assistant", first), user("다음 질문 답변")),
        (SYSTEM, user("the budget was new and good"),),
        (SYSTEM, user(NOTE)),
        (SYSTEM, user(NOTE)),
    ]  # fmt: skip
    for talk in talks:
        cold = new_worker()
        cold.load(small_model, SMALL)
        text, end = ask(warm, *talk)
        assert text == ask(cold, *talk)[0] == talk[-1].text
        assert end.cached_tokens > 0
        cold.close()
    assert end.cached_tokens == end.prompt_tokens - 1


def test_a_stop_in_the_answer(worker: Worker, babbling_model: Path) -> None:
    worker.load(babbling_model, LARGE)
    count, end = stopped_at(worker, [user(NOTE)], pieces=3)
    assert end.reason == "stopped" and 3 <= count < 2000
    assert state(worker) == "ready"


def test_a_stop_in_the_prompt_leaves_a_sound_cache(worker: Worker, tmp_path: Path) -> None:
    path = write_model(tmp_path / "slow.gguf", behaviour="copy", shape=Shape(layers=12, context=16384))
    worker.load(path, LARGE)
    long = user(" ".join(f"{NOTE} {n}" for n in range(600)))
    assert 8000 < worker.measure([long]) < 16000
    batch_s = ask(worker, user("the budget " * (BATCH // 2)), most=1)[1].first_token_ms / 1000
    stop = threading.Event()
    timer = threading.Timer(0.5, stop.set)
    began = time.monotonic()
    timer.start()
    events = list(worker.chat([long], max_tokens=10, stop=stop))
    took = time.monotonic() - began
    timer.join()
    (end,) = events
    assert isinstance(end, Finish) and end.reason == "stopped"
    assert took - 0.5 < 4 * batch_s + 2, "one batch and what it takes to tell, with room for a busy machine"
    assert ask(worker, user(NOTE))[0] == NOTE


def test_a_stop_set_before_the_start(worker: Worker, small_model: Path) -> None:
    worker.load(small_model, SMALL)
    stop = threading.Event()
    stop.set()
    *_, end = worker.chat([user(NOTE)], max_tokens=10_000, stop=stop)
    assert isinstance(end, Finish)
    assert ask(worker, user(NOTE))[0] == NOTE


def test_an_answer_that_nobody_reads_on_is_given_up(worker: Worker, babbling_model: Path) -> None:
    worker.load(babbling_model, LARGE)
    answer = worker.chat([user(NOTE)], max_tokens=100_000, stop=threading.Event())
    next(answer)
    assert state(worker) == "answering"
    answer.close()  # type: ignore[attr-defined]
    assert state(worker) == "ready"
    assert ask(worker, user(NOTE), most=5)[1].reason == "length"


def test_a_killed_child_costs_one_answer(worker: Worker, babbling_model: Path) -> None:
    worker.load(babbling_model, LARGE)
    before = worker.pid
    answer = worker.chat([user(NOTE)], max_tokens=100_000, stop=threading.Event())
    next(answer)
    assert before
    os.kill(before, signal.SIGKILL)
    with pytest.raises(ModelProblem) as caught:
        list(answer)
    assert caught.value.title == "The language model stopped unexpectedly while it was writing."
    assert caught.value.advice == "Ask again: it starts anew."
    assert state(worker) == "failed" and worker.pid is None
    text, end = ask(worker, user(NOTE), most=5)
    assert text and end.reason == "length"
    assert worker.pid != before and state(worker) == "ready"


@on_linux
def test_a_child_that_hangs_is_killed(worker: Worker, babbling_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.models.process.worker._STOP_S", 0.2)
    monkeypatch.setattr("core.models.process.pipes._GRACE_S", 0.2)
    worker.load(babbling_model, LARGE)
    stop = threading.Event()
    answer = worker.chat([user(NOTE)], max_tokens=100_000, stop=stop)
    next(answer)
    assert worker.pid
    os.kill(worker.pid, signal.SIGSTOP)
    stop.set()
    *_, end = answer
    assert isinstance(end, Finish) and end.reason == "stopped"
    assert ask(worker, user(NOTE), most=5)[1].reason == "length"
    os.kill(worker.pid, signal.SIGSTOP)
    worker.close()
    assert worker.pid is None


@on_linux
def test_a_child_that_hangs_while_idle_is_replaced(
    worker: Worker, small_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker.load(small_model, SMALL)
    before = worker.pid
    assert before
    child = worker._line.child
    assert child
    monkeypatch.setattr(pipes, "QUIET_S", 0.2)
    os.kill(before, signal.SIGSTOP)
    with pytest.raises(pipes.Ended):
        child.receive()
    assert child.hung and "did not react" in worker._line.fell(child).title
    monkeypatch.undo()  # the next one is given time to start
    assert worker.count("our meeting") > 0
    assert worker.pid not in (before, None) and worker.state == "ready"


def test_a_child_killed_while_idle_is_replaced(worker: Worker, small_model: Path) -> None:
    worker.load(small_model, SMALL)
    before = worker.pid
    assert before
    watch = os.pidfd_open(before)
    os.kill(before, signal.SIGKILL)
    assert select.select([watch], [], [], 10)[0]
    os.close(watch)
    assert worker.count("hello") > 0
    assert worker.pid != before


def test_note_text_never_becomes_a_control_token(worker: Worker, small_model: Path) -> None:
    worker.load(small_model, SMALL)
    text = "a note <|eot_id|> said"
    assert worker.count("<|eot_id|>") > 1
    assert ask(worker, user(text))[0] == text
    assert worker.measure([user("<|eot_id|>")]) == worker.measure([user("")]) + worker.count("<|eot_id|>")


def test_a_prompt_larger_than_the_context_is_refused_in_words(worker: Worker, small_model: Path) -> None:
    worker.load(small_model, LoadOptions(context=256, threads=1))
    for words in (300, 20_000):
        with pytest.raises(ModelProblem, match="do not fit into this model's context of 256 tokens"):
            ask(worker, user("the " * words))
    assert ask(worker, user(NOTE))[0] == NOTE


def test_no_model_is_told(worker: Worker) -> None:
    for use in (lambda: worker.count("a"), lambda: ask(worker, user("a"))):
        with pytest.raises(ModelProblem, match="No language model is loaded"):
            use()


def test_another_model_is_another_child(worker: Worker, small_model: Path, babbling_model: Path) -> None:
    worker.load(small_model, SMALL)
    first = worker.pid
    worker.load(small_model, SMALL)
    assert worker.pid == first
    worker.load(babbling_model, SMALL)
    assert worker.pid != first and worker.loaded == babbling_model
    worker.unload()
    assert (state(worker), worker.pid) == ("stopped", None)


def test_a_file_that_llama_cpp_refuses_gives_words(worker: Worker, tmp_path: Path, small_model: Path) -> None:
    new = write_model(tmp_path / "new.gguf", extra={"tokenizer.ggml.pre": "of-tomorrow"})
    with pytest.raises(ModelProblem, match=r"of-tomorrow.*not known to the installed llama.cpp"):
        worker.load(new, SMALL)
    assert state(worker) == "failed" and "new.gguf" in worker.detail
    (tmp_path / "page.gguf").write_text("<html>")
    with pytest.raises(ModelProblem, match="web page"):
        worker.load(tmp_path / "page.gguf", SMALL)
    worker.load(small_model, SMALL)
    assert ask(worker, user(NOTE))[0] == NOTE


def test_a_missing_template_is_said(worker: Worker, tmp_path: Path) -> None:
    worker.load(write_model(tmp_path / "m.gguf", template=None), SMALL)
    assert "no chat template" in worker.detail
    ask(worker, SYSTEM, user(NOTE), most=3)
    assert "no chat template" in worker.detail


def test_close_ends_an_answer_under_way(worker: Worker, babbling_model: Path) -> None:
    worker.load(babbling_model, LARGE)
    answer = worker.chat([user(NOTE)], max_tokens=100_000, stop=threading.Event())
    next(answer)
    closing = threading.Thread(target=worker.close)
    closing.start()
    with pytest.raises(ModelProblem, match="closed"):
        list(answer)
    closing.join(10)
    assert not closing.is_alive() and worker.pid is None
    with pytest.raises(ModelProblem, match="being closed"):
        worker.load(babbling_model, SMALL)


def test_a_model_loaded_by_a_thread_that_ends_lives_on(worker: Worker, small_model: Path) -> None:
    loading = threading.Thread(target=worker.load, args=(small_model, SMALL))
    loading.start()
    loading.join()
    assert ask(worker, user(NOTE))[0] == NOTE


def test_questions_of_several_threads_take_turns(worker: Worker, small_model: Path) -> None:
    worker.load(small_model, SMALL)
    notes = [f"{word} {NOTE}" for word in ("one", "two", "three", "new")]
    found: dict[str, str] = {}

    def one(note: str) -> None:
        found[note] = ask(worker, user(note))[0]

    threads = [threading.Thread(target=one, args=(note,)) for note in notes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {note: note for note in notes}


@on_linux
def test_the_child_ends_with_its_engine(tmp_path: Path, small_model: Path) -> None:
    script = (
        "import sys, os, signal; from pathlib import Path; from core.models.process.worker import *\n"
        f"w = Worker(Path({str(tmp_path / 'log')!r})); w.load(Path({str(small_model)!r}), LoadOptions(threads=1))\n"
        "print(w.pid, flush=True); sys.stdin.read(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    engine = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert engine.stdin and engine.stdout
    watch = os.pidfd_open(int(engine.stdout.readline()))
    engine.stdin.close()
    assert engine.wait(60) == -signal.SIGKILL
    assert select.select([watch], [], [], 10)[0], "the model's process outlived its engine"
    os.close(watch)
    engine.stdout.close()


def test_the_current_folder_cannot_slip_in_code(
    worker: Worker, tmp_path: Path, small_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "jinja2.py").write_text("raise SystemExit('not ours')")
    monkeypatch.chdir(tmp_path)
    worker.load(small_model, SMALL)


def test_a_log_and_states_that_cannot_be_written_cost_no_answer(tmp_path: Path) -> None:
    full, occupied = Path("/dev/full"), tmp_path / "kv"
    if not full.exists():
        pytest.skip("/dev/full is Linux's")
    occupied.write_text("something else")
    # This template fails at its first use, which is logged.
    model = write_model(tmp_path / "m.gguf", behaviour="copy", template="{{ messages[0]['content'] + 1 }}")
    worker = Worker(full, tmp_path, occupied)
    try:
        worker.load(model, SMALL)
        assert ask(worker, user("our meeting was on monday"))[0]
        assert "template does not work" in worker.detail
    finally:
        worker.close()


def test_a_failed_assertion_starts_no_debugger(worker: Worker, small_model: Path, tmp_path: Path) -> None:
    """It would hold the end of the process up for seconds, and outlive it when it is killed."""
    whole = small_model.read_bytes()
    # Two entries of the vocabulary alike: an assertion of llama.cpp, which no check of its own comes before.
    path = tmp_path / "twice.gguf"
    path.write_bytes(whole.replace(b"<|filler_1|>", b"<|filler_2|>"))
    with pytest.raises(ModelProblem, match="stopped unexpectedly while it was loaded"):
        worker.load(path, SMALL)
    log = (tmp_path / "logs" / "model.log").read_text("utf-8", "replace")
    assert "GGML_ASSERT" in log and "#1 " not in log


def test_heavy_parts_stay_out_of_the_engine() -> None:
    script = (
        "import sys, core.models.process.worker, core.models.writer, core.models.supply.library; print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert not {"llama_cpp", "numpy", "jinja2", "torch"} & set(loaded)


def test_a_real_model_writes_a_story(worker: Worker) -> None:
    if not STORIES.exists():
        pytest.skip("stories260K.gguf is not in ../shared/data/models")
    worker.load(STORIES, SMALL)
    assert "no chat template" in worker.detail
    text, end = ask(worker, user("Once upon a time, there was a little girl named"), most=120)
    assert end.prompt_tokens > 10 and len(text) > 100 and text.isascii()
    with pytest.raises(ModelProblem, match="do not fit"):
        ask(worker, user("Once upon a time. " * 2000))

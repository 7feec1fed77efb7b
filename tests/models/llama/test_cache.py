"""What is computed once is used again: in the same process, by other conversations, after a restart. With the real
llama.cpp; a wrong state shows in the text, since the copying model repeats the message word for word."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.models.process.worker import Finish, LoadOptions, Piece, Worker
from core.types import ChatMessage
from tests.gguf_files import Shape, write_model

SYSTEM = ChatMessage("system", "You answer questions from the notes of the user. " * 8)
NOTE = "the budget decision was moved to friday because our team must quote the report"
LONG = " ".join([NOTE] * 20)
OPTIONS = LoadOptions(context=4096, threads=1)
SHAPES = {
    "copy": Shape(layers=3),
    "sliding window": Shape(layers=7, architecture="gemma3", kv_heads=1, window=128),
    "recurrent layers": Shape(layers=6, architecture="lfm2"),
}
Open = Callable[..., Worker]


@pytest.fixture
def open_(tmp_path: Path) -> Iterator[Open]:
    """A worker with a model loaded, as after a start of the program; the one before is closed."""
    workers: list[Worker] = []

    def make(path: Path, options: LoadOptions = OPTIONS, kv: Path | None = tmp_path / "kv") -> Worker:
        if workers:
            workers[-1].close()
        workers.append(Worker(tmp_path / "logs" / "model.log", tmp_path, kv))
        workers[-1].load(path, options)
        return workers[-1]

    yield make
    for worker in workers:
        worker.close()


@pytest.fixture(scope="session", params=SHAPES)
def any_model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    kind = "copy" if request.param == "copy" else "random"
    return write_model(tmp_path_factory.mktemp("kinds") / "m.gguf", behaviour=kind, shape=SHAPES[request.param])


def user(text: str) -> ChatMessage:
    return ChatMessage("user", text)


def ask(worker: Worker, name: str, *messages: ChatMessage, most: int = 200) -> tuple[str, Finish]:
    *pieces, end = worker.chat(messages, max_tokens=most, stop=threading.Event(), name=name)
    assert isinstance(end, Finish)
    return "".join(p.text for p in pieces if isinstance(p, Piece)), end


def test_a_conversation_goes_on_after_others_and_after_a_restart(open_: Open, any_model: Path) -> None:
    worker = open_(any_model)
    first = [SYSTEM, user(LONG)]
    told, end = ask(worker, "one", *first, most=30)
    system = end.cached_tokens
    assert system == 0
    _, other = ask(worker, "two", SYSTEM, user("what else is there"), most=30)
    assert 100 < other.cached_tokens < other.prompt_tokens, "the system text is shared"
    second = [*first, ChatMessage("assistant", told), user(NOTE)]
    reply, end = ask(worker, "one", *second, most=30)
    assert end.cached_tokens > 0.85 * end.prompt_tokens, "read back from disk"
    third = [*second, ChatMessage("assistant", reply), user("다음 질문")]
    worker = open_(any_model)
    _, fresh = ask(worker, "three", SYSTEM, user("after the restart"), most=30)
    assert fresh.cached_tokens == other.cached_tokens
    text, end = ask(worker, "one", *third, most=30)
    assert end.cached_tokens > 0.85 * end.prompt_tokens
    cold = open_(any_model, kv=None)
    expected, end = ask(cold, "one", *third, most=30)
    assert end.cached_tokens == 0 and text == expected


def test_any_order_of_conversations_gives_the_text_of_a_cold_start(
    open_: Open, tmp_path: Path, new_worker: Callable[[], Worker]
) -> None:
    path = write_model(tmp_path / "m.gguf", behaviour="copy", shape=SHAPES["copy"])
    chance = random.Random(7)
    words = NOTE.split()
    talks: dict[str, list[ChatMessage]] = {n: [SYSTEM] for n in "abc"}
    worker, cold = open_(path), new_worker()
    for _ in range(12):
        name = chance.choice("abc")
        message = " ".join(chance.choices(words, k=chance.randint(3, 60))) + f" {chance.randint(100, 999)}"
        talk = talks[name]
        # A new question, the last one once more, or the conversation taken up earlier.
        del talk[chance.choice([1, len(talk), len(talk), max(1, len(talk) - 2)]) :]
        text, _ = ask(worker, name, *talk, user(message))
        cold.unload()
        cold.load(path, OPTIONS)
        assert text == ask(cold, "", *talk, user(message))[0]
        talk += [user(message), ChatMessage("assistant", text)]
        if chance.random() < 0.2:
            worker = open_(path)


def test_the_first_question_finds_the_system_text_computed(open_: Open, small_model: Path) -> None:
    worker = open_(small_model)
    assert worker.warm([SYSTEM, user("x")]) > 100
    assert worker.warm([SYSTEM, user("x")]) == 0
    text, end = ask(worker, "one", SYSTEM, user(NOTE))
    assert text == NOTE and end.cached_tokens > 100
    worker = open_(small_model)
    text, again = ask(worker, "two", SYSTEM, user(NOTE))
    assert text == NOTE and again.cached_tokens == end.cached_tokens


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "no note", "wrong note", "half note"])
def test_a_damaged_state_is_ignored(open_: Open, small_model: Path, tmp_path: Path, damage: str) -> None:
    worker = open_(small_model)
    ask(worker, "one", SYSTEM, user(LONG), most=5)
    worker.close()
    states = list((tmp_path / "kv").glob("*.kv"))
    assert len(states) == 2
    for file in states:
        note, data = file.with_suffix(".json"), file.read_bytes()
        if damage == "cut":
            file.write_bytes(data[: len(data) // 2])
        elif damage == "changed":
            file.write_bytes(data[:5000] + bytes([data[5000] ^ 1]) + data[5001:])
        elif damage == "empty":
            file.write_bytes(b"")
        elif damage == "no note":
            note.unlink()
        elif damage == "wrong note":
            note.write_text('{"tokens": 7}')
        else:
            note.write_text(note.read_text()[:-20])
    worker = open_(small_model)
    text, end = ask(worker, "one", SYSTEM, user(NOTE))
    assert (text, end.cached_tokens) == (NOTE, 0)


def test_another_model_of_the_same_shape_gets_none_of_it(open_: Open, tmp_path: Path) -> None:
    one, two = (write_model(tmp_path / f"{n}.gguf", behaviour="copy", seed=n) for n in (1, 2))
    ask(open_(one), "a", SYSTEM, user(LONG), most=5)
    text, end = ask(open_(two), "a", SYSTEM, user(NOTE))
    assert (text, end.cached_tokens) == (NOTE, 0)
    assert ask(open_(one), "a", SYSTEM, user(LONG), most=5)[1].cached_tokens > 500, "the first one's is still there"


def test_a_smaller_context_than_the_state_was_made_with(open_: Open, small_model: Path) -> None:
    ask(open_(small_model), "a", SYSTEM, user(LONG), most=5)
    worker = open_(small_model, LoadOptions(context=512, threads=1))
    assert ask(worker, "a", SYSTEM, user(NOTE))[0] == NOTE


def test_a_forgotten_conversation_leaves_nothing(open_: Open, small_model: Path, tmp_path: Path) -> None:
    worker = open_(small_model)
    ask(worker, "secret", SYSTEM, user(LONG), most=5)
    ask(worker, "other", SYSTEM, user(NOTE), most=5)
    before = len(list((tmp_path / "kv").iterdir()))
    worker.forget("secret")
    assert len(list((tmp_path / "kv").iterdir())) == before - 2
    worker.forget("other")
    worker.close()
    assert len(list((tmp_path / "kv").iterdir())) == 2, "the system text alone"


def test_a_stop_in_the_middle_of_a_prompt_leaves_a_state_that_is_right(open_: Open, any_model: Path) -> None:
    worker = open_(any_model)
    stop = threading.Event()
    stop.set()
    list(worker.chat([SYSTEM, user(LONG)], max_tokens=5, stop=stop, name="a"))
    text, _ = ask(worker, "a", SYSTEM, user(NOTE), most=20)
    assert ask(open_(any_model, kv=None), "a", SYSTEM, user(NOTE), most=20)[0] == text

"""A model that other machines carry: llama.cpp's own RPC servers on this one, where its build has them; and what is
said where it has not."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import ModelProblem
from core.models.process.worker import Finish, LoadOptions, Piece, Worker
from core.types import ChatMessage

NOTE = "the budget decision was moved to friday because our team must quote the report"
HAS_RPC = "import llama_cpp as lib; lib.llama_backend_init(); print(lib.llama_supports_rpc())"


@pytest.fixture(scope="module")
def has_rpc() -> bool:
    # Asked in a process of its own: llama.cpp stays out of this one.
    return "True" in subprocess.run([sys.executable, "-c", HAS_RPC], capture_output=True, text=True, check=True).stdout


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as there:
        return int(there.getsockname()[1])


class Lent:
    """A machine that lends its processor, on a port of this one."""

    def __init__(self) -> None:
        self.address = f"127.0.0.1:{free_port()}"
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "core.models.llama.lend", self.address], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout
        # The last line it prints before it listens.
        assert any("transport" in line for line in self.process.stdout), "it does not lend"

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout
        self.process.stdout.close()


@pytest.fixture
def two(has_rpc: bool) -> Iterator[tuple[Lent, Lent]]:
    if not has_rpc:
        pytest.skip("this build of llama.cpp has no RPC back end (installers/backend.py cpu rpc)")
    lent = Lent(), Lent()
    yield lent
    for machine in lent:
        machine.end()


def options(*addresses: str) -> LoadOptions:
    return LoadOptions(context=1024, threads=1, machines=", ".join(addresses))


def ask(worker: Worker, most: int = 60) -> str:
    events = worker.chat([ChatMessage("user", NOTE)], max_tokens=most, stop=threading.Event())
    return "".join(e.text for e in events if isinstance(e, Piece))


def test_a_build_without_it_says_so_and_answers(worker: Worker, small_model: Path, has_rpc: bool) -> None:
    if has_rpc:
        pytest.skip("this build of llama.cpp has the RPC back end")
    worker.load(small_model, options("127.0.0.1:9"))
    assert worker.missing == "The installed llama.cpp cannot spread a language model over several machines."
    assert ask(worker) == NOTE


def test_a_setting_that_is_no_address_is_told(worker: Worker, small_model: Path) -> None:
    with pytest.raises(ModelProblem, match="desk is no address") as caught:
        worker.load(small_model, options("desk"))
    assert "`machines`" in caught.value.advice
    worker.load(small_model, options())
    assert ask(worker) == NOTE and worker.missing == ""


def test_two_machines_carry_a_model(worker: Worker, two: tuple[Lent, Lent], small_model: Path) -> None:
    first, second = two
    found = worker.fit("m", small_model, options(first.address, second.address))
    assert found.fits and found.machines and set(found.machines) <= {first.address, second.address}
    assert found.machines[0] in found.device and found.machines[0] in found.why
    worker.load(small_model, options(first.address, second.address))
    assert first.address in worker.device and second.address in worker.device and worker.missing == ""
    assert ask(worker) == NOTE
    assert ask(worker) == NOTE, "what was computed there is used again"


def test_one_that_is_not_there_is_left_out_and_named(worker: Worker, two: tuple[Lent, Lent], small_model: Path) -> None:
    first, gone = two
    gone.end()
    worker.load(small_model, options(gone.address, first.address))
    assert worker.missing.startswith(f"{gone.address} cannot be reached")
    assert first.address in worker.device and ask(worker) == NOTE
    gone.start()
    worker.unload()
    worker.load(small_model, options(gone.address, first.address))
    assert worker.missing == "" and ask(worker) == NOTE


def test_one_that_goes_away_costs_one_answer(worker: Worker, two: tuple[Lent, Lent], babbling_model: Path) -> None:
    first, second = two
    used = {m.address: m for m in two}
    wanted = options(first.address, second.address)
    worker.load(babbling_model, wanted)
    (address,) = worker.fit("m", babbling_model, wanted).machines
    answer = worker.chat([ChatMessage("user", NOTE)], max_tokens=900, stop=threading.Event())
    next(answer)
    used[address].end()
    with pytest.raises(ModelProblem) as caught:
        list(answer)
    assert caught.value.title == (
        f"The language model stopped, most likely because a machine that carries part of it went away ({address})."
    )
    worker.load(babbling_model, wanted)
    assert address in worker.missing and address not in worker.device
    *_, end = worker.chat([ChatMessage("user", NOTE)], max_tokens=5, stop=threading.Event())
    assert isinstance(end, Finish) and end.reason == "length"
    used[address].start()


def test_one_that_speaks_otherwise_or_not_at_all_is_left_out(
    worker: Worker, two: tuple[Lent, Lent], small_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.models.process.line.JOIN_S", 5.0)
    with socket.create_server(("127.0.0.1", 0)) as silent, socket.create_server(("127.0.0.1", 0)) as rude:
        threading.Thread(target=interrupt, args=(rude,), daemon=True).start()
        odd = [f"127.0.0.1:{there.getsockname()[1]}" for there in (silent, rude)]
        worker.load(small_model, options(*odd, two[0].address))
        for address in odd:
            assert f"{address} does not answer as llama.cpp's RPC server" in worker.missing
        assert two[0].address in worker.device and ask(worker) == NOTE


def interrupt(there: socket.socket) -> None:
    """Answer whatever comes with something else, twice: once it is only looked whether somebody is there."""
    for _ in range(2):
        caller, _ = there.accept()
        with caller:
            caller.sendall(b"SSH-2.0-Something\r\n" * 20)

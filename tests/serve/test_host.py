"""One engine a data folder, found by everybody, gone when it is told to, replaced when it was killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core import __version__, errors, types
from core.paths import DataFolder
from core.serve import place, wire
from core.serve import start as launch
from core.serve.client import Client
from core.serve.lock import HELD, held
from tests.serve.conftest import HOST

Until = Callable[[Callable[[], object]], None]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and modes of POSIX")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_eight_that_start_at_once_share_one_engine(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "data")
    clients = [Client(data, print, HOST) for _ in range(8)]
    found: list[types.Status] = []
    threads = [threading.Thread(target=lambda c=c: found.append(c.connect())) for c in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({status.pid for status in found}) == 1
    assert clients[0].stop()


def test_the_losers_of_a_race_go_quietly_with_a_code_of_their_own(tmp_path: Path, until: Until) -> None:
    command = [*HOST, "--data", str(tmp_path / "data")]
    racers = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in range(8)]
    client = Client(DataFolder(tmp_path / "data"), print, HOST)
    until(client.find)
    winner = client.connect().pid
    for racer in racers:
        if racer.pid != winner:
            assert racer.communicate()[0] == b""
            assert racer.returncode == HELD
    assert client.stop()
    won = next(r for r in racers if r.pid == winner)
    won.communicate()
    assert won.returncode == 0


def test_everything_is_for_its_owner_only(fresh: Client) -> None:
    fresh.connect()
    data = fresh.data
    assert [mode(p) for p in (data.root, data.logs)] == [0o700, 0o700]
    assert [mode(p) for p in (data.socket, data.endpoint, data.lock, data.logs / "engine.log")] == [0o600] * 4
    assert wire.decode(data.endpoint.read_bytes(), wire.Endpoint).socket == str(data.socket)


def test_stopping_leaves_nothing_behind_and_twice_is_no_error(fresh: Client) -> None:
    fresh.connect()
    assert fresh.stop()
    assert not fresh.data.endpoint.exists() and not fresh.data.socket.exists() and not held(fresh.data.lock)
    assert not fresh.stop()
    assert fresh.find() is None


@pytest.mark.parametrize("how", ["deleted", "renamed", "taken"])
def test_an_engine_ends_with_its_data_folder(tmp_path: Path, how: str, until: Until) -> None:
    root = tmp_path / "data"
    host = subprocess.Popen([*HOST, "--data", str(root)], stderr=subprocess.PIPE)
    client = Client(DataFolder(root), print, HOST)
    until(client.find)
    root.rename(tmp_path / "elsewhere")
    if how == "deleted":
        shutil.rmtree(tmp_path / "elsewhere")
    elif how == "taken":
        assert client.connect().pid != host.pid
    assert host.communicate(timeout=120)[1] == b"" and host.returncode == 0
    assert bool(client.find()) == (how == "taken")
    client.stop()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_closes_the_engine_in_order_though_a_window_listens(tmp_path: Path, number: int, until: Until) -> None:
    host = subprocess.Popen([*HOST, "--data", str(tmp_path / "data")], stderr=subprocess.PIPE)
    client = Client(DataFolder(tmp_path / "data"), print, HOST)
    until(client.find)
    follower = client.events()
    next(follower)
    answer = client.ask(wire.AskBody("endless"))
    next(answer)
    host.send_signal(number)
    host.communicate(timeout=60)
    assert host.returncode == 0
    assert not client.data.endpoint.exists()


def test_one_that_waits_for_the_index_does_not_hold_up_the_end(fresh: Client, tmp_path: Path) -> None:
    fresh.connect()
    fresh.add_folder(str(tmp_path))
    failed: list[errors.MoaError] = []

    def wait() -> None:
        try:
            fresh.index(True)
        except errors.MoaError as e:
            failed.append(e)

    waiting = threading.Thread(target=wait)
    waiting.start()
    assert Client(fresh.data, print, HOST).stop()
    waiting.join()
    assert not failed or isinstance(failed[0], errors.EngineUnavailable)


def test_after_a_kill_the_next_command_starts_a_new_engine(fresh: Client) -> None:
    first = fresh.connect().pid
    with pytest.raises(errors.EngineUnavailable, match="ended before it had answered"):
        fresh.search(wire.SearchBody("die"))
    assert fresh.data.endpoint.exists() and fresh.data.socket.exists()
    assert fresh.find() is None
    second = fresh.connect().pid
    assert second != first
    with pytest.raises(errors.EngineUnavailable, match="ended before it had answered"):
        list(fresh.ask(wire.AskBody("die")))
    assert fresh.connect().pid not in (first, second)


def test_an_engine_json_that_lies_is_not_believed(fresh: Client) -> None:
    fresh.data.root.mkdir()
    for content in (b"", b"{", b"[]", wire.encode(wire.Endpoint(1, __version__, socket="/nowhere/engine.sock"))):
        fresh.data.endpoint.write_bytes(content)
        assert fresh.find() is None
    assert fresh.connect().running


def test_an_engine_of_another_version_is_replaced(fresh: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    first = fresh.connect().pid
    endpoint = place.announced(fresh.data)
    assert endpoint
    place.announce(fresh.data, wire.Endpoint(endpoint.pid, "0.0.1", endpoint.socket))
    assert fresh.connect().pid != first


def test_a_path_too_long_for_a_socket_gets_one_in_an_owner_only_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    data = DataFolder(tmp_path / ("long" * 30))
    client = Client(data, print, HOST)
    client.connect()
    try:
        assert data.socket.parent != data.root
        assert [mode(data.socket.parent), mode(data.socket)] == [0o700, 0o600]
    finally:
        client.stop()
    data.socket.parent.chmod(0o755)
    with pytest.raises(errors.SetupProblem, match="was made by someone else"):
        client.connect()


def test_an_engine_that_cannot_start_says_why(fresh: Client) -> None:
    fresh.data.root.mkdir()
    (fresh.data.root / "refuse").touch()
    with pytest.raises(errors.DataFolderNewer, match=r"written by a newer Moa\. Update Moa\."):
        fresh.connect()


def test_an_engine_that_dies_without_a_word_is_reported(tmp_path: Path) -> None:
    import sys

    client = Client(DataFolder(tmp_path), print, (sys.executable, "-c", "raise RuntimeError('no library')"))
    with pytest.raises(errors.EngineUnavailable, match="RuntimeError: no library"):
        client.connect()


def test_a_data_folder_that_is_a_file_gets_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(errors.SetupProblem, match="cannot be used"):
        Client(DataFolder(tmp_path / "file"), print, HOST).connect()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    os.chown(tmp_path, 12345, 12345)
    with pytest.raises(errors.DataFolderInUse, match="belongs to another user"):
        Client(DataFolder(tmp_path), print, HOST).connect()


def test_a_folder_that_holds_other_things_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").touch()
    tmp_path.chmod(0o755)
    place.prepare(DataFolder(tmp_path))
    assert mode(tmp_path) == 0o755


@pytest.fixture
def hung(tmp_path: Path) -> Iterator[DataFolder]:
    """A data folder whose engine takes connections and never answers."""
    data = DataFolder(tmp_path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(data.socket))
        server.listen(5)
        data.endpoint.write_bytes(wire.encode(wire.Endpoint(os.getpid(), __version__, str(data.socket))))
        yield data


def test_a_hung_engine_is_named_and_not_waited_for(hung: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "ALIVE_LIMIT_S", 0.1)
    with pytest.raises(errors.EngineUnavailable, match=rf"process {os.getpid()}\) does not answer"):
        Client(hung, print, HOST).connect()


def test_a_stopped_process_is_killed_when_it_does_not_end(fresh: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    pid = fresh.connect().pid
    os.kill(pid, signal.SIGSTOP)
    monkeypatch.setattr(launch, "STOP_LIMIT_S", 0.5)
    assert fresh.stop()
    assert fresh.find() is None


def test_engine_json_is_plain_json(fresh: Client) -> None:
    pid = fresh.connect().pid
    assert json.loads(fresh.data.endpoint.read_text())["pid"] == pid

"""No process of Moa opens an internet socket: strace watches the command line, the engine, the readers, the model's
process and the window, over indexing, searching and asking.

strace sees every process and every language; Python's own hooks would miss Qt, Chroma and llama.cpp.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from core.index.embedding.embedder import Embedder
from core.paths import DataFolder

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed (apt-get install strace)"),
]
INTERNET = re.compile(r"socket\(AF_INET6?\b.*")
DEADLINE_S = 120


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "data"
    moa(tmp_path / "data", "stop")


def environment(data: Path) -> dict[str, str]:
    return dict(os.environ, MOA_DATA=str(data), QT_QPA_PLATFORM="offscreen", NO_AT_BRIDGE="1")


def watched(log: Path, *command: str) -> list[str]:
    return ["strace", "-f", "-qq", "-e", "trace=%network", "-o", str(log), *command]


def moa(data: Path, *arguments: str, log: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app", *arguments]
    return subprocess.run(
        watched(log, *command) if log else command,
        env=environment(data), capture_output=True, text=True, timeout=DEADLINE_S, check=False,
    )  # fmt: skip


def opened(log: Path) -> list[str]:
    return INTERNET.findall(log.read_text(errors="replace"))


def test_the_watch_would_see_one(tmp_path: Path) -> None:
    log = tmp_path / "log"
    code = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()"
    subprocess.run(watched(log, sys.executable, "-c", code), check=True, timeout=DEADLINE_S)
    assert len(opened(log)) == 1


def wait_for(endpoint: Path, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + DEADLINE_S
    while not endpoint.exists():
        assert time.monotonic() < until and process.poll() is None, "no engine was started"
        time.sleep(0.1)  # another process writes it; there is nothing to wait on


def test_no_internet_socket_from_index_to_answer(data: Path, tmp_path: Path, small_model: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.md").write_text("# Budget\n\nThe budget for spring is 4,200 euros. ![x](http://192.0.2.1/x.png)\n")
    (notes / "나.md").write_text("# 예산\n\n봄 예산은 420만 원이다.\n", encoding="utf-8")
    logs = [tmp_path / "engine"]
    # The engine by itself: strace -f would wait for one that a verb has started and left running.
    engine = subprocess.Popen(watched(logs[0], sys.executable, "-m", "app", "serve"), env=environment(data))
    wait_for(DataFolder(data).endpoint, engine)
    for n, arguments in enumerate(
        (
            ("folders", "add", str(notes)),
            ("index", "--wait"),
            ("search", "예산"),
            ("ask", "How large is the budget?"),
            ("models", "add", str(small_model)),
            ("ask", "봄 예산은 얼마야?", "--model", small_model.stem),
            ("stop",),
        )
    ):
        logs.append(tmp_path / f"log{n}")
        done = moa(data, *arguments, log=logs[-1])
        assert done.returncode == 0, (arguments, done.stderr)
    engine.wait(DEADLINE_S)
    assert all("AF_UNIX" in log.read_text(errors="replace") for log in logs)
    assert [line for log in logs for line in opened(log)] == []


def test_no_internet_socket_where_an_embedding_model_is_prepared(tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = (sys.executable, "-m", "core.index.embedding.onnx_export", str(Embedder().folder), str(tmp_path / "made"))
    with subprocess.Popen(watched(log, *command), stdin=subprocess.PIPE) as export:
        assert export.wait(DEADLINE_S) == 0
    assert (tmp_path / "made" / "model.onnx").exists()
    assert opened(log) == []


def test_no_internet_socket_from_the_window(data: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    window = subprocess.Popen(watched(log, sys.executable, "-m", "app"), env=environment(data))
    wait_for(DataFolder(data).endpoint, window)
    assert '"running":true' in moa(data, "status", "--json").stdout.replace(" ", "")
    # strace keeps signals to itself: the window is its child, and stops the engine it has started.
    psutil.Process(window.pid).children()[0].terminate()
    window.wait(DEADLINE_S)
    assert opened(log) == []

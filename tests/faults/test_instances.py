"""Many starts at once: exactly one engine a data folder, and everybody finds it."""

from __future__ import annotations

import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from core.paths import DataFolder
from core.serve.client import Client
from core.serve.lock import HELD
from tests.faults.test_kill import HOST
from tests.serve.conftest import HOST as LIGHT

STARTS = 8


def race(host: tuple[str, ...], client: Client) -> None:
    """Start many hosts at once: one serves until it is stopped, the others find the folder held."""
    starts = [
        subprocess.Popen([*host, "--data", str(client.data.root)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for _ in range(STARTS)
    ]
    try:
        deadline = time.monotonic() + 60
        while (status := client.find()) is None:
            assert time.monotonic() < deadline
            time.sleep(0.02)  # another process becomes ready, which tells nobody
        pid = status.pid
        codes = Counter(s.wait(60) for s in starts if s.pid != pid)
        assert codes == {HELD: STARTS - 1}
        [primary] = [s for s in starts if s.pid == pid]
        found = client.find()
        assert primary.poll() is None and found is not None and found.pid == pid
        assert client.stop() and primary.wait(30) == 0
    finally:
        for s in starts:
            if s.poll() is None:
                s.kill()
            s.communicate()


@pytest.mark.parametrize(
    ("host", "rounds"),
    [
        pytest.param(LIGHT, 5, id="5 rounds"),
        pytest.param(LIGHT, 100, id="100 rounds", marks=pytest.mark.slow),
        pytest.param(HOST, 5, id="5 rounds of whole engines", marks=pytest.mark.slow),
    ],
)
def test_of_eight_starts_exactly_one_becomes_the_engine(host: tuple[str, ...], rounds: int, tmp_path: Path) -> None:
    client = Client(DataFolder(tmp_path / "data"), lambda text: None, host)
    for _ in range(rounds):
        race(host, client)
    print(f"{rounds} races of {STARTS} starts: one engine each time")

"""Hosts around a made-up engine: one shared by the tests that do it no harm, and fresh ones."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.paths import DataFolder
from core.serve.client import Client

HOST = (sys.executable, "-m", "tests.serve.fake_host")


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    client = Client(DataFolder(tmp_path_factory.mktemp("shared") / "data"), print, HOST)
    client.connect()
    yield client
    client.stop()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Client]:
    """A client of a folder without an engine; what it starts is ended."""
    client = Client(DataFolder(tmp_path / "data"), print, HOST)
    yield client
    client.stop()


@pytest.fixture
def until() -> Callable[[Callable[[], object]], None]:
    """Waits for a condition, with a deadline."""

    def wait(condition: Callable[[], object]) -> None:
        end = time.monotonic() + 120
        while not condition():
            assert time.monotonic() < end, "waited in vain"
            time.sleep(0.01)

    return wait

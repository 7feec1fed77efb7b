"""`moa` run in this process against a host with a made-up engine."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from core.cli import main
from core.paths import DataFolder
from core.serve import start
from core.serve.client import Client
from tests.serve.conftest import HOST


@dataclass(frozen=True)
class Result:
    """What one command left: exit code, standard output and standard error."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Standard output as JSON lines; fails when anything else is among them."""
        return [json.loads(line) for line in self.out.splitlines()]


Moa = Callable[..., Result]


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A host that every test here may ask; none may hurt it."""
    client = Client(DataFolder(tmp_path_factory.mktemp("cli") / "data"), print, HOST)
    client.connect()
    yield client
    client.stop()


def _runner(data: Path, capsys: pytest.CaptureFixture[str]) -> Moa:
    def run(*argv: str) -> Result:
        capsys.readouterr()
        code = main(["--data", str(data), *argv])
        return Result(code, *capsys.readouterr())

    return run


@pytest.fixture
def moa(engine: Client, capsys: pytest.CaptureFixture[str]) -> Moa:
    """Runs a command with the shared engine."""
    return _runner(engine.data.root, capsys)


@pytest.fixture
def alone(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Moa]:
    """Runs a command with a data folder of its own, where no engine runs yet; one that is started is ended."""
    monkeypatch.setattr(start, "HOST", HOST)
    data = tmp_path / "data"
    yield _runner(data, capsys)
    Client(DataFolder(data), print, HOST).stop()

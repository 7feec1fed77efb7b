"""Small models, written once a test run, and workers that are closed at the end of their test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.models.worker import Worker
from tests.gguf_files import Shape, write_model


@pytest.fixture(scope="session")
def copy_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Repeats the user's message word for word."""
    return write_model(tmp_path_factory.mktemp("models") / "copy.gguf", behaviour="copy")


@pytest.fixture(scope="session")
def babbling_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Writes gibberish until the room is used up."""
    return write_model(tmp_path_factory.mktemp("models") / "babbling.gguf", shape=Shape(layers=4, context=32768))


@pytest.fixture
def new_worker(tmp_path: Path) -> Iterator[Callable[[], Worker]]:
    workers: list[Worker] = []

    def make() -> Worker:
        workers.append(Worker(tmp_path / "logs" / "model.log"))
        return workers[-1]

    yield make
    for worker in workers:
        worker.close()


@pytest.fixture
def worker(new_worker: Callable[[], Worker]) -> Worker:
    return new_worker()

"""What every test runs under: no network beyond this machine, no telemetry, few threads."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.gguf_files import Shape, write_model

# Before any library reads them. MOA_OFFLINE also holds for the child processes that tests start.
os.environ["MOA_OFFLINE"] = "1"
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_OFFLINE"] = "1"
os.environ["ANONYMIZED_TELEMETRY"] = "False"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ.setdefault("OMP_NUM_THREADS", "2")


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A language model of two megabytes that repeats the user's message word for word."""
    return write_model(tmp_path_factory.mktemp("models") / "small.gguf", behaviour="copy")


@pytest.fixture(scope="session")
def babbling_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Writes gibberish until the room is used up."""
    return write_model(tmp_path_factory.mktemp("models") / "babbling.gguf", shape=Shape(layers=4, context=32768))

"""Embedding models in GGUF, run by the real llama.cpp: what comes out, what is refused, and what a crash costs."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from core import errors
from core.index.embedding.embedder import Embedder
from core.models.embed.embedder import GgufEmbedder
from core.models.embed.prompts import prompts
from tests.embedder_gguf import write_embedder

TEXTS = [
    "The cat sleeps on the sofa.",
    "Interest rates rose in May.",
    "시장이 열렸다",
    "",
    "The harbour was quiet. " * 40,
    *(f"Note {n} is about the weather in week {n}." for n in range(30)),
]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_embedder(tmp_path_factory.mktemp("gguf") / "all-MiniLM-L6-v2.gguf")


@pytest.fixture
def embedder(file: Path, tmp_path: Path) -> Iterator[GgufEmbedder]:
    embedder = GgufEmbedder(file, tmp_path / "embedder.log", threads=1)
    yield embedder
    embedder.close()


def child_of(embedder: GgufEmbedder) -> int:
    assert embedder._child and embedder._child.pid
    return embedder._child.pid


def test_its_vectors_are_those_of_the_model(embedder: GgufEmbedder) -> None:
    vectors, other = embedder.passages(TEXTS), Embedder()
    wanted = other.passages(TEXTS)
    assert vectors.shape == (len(TEXTS), 384) and vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    # The export that it is compared with is quantized, reads 256 tokens and takes Korean apart otherwise.
    close = (vectors * wanted).sum(axis=1)
    assert min(close[[0, 1, *range(5, len(TEXTS))]]) > 0.97, close
    assert int(np.argmax(vectors @ embedder.question("Where does the kitten nap?"))) == 0
    assert embedder.count("two words") == 2 and embedder.count("") == 0
    assert embedder.serves("en") and not embedder.serves("ko") and embedder.limit == 512


def test_a_question_is_the_same_alone_and_among_others(embedder: GgufEmbedder) -> None:
    alone, among = embedder.question(TEXTS[1]), embedder.passages(TEXTS)[1]
    assert alone @ among > 0.9999
    assert embedder.passages([]).shape == (0, 384)


def test_a_process_that_ends_is_started_again(embedder: GgufEmbedder) -> None:
    before = embedder.question("budget")
    first = child_of(embedder)
    os.kill(first, signal.SIGKILL)
    assert np.allclose(embedder.question("budget"), before, atol=1e-5)
    second = child_of(embedder)
    embedder.close()
    assert first != second and not psutil.pid_exists(second)
    with pytest.raises(errors.SetupProblem, match="stopped unexpectedly"):
        embedder.question("budget")
    assert embedder.count("still cuts files") == 6, "by its bytes"


def test_other_files_are_refused_in_words(file: Path, small_model: Path, tmp_path: Path) -> None:
    def refused(path: Path) -> str:
        with pytest.raises(errors.SetupProblem) as told:
            GgufEmbedder(path, tmp_path / "log")
        return str(told.value)

    assert "no embedding model" in refused(small_model)
    assert "reranker" in refused(write_embedder(tmp_path / "rank.gguf", pooling=4))
    assert "There is no file" in refused(tmp_path / "nothing.gguf")
    (tmp_path / "page.gguf").write_text("<!doctype html>")
    assert "not a model" in refused(tmp_path / "page.gguf")
    (tmp_path / "half.gguf").write_bytes(file.read_bytes()[:4_000_000])
    assert "incomplete" in refused(tmp_path / "half.gguf")


def test_one_that_cannot_be_loaded_is_not_tried_again(file: Path, tmp_path: Path) -> None:
    # Whole by its list of tensors, but of another width than it says.
    data = bytearray(file.read_bytes())
    at = data.index(b"bert.feed_forward_length") + len(b"bert.feed_forward_length") + 4
    data[at : at + 4] = (999).to_bytes(4, "little")
    (tmp_path / "odd.gguf").write_bytes(data)
    odd = GgufEmbedder(tmp_path / "odd.gguf", tmp_path / "log", threads=1)
    with pytest.raises(errors.SetupProblem, match=r"odd\.gguf could not be loaded"):
        odd.load()
    (tmp_path / "odd.gguf").write_bytes(file.read_bytes())
    with pytest.raises(errors.SetupProblem, match=r"odd\.gguf could not be loaded"):
        odd.passages(["text"])
    odd.close()


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (
            ("Nomic Embed Text v1.5", "nomic-embed-text-v1.5.Q8_0", "nomic-bert"),
            ("search_query: ", "search_document: "),
        ),
        (("multilingual-e5-small", "m", "bert"), ("query: ", "passage: ")),
        (("snowflake-arctic-embed-m-v2.0", "m", "bert"), ("query: ", "")),
        (("bge-m3", "bge-m3-Q8_0", "bert"), ("", "")),
        (("all-MiniLM-L6-v2", "all-minilm", "bert"), ("", "")),
    ],
)
def test_prompts_by_the_name_of_the_model(names: tuple[str, ...], wanted: tuple[str, str]) -> None:
    assert prompts(*names) == wanted

"""The back ends of the embedder on a small model with random weights: exported for real, in a child process."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core import errors
from core.index.embedding import onnx_back_end
from core.index.embedding.embedder import Embedder
from core.index.embedding.onnx_export import SAMPLE, export

TEXTS = [*SAMPLE["en"], *SAMPLE["ko"], *SAMPLE["en"]]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence-transformers model of two layers, with the built-in model's tokenizer and prompts of its own."""
    import torch
    from transformers import BertConfig, BertModel

    folder = tmp_path_factory.mktemp("model") / "small"
    shutil.copytree(Embedder().folder, folder, ignore=shutil.ignore_patterns("*.safetensors", "data_config.json"))
    torch.manual_seed(1)
    config = BertConfig(hidden_size=384, num_hidden_layers=2, num_attention_heads=4, intermediate_size=768)
    BertModel(config).save_pretrained(folder)
    prompts = {"prompts": {"query": "query: ", "document": "passage: "}, "default_prompt_name": None}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(prompts))
    return folder


@pytest.fixture(scope="module")
def cache(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the model's export."""
    cache = tmp_path_factory.mktemp("cache")
    Embedder(str(small), cache=cache).load()
    return cache


@pytest.fixture
def no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    def make(*_: object) -> str:
        raise AssertionError("an export was to be made")

    monkeypatch.setattr(onnx_back_end.Maker, "make", make)


def copied(cache: Path, to: Path) -> Path:
    shutil.copytree(cache, to)
    return to


@pytest.mark.usefixtures("no_child")
def test_an_export_gives_the_vectors_that_torch_gives(small: Path, cache: Path) -> None:
    exported, torch = Embedder(str(small), threads=3, cache=cache), Embedder(str(small))
    vectors, wanted = exported.passages(TEXTS), torch.passages(TEXTS)
    assert vectors.shape == (18, 384) and vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    assert (vectors * wanted).sum(axis=1).min() > 0.98
    question = exported.question("  Where does the kitten nap?")
    assert float(question @ torch.question("  Where does the kitten nap?")) > 0.98
    # With the model's prompts: one text as a question and as a passage differ.
    assert float(question @ exported.passages(["  Where does the kitten nap?"])[0]) < 0.999
    assert exported.id == f"{torch.id}+onnx1" and exported.model_id == torch.model_id == torch.id


@pytest.mark.usefixtures("no_child")
def test_an_export_is_made_once(small: Path, cache: Path) -> None:
    again = Embedder(str(small), cache=cache)
    again.load()
    assert again.device == "cpu" and again.dim == 384


def test_an_export_ends_with_the_engine_that_wanted_it(small: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "core.index.embedding.onnx_export", str(small), str(tmp_path / "export")]
    assert subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_a_damaged_export_is_made_anew(small: Path, cache: Path, tmp_path: Path) -> None:
    mine = copied(cache, tmp_path / "cache")
    graph = next(mine.glob("*/model.onnx"))
    whole = graph.read_bytes()
    graph.write_bytes(whole[:1000] + b"\0\0\0\0" + whole[1004:])
    model = Embedder(str(small), cache=mine)
    model.load()
    assert graph.read_bytes() == whole and model.id.endswith("+onnx1")
    assert not list(mine.glob(".new-*"))


def test_what_cannot_be_exported_stays_with_torch(small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "m"
    shutil.copytree(small, folder)
    modules = json.loads((folder / "modules.json").read_text())
    modules[1]["type"] = "some.package.SpecialPooling"
    (folder / "modules.json").write_text(json.dumps(modules))
    assert "+" not in Embedder(str(folder), cache=tmp_path / "cache").id


def test_a_failed_export_is_remembered_and_torch_serves(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    monkeypatch.setattr(onnx_back_end, "EXPORT_S", 0.01)
    model = Embedder(str(small), cache=cache)
    assert model.id.endswith("+onnx1")
    model.load()
    assert model.id == model.model_id
    assert model.question("budget").shape == (384,)
    assert Embedder(str(small), cache=cache).id == model.model_id
    # What has changed since may let it succeed.
    about = next(cache.glob("*/export.json"))
    about.write_text(about.read_text().replace("onnxruntime ", "onnxruntime 0."))
    assert Embedder(str(small), cache=cache).id == f"{model.model_id}+onnx1"


@pytest.mark.slow
def test_a_damaged_model_is_said(small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "m"
    shutil.copytree(small, folder)
    (folder / "model.safetensors").write_bytes(b"\0" * 100)
    with pytest.raises(errors.SetupProblem, match="could not be loaded"):
        Embedder(str(folder), cache=tmp_path / "cache").load()


def test_a_full_disk_is_not_held_against_the_model(small: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be")
    with pytest.raises(OSError):
        export(small, tmp_path / "cache" / "x")


def test_a_closed_embedder_makes_none(small: Path, tmp_path: Path) -> None:
    model = Embedder(str(small), cache=tmp_path / "cache")
    model.close()
    model.load()
    assert not (tmp_path / "cache").exists()


@pytest.mark.slow
def test_the_built_in_models_export_is_int8_and_close(tmp_path: Path) -> None:
    made = export(Embedder().folder, tmp_path / "x")
    assert made.precision.startswith("int8") and min(made.closeness.values()) >= 0.99

"""LoRA adapters on the real llama.cpp: attached, weakened, taken off, and files that do not fit."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from core.errors import BadRequest, ModelProblem
from core.models.process.worker import LoadOptions, Piece, Worker
from core.models.supply.library import ModelLibrary
from core.types import ChatMessage
from tests.gguf_files import Shape, write_adapter

NOTE = "the budget decision was moved to friday because our team must quote the report"


@pytest.fixture(scope="module")
def adapter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_adapter(tmp_path_factory.mktemp("adapters") / "upside.gguf")


def written(worker: Worker, model: Path, *adapters: tuple[str, float]) -> str:
    worker.load(model, LoadOptions(context=1024, threads=1, adapters=adapters))
    pieces = worker.chat([ChatMessage("user", NOTE)], max_tokens=40, stop=threading.Event(), name="one")
    return "".join(p.text for p in pieces if isinstance(p, Piece))


def test_an_adapter_changes_what_is_written_by_its_strength(worker: Worker, small_model: Path, adapter: Path) -> None:
    assert written(worker, small_model) == NOTE
    assert written(worker, small_model, (str(adapter), 1.0)) != NOTE
    assert written(worker, small_model, (str(adapter), 0.0)) == NOTE
    assert written(worker, small_model) == NOTE


def test_states_of_prompts_are_not_shared_between_adapters(tmp_path: Path, small_model: Path, adapter: Path) -> None:
    kv = tmp_path / "kv"
    kv.mkdir()
    for adapters in ((), ((str(adapter), 1.0),), ()):
        worker = Worker(tmp_path / "logs" / "model.log", tmp_path, kv)
        assert (written(worker, small_model, *adapters) == NOTE) is not bool(adapters)
        worker.close()


def test_an_adapter_of_other_sizes_is_told_and_not_held_against_the_model(
    worker: Worker, small_model: Path, tmp_path: Path
) -> None:
    wide = write_adapter(tmp_path / "wide.gguf", shape=Shape(width=512))
    with pytest.raises(ModelProblem, match=r"adapter wide\.gguf does not fit"):
        written(worker, small_model, (str(wide), 1.0))
    gone = tmp_path / "gone.gguf"
    with pytest.raises(ModelProblem, match="gone"):
        written(worker, small_model, (str(gone), 1.0))
    assert written(worker, small_model) == NOTE


def test_the_library_keeps_adapters_with_their_model(tmp_path: Path, small_model: Path, adapter: Path) -> None:
    library = ModelLibrary(tmp_path / "models")
    id = library.add(small_model).id
    assert library.adapt(id, adapter, 0.5).adapters == ("upside.gguf",)
    assert library.adapt(id, adapter, 0.75).adapters == ("upside.gguf",)
    again = ModelLibrary(tmp_path / "models")
    assert again.adapters_of(small_model) == ((str(adapter), 0.75),)
    assert again.bare(id).adapters == () and again.adapters_of(small_model) == ()


def test_files_that_are_no_adapter_for_this_model(tmp_path: Path, small_model: Path, adapter: Path) -> None:
    library = ModelLibrary(tmp_path / "models")
    id = library.add(small_model).id
    other = write_adapter(tmp_path / "other.gguf", architecture="qwen3")
    cut = Path(shutil.copy(adapter, tmp_path / "cut.gguf"))
    cut.write_bytes(cut.read_bytes()[:-100])
    for file, words in ((small_model, "no LoRA adapter"), (other, "is for qwen3 models"), (cut, "incomplete")):
        with pytest.raises(BadRequest, match=words):
            library.adapt(id, file, 1.0)
    with pytest.raises(BadRequest, match="models adapt"):
        library.add(adapter)

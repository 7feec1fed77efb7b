"""The list of the user's models: references to files that stay where they are."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from core.errors import BadRequest, ModelProblem
from core.models.supply.library import ModelLibrary
from tests.gguf_files import write_model


def test_a_model_is_added_by_reference_and_remembered(tmp_path: Path, small_model: Path) -> None:
    row = ModelLibrary(tmp_path / "models").add(small_model)
    assert (row.id, row.quantization, row.context, row.active, row.problem) == ("small", "F16", 4096, False, "")
    again = ModelLibrary(tmp_path / "models")
    assert [r.active for r in again.rows("small")] == [True]
    assert again.path_of("small") == small_model
    assert len(again.digest_of("small")) == 64


def test_a_file_name_that_is_no_unicode(tmp_path: Path, small_model: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/m\xff.gguf"))
    try:
        shutil.copy(small_model, path)
    except OSError:
        pytest.skip("this file system takes only Unicode names")
    row = ModelLibrary(tmp_path / "models").add(path)
    assert ModelLibrary(tmp_path / "models").path_of(row.id) == path


def test_the_same_content_twice_is_one_model(tmp_path: Path, small_model: Path) -> None:
    library = ModelLibrary(tmp_path / "models")
    library.add(small_model)
    twin = Path(shutil.copy(small_model, tmp_path / "twin.gguf"))
    assert library.add(twin).path == str(small_model)
    assert len(library.rows("")) == 1


def test_a_moved_model_keeps_its_id(tmp_path: Path, small_model: Path) -> None:
    library = ModelLibrary(tmp_path / "models")
    old = Path(shutil.copy(small_model, tmp_path / "old name.gguf"))
    assert library.add(old).id == "old-name"
    new = old.rename(tmp_path / "new name.gguf")
    assert library.add(new).id == "old-name"
    assert library.path_of("old-name") == new


def test_ids_are_readable_and_unique(tmp_path: Path) -> None:
    library = ModelLibrary(tmp_path / "models")
    ids = []
    for seed, name in enumerate(("Qwen3-4B (1).gguf", "qwen3 4b 1.gguf", "none.gguf", "내 모델.gguf")):
        ids.append(library.add(write_model(tmp_path / name, seed=seed)).id)
    assert ids == ["qwen3-4b-1", "qwen3-4b-1-2", "none-2", "내-모델"]


def test_a_file_that_is_gone_or_changed_is_told_in_words(tmp_path: Path) -> None:
    library = ModelLibrary(tmp_path / "models")
    path = write_model(tmp_path / "m.gguf")
    library.add(path)
    with path.open("ab") as file:
        file.write(b"more")
    assert "has changed" in library.rows("")[0].problem
    path.unlink()
    assert "is not there" in library.rows("")[0].problem
    with pytest.raises(ModelProblem, match="is not there"):
        library.path_of("m")


def test_removing_a_model_deletes_no_file_of_the_user(tmp_path: Path) -> None:
    library = ModelLibrary(tmp_path / "models")
    path = write_model(tmp_path / "m.gguf")
    library.add(path)
    library.remove("m")
    assert library.rows("") == () and path.exists()
    with pytest.raises(BadRequest, match="no model named m"):
        library.remove("m")


def test_removing_a_copy_deletes_it(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    library = ModelLibrary(tmp_path / "models")
    path = write_model(tmp_path / "m.gguf")
    copied = Path(library.copy(path).path)
    assert ModelLibrary(tmp_path / "models").rows("")[0].own and copied.exists()
    library.remove("m")
    assert not copied.exists() and path.exists()


def test_a_refused_file_changes_nothing(tmp_path: Path) -> None:
    library = ModelLibrary(tmp_path / "models")
    (tmp_path / "page.gguf").write_text("<html>")
    with pytest.raises(BadRequest):
        library.add(tmp_path / "page.gguf")
    assert library.rows("") == () and not (tmp_path / "models").exists()


@pytest.mark.parametrize("damage", ["{", "[1]", '[{"id": "x"}]', "\x00"])
def test_a_damaged_list_is_put_aside(tmp_path: Path, damage: str) -> None:
    (tmp_path / "models.json").write_text(damage)
    assert ModelLibrary(tmp_path).rows("") == ()
    assert (tmp_path / "models.damaged").read_text() == damage


def test_a_copy_does_not_need_the_file_any_more(tmp_path: Path, small_model: Path) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    library = ModelLibrary(folder)
    given = Path(shutil.copy(small_model, tmp_path / "stick.gguf"))
    row = library.copy(given)
    given.unlink()
    assert library.path_of(row.id).read_bytes() == small_model.read_bytes()
    assert Path(row.path).parent == folder
    # Once more, and a file that is none: nothing more lies there than before.
    assert library.copy(small_model).id == row.id
    page = tmp_path / "page.gguf"
    page.write_text("<html>")
    with pytest.raises(BadRequest):
        library.copy(page)
    assert sorted(p.name for p in folder.iterdir()) == ["models.json", "stick.gguf"]


def test_a_model_in_parts_is_not_copied_by_its_first_part_alone(tmp_path: Path) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    first = write_model(tmp_path / "m-00001-of-00002.gguf", extra={"split.count": 2, "split.no": 0})
    write_model(tmp_path / "m-00002-of-00002.gguf", extra={"split.count": 2, "split.no": 1})
    with pytest.raises(BadRequest, match="in several parts"):
        ModelLibrary(folder).copy(first)
    assert list(folder.iterdir()) == []

"""What loading teaches."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ModelProblem
from core.models.fit.plan import Correction
from core.models.fit.remembered import Remembered, build, identity

PROBLEM = ModelProblem("m.gguf could not be loaded.", "Choose another.")


def test_a_failure_is_remembered_until_the_file_changes_or_is_chosen_again(tmp_path: Path) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(b"one")
    Remembered(tmp_path).failed(path, PROBLEM)
    with pytest.raises(ModelProblem, match="could not be loaded") as caught:
        Remembered(tmp_path).refuse_known(path)
    assert "choose it again" in caught.value.advice
    before = identity(path)
    path.write_bytes(b"two!")
    assert identity(path) != before
    Remembered(tmp_path).refuse_known(path)
    Remembered(tmp_path).failed(path, PROBLEM)
    Remembered(tmp_path).forgive(path)
    Remembered(tmp_path).refuse_known(path)


def test_being_killed_once_is_not_held_against_a_file(tmp_path: Path) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(b"one")
    remembered = Remembered(None)
    remembered.killed(path, PROBLEM)
    remembered.refuse_known(path)
    remembered.killed(path, PROBLEM)
    with pytest.raises(ModelProblem):
        remembered.refuse_known(path)
    remembered.forgive(path)
    remembered.refuse_known(path)


def test_lessons_last_and_are_bounded(tmp_path: Path) -> None:
    Remembered(tmp_path).learn("llama on processor", 1.25, 9.0)
    assert Remembered(tmp_path).correction("llama on processor") == Correction(1.25, 4.0)
    assert Remembered(tmp_path).correction("other") == Correction()
    (tmp_path / "loads.json").write_text("[]")
    assert Remembered(tmp_path).correction("llama on processor") == Correction()
    assert len(build()) == 8

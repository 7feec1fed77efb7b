"""Prompt states as files: bounded, dropped when stale, never half."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from core.models.llama import saved
from core.models.llama.saved import SavedStates


def writes(data: bytes) -> Callable[[Path], bool]:
    return lambda file: file.write_bytes(data) == len(data)


def keep(states: SavedStates, name: str, data: bytes = b"x" * 100) -> bool:
    return states.keep(name, [1, 2, 3], len(data), writes(data))


def test_what_was_kept_is_found_whole(tmp_path: Path) -> None:
    states = SavedStates(tmp_path, "m", "b", "s")
    assert keep(states, "대화 1") and keep(states, "대화 1", b"newer")
    found = SavedStates(tmp_path, "m", "b", "s").find("대화 1")
    assert found and found.tokens == [1, 2, 3] and found.file.read_bytes() == b"newer" and states.whole(found)
    assert states.find("대화 2") is None
    assert SavedStates(tmp_path, "other", "b", "s").find("대화 1") is None
    assert SavedStates(tmp_path, "m", "b", "other").find("대화 1") is None


def test_the_longest_unused_goes_first(tmp_path: Path) -> None:
    states = SavedStates(tmp_path, "m", "b", "s", limit=350)
    for age, name in enumerate("abc"):
        keep(states, name)
        found = states.find(name)
        assert found
        os.utime(found.file, (1000 + age, 1000 + age))
    used = states.find("a")
    assert used and states.whole(used)
    keep(states, "d")
    assert [bool(states.find(name)) for name in "abcd"] == [True, False, True, True]
    assert not states.keep("e", [1], 400, writes(b"")), "one that alone is too much is not written"


def test_another_build_makes_states_stale(tmp_path: Path) -> None:
    keep(SavedStates(tmp_path, "m", "old", "s"), "a")
    (tmp_path / "left.tmp").write_bytes(b"half")
    SavedStates(tmp_path, "m", "new", "s")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("fails", [lambda file: False, lambda file: (_ for _ in ()).throw(OSError("disk full"))])
def test_a_failed_write_leaves_the_state_before(tmp_path: Path, fails: Callable[[Path], bool]) -> None:
    states = SavedStates(tmp_path, "m", "b", "s")
    keep(states, "a", b"before")
    assert not states.keep("a", [1], 10, fails)
    found = states.find("a")
    assert found and found.file.read_bytes() == b"before" and states.whole(found)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_full_disk_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved, "LEFT", 2**60)
    assert not keep(SavedStates(tmp_path, "m", "b", "s"), "a") and not list(tmp_path.iterdir())


def test_forgetting_deletes_the_states_of_every_model(tmp_path: Path) -> None:
    for model in "mn":
        for name in "ab":
            keep(SavedStates(tmp_path, model, "b", "s"), name)
    saved.forget(tmp_path, "a")
    assert len(list(tmp_path.glob("*.kv"))) == 2

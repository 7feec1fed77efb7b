"""Choosing a build of llama.cpp. Nothing is built here."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from core.models.machine import backends
from installers import backend, bootstrap


@pytest.mark.parametrize(
    ("system", "machine", "vendors", "best"),
    [
        ("linux", "x86_64", set(), "cpu"),
        ("linux", "x86_64", {backends.AMD}, "vulkan"),
        ("linux", "x86_64", {backends.INTEL, backends.NVIDIA}, "cuda"),
        ("linux", "aarch64", {"0x1af4"}, "cpu"),
        ("win32", "AMD64", {backends.NVIDIA}, "cuda"),
        ("darwin", "arm64", set(), "metal"),
        ("darwin", "x86_64", set(), "cpu"),
    ],
)
def test_the_fastest_for_a_machine(system: str, machine: str, vendors: set[str], best: str) -> None:
    assert backends.advised(system, machine, vendors) == best


def test_what_is_shipped_is_built_for_no_processor_in_particular() -> None:
    assert "NATIVE=OFF" in backend.BACKENDS["portable"].cmake
    assert all(option.startswith("-DGGML_") for b in backend.BACKENDS.values() for option in b.cmake.split())


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(bootstrap, "python", lambda: Path(sys.executable))
    assert backend.main(["cuda"]) == 1
    assert "nvcc" in capsys.readouterr().err
    if sys.platform != "darwin":
        assert backend.main(["metal"]) == 1
        assert "macOS only" in capsys.readouterr().err
    for wrong in (["abacus"], ["rpc"], ["cpu", "abacus"], ["cpu", "rpc", "rpc"]):
        assert backend.main(wrong) == 2


def test_several_machines_are_an_addition_to_any_build(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    built: list[tuple[str, str]] = []

    def pip(said: str, *arguments: str) -> None:
        folder = Path(arguments[arguments.index("--wheel-dir") + 1]) if "--wheel-dir" in arguments else None
        if folder:
            folder.mkdir(parents=True)
            (folder / "llama_cpp_python-0-py3-none-any.whl").touch()
            built.append((folder.name, os.environ["CMAKE_ARGS"]))

    monkeypatch.setenv("CMAKE_ARGS", "-DMINE=1")
    monkeypatch.setattr(backend, "WHEELS", tmp_path / "wheels")
    monkeypatch.setattr(bootstrap, "python", lambda: Path(sys.executable))
    monkeypatch.setattr(bootstrap, "pip", pip)
    monkeypatch.setattr(backend, "installed", lambda: "processor")
    assert backend.main(["portable", "rpc"]) == 0
    assert built == [("portable-rpc", "-DGGML_NATIVE=OFF -DGGML_RPC=ON -DMINE=1")]


def test_before_setting_up_it_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "python", lambda: tmp_path / "none")
    assert backend.main(["portable"]) == 1
    assert "bootstrap.py run" in capsys.readouterr().err


def test_it_looks_at_the_installed_build() -> None:
    if bootstrap.python().exists():
        assert backend.installed() in ("processor", "graphics card")

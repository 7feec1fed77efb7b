"""Setting up: what it decides, and that an interrupted or doubled run does no harm. Nothing is installed here."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from installers import bootstrap, demo


def test_a_stamp_holds_for_fewer_extras_not_for_more_or_another_project() -> None:
    wanted = bootstrap.fingerprint("project", "3.11")
    assert bootstrap.satisfied(f"{wanted} dev\n", wanted, [])
    assert bootstrap.satisfied(f"{wanted} dev", wanted, ["dev"])
    assert not bootstrap.satisfied(wanted, wanted, ["dev"])
    assert not bootstrap.satisfied("", wanted, [])
    assert len({wanted, bootstrap.fingerprint("project", "3.12"), bootstrap.fingerprint("other", "3.11")}) == 3


def test_a_requirement_is_found_by_its_whole_name() -> None:
    assert bootstrap.requirement(["torch-extra==1", "torchvision==3", "torch==2.13.0"], "torch") == "torch==2.13.0"


def test_renamed_debian_packages_count_as_installed() -> None:
    assert bootstrap.missing_packages(["libgl1", "libglib2.0-0", "xvfb"], {"libgl1", "libglib2.0-0t64"}) == ["xvfb"]


def test_cuda_packages_are_found_in_a_report() -> None:
    names = ["torch", "nvidia-cublas", "cuda-toolkit", "numpy"]
    report = json.dumps({"install": [{"metadata": {"name": n}} for n in names]})
    assert bootstrap.cuda_packages(report) == ["nvidia-cublas", "cuda-toolkit"]


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        ("Retrying ... Temporary failure in name resolution\nERROR: No matching distribution found", "network"),
        ("CMake Error: CMAKE_C_COMPILER not set\nERROR: Failed building wheel", "compiler"),
        ("ERROR: Failed building wheel for x", "could not be built"),
        ("ERROR: No matching distribution found for x", "was not found"),
        ("something else", "bootstrap.log"),
    ],
)
def test_what_pip_said_becomes_one_sentence(log: str, words: str) -> None:
    assert words in bootstrap.reason(log)


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ({"page": 3, "line_from": None}, "a.md, page 3"),
        ({"page": None, "line_from": 4, "line_to": 4}, "a.md, line 4"),
        ({"page": None, "line_from": 4, "line_to": 9}, "a.md, lines 4-9"),
        ({"page": None, "line_from": None}, "a.md"),
    ],
)
def test_a_source_is_shown_with_its_place(location: dict[str, object], shown: str) -> None:
    assert demo.place({"path": "/notes/a.md", "location": location}) == shown


def test_an_old_python_gets_one_sentence() -> None:
    code = "import sys, runpy; sys.version_info = (3, 9, 1); runpy.run_path(sys.argv[1], run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code, bootstrap.__file__], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == "Moa needs Python 3.11 or newer; this is 3.9. Run this with a newer one.\n"


def test_without_a_job_it_says_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert bootstrap.main([]) == 2
    assert "bootstrap.py demo" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no apt-get")
def test_who_may_not_install_system_packages_is_told_their_names(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    bootstrap.add_packages(["libgl1", "xvfb"])
    bootstrap.add_packages([])
    (line,) = capsys.readouterr().out.splitlines()
    assert line.endswith("sudo apt-get install libgl1 xvfb")


class Steps:
    """Stands in for the parts of the set-up that change the machine; records them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
        self.done: list[str] = []
        self.fail = False
        (root / "pyproject.toml").write_text('[project]\ndependencies = ["torch==1"]\n', encoding="utf-8")
        venv = root / ".venv"
        for attribute, path in {
            "ROOT": root,
            "VENV": venv,
            "STAMP": venv / "stamp",
            "UNFINISHED": venv / "unfinished",
            "LOCK": root / "lock",
        }.items():
            monkeypatch.setattr(bootstrap, attribute, path)
        monkeypatch.setattr(bootstrap, "works", lambda code: True)
        monkeypatch.setattr(bootstrap, "check_machine", lambda tests: None)
        monkeypatch.setattr(bootstrap, "make_environment", lambda: venv.mkdir(exist_ok=True))
        monkeypatch.setattr(bootstrap, "mend", lambda: self.done.append("mend"))
        monkeypatch.setattr(bootstrap, "install", self.install)

    def install(self, dependencies: Sequence[str], extras: Sequence[str]) -> None:
        self.done.append(f"install {' '.join(extras)}".strip())
        if self.fail:
            raise bootstrap.Trouble("no network")


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Steps:
    return Steps(monkeypatch, tmp_path)


def test_a_second_run_installs_nothing_and_keeps_the_extras(steps: Steps) -> None:
    bootstrap.set_up(["dev"])
    bootstrap.set_up([])
    bootstrap.set_up(["dev"])
    assert steps.done == ["install dev"]


def test_a_changed_project_is_installed_again_with_the_extras_it_had(steps: Steps, tmp_path: Path) -> None:
    bootstrap.set_up(["dev"])
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = ["torch==2"]\n', encoding="utf-8")
    bootstrap.set_up([])
    assert steps.done == ["install dev", "install dev"]


def test_an_interrupted_run_is_mended_by_the_next(steps: Steps, capsys: pytest.CaptureFixture[str]) -> None:
    steps.fail = True
    assert bootstrap.main(["demo"]) == 1
    assert capsys.readouterr().err == "no network\n"
    steps.fail = False
    bootstrap.set_up([])
    bootstrap.set_up([])
    assert steps.done == ["install", "mend", "install"]


def test_two_runs_at_once_take_turns(tmp_path: Path) -> None:
    lock, said, inside = tmp_path / "lock", threading.Event(), threading.Event()

    def second() -> None:
        with bootstrap.alone(lock, "waiting"):
            inside.set()

    thread = threading.Thread(target=second)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bootstrap, "say", lambda text: said.set())
        with bootstrap.alone(lock, "waiting"):
            thread.start()
            assert said.wait(60)
            assert not inside.is_set()
        assert inside.wait(60)
        thread.join()

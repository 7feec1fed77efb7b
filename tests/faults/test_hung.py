"""A network share whose server is gone blocks whoever looks at it: the other folders must not wait for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core import errors
from core.files import patient
from core.files.patient import Hung, Patience
from core.files.walk import Found, Walk
from core.index import reconcile
from core.index.lane import thread
from tests.faults.conftest import Start, says, until


def test_a_share_that_hangs_is_unavailable_and_the_others_go_on(
    start: Start, notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    share = tmp_path / "share"
    share.mkdir()
    (share / "far.md").write_text("# Far\n\nzqfarmarker\n", encoding="utf-8")
    answers = threading.Event()
    answers.set()
    walks: list[str] = []

    class Share(Walk):
        """A walk that blocks while the server is away."""

        def __iter__(self) -> Iterator[Found]:
            walks.append(self._root)
            for found in super().__iter__():
                if self._root == str(share):
                    answers.wait(60)
                yield found

    monkeypatch.setattr(reconcile, "Walk", Share)
    monkeypatch.setattr(patient, "STALL_S", 0.3)
    monkeypatch.setattr(reconcile, "FIRST_WAIT_S", 1000.0)
    engine = start()
    engine.library.add_folder(str(share))
    engine.library.add_folder(str(notes))
    engine.library.index(wait=True)
    assert says(engine, "zqfarmarker")

    answers.clear()
    (notes / "new.md").write_text("# New\n\nzqnearmarker\n", encoding="utf-8")
    engine.library.index(wait=True)
    assert says(engine, "zqnearmarker") and says(engine, "zqfarmarker")
    assert any("does not answer" in note for note in engine.status().notes)
    assert {f.path: f.state for f in engine.library.folders()}[str(share)] == "unavailable"
    before = walks.count(str(share))
    engine.library.index(wait=True)
    assert walks.count(str(share)) == before, "a second thread must not be left to hang"

    (share / "far.md").write_text("# Far\n\nzqbackmarker\n", encoding="utf-8")
    answers.set()
    until(engine, lambda: not engine.parts.readers.patience.stuck(str(share)))
    engine.library.index(wait=True)
    assert says(engine, "zqbackmarker") and not says(engine, "zqfarmarker")
    assert not any("does not answer" in note for note in engine.status().notes)


def test_a_call_that_hangs_is_left_alone_and_undone_when_it_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patient, "STALL_S", 0.1)
    patience, release, undone = Patience(), threading.Event(), threading.Event()
    assert patience.call("/share/a", lambda tick: 1) == 1
    with pytest.raises(ZeroDivisionError):
        patience.call("/share/a", lambda tick: 1 // 0)
    with pytest.raises(Hung):
        patience.call("/share/a", lambda tick: release.wait(60), undone.set)
    assert patience.stuck("/share") and patience.stuck("/share/a")
    assert not patience.stuck("/sha") and not patience.stuck("/share/b")
    with pytest.raises(Hung):
        patience.call("/share/a", lambda tick: pytest.fail("asked once more"))
    assert patience.call("/share/b", lambda tick: 2) == 2
    release.set()
    assert undone.wait(60)
    patience.close()
    with pytest.raises(errors.SetupProblem):
        patience.call("/share/b", lambda tick: 2)


def test_a_stop_does_not_wait_for_a_share() -> None:
    patience, release, told = Patience(), threading.Event(), threading.Event()

    def work(tick: Callable[[], None]) -> bool:
        told.set()
        return release.wait(60)

    def close() -> None:
        told.wait(60)
        patience.close()

    closing = threading.Thread(target=close)
    closing.start()
    with pytest.raises(errors.SetupProblem, match="stopped"):
        patience.call("/share/a", work)
    closing.join()
    release.set()


@pytest.fixture
def share(tmp_path: Path) -> Iterator[tuple[Path, Path, subprocess.Popen[bytes]]]:
    """A real share: what it shows, where it is mounted, and its server."""
    if sys.platform != "linux" or os.geteuid() or not os.access("/dev/fuse", os.R_OK | os.W_OK):
        pytest.skip("mounting a share needs root and /dev/fuse")
    shown, place = tmp_path / "server" / "shown", tmp_path / "mounted"
    shown.mkdir(parents=True)
    place.mkdir()
    server = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("fuse_share.py")), str(shown), str(place)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert server.stdin and server.stdout
    try:
        if not server.stdout.readline():
            pytest.skip("this system does not let shares be mounted")
        yield shown, place, server
    finally:
        # Its end ends every call that still hangs.
        server.send_signal(signal.SIGCONT)
        server.stdin.close()
        server.wait()
        server.stdout.close()
        subprocess.run(["umount", "-l", str(place)], stderr=subprocess.DEVNULL, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("reads_only", [True, False], ids=["only reading hangs", "everything hangs"])
def test_reading_on_a_share_that_dies_stops_nothing_else(
    share: tuple[Path, Path, subprocess.Popen[bytes]], start: Start, notes: Path, reads_only: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    shown, place, server = share
    monkeypatch.setattr(patient, "STALL_S", 1.0)
    monkeypatch.setattr(reconcile, "FIRST_WAIT_S", 0.5)
    monkeypatch.setattr(thread, "RETRY_S", 0.2)
    (shown / "far.md").write_text("# Far\n\nzqfarmarker\n", encoding="utf-8")
    engine = start()
    engine.library.add_folder(str(place))
    engine.library.add_folder(str(notes))
    engine.library.index(wait=True)
    assert says(engine, "zqfarmarker")

    hang = shown.parent / "hang"
    (shown / "far.md").write_text("# Far\n\nzqbackmarker and more\n", encoding="utf-8")
    (shown / "more.md").write_text("# More\n\nzqmoremarker\n", encoding="utf-8")
    hang.touch()
    if not reads_only:
        server.send_signal(signal.SIGSTOP)
    (notes / "new.md").write_text("# New\n\nzqnewmarker\n", encoding="utf-8")
    engine.library.index(wait=True)
    assert says(engine, "zqnewmarker") and says(engine, "zqfarmarker")
    assert any("does not answer" in note for note in engine.status().notes)
    assert {f.path: f.state for f in engine.library.folders()}[str(place)] == "unavailable"

    hang.unlink()
    server.send_signal(signal.SIGCONT)
    until(engine, lambda: bool(says(engine, "zqbackmarker") and says(engine, "zqmoremarker")), 120)
    assert not says(engine, "zqfarmarker")
    assert not any("does not answer" in note for note in engine.status().notes)


@pytest.mark.slow
def test_a_share_whose_server_crashes_loses_nothing(
    share: tuple[Path, Path, subprocess.Popen[bytes]], start: Start
) -> None:
    """Everything on it then fails at once: "transport endpoint is not connected"."""
    shown, place, server = share
    for n in range(5):
        (shown / f"{n}.md").write_text(f"# Far\n\nzq{n}farmarker\n", encoding="utf-8")
    engine = start()
    engine.library.add_folder(str(place))
    engine.library.index(wait=True)
    server.kill()
    server.wait()
    engine.library.retry([str(place)], "indexed")
    engine.library.index(wait=True)
    assert all(says(engine, f"zq{n}farmarker") for n in range(5))
    assert [f.state for f in engine.library.folders()] == ["unavailable"]
    assert not engine.library.files("failed")

"""A network share whose server is gone blocks whoever looks at it: the other folders must not wait for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.files import patient
from core.files.walk import Found, Walk
from core.index import reconcile
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
    monkeypatch.setattr(reconcile, "quiet_file_system", lambda path: "nfs" if path == str(share) else "")
    monkeypatch.setattr(patient, "STALL_S", 0.3)
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
    until(engine, lambda: not any(t.name == "walk" for t in threading.enumerate()))
    engine.library.index(wait=True)
    assert says(engine, "zqbackmarker") and not says(engine, "zqfarmarker")
    assert not any("does not answer" in note for note in engine.status().notes)
    print("a share that hangs: the other folders were looked through after the limit")

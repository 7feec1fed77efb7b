"""Threads follow what others leave."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.models.machine.pace import LOOKS, Threads


def test_threads_follow_what_is_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load, own, clock = tmp_path / "load", tmp_path / "own", [100.0]
    used: list[int] = []
    monkeypatch.setattr("core.models.machine.pace.time.monotonic", lambda: clock[0])
    for name, text in {"1/stat": "1 (moa (x)) R 0", "2/stat": "2 (moa) S 0"}.items():
        (own / name).parent.mkdir(parents=True)
        (own / name).write_text(text)
    load.write_text("0.1 0.1 0.1 1/99 7")
    threads = Threads(7, False, used.append, load, own)

    def look(running: int) -> int:
        load.write_text(f"0.1 0.1 0.1 {running}/99 7")
        for _ in range(LOOKS):
            clock[0] += 0.25
            threads.look()
        return threads.now

    assert look(1) == 7, "only its own thread runs"
    assert look(2) == 7, "one processor was left over for others"
    assert look(4) == 5
    assert look(99) == 1
    assert look(1) == 7
    assert used[-1] == 7
    fixed = Threads(7, True, used.append, load, own)
    clock[0] += 9
    fixed.look()
    assert fixed.now == 7


def test_the_system_tells_who_runs() -> None:
    if not Path("/proc/loadavg").exists():
        pytest.skip("only Linux tells")
    threads = Threads(4, False, lambda count: None)
    assert 0 <= threads._others() < 10_000

"""What a container leaves of a machine."""

from __future__ import annotations

from pathlib import Path

from core.models.machine import cgroups


def tree(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def test_the_limits_of_a_container_new_kind(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.write_text("0::/user/app\n")
    tree(tmp_path / "fs", {
        "user/app/memory.max": "4000000000", "user/app/memory.current": "1000000000",
        "user/app/memory.stat": "anon 5\ninactive_file 300000000\n", "user/app/cpu.max": "max 100000",
        "user/memory.max": "3000000000", "user/memory.current": "1500000000", "user/cpu.max": "150000 100000",
    })  # fmt: skip
    assert cgroups.memory_left(tmp_path / "fs", own) == 1_500_000_000
    assert cgroups.processors(tmp_path / "fs", own) == 1.5


def test_the_limits_of_a_container_old_kind(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.write_text("5:cpu,cpuacct:/x\n4:memory:/docker/abc\n")
    tree(tmp_path / "fs", {
        "memory/memory.limit_in_bytes": "2000000000", "memory/memory.usage_in_bytes": "500000000",
        "memory/memory.stat": "inactive_file 1\ntotal_inactive_file 100000000",
        "cpu,cpuacct/cpu.cfs_quota_us": "200000", "cpu,cpuacct/cpu.cfs_period_us": "100000",
    })  # fmt: skip
    assert cgroups.memory_left(tmp_path / "fs", own) == 1_600_000_000
    assert cgroups.processors(tmp_path / "fs", own) == 2.0


def test_no_limits_and_no_groups(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.write_text("4:memory:/\n3:cpu:/\n")
    tree(tmp_path / "fs", {
        "memory/memory.limit_in_bytes": "9223372036854771712", "memory/memory.usage_in_bytes": "5",
        "cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000",
    })  # fmt: skip
    for file in (own, tmp_path / "nowhere"):
        assert cgroups.memory_left(tmp_path / "fs", file) is None
        assert cgroups.processors(tmp_path / "fs", file) is None

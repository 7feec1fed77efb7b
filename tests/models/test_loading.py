"""What loading teaches, what is said when it fails, and what a container or busy processors leave."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.errors import ModelProblem
from core.models import cgroups
from core.models.fit import Correction
from core.models.pace import LOOKS, Threads
from core.models.reasons import reported, why_not
from core.models.remembered import Remembered, build, identity

PROBLEM = ModelProblem("m.gguf could not be loaded.", "Choose another.")


@pytest.mark.parametrize(
    ("said", "words", "for_good"),
    [
        ("error loading model: unknown model architecture: 'moa9'", "(moa9) is not known to the installed", True),
        ("unknown pre-tokenizer type: 'of-tomorrow'", "vocabulary (of-tomorrow)", True),
        ("alloc_tensor_range: failed to allocate CPU buffer of size 5100000000",
         "it needs 5.1 GB more memory in one piece, and 3.2 GB are free", False),
        ("cudaMalloc failed: out of memory\nallocating 4882.81 MiB on device 0", "it needs 5.1 GB more", False),
        ("llama_init: failed to initialize the context: failed to allocate", "not enough free memory", False),
        ("vk::Queue::submit: ErrorDeviceLost", "graphics card was lost", False),
        ("tensor 'blk.0.attn_q.weight' data is not within the file bounds", "damaged or incomplete", True),
        ("missing tensor 'output_norm.weight'", "damaged or incomplete", True),
        ("done_getting_tensors: wrong number of tensors; expected 21, got 20", "damaged or incomplete", True),
        ("", "could not be loaded.", True),
    ],
)  # fmt: skip
def test_llama_cpp_is_never_shown_raw(said: str, words: str, for_good: bool) -> None:
    problem, never = why_not("m.gguf", said, free=3_200_000_000)
    assert words in problem.title and problem.title.startswith("m.gguf could not be loaded") and problem.advice
    assert never == for_good and "tensor '" not in str(problem)


def test_what_it_took_is_read_from_its_log() -> None:
    took = reported(
        "load_tensors:   CPU_Mapped model buffer size =   373.50 MiB\n"
        "load_tensors:   CPU_REPACK model buffer size =    28.05 MiB\n"
        "llama_kv_cache:        CPU KV buffer size =    24.00 MiB\n"
        "llama_memory_recurrent:        CPU RS buffer size =     1.00 MiB\n"
        "sched_reserve:      CUDA0 compute buffer size =    34.50 MiB\n"
        "sched_reserve:        CPU compute buffer size =     0.50 MiB\n"
    )
    assert (took.weights, took.kv, took.compute) == (int(373.5 * 2**20), 25 * 2**20, 35 * 2**20)


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


def test_threads_follow_what_is_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load, own, clock = tmp_path / "load", tmp_path / "own", [100.0]
    used: list[int] = []
    monkeypatch.setattr("core.models.pace.time.monotonic", lambda: clock[0])
    tree(own, {"1/stat": "1 (moa (x)) R 0", "2/stat": "2 (moa) S 0"})
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
    assert 0 <= threads._others() < 10_000 and os.getpid()

"""Plans against what llama.cpp takes and against limits: models in the shapes of real ones, so all slow.

Limits that kill are control groups of version 1 or 2, made as root; without the right to make one those tests are
skipped. Limits of addresses (ulimit -v) and of memory that is no file's (ulimit -d) do not kill, but a plan must know
them, too. No graphics card is at hand, so
offload is not among the combinations.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.models.fit.plan import PROCESS, plan
from core.models.gguf.header import Header, read_header
from core.models.llama.reasons import reported
from core.models.machine import hardware
from core.models.machine.hardware import Machine
from core.models.process.worker import LoadOptions, Worker
from tests.large_models import QUANTIZATIONS, SHAPES, large_model

pytestmark = pytest.mark.slow
GB = 2**30
SPARE = 1.25


def free_for(header: Header, context: int, kv_type: str, flash: bool) -> int:
    """Bytes of free memory with which such a plan comes out."""
    total = hardware.total_memory()
    for free in range(64 * GB, 0, -(2**25)):
        found = plan(header, Machine(free, total), context=context)
        if (found.context, found.kv_type, found.flash) == (context, kv_type, flash):
            return free
    raise AssertionError("no such plan")


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("quantization", QUANTIZATIONS)
def test_plans_agree_with_llama_cpp(
    shape: str, quantization: str, tmp_path: Path, new_worker: Callable[[], Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three ways each: twelve combinations of shape, quantization, context, type of the cache and attention."""
    path = large_model(shape, quantization)
    header = read_header(path)
    for context, kv_type, flash in ((4096, "f16", False), (16384, "f16", True), (16384, "q8_0", True)):
        free = free_for(header, context, kv_type, flash)
        monkeypatch.setattr(hardware, "free_memory", lambda free=free: free)
        log = tmp_path / "logs" / "model.log"
        log.unlink(missing_ok=True)
        worker = new_worker()
        worker.load(path, LoadOptions(context=context, threads=1))
        took = reported(log.read_text())
        made = plan(header, Machine(free, hardware.total_memory()), context=context)
        worker.close()
        expected, found = made.weights + made.kv + made.compute, took.weights + took.kv + took.compute
        sys.stdout.write(f"{path.name} {context} {kv_type}: planned {expected >> 20} MiB, taken {found >> 20} MiB\n")
        assert 0.9 < expected / found < 1.1
        assert 0.9 < made.kv / took.kv < 1.1 and 0.9 < made.compute / took.compute < 1.1


@pytest.fixture
def group() -> Iterator[Path]:
    for top in (Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup")):
        folder = top / f"moa-test-{os.getpid()}"
        try:
            folder.mkdir(exist_ok=True)
        except OSError:
            continue
        if any((folder / name).exists() for name in ("memory.max", "memory.limit_in_bytes")):
            yield folder
            folder.rmdir()
            return
        folder.rmdir()
    pytest.skip("control groups cannot be made here")


LIMITED = """
import json, os, resource, sys, threading
from pathlib import Path
group, limited, limit, folder, jobs = sys.argv[1:]
if group:
    Path(group, "cgroup.procs").write_text(str(os.getpid()))
if limited:
    resource.setrlimit(getattr(resource, limited), (int(limit), int(limit)))
from core.errors import ModelProblem
from core.models.process.worker import LoadOptions, Worker
from core.types import ChatMessage
for path, context in json.loads(jobs):
    worker = Worker(Path(folder, "log"))
    try:
        worker.load(Path(path), LoadOptions(context=context, threads=1))
        *_, end = worker.chat([ChatMessage("user", "word " * 300)], max_tokens=4, stop=threading.Event())
        print(json.dumps([path, context, "ran", worker.context, worker.rss_mb]), flush=True)
    except ModelProblem as problem:
        print(json.dumps([path, context, str(problem), 0, 0]), flush=True)
    worker.close()
"""


def check(limit: int, taken: int, folder: Path, group: str = "", limited: str = "", mapped: bool = False) -> None:
    """Every model with a short and a long context under a limit: it runs, or the plan refuses what could not have run
    with SPARE times its memory. `taken`: bytes a process takes besides the model, `mapped`: whose file does not count.
    """
    paths = [large_model(shape, quantization) for shape in SHAPES for quantization in QUANTIZATIONS]
    jobs = json.dumps([(str(path), context) for path in paths for context in (4096, 131072)])
    ran = subprocess.run(
        [sys.executable, "-c", LIMITED, group, limited, str(limit), str(folder), jobs],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    results = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(results) == 2 * len(paths), ran.stderr
    for path, context, said, given, rss in results:
        outcome = f"{given} tokens, {rss} MiB resident" if said == "ran" else said
        sys.stdout.write(f"{limited} {limit / GB:g} GB: {Path(path).name} {context} -> {outcome}\n")
        if said == "ran":
            continue
        assert "does not fit into the free memory" in said, "it was killed, or llama.cpp had no room"
        least = plan(read_header(Path(path)), Machine(64 * GB, 64 * GB), context=1024)
        assert ((0 if mapped else least.weights) + least.kv + least.compute + taken) * SPARE > limit


# Below, what is left to everything else weighs more: at 1 GB a model is refused that would just have run.
@pytest.mark.parametrize("limit", [2 * GB, 4 * GB, 8 * GB])
def test_what_is_accepted_is_not_killed_and_what_is_refused_would_not_have_run(
    group: Path, tmp_path: Path, limit: int
) -> None:
    name = "memory.max" if (group / "memory.max").exists() else "memory.limit_in_bytes"
    (group / name).write_text(str(limit))
    check(limit, PROCESS, tmp_path, group=str(group))


@pytest.mark.parametrize("limit", [1 * GB, 2 * GB, 4 * GB, 8 * GB])
def test_a_limit_of_addresses_is_known_before_loading(tmp_path: Path, limit: int) -> None:
    check(limit, hardware.ADDRESSES + hardware.THREAD_ADDRESSES, tmp_path, limited="RLIMIT_AS")


@pytest.mark.skipif(sys.platform != "linux", reason="counts so on Linux alone")
@pytest.mark.parametrize("limit", [GB // 2, 1 * GB, 2 * GB, 4 * GB])
def test_a_limit_of_memory_that_is_no_files_is_known_before_loading(tmp_path: Path, limit: int) -> None:
    check(limit, PROCESS + hardware.DATA + hardware.THREAD_DATA, tmp_path, limited="RLIMIT_DATA", mapped=True)

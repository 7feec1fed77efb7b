"""What a container or a service leaves to this process: memory and processor time. Linux only, knows no models.

Both generations of control groups, as the kernel's documentation describes them (admin-guide/cgroup-v1 and
cgroup-v2). Every group from this process's own up to the root counts: the tightest wins.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")


def memory_left(root: Path = ROOT, own: Path = OWN) -> int | None:
    """Bytes that may still be taken; None where nothing limits it. Cached files count as free, as they are given back
    when memory gets tight."""
    left = []
    for folder, limit in _limits(root, own):
        used = _number(folder / "memory.current") or _number(folder / "memory.usage_in_bytes")
        if used is not None:
            left.append(limit - used + _cached(folder / "memory.stat"))
    return max(0, min(left)) if left else None


def memory_limit(root: Path = ROOT, own: Path = OWN) -> int | None:
    """Bytes that may be taken in all; None where nothing limits it."""
    return min((limit for _, limit in _limits(root, own)), default=None)


def processors(root: Path = ROOT, own: Path = OWN) -> float | None:
    """How many processors' time may be used; None where nothing limits it."""
    shares = []
    for folder in _groups(root, own, "cpu"):
        both = _text(folder / "cpu.max").split()
        quota = both[0] if both else _text(folder / "cpu.cfs_quota_us")
        period = both[1] if len(both) > 1 else _text(folder / "cpu.cfs_period_us")
        if quota.isdecimal() and period.isdecimal() and int(period):
            shares.append(int(quota) / int(period))
    return min(shares) if shares else None


def _limits(root: Path, own: Path) -> Iterator[tuple[Path, int]]:
    for folder in _groups(root, own, "memory"):
        limit = _number(folder / "memory.max") or _number(folder / "memory.limit_in_bytes")
        # Version 1 states "no limit" as a number near the largest there is.
        if limit is not None and limit < 2**60:
            yield folder, limit


def _groups(root: Path, own: Path, controller: str) -> Iterator[Path]:
    """The folders of the group this process is in for `controller`, and of those around it."""
    for line in _text(own).splitlines():
        _, controllers, name = [*line.split(":", 2), "", ""][:3]
        if controllers and controller not in controllers.split(","):
            continue
        top = root / controllers if controllers else root
        top = top if top.is_dir() else root / controller
        # Inside a container the path is often that of the host; what is mounted is then the group itself.
        group = top / name.strip("/")
        while group != top and top in group.parents:
            yield group
            group = group.parent
        yield top


def _cached(stat: Path) -> int:
    values = dict(line.split(" ", 1) for line in _text(stat).splitlines() if " " in line)
    value = values.get("total_inactive_file") or values.get("inactive_file") or "0"
    return int(value) if value.isdecimal() else 0


def _number(file: Path) -> int | None:
    text = _text(file)
    return int(text) if text.isdecimal() else None


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""

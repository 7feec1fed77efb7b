"""Which build of llama.cpp would be the fastest on a machine. Standard library only: installers/ asks before anything
is installed.
"""

from __future__ import annotations

import platform
import shutil
import sys
from pathlib import Path

AMD, INTEL, NVIDIA = "0x1002", "0x8086", "0x10de"
"""PCI vendors, as /sys names them (pci-ids.ucw.cz)."""


def advised(system: str, machine: str, vendors: set[str]) -> str:
    """cuda, vulkan, metal or cpu, for graphics cards of these PCI vendors."""
    if system == "darwin":
        return "metal" if machine == "arm64" else "cpu"
    if NVIDIA in vendors:
        return "cuda"
    return "vulkan" if vendors & {AMD, INTEL} else "cpu"


def has_nvidia() -> bool:
    """Is an NVIDIA card with its driver here?"""
    return Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi") is not None


def advised_here() -> str:
    """What `advised` says of this machine. Linux tells its cards; elsewhere only NVIDIA's are recognised."""
    found = {p.read_text().strip() for p in Path("/sys/class/drm").glob("card[0-9]*/device/vendor")}
    return advised(sys.platform, platform.machine(), found | ({NVIDIA} if has_nvidia() else set()))

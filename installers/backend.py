"""Builds llama.cpp in .venv for this machine's graphics card, or for processors other than this one.

    python3 installers/backend.py            what this machine has, what is installed, what would be faster
    python3 installers/backend.py cuda       NVIDIA; wants the CUDA toolkit (nvcc)
    python3 installers/backend.py vulkan     AMD, Intel, Steam Deck; wants the Vulkan headers and glslc
    python3 installers/backend.py metal      Apple silicon; wants Xcode's command line tools
    python3 installers/backend.py cpu        this machine's processor, as bootstrap.py does
    python3 installers/backend.py portable   any processor with AVX2 (x86 since 2013) or any 64-bit ARM: to be shipped
    python3 installers/backend.py cuda rpc   the same (with any of them), and several machines can carry one model

The old build stays until the new one is made, and comes back when the new one cannot even be loaded.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from core.models.machine.backends import advised_here
from installers import bootstrap
from installers.bootstrap import Trouble, say

WHEELS = bootstrap.VENV / "wheels"


@dataclass(frozen=True)
class Backend:
    """How one is built. `tools`: programs that must be there; `packages`: Debian's names for what brings them."""

    cmake: str
    tools: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    system: str = ""
    """The only system it is for."""


# GGML_NATIVE=OFF: no -march=native, so that the build runs on another machine than the one it was made on.
BACKENDS = {
    "cpu": Backend("-DGGML_NATIVE=ON"),
    "portable": Backend("-DGGML_NATIVE=OFF"),
    "cuda": Backend("-DGGML_CUDA=ON -DGGML_NATIVE=ON", ("nvcc",), ("nvidia-cuda-toolkit",)),
    "vulkan": Backend(
        "-DGGML_VULKAN=ON -DGGML_NATIVE=ON",
        ("glslc",),
        ("libvulkan-dev", "glslc", "spirv-headers", "mesa-vulkan-drivers"),
    ),
    "metal": Backend("-DGGML_METAL=ON", system="darwin"),
}
RPC = "-DGGML_RPC=ON"
LOADED = "import llama_cpp; print('graphics card' if llama_cpp.llama_supports_gpu_offload() else 'processor')"


def installed() -> str:
    """What the installed llama.cpp can use; empty when none can be loaded."""
    if not bootstrap.python().exists():
        return ""
    asked = subprocess.run([bootstrap.python(), "-c", LOADED], capture_output=True, text=True)
    return asked.stdout.strip() if asked.returncode == 0 else ""


def build(name: str, rpc: bool = False) -> None:
    """Build and install, with llama.cpp's RPC back end if wanted; raises Trouble, with the build from before in its
    place."""
    backend = BACKENDS[name]
    if backend.system and sys.platform != backend.system:
        raise Trouble(f"{name} is for macOS only.")
    if not bootstrap.python().exists():
        raise Trouble("Moa is not set up yet. Run first: python3 installers/bootstrap.py run")
    if backend.packages and shutil.which("apt-get"):
        bootstrap.add_packages(bootstrap.missing_packages(backend.packages, bootstrap.debian_packages()))
    missing = [tool for tool in backend.tools if shutil.which(tool) is None]
    if missing:
        raise Trouble(
            f"{name} is built with {', '.join(missing)}, which was not found. Install it, then run this again."
        )
    project = tomllib.loads((bootstrap.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    requirement = bootstrap.requirement(project["dependencies"], "llama-cpp-python")
    WHEELS.mkdir(exist_ok=True)
    given = os.environ.get("CMAKE_ARGS", "")
    os.environ["CMAKE_ARGS"] = " ".join(filter(None, (backend.cmake, RPC if rpc else "", given)))
    kind = f"{name}-rpc" if rpc else name
    # Not from the cache: a wheel there has the same name, whatever it was built for.
    source = ("--no-deps", "--no-cache-dir", "--no-binary", "llama-cpp-python")
    before = keep()
    bootstrap.pip(f"Building llama.cpp for {name}", "wheel", *source, "--wheel-dir", str(WHEELS / kind), requirement)
    (wheel,) = (WHEELS / kind).glob("llama_cpp_python-*.whl")
    bootstrap.pip("Installing it", "install", "--force-reinstall", "--no-deps", str(wheel))
    if not installed():
        # Without a wheel of this program's, pip has the one of the first set-up in its cache.
        bootstrap.pip(
            "Putting the old one back", "install", "--force-reinstall", "--no-deps", str(before or requirement)
        )
        raise Trouble(f"llama.cpp was built for {name} but cannot be loaded here: is the driver installed?")
    (WHEELS / "current").write_text(kind, encoding="utf-8")


def keep() -> Path | None:
    """The wheel of the build in use, where this program made it."""
    current = WHEELS / "current"
    name = current.read_text(encoding="utf-8").strip() if current.exists() else ""
    return next(iter((WHEELS / name).glob("*.whl")), None) if name else None


def report() -> None:
    """What this machine has and what would be faster."""
    best, now = advised_here(), installed()
    say(f"Installed: llama.cpp for the {now}." if now else "llama.cpp is not installed.")
    if best != "cpu" and now != "graphics card":
        say(f"Faster on this machine: python3 installers/backend.py {best}")
    else:
        say("Nothing would be faster on this machine.")


def main(arguments: list[str]) -> int:
    name, *rest = arguments or [""]
    if (name and name not in BACKENDS) or rest not in ([], ["rpc"]):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        if not arguments:
            report()
            return 0
        build(name, rpc=bool(rest))
        say(f"Done: llama.cpp for the {installed()}. Stop Moa and start it again.")
    except Trouble as e:
        print(e, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

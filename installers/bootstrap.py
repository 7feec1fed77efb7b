"""Sets Moa up in .venv beside this project, then runs one job. Needs Python 3.11 and nothing else.

    python3 installers/bootstrap.py demo          index the sample notes and ask them three questions
    python3 installers/bootstrap.py test          style, types, layers and tests (arguments go to tests/check.py)
    python3 installers/bootstrap.py run           open the window (arguments go to moa)

The same on Linux, macOS and Windows. A stamp in .venv says what it was set up from, so that a second run begins at
once; a run that was interrupted leaves no stamp, and the next one repairs. What pip printed is in .venv/bootstrap.log.
"""

import sys

# Before the imports below, in words that any Python 3 can read.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit("Moa needs Python 3.11 or newer; this is {}.{}. Run this with a newer one.".format(*sys.version_info[:2]))

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / ".moa-stamp"
UNFINISHED = VENV / ".moa-unfinished"
LOG = VENV / "bootstrap.log"
LOCK = ROOT / ".moa-setup.lock"

NEED_MB = 6000
"""Free space a first set-up needs: about 3 GB installed, 1 GB of downloads, and room to build llama.cpp."""

CPU_INDEX = "https://download.pytorch.org/whl/cpu"
"""Where PyTorch's own builds without CUDA lie (pytorch.org, "Get started", Linux, CPU)."""

# What Qt's window needs on a bare Debian 12; the last one has Hangul, without which Korean is empty boxes.
QT_PACKAGES = (
    *("libgl1", "libegl1", "libglib2.0-0", "libdbus-1-3", "libfontconfig1", "libxkbcommon0", "libwayland-cursor0"),
    *("libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1", "libxcb-shape0", "libxkbcommon-x11-0", "fonts-nanum"),
)
# A screen without a monitor, a window manager and a hand for the tests that open real windows; strace for the
# test that counts internet sockets.
TEST_PACKAGES = ("xvfb", "openbox", "xdotool", "strace")


class Trouble(Exception):
    """Set-up cannot go on; the message is one sentence for a person."""


# ---- what to do (no effects; tested in tests/house)


def fingerprint(project: str, python: str) -> str:
    """What an installation depends on, as one digest: the project file, the interpreter, the system's packages."""
    return hashlib.sha256(repr((project, python, QT_PACKAGES, TEST_PACKAGES)).encode()).hexdigest()


def satisfied(stamp: str, wanted: str, extras: Sequence[str]) -> bool:
    """Whether the stamp's text says that `wanted` is installed with at least these extras."""
    digest, _, installed = stamp.strip().partition(" ")
    return digest == wanted and set(extras) <= set(installed.split())


def requirement(dependencies: Sequence[str], name: str) -> str:
    """The line of pyproject.toml's dependencies that is about `name`."""
    return next(d for d in dependencies if d.startswith(name) and not d[len(name)].isalnum() and d[len(name)] != "-")


def missing_packages(wanted: Sequence[str], installed: set[str]) -> list[str]:
    """Debian packages of `wanted` that are not installed. Debian 13 and Ubuntu 24.04 renamed some to ...t64."""
    return [p for p in wanted if p not in installed and f"{p}t64" not in installed]


def cuda_packages(report: str) -> list[str]:
    """Names in pip's installation report (--report) that serve NVIDIA cards only."""
    names = [item["metadata"]["name"].lower() for item in json.loads(report)["install"]]
    return [n for n in names if n.startswith(("nvidia-", "cuda-"))]


def reason(log: str) -> str:
    """Why pip failed, in one sentence, from what it printed."""
    text = log.lower()
    if "no space left" in text or "errno 28" in text:
        return "The disk is full. Free some space, then run this again."
    if any(s in text for s in ("cmake_c_compiler", "no cmake_cxx_compiler", "compiler not found")):
        return f"llama.cpp could not be built: no C++ compiler was found. {compiler_advice()}"
    network = ("temporary failure in name resolution", "connection refused", "network is unreachable", "timed out")
    if any(s in text for s in (*network, "getaddrinfo failed", "max retries exceeded", "could not fetch url")):
        return "A package could not be downloaded. Check the network connection, then run this again."
    if "could not build wheels" in text or "failed building wheel" in text or "failed to build" in text:
        return f"A package could not be built. See the end of {LOG}."
    if "no matching distribution" in text:
        return "A package was not found for this version of Python; or is there no network connection?"
    return f"pip failed. See the end of {LOG}."


def compiler_advice() -> str:
    if sys.platform == "darwin":
        return "Run: xcode-select --install"
    if sys.platform == "win32":
        return "Install the Visual Studio Build Tools with the workload 'Desktop development with C++'."
    return "Install one: Debian and Ubuntu build-essential, Fedora gcc-c++, Arch and SteamOS base-devel."


# ---- this machine


def python() -> Path:
    return VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def moa() -> Path:
    return python().with_name("moa.exe" if sys.platform == "win32" else "moa")


def say(text: str) -> None:
    print(text, flush=True)


@contextlib.contextmanager
def alone(lock: Path, waiting: str) -> Iterator[None]:
    """Hold a file's lock, which the system lets go when this process ends, however it ends."""
    with lock.open("a+b") as handle:
        if not _try_lock(handle.fileno()):
            say(waiting)
            while not _try_lock(handle.fileno()):
                time.sleep(0.5)  # file locks that work on every system cannot be waited for with a message
        yield


def _try_lock(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def logged(step: str, command: Sequence[str | Path]) -> str:
    """Run a command with its output in the log; show one line with its time. Returns the output of this command."""
    began = time.monotonic()
    print(f"{step} ...", end=" ", flush=True)
    with LOG.open("ab") as log:
        log.write(f"\n== {step}: {' '.join(map(str, command))}\n".encode())
        log.flush()
        start = log.tell()
        code = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT).returncode
    with LOG.open("rb") as log:
        log.seek(start)
        output = log.read().decode("utf-8", "replace")
    say(f"{'failed' if code else 'done'} ({time.monotonic() - began:.0f} s)")
    if code:
        raise Trouble(reason(output))
    return output


def pip(step: str, *arguments: str) -> str:
    return logged(step, [python(), "-m", "pip", "--no-input", "--disable-pip-version-check", *arguments])


def works(code: str) -> bool:
    """Whether the environment's Python runs `code`."""
    try:
        return subprocess.run([python(), "-c", code], capture_output=True).returncode == 0
    except OSError:
        return False


# ---- setting up


def set_up(extras: Sequence[str]) -> None:
    """Make .venv hold what pyproject.toml asks for with these extras; at once when it does already."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    wanted = fingerprint(project, f"{sys.version_info[0]}.{sys.version_info[1]}")
    with alone(LOCK, "Another set-up of this project is running; waiting for it to end."):
        stamp = STAMP.read_text(encoding="utf-8") if STAMP.exists() else ""
        if satisfied(stamp, wanted, extras) and works("import importlib.metadata as m; m.version('moa')"):
            return
        # What was installed for the tests stays when the window is run next.
        kept = set(stamp.split()[1:]) | set(extras)
        check_machine(tests="dev" in kept)
        STAMP.unlink(missing_ok=True)
        make_environment()
        repair = UNFINISHED.exists()
        UNFINISHED.touch()
        if repair:
            mend()
        install(tomllib.loads(project)["project"]["dependencies"], sorted(kept))
        STAMP.write_text(" ".join((wanted, *sorted(kept))), encoding="utf-8")
        UNFINISHED.unlink()


def check_machine(tests: bool) -> None:
    """Install or name what pip cannot bring: system libraries, a compiler, space. Raises `Trouble`."""
    compiler = has_compiler()
    if shutil.which("dpkg-query") and shutil.which("apt-get"):
        wanted = [*QT_PACKAGES, *(TEST_PACKAGES if tests else ()), *(() if compiler else ("build-essential",))]
        if not has_ensurepip():
            wanted.append("python3-venv")
        add_packages(missing_packages(wanted, debian_packages()))
        compiler = has_compiler()
    elif sys.platform == "linux":
        say("Qt needs these system libraries: OpenGL, EGL, GLib, D-Bus, fontconfig, libxkbcommon, xcb-util-cursor.")
    if not has_ensurepip() and not works("import pip"):
        raise Trouble("This Python cannot make virtual environments. On Debian and Ubuntu install python3-venv.")
    if not compiler and not works("import llama_cpp"):
        raise Trouble(f"llama.cpp is built on this machine, and no C++ compiler was found. {compiler_advice()}")
    free = shutil.disk_usage(ROOT).free // 2**20
    if not STAMP.exists() and not works("import torch") and free < NEED_MB:
        raise Trouble(f"Setting up needs {NEED_MB} MB of free space where {ROOT} lies; there are {free} MB.")


def has_ensurepip() -> bool:
    return subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True).returncode == 0


def has_compiler() -> bool:
    if sys.platform == "win32":
        # Fixed by Microsoft: https://github.com/microsoft/vswhere/wiki
        finder = Path(os.environ.get("PROGRAMFILES(X86)", "C:/")) / "Microsoft Visual Studio/Installer/vswhere.exe"
        return finder.exists() or shutil.which("cl") is not None
    if sys.platform == "darwin":
        # /usr/bin/c++ is always there and only offers to install the real one.
        return subprocess.run(["xcode-select", "-p"], capture_output=True).returncode == 0
    return any(shutil.which(c) for c in (os.environ.get("CXX", "c++"), "g++", "clang++"))


def debian_packages() -> set[str]:
    listed = subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Status} ${Package}\n"], capture_output=True, text=True
    ).stdout
    return {line.split()[1] for line in listed.splitlines() if line.startswith("installed ")}


def add_packages(missing: list[str]) -> None:
    """Install Debian packages as administrator, or name them."""
    if not missing:
        return
    if os.geteuid() != 0:
        say(f"These system packages are missing; install them with: sudo apt-get install {' '.join(missing)}")
        return
    VENV.mkdir(exist_ok=True)
    environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
    install = [*environment, "apt-get", "install", "-y", "--no-install-recommends", *missing]
    try:
        logged("Fetching the list of system packages", [*environment, "apt-get", "update"])
        logged(f"Installing {len(missing)} system packages", install)
    except Trouble:
        # The window may need them; the command line does not.
        say(f"These system packages could not be installed: {' '.join(missing)}. See {LOG}.")


def make_environment() -> None:
    VENV.mkdir(exist_ok=True)
    version = f"import sys; assert sys.version_info[:2] == {sys.version_info[:2]!r}; import pip"
    if works(version):
        return
    # --clear: an environment of another Python, or one whose making was interrupted, is of no use.
    log = LOG.read_bytes() if LOG.exists() else b""
    print("Making the virtual environment ...", end=" ", flush=True)
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], capture_output=True, text=True)
    VENV.mkdir(exist_ok=True)
    LOG.write_bytes(log)
    say("failed" if made.returncode else "done")
    if made.returncode:
        raise Trouble(f"The virtual environment could not be made: {(made.stdout + made.stderr).strip()[-300:]}")


def mend() -> None:
    """Install again, without their dependencies, the packages that an interrupted run left incomplete."""
    found = subprocess.run([python(), "-c", INCOMPLETE], capture_output=True, text=True)
    damaged = found.stdout.split()
    if damaged:
        pip(f"Repairing {len(damaged)} packages", "install", "--force-reinstall", "--no-deps", *damaged)


INCOMPLETE = """
import importlib.metadata as m
for d in m.distributions():
    if not d.files or any(not f.locate().exists() for f in d.files if f.suffix != ".pyc"):
        if d.name and d.name != "moa":
            print(f"{d.name}=={d.version}")
"""


def install(dependencies: Sequence[str], extras: Sequence[str]) -> None:
    torch = requirement(dependencies, "torch")
    pip("Installing PyTorch", "install", torch, *torch_source(torch))
    what = f".[{','.join(extras)}]" if extras else "."
    say("The next step builds llama.cpp for this machine, which may take ten minutes the first time.")
    pip("Installing Moa and what it needs", "install", "--editable", str(ROOT) + what[1:])
    try:
        logged("Preparing the embedding model for this machine", [python(), "-m", "core.index.embedding.onnx_export"])
    except Trouble:
        say("The first start does it instead, and takes some seconds longer.")


def torch_source(torch: str) -> list[str]:
    """Arguments that make pip choose the build without CUDA where the plain one would bring CUDA in vain."""
    if sys.platform != "linux" or has_nvidia() or works("import torch"):
        return []
    report = VENV / "torch-report.json"
    pip("Choosing a build of PyTorch", "install", "--dry-run", "--report", str(report), torch)
    cuda = cuda_packages(report.read_text(encoding="utf-8"))
    report.unlink()
    if not cuda:
        return []
    try:
        # Any answer shows that it can be reached; pip itself would try for minutes.
        urllib.request.urlopen(f"{CPU_INDEX}/torch/", timeout=10).close()
    except (urllib.error.URLError, OSError):
        say(
            f"{CPU_INDEX} cannot be reached: PyTorch comes with {len(cuda)} packages for NVIDIA cards that stay unused."
        )
        return []
    return ["--extra-index-url", CPU_INDEX]


def has_nvidia() -> bool:
    return Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi") is not None


# ---- the three jobs


def demo() -> int:
    data = ROOT / ".demo"
    data.mkdir(exist_ok=True)
    with alone(data / "demo.lock", "Another demo is running; waiting for it to end."):
        return subprocess.run([python(), ROOT / "installers" / "demo.py", data]).returncode


def run(arguments: list[str]) -> int:
    return subprocess.run([moa(), *arguments]).returncode


def test(arguments: list[str]) -> int:
    return subprocess.run([python(), ROOT / "tests" / "check.py", *arguments]).returncode


def main(arguments: list[str]) -> int:
    job = arguments[0] if arguments else ""
    if job not in ("demo", "test", "run"):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        set_up(["dev"] if job == "test" else [])
        return demo() if job == "demo" else (test if job == "test" else run)(arguments[1:])
    except Trouble as e:
        print(e, file=sys.stderr)
    except OSError as e:
        name = f" ({e.filename})" if e.filename else ""
        print(f"Set-up failed: {e.strerror or e}{name}.", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nInterrupted; the next run goes on from here.", file=sys.stderr)
        return 130
    return 1


if __name__ == "__main__":
    # Korean answers on a Windows console with another code page.
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):
            stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    sys.exit(main(sys.argv[1:]))

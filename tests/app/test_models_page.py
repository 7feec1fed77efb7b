"""The models page, in a process of its own: widgets that other tests left behind must not be what fails it.

The collector runs at every chance there, so that an object which Python deletes while Qt still uses it is found.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.conftest import ROOT

EAGER = "import gc, sys, pytest; gc.set_threshold(1, 1, 1); sys.exit(pytest.main(sys.argv[1:]))"
# What is freed is overwritten at once (glibc only), and Python's own objects are freed the same way.
HARSH = {"MALLOC_PERTURB_": "165", "PYTHONMALLOC": "malloc"}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")


@pytest.mark.slow  # some seconds
def test_servers_are_connected_and_adapters_attached() -> None:
    scenes = Path(__file__).with_name("models_page_scenes.py")
    child = subprocess.run(
        [sys.executable, "-c", EAGER, "-q", "-p", "no:cacheprovider", str(scenes)],
        capture_output=True, text=True, timeout=300, cwd=ROOT, env=os.environ | HARSH,
    )  # fmt: skip
    assert child.returncode == 0 and " passed" in child.stdout, child.stdout + child.stderr

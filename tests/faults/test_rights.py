"""Files and folders that may not be read, and a data folder that may not be written: said, mended unasked.

Root may read everything, so the engine gives that right up first (setpriv, of util-linux).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.faults.conftest import ROOT

WITHOUT_RIGHTS = """
    import json, sys, threading
    from pathlib import Path
    from core.engine import Engine
    from core.paths import DataFolder
    from tests.faults.conftest import known, on_disk, says

    place = Path(sys.argv[1])
    notes = place / "notes"
    for folder in ("open", "shut"):
        (notes / folder).mkdir(parents=True)
        for n in range(3):
            (notes / folder / f"{n}.md").write_text(f"# {folder} {n}\\n\\nzq{folder}{n}marker\\n", encoding="utf-8")
    engine = Engine(DataFolder(place / "data"))
    engine.start()
    engine.library.add_folder(str(notes))
    engine.library.index(wait=True)
    (notes / "open" / "0.md").chmod(0)
    (notes / "new.md").write_text("# New\\n\\nzqnewmarker\\n", encoding="utf-8")
    (notes / "new.md").chmod(0)
    (notes / "shut").chmod(0)
    engine.library.index(wait=True)
    rows = {r.path: (r.state, r.reason) for r in engine.library.files()}
    found = [sorted(says(engine, word)) for word in ("zqopen0marker", "zqopen1marker", "zqshut1marker")]
    for path in (notes / "open" / "0.md", notes / "new.md"):
        path.chmod(0o600)
    (notes / "shut").chmod(0o700)
    engine.library.index(wait=True)
    print(json.dumps({"rows": rows, "found": found, "mended": known(engine) == on_disk(notes)}))
    engine.close()
    (place / "data").chmod(0o500)
    engine = Engine(DataFolder(place / "data"))
    engine.start()
    print(json.dumps([engine.status().frozen, sorted(says(engine, "zqopen1marker")), engine.status().notes]))
    engine.close()
    (place / "data").chmod(0o700)
"""


def without_rights(script: str, place: Path) -> list[str]:
    """What a script prints that runs as somebody who may not read everything."""
    plain: list[str] = []
    if os.geteuid() == 0:
        plain = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-all"]
        if shutil.which("setpriv") is None or subprocess.run([*plain, "true"], capture_output=True).returncode:
            pytest.skip("root may read everything here, and there is no setpriv to give that up")
    child = subprocess.run(
        [*plain, sys.executable, "-c", textwrap.dedent(script), str(place)],
        cwd=ROOT, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert child.returncode == 0, child.stderr
    return child.stdout.splitlines()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="rights are POSIX's here")
def test_what_may_not_be_read_is_said_kept_and_read_again_when_it_may(tmp_path: Path) -> None:
    first, frozen = map(json.loads, without_rights(WITHOUT_RIGHTS, tmp_path))
    notes = tmp_path / "notes"
    state, reason = first["rows"][str(notes / "new.md")]
    assert (state == "failed" and "may not" in reason) or "ermission" in reason
    # What was read before stays findable where nothing says that it changed.
    assert first["found"][1] == [str(notes / "open" / "1.md")] and first["found"][2] == [str(notes / "shut" / "1.md")]
    assert first["mended"], "read again without a word from anybody"
    assert frozen[0] and frozen[1] == [str(notes / "open" / "1.md")]
    assert any("can only be read" in note for note in frozen[2])

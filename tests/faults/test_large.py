"""A collection of large PDFs: memory stays bounded, and what was read before an interruption is not read again."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from core.engine import Engine
from tests.faults.conftest import Start, says, until

MOST_MB = 1500
WORDS = ("river", "budget", "tomato", "engine", "meeting", "winter", "harbour", "report", "library", "garden")


def write_pdf(path: Path, pages: int, rng: random.Random) -> None:
    """A plain PDF of so many full pages of text; each page has a word of its own."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"", b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    kids = []
    for page in range(pages):
        lines = [f"zq{path.stem}p{page}marker"] + [" ".join(rng.choices(WORDS, k=11)) + "." for _ in range(45)]
        text = "".join(f"({line}) Tj T*\n" for line in lines)
        content = f"BT /F1 10 Tf 50 780 Td 15 TL\n{text}ET".encode()
        objects.append(b"<</Length %d>>stream\n%b\nendstream" % (len(content), content))
        kids.append(len(objects) + 1)
        font = b"/Resources<</Font<</F1 3 0 R>>>>"
        objects.append(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]%b/Contents %d 0 R>>" % (font, len(objects)))
    objects[1] = b"<</Type/Pages/Count %d/Kids[%b]>>" % (pages, b" ".join(b"%d 0 R" % k for k in kids))
    data, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    data += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    path.write_bytes(data)


class Peak(threading.Thread):
    """By how much the memory that this process and its children have to themselves grew at most, in MB.

    Resident memory would count a child that was just forked, and shares all with its parent, as another parent."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.mb = 0.0
        self.over = threading.Event()

    def run(self) -> None:
        me = psutil.Process()
        # What the tests before this one have left in the process is not the engine's.
        before = me.memory_full_info().uss
        while not self.over.wait(0.2):
            family = [me, *me.children(recursive=True)]
            total = -before
            for process in family:
                with contextlib.suppress(psutil.NoSuchProcess):
                    total += process.memory_full_info().uss
            self.mb = max(self.mb, total / 2**20)


def plain_vectors(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """What is measured here does not depend on what the vectors are."""
    embedder = engine.parts.embedder
    monkeypatch.setattr(embedder, "passages", lambda texts: np.ones((len(texts), embedder.dim)))
    return engine


@pytest.mark.parametrize(("files", "pages"), [(6, 20), pytest.param(30, 300, marks=pytest.mark.slow)])
def test_large_pdfs_are_read_in_bounded_memory_and_resumed(
    files: int, pages: int, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng, place = random.Random(10), tmp_path / "pdf"
    place.mkdir()
    for number in range(files):
        write_pdf(place / f"{number}.pdf", pages, rng)
    size = sum(p.stat().st_size for p in place.iterdir())
    peak, began = Peak(), time.monotonic()
    peak.start()
    engine = plain_vectors(start(), monkeypatch)
    engine.library.add_folder(str(place))
    until(engine, lambda: engine.status().files.get("indexed", 0) >= files // 2, 3600)
    engine = plain_vectors(start(), monkeypatch)
    assert engine.status().files.get("indexed", 0) >= files // 2
    engine.library.index(wait=True)
    peak.over.set()
    assert {r.state for r in engine.library.files()} == {"indexed"}
    word = f"zq{files - 1}p{pages - 1}marker"
    assert says(engine, word) == {str(place / f"{files - 1}.pdf")}
    mb, seconds = size / 2**20, time.monotonic() - began
    print(f"{files} PDFs of {pages} pages ({mb:.0f} MB) in {seconds:.0f} s, at most {peak.mb:.0f} MB of memory")
    assert peak.mb < MOST_MB

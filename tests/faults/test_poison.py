"""Poison files: damaged and hostile ones go through a whole engine, and cost only themselves.

The damaged ones are made from real documents in ../shared/data/torture (or under the folder that MOA_SHARED names):
20 in every run, 200 with --slow. The bombs are made here.
"""

from __future__ import annotations

import os
import random
import threading
import time
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.engine import Engine
from core.index.reading.readers import WALL_SECONDS, Reading
from core.paths import DataFolder
from core.text import kind_of
from core.types import FileRow

SHARED = Path(os.environ.get("MOA_SHARED") or Path(__file__).resolve().parents[3] / "shared")
TORTURE = SHARED / "data" / "torture"
GOOD = 25
SEED = 20
PATIENCE_S = 3000


def flip(data: bytes, rng: random.Random) -> bytes:
    """Some bytes are others."""
    damaged = bytearray(data)
    for _ in range(rng.choice((1, 8, 64, 512))):
        damaged[rng.randrange(len(damaged))] = rng.randrange(256)
    return bytes(damaged)


def cut(data: bytes, rng: random.Random) -> bytes:
    """The end is missing, or a piece in the middle."""
    a, b = sorted(rng.randrange(1, len(data)) for _ in range(2))
    return data[:b] if rng.random() < 0.5 else data[:a] + data[b:]


def splice(data: bytes, rng: random.Random) -> bytes:
    """A piece stands where another belongs, once or many times over."""
    a, b, c = sorted(rng.randrange(len(data)) for _ in range(3))
    return data[:a] + data[b:c] * rng.choice((1, 1, 2, 50)) + data[a:] if rng.random() < 0.5 else data[b:] + data[:a]


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    for n in range(GOOD):
        (folder / f"good {n}.md").write_text(f"# Note {n}\n\nThe lighthouse keeper wrote letter number{n}.\n")
    return folder


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = Engine(DataFolder(tmp_path / "data"))
    made.start()
    yield made
    made.close()


def read_all(engine: Engine, notes: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, FileRow], list[float]]:
    """Have the engine read everything; its rows by name, and how long each file took."""
    took: list[float] = []
    read = engine.parts.indexer.readers.read

    def timed(*args: Any, **more: Any) -> Reading:
        began = time.monotonic()
        try:
            return read(*args, **more)
        finally:
            took.append(time.monotonic() - began)

    monkeypatch.setattr(engine.parts.indexer.readers, "read", timed)
    files, done = len(list(notes.iterdir())), threading.Event()

    def look(_: object) -> None:
        counts = engine.parts.catalogue.counts()
        if sum(counts.values()) >= files and not counts.get("waiting"):
            done.set()

    # Keywords find a file once it is read; vectors for tens of thousands of words of rubbish are not waited for.
    end = engine.subscribe(look)
    engine.library.add_folder(str(notes))
    assert done.wait(PATIENCE_S), "some files still wait to be read"
    end()
    return {Path(row.path).name: row for row in engine.library.files()}, took


def check(engine: Engine, notes: Path, rows: dict[str, FileRow], took: list[float]) -> None:
    there = {p.name for p in notes.iterdir()}
    assert there == set(rows)
    assert all(rows[f"good {n}.md"].state == "indexed" for n in range(GOOD))
    for row in rows.values():
        assert row.state in ("indexed", "failed", "skipped"), row
        assert row.state == "indexed" or len(row.reason) > 10, row
        assert "Moa made a mistake" not in row.reason, row
    assert max(took) < WALL_SECONDS + 5
    # Alive: what is there is found, what comes is read.
    for n in (0, GOOD - 1):
        assert any(
            Path(h.path).name == f"good {n}.md" for h in engine.questions.search(f"lighthouse letter number{n}").hits
        )
    seen = threading.Event()
    engine.subscribe(lambda _: seen.set() if engine.questions.search("xylophone").hits else None)
    (notes / "new.md").write_text("The xylophone is in the attic.\n")
    assert seen.wait(60)


def report(rows: dict[str, FileRow], took: list[float]) -> None:
    states: dict[str, int] = {}
    for name, row in rows.items():
        if not name.startswith("good"):
            states[row.state] = states.get(row.state, 0) + 1
    # Shown with `pytest -s`, for whoever wants the figures.
    print(f"\n{states}, {sum(took):.0f} s, longest {max(took):.1f} s")


@pytest.mark.parametrize("count", [20, pytest.param(200, marks=pytest.mark.slow)])
def test_damaged_documents(count: int, engine: Engine, notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    samples = sorted(p for p in TORTURE.rglob("*") if p.is_file() and kind_of(p)) if TORTURE.is_dir() else []
    if not samples:
        pytest.skip(f"there are no documents to damage in {TORTURE} (set MOA_SHARED to the folder that holds data/)")
    rng = random.Random(SEED)
    # By turns of kind, so that every reader gets its share.
    kinds: dict[str, list[Path]] = {}
    for sample in samples:
        kinds.setdefault(str(kind_of(sample)), []).append(sample)
    turns = list(kinds.values())
    for n in range(count):
        sample = rng.choice(turns[n % len(turns)])
        damage = (flip, cut, splice)[n // len(turns) % 3]
        data = sample.read_bytes()
        poison = damage(data, rng) if len(data) > 3 else data
        (notes / f"{n:03} {damage.__name__} {sample.name}").write_bytes(poison)
    rows, took = read_all(engine, notes, monkeypatch)
    report(rows, took)
    check(engine, notes, rows, took)


@pytest.mark.slow
def test_bombs(engine: Engine, notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (notes / "nested.html").write_text("<div>" * 200_000 + "x")
    (notes / "attributes.html").write_text(f"<p {' '.join(f'a{n}=1' for n in range(300_000))}>x")
    (notes / "quotes.md").write_text(">" * 20_000 + " x")
    (notes / "brackets.md").write_text("[" * 100_000 + "](" * 100_000)
    (notes / "stars.md").write_text("*a **b " * 100_000)
    (notes / "front.md").write_text("---\na: &a [x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}, *{chr(97 + n)}, *{chr(97 + n)}]\n"
        for n in range(20)
    ) + "tags: *u\n---\nx\n")  # fmt: skip
    (notes / "zeros.txt").write_bytes(bytes(19_000_000))
    (notes / "one line.txt").write_text("word " * 600_000)
    (notes / "inflated.pdf").write_bytes(_pdf(zlib.compress(b"0 " * 200_000_000, 9)))
    (notes / "operators.pdf").write_bytes(_pdf(zlib.compress(b"BT (x) Tj ET\n" * 5_000_000, 9)))
    laughs = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12)
    ) + "]><x>&m;</x>"  # fmt: skip
    (notes / "laughs.xml").write_text(laughs)
    for name, inside in (
        ("bomb.docx", "word/document.xml"), ("bomb.xlsx", "xl/workbook.xml"), ("bomb.odt", "content.xml"),
        ("bomb.epub", "META-INF/container.xml"), ("bomb.hwpx", "Contents/section0.xml"),
    ):  # fmt: skip
        archive = zipfile.ZipFile(notes / name, "w", zipfile.ZIP_DEFLATED)
        with archive, archive.open(inside, "w", force_zip64=True) as member:
            for _ in range(300):
                member.write(b"<w:p>" + bytes(1 << 20))
    rows, took = read_all(engine, notes, monkeypatch)
    report(rows, took)
    check(engine, notes, rows, took)


def _pdf(stream: bytes) -> bytes:
    """One page with a compressed content stream; readers find the objects without a cross-reference table."""
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>/MediaBox[0 0 9 9]>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (n, o) for n, o in enumerate(objects, start=1))
    return b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R/Size 6>>\n%%EOF\n"

"""What a person says about how files are read: options of a folder, passwords, and "try that again"."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from core import errors
from core.engine import Engine
from core.paths import DataFolder
from core.types import FileRow
from tests.text.test_pdf import make_pdf

KOREAN = "보일러 수리비는 18만 5천 원이었다. 순환 펌프를 바꾸었다."
JAPANESE = "東京の天気は晴れです。明日は雨が降るでしょう。"


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Engine]]:
    running: list[Engine] = []

    def make() -> Engine:
        for old in running:
            old.close()
        engine = Engine(DataFolder(tmp_path / "data"))
        engine.start()
        running[:] = [engine]
        return engine

    yield make
    for engine in running:
        engine.close()


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    return folder


def rows(engine: Engine) -> dict[str, FileRow]:
    return {Path(r.path).name: r for r in engine.library.files()}


def says(engine: Engine, query: str) -> str:
    hits = engine.questions.search(query).hits
    return hits[0].text if hits else ""


def locked(words: str, password: str) -> bytes:
    writer, out = PdfWriter(clone_from=PdfReader(io.BytesIO(make_pdf(words)))), io.BytesIO()
    writer.encrypt(password, algorithm="AES-256")
    writer.write(out)
    return out.getvalue()


def test_an_encoding_is_taken_for_plain_text_and_only_that_is_read_again(
    start: Callable[[], Engine], notes: Path
) -> None:
    engine = start()
    (notes / "天気.txt").write_bytes(JAPANESE.encode("shift_jis"))
    (notes / "utf8.txt").write_text(KOREAN, encoding="utf-8")
    (notes / "page.html").write_text(f"<meta charset=utf-8><p>{KOREAN}</p>", encoding="utf-8")
    for file in notes.iterdir():
        os.utime(file, (1_700_000_000, 1_700_000_000.5))  # what was written a moment ago is looked at again
    engine.library.add_folder(str(notes))
    engine.library.index(wait=True)
    assert "晴れ" not in says(engine, "天気")
    read: list[str] = []
    step = engine.parts.indexer.read
    engine.parts.indexer.read = lambda file: read.append(Path(file.path).name) or step(file)  # type: ignore[method-assign,func-returns-value]
    assert engine.library.set_folder_options(str(notes), encoding="Shift-JIS").encoding == "shift_jis"
    engine.library.index(wait=True)
    assert sorted(read) == ["utf8.txt", "天気.txt"]
    assert "晴れ" in says(engine, "晴れ") and "순환 펌프" in says(engine, "순환 펌프")
    read.clear()
    engine.library.set_folder_options(str(notes), encoding="shift_jis")
    engine.library.index(wait=True)
    assert read == [], "it was so before"
    for wrong in ("klingon", "rot13", "base64", "punycode"):
        with pytest.raises(errors.BadRequest, match="no text encoding"):
            engine.library.set_folder_options(str(notes), encoding=wrong)
    with pytest.raises(errors.BadRequest, match="not a watched folder"):
        engine.library.set_folder_options(str(notes / "sub"), encoding="cp949")
    assert engine.library.set_folder_options(str(notes), encoding="auto").encoding == ""


def test_options_outlive_the_library_they_were_kept_in(start: Callable[[], Engine], notes: Path) -> None:
    engine = start()
    engine.library.add_folder(str(notes))
    engine.library.set_folder_options(str(notes), ocr=True, encoding="euc-kr")
    engine.close()
    engine.data.library.unlink()
    assert [(f.path, f.ocr, f.encoding) for f in start().library.folders()] == [(str(notes), True, "cp949")]


def test_a_file_that_moves_is_read_as_its_new_folder_says(
    start: Callable[[], Engine], notes: Path, tmp_path: Path
) -> None:
    engine = start()
    other = tmp_path / "일본"
    other.mkdir()
    (notes / "天気.txt").write_bytes(JAPANESE.encode("shift_jis"))
    for folder in (notes, other):
        engine.library.add_folder(str(folder))
    engine.library.set_folder_options(str(other), encoding="shift_jis")
    engine.library.index(wait=True)
    assert "晴れ" not in says(engine, "天気")
    (notes / "天気.txt").rename(other / "天気.txt")
    engine.library.index(wait=True)
    assert "晴れ" in says(engine, "晴れ")


def test_a_password_opens_a_file_and_others_locked_with_it(start: Callable[[], Engine], notes: Path) -> None:
    engine = start()
    (notes / "contract.pdf").write_bytes(locked("The landlord is Aurora Holdings.", "열려라"))
    (notes / "second.pdf").write_bytes(locked("The deposit was paid in zinc coins.", "열려라"))
    (notes / "other.pdf").write_bytes(locked("Nobody knows this.", "other"))
    engine.library.add_folder(str(notes))
    engine.library.index(wait=True)
    assert {(r.state, r.outcome) for r in rows(engine).values()} == {("skipped", "password")}
    with pytest.raises(errors.FileProblem, match=r"contract stays locked\. The password is wrong"):
        engine.library.unlock(str(notes / "contract.pdf"), "sesame")
    with pytest.raises(errors.BadRequest, match="knows no file"):
        engine.library.unlock(str(notes / "nothing.pdf"), "sesame")
    with pytest.raises(errors.BadRequest, match="empty"):
        engine.library.unlock(str(notes / "contract.pdf"), "")
    row = engine.library.unlock(str(notes / "contract.pdf"), "열려라")
    assert (row.state, row.outcome, row.chunks) == ("indexed", "", 1)
    engine.library.index(wait=True)
    states = {name: r.state for name, r in rows(engine).items()}
    assert states == {"contract.pdf": "indexed", "second.pdf": "indexed", "other.pdf": "skipped"}
    assert "Aurora" in says(engine, "landlord") and "zinc" in says(engine, "deposit")
    (notes / "late.pdf").write_bytes(locked("A late message about violins.", "열려라"))
    engine.library.index(wait=True)
    assert "violins" in says(engine, "violins")


def test_what_a_password_opened_stays_until_the_file_changes(start: Callable[[], Engine], notes: Path) -> None:
    engine = start()
    file = notes / "contract.pdf"
    file.write_bytes(locked("The landlord is Aurora Holdings.", "열려라"))
    engine.library.add_folder(str(notes))
    engine.library.index(wait=True)
    engine.library.unlock(str(file), "열려라")
    assert not any("열려라".encode() in f.read_bytes() for f in engine.data.root.rglob("*") if f.is_file())
    engine = start()
    file.touch()
    engine.library.index(wait=True)
    # As after an update with better readers: the file is read again, without a password.
    engine.library.retry([str(file)])
    engine.library.index(wait=True)
    assert rows(engine)["contract.pdf"].state == "indexed" and "Aurora" in says(engine, "landlord")
    file.write_bytes(locked("The landlord is another one.", "열려라"))
    engine.library.index(wait=True)
    assert rows(engine)["contract.pdf"].outcome == "password" and says(engine, "landlord") == ""


def test_files_are_read_again_though_nothing_changed(
    start: Callable[[], Engine], notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = start()
    (notes / "sub").mkdir()
    for name in ("a.md", "b.md", "sub/c.md"):
        (notes / name).write_text("The xylophone is in the attic.", encoding="utf-8")
    (notes / "photo.raw").write_bytes(b"raw")
    count = engine.parts.embedder.count

    def broken(text: str) -> int:
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr(engine.parts.embedder, "count", broken)
    engine.library.add_folder(str(notes))
    assert engine.library.index(wait=True).failed == 3
    monkeypatch.setattr(engine.parts.embedder, "count", count)
    engine.library.index(wait=True)
    assert rows(engine)["a.md"].state == "failed", "a mistake of Moa's own is not repeated by itself"
    assert [Path(r.path).name for r in engine.library.retry([str(notes / "sub")])] == ["c.md"]
    engine.library.index(wait=True)
    states = {name: r.state for name, r in rows(engine).items()}
    assert states == {"a.md": "failed", "b.md": "failed", "c.md": "indexed", "photo.raw": "skipped"}
    assert len(engine.library.retry()) == 2
    engine.library.index(wait=True)
    assert all(r.state == "indexed" for name, r in rows(engine).items() if name != "photo.raw")
    assert engine.library.retry() == () and engine.library.retry([str(notes)]) == ()
    with pytest.raises(errors.BadRequest, match=r"left out\. Moa does not read \.raw files"):
        engine.library.retry([str(notes / "photo.raw")])
    with pytest.raises(errors.BadRequest, match="knows no file"):
        engine.library.retry([str(notes / "none.md")])
    assert len(engine.library.retry([str(notes / "a.md")], "indexed")) == 1
    assert engine.library.index(wait=True).embedded == 0


def test_a_loss_is_accepted_by_the_name_of_its_folder(start: Callable[[], Engine], notes: Path) -> None:
    engine = start()
    (notes / "a.md").write_text("The xylophone is in the attic.", encoding="utf-8")
    engine.library.add_folder(str(notes))
    engine.library.index(wait=True)
    (notes / "a.md").unlink()
    engine.library.accept_loss(str(notes))
    engine.library.index(wait=True)
    assert rows(engine) == {} and engine.status().notes == ()
    with pytest.raises(errors.BadRequest, match="not a watched folder"):
        engine.library.accept_loss(str(notes / "a.md"))

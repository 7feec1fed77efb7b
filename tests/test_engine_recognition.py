"""Text in pictures and scanned pages, recognised by the Tesseract of this machine, in a real engine."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest

from core import errors
from core.doctor import examine
from core.engine import Engine, parts
from core.events import StatusChanged
from core.index.lane import thread
from core.index.recognising import recogniser, scans
from core.index.recognising.recogniser import Recogniser
from core.paths import DataFolder
from core.store.scans import PageText, Scans
from core.types import FileRow

needs_tesseract = pytest.mark.skipif(
    not Recogniser().look() or not {"kor", "eng"} <= set(
        subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=False).stdout.split()
        if shutil.which("tesseract") else ()
    ),
    reason="Tesseract with Korean and English is not installed (apt install tesseract-ocr tesseract-ocr-kor)",
)  # fmt: skip
KOREAN = "보일러 수리 기록\n\n순환 펌프를 바꿨다. 수리비는 임대인이 부담한다.\n\n담당자는 관리사무소에 있다."
ENGLISH = "Lisbon trip\n\nHotel Aurora costs 92 euros a night, breakfast included.\n\nThe xylophone is in the attic."
# In a process of its own: Qt's fonts and threads must not stay in the process of all tests.
DRAW = """
import sys
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication, QImage, QPainter
application = QGuiApplication([])
if not QFontDatabase.families(QFontDatabase.WritingSystem.Korean):
    sys.exit(77)
for path, text in zip(sys.argv[1::2], sys.argv[2::2]):
    picture = QImage(1240, 900, QImage.Format.Format_Grayscale8)
    picture.fill(Qt.GlobalColor.white)
    painter = QPainter(picture)
    font = QFont(QFontDatabase.families(QFontDatabase.WritingSystem.Korean)[0])
    font.setPixelSize(34)
    painter.setFont(font)
    painter.drawText(QRect(80, 80, 1080, 740), int(Qt.TextFlag.TextWordWrap), text)
    painter.end()
    if path.endswith(".raw"):
        bits = bytes(picture.constBits())
        line = picture.bytesPerLine()
        open(path, "wb").write(b"".join(bits[y * line : y * line + 1240] for y in range(900)))
    else:
        picture.save(path)
"""


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """ko.png, en.jpg, blank.bmp, and ko.raw and en.raw of 1240 by 900 bytes of grey."""
    folder = tmp_path_factory.mktemp("pictures")
    drawn = {"ko.png": KOREAN, "en.jpg": ENGLISH, "blank.bmp": "", "ko.raw": KOREAN, "en.raw": ENGLISH}
    arguments = [word for name, text in drawn.items() for word in (str(folder / name), text)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, "-c", DRAW, *arguments], env=environment, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("no Korean font to draw a picture with (apt install fonts-nanum)")
    return folder


def scanned(*pages: bytes | str) -> bytes:
    """A PDF of pages that are pictures (1240 by 900 bytes of grey) or have text."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    kids = []
    for page in pages:
        kids.append(b"%d 0 R" % (len(objects) + 1))
        at = len(objects) + 2
        if isinstance(page, str):
            drawing = b"BT /F1 12 Tf 50 500 Td (%s) Tj ET" % page.encode()
            things = b"/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
        else:
            drawing = b"600 0 0 435 0 0 cm /I Do"
            things = b"/XObject << /I %d 0 R >>" % (at + 1)
        objects.append(b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 550] /Contents %d 0 R /Resources << %s >> >>"
                       % (at, things))  # fmt: skip
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing))
        if not isinstance(page, str):
            packed = zlib.compress(page)
            objects.append(
                b"<< /Type /XObject /Subtype /Image /Width 1240 /Height 900 /ColorSpace /DeviceGray "
                b"/BitsPerComponent 8 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(packed), packed)
            )
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    out, places = b"%PDF-1.7\n", []
    for number, data in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, data)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1, table, len(objects) + 1, len(out)
    )  # fmt: skip


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


def watched(engine: Engine, notes: Path, ocr: bool = True) -> None:
    engine.library.add_folder(str(notes))
    engine.library.index(wait=True)
    if ocr:
        engine.library.set_folder_options(str(notes), ocr=True)
        engine.library.index(wait=True)


def recognised_pages(engine: Engine) -> int:
    return len(engine.parts.catalogue.database.read("SELECT 1 FROM recognised"))


@needs_tesseract
def test_pictures_are_read_where_it_is_switched_on_and_only_there(
    start: Callable[[], Engine], notes: Path, pictures: Path
) -> None:
    for name in ("ko.png", "en.jpg", "blank.bmp"):
        shutil.copy(pictures / name, notes)
    (notes / "photo.heic").write_bytes(b"\0\0\0\x18ftypheic" + b"\0" * 100)
    (notes / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"no picture at all" * 20)
    engine = start()
    watched(engine, notes, ocr=False)
    assert not any(r.state == "indexed" for r in rows(engine).values())
    assert rows(engine)["ko.png"].reason == scans.OFF and engine.status().pending == 0
    assert engine.library.set_folder_options(str(notes), ocr=True).ocr
    engine.library.index(wait=True)
    found = rows(engine)
    assert (found["ko.png"].state, found["en.jpg"].state) == ("indexed", "indexed")
    assert (found["blank.bmp"].state, found["blank.bmp"].reason) == ("skipped", scans.NOTHING)
    assert found["broken.png"].state == "failed" and "could not be recognised" in found["broken.png"].reason
    assert "JPEG" in found["photo.heic"].reason
    [hit, *_] = engine.questions.search("보일러 수리").hits
    assert Path(hit.path).name == "ko.png" and "임대인이" in hit.text and hit.location.page is None
    assert Path(engine.questions.search("xylophone attic").hits[0].path).name == "en.jpg"
    assert engine.status().notes == () and engine.status().pending == 0
    engine.library.set_folder_options(str(notes), ocr=False)
    engine.library.index(wait=True)
    assert engine.questions.search("xylophone").hits == () and rows(engine)["ko.png"].reason == scans.OFF


@needs_tesseract
def test_scanned_pages_are_cited_by_their_number_between_pages_of_text(
    start: Callable[[], Engine], notes: Path, pictures: Path
) -> None:
    ko, en = (pictures / "ko.raw").read_bytes(), (pictures / "en.raw").read_bytes()
    (notes / "mixed.pdf").write_bytes(scanned("The first page has letters.", ko, "The third page has letters.", en))
    (notes / "scan.pdf").write_bytes(scanned(ko))
    engine = start()
    watched(engine, notes, ocr=False)
    before = rows(engine)
    assert before["mixed.pdf"].state == "indexed" and "text recognition is on" in before["scan.pdf"].reason
    engine.library.set_folder_options(str(notes), ocr=True)
    engine.library.index(wait=True)
    assert {r.state for r in rows(engine).values()} == {"indexed"}
    [hit] = [h for h in engine.questions.search("보일러 수리").hits if h.path.endswith("scan.pdf")]
    assert hit.location.page == 1
    # Passages of pages this short share a place; what they are made of does not.
    reading = engine.parts.readers.read(notes / "mixed.pdf")
    folder = engine.parts.catalogue.folders()[0]
    document = engine.parts.indexer.recognition.completed(reading.document, reading.sha256, folder)
    texts = {b.location.page: b.text for b in document.blocks}
    assert list(texts) == [1, 2, 3, 4] and "임대인이" in texts[2] and "xylophone" in texts[4]
    assert "letters" in texts[1] and "letters" in texts[3]


@needs_tesseract
def test_a_page_is_recognised_once_whatever_becomes_of_its_file(
    start: Callable[[], Engine], notes: Path, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [(pictures / "en.raw").read_bytes().replace(b"\xff", bytes([250 - n])) for n in range(3)]
    (notes / "scan.pdf").write_bytes(scanned(*pages))
    engine = start()
    engine.library.add_folder(str(notes))
    engine.library.index(wait=True)
    engine.library.pause()
    engine.library.set_folder_options(str(notes), ocr=True)
    kept = Scans(engine.parts.catalogue.database)
    stop = engine.subscribe(
        lambda e: (
            engine.library.pause()
            if isinstance(e, StatusChanged) and recognised_pages(engine) == 1 and not engine.parts.lane.paused
            else None
        )
    )
    engine.library.resume()
    with pytest.raises(Exception, match="paused"):
        engine.library.index(wait=True)
    stop()
    assert rows(engine)["scan.pdf"].reason == scans.LATER and any("still to be" in n for n in engine.status().notes)
    first = kept.known(hashlib.sha256((notes / "scan.pdf").read_bytes()).hexdigest(), "1/kor+eng")
    assert list(first) == [1]
    # A page that is under way when everything ends is lost, the others are not.
    engine = start()
    seen: list[int] = []
    begin = Recogniser.start

    def counted(self: Recogniser, picture: bytes, frame: int, dots_per_inch: int = 0) -> Future[PageText]:
        seen.append(frame)
        return begin(self, picture, frame, dots_per_inch)

    monkeypatch.setattr(Recogniser, "start", counted)
    engine.library.resume()
    engine.library.index(wait=True)
    assert len(seen) == 2 and rows(engine)["scan.pdf"].state == "indexed"
    shutil.copy(notes / "scan.pdf", notes / "copy.pdf")
    (notes / "scan.pdf").rename(notes / "renamed.pdf")
    engine.library.index(wait=True)
    assert len(seen) == 2 and {n: r.state for n, r in rows(engine).items()} == {
        "copy.pdf": "indexed", "renamed.pdf": "indexed"
    }  # fmt: skip


def test_without_tesseract_the_reason_is_the_line_that_installs_it(
    start: Callable[[], Engine], notes: Path, pictures: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("core.index.recognising.recogniser._PLACES", ())
    shutil.copy(pictures / "ko.png", notes)
    engine = start()
    watched(engine, notes)
    reason = rows(engine)["ko.png"].reason
    assert "not installed" in reason and "tesseract" in reason.split("To install it: ")[1]
    assert reason in engine.status().notes and engine.status().pending == 0


@pytest.mark.skipif(os.name != "posix", reason="the program is a shell script")
@pytest.mark.parametrize(
    ("body", "said"),
    [("sleep 60", "took longer than"), ("cat > /dev/null; exit 3", "exit 3"), ("kill -9 $$", "exit -9"),
     ("cat > /dev/null; printf '5\\t1\\t1\\t1\\t1\\t1\\tx\\tx\\tx\\tx\\tx\\tword\\n'", "does not understand")],
)  # fmt: skip
def test_a_page_that_fails_costs_itself_and_is_tried_again_when_asked(
    start: Callable[[], Engine], notes: Path, pictures: Path, tmp_path: Path, body: str, said: str
) -> None:
    program = tmp_path / "tesseract"
    listing = 'if [ "$1" = --list-langs ]; then echo \'List in "/usr/share" (2):\'; echo eng; echo kor; exit; fi'
    program.write_text(f"#!/bin/sh\n{listing}\n{body}\n")
    program.chmod(0o755)
    shutil.copy(pictures / "ko.png", notes)
    (notes / "note.md").write_text("The xylophone is in the attic.")
    engine = start()
    broken = Recogniser(str(program), wall_seconds=2.0)
    engine.parts.indexer.recognition._recogniser = broken
    watched(engine, notes)
    assert rows(engine)["ko.png"].state == "failed" and said in rows(engine)["ko.png"].reason
    assert rows(engine)["note.md"].state == "indexed"
    broken.close()
    works = Recogniser()
    if not works.look():
        return
    engine.parts.indexer.recognition._recogniser = works
    engine.library.retry()
    engine.library.index(wait=True)
    assert rows(engine)["ko.png"].state == "indexed"


@pytest.mark.skipif(os.name != "posix", reason="the program is a shell script")
def test_a_saved_note_does_not_wait_for_a_page(
    start: Callable[[], Engine], notes: Path, pictures: Path, tmp_path: Path
) -> None:
    program, begun = tmp_path / "tesseract", tmp_path / "begun"
    listing = 'if [ "$1" = --list-langs ]; then echo \'List in "/usr/share" (2):\'; echo eng; echo kor; exit; fi'
    program.write_text(f"#!/bin/sh\n{listing}\ntouch {begun}\nexec sleep 600\n")
    program.chmod(0o755)
    shutil.copy(pictures / "ko.png", notes)
    engine = start()
    engine.parts.indexer.recognition._recogniser = Recogniser(str(program))
    engine.library.add_folder(str(notes))
    under_way, found = threading.Event(), threading.Event()
    engine.subscribe(lambda e: under_way.set() if begun.exists() else None)
    engine.subscribe(lambda e: found.set() if engine.questions.search("xylophone").hits else None)
    engine.library.set_folder_options(str(notes), ocr=True)
    assert under_way.wait(30) or begun.exists()
    (notes / "note.md").write_text("The xylophone is in the attic.")
    assert found.wait(30)
    assert engine.parts.indexer.recognition.left == 1 and recognised_pages(engine) == 0
    engine = start()
    assert recognised_pages(engine) == 0, "a page that was given up is not a page without text"


@pytest.mark.skipif(os.name != "posix", reason="the program is a shell script")
def test_pages_wait_for_the_charger_and_are_the_least_urgent_work(
    start: Callable[[], Engine], notes: Path, pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugged, begun, nice = threading.Event(), threading.Event(), list[int]()
    monkeypatch.setattr(thread, "RETRY_S", 0.05)
    monkeypatch.setattr(parts, "on_battery", lambda: not plugged.is_set())
    program = tmp_path / "tesseract"
    listing = 'if [ "$1" = --list-langs ]; then echo \'List in "/usr/share" (2):\'; echo eng; echo kor; exit; fi'
    program.write_text(f"#!/bin/sh\n{listing}\nexec sleep 600\n")
    program.chmod(0o755)
    started = recogniser._started

    def watched_start(command: list[str]) -> subprocess.Popen[bytes]:
        process = started(command)
        nice.append(os.getpriority(os.PRIO_PROCESS, process.pid))
        begun.set()
        return process

    monkeypatch.setattr(recogniser, "_started", watched_start)
    shutil.copy(pictures / "ko.png", notes)
    engine = start()
    engine.parts.settings = replace(engine.parts.settings, on_battery="wait")
    engine.parts.indexer.recognition._recogniser = Recogniser(str(program))
    engine.library.add_folder(str(notes))
    engine.library.set_folder_options(str(notes), ocr=True)
    with pytest.raises(errors.SetupProblem, match="charger"):
        engine.library.index(wait=True)
    assert any("when the charger is in" in note for note in engine.status().notes)
    assert engine.status().pending == 1 and not begun.is_set()
    plugged.set()
    assert begun.wait(60) and nice == [19]
    assert not any("when the charger is in" in note for note in engine.status().notes)


def test_the_doctor_tells_of_recognition(
    start: Callable[[], Engine], notes: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("core.index.recognising.recogniser._PLACES", ())
    engine = start()
    engine.library.add_folder(str(notes))
    [off] = [check for check in examine(engine) if check.check == "text recognition"]
    assert off.ok and "not installed" in off.detail and "on for no folder" in off.detail
    engine.library.set_folder_options(str(notes), ocr=True)
    [on] = [check for check in examine(engine) if check.check == "text recognition"]
    assert not on.ok and str(notes) in on.detail and "0 pages recognised; 0 waiting" in on.detail
    assert "tesseract" in on.fix

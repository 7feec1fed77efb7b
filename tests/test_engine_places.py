"""Where a citation says its quote stands, it stands: each kind of file through an engine, before and after edits."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.engine import Engine
from core.events import Answered
from core.paths import DataFolder
from core.types import Citation
from tests.text.packages import package
from tests.text.test_hangul import HP
from tests.text.test_mail import message
from tests.text.test_office import A, P, R, docx, paragraph, relations, shape, sheet_row, xlsx
from tests.text.test_pdf import make_pdf
from tests.text.test_records import epub


def _fill(n: int) -> str:
    return f"Entry {n} speaks about weather, gardens and the long road number {n}."


def _slides() -> bytes:
    numbers = range(1, 6)
    ids = "".join(f'<p:sldId id="{255 + n}" r:id="r{n}"/>' for n in numbers)
    members: dict[str, str | bytes] = {
        "ppt/presentation.xml": f"<p:presentation {P} {R}><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": relations(**{f"r{n}": f"slide slides/slide{n}.xml" for n in numbers}),
    }
    for n in numbers:
        said = "The merger with Obelisk closes in October." if n == 4 else _fill(n)
        members[f"ppt/slides/slide{n}.xml"] = f"<p:sld {P} {A}>{shape(f'Slide {n}', 'title')}{shape(said)}</p:sld>"
    return package(members)


def _hwpx() -> bytes:
    def p(text: str, style: int = 0) -> str:
        return f'<hp:p styleIDRef="{style}"><hp:run><hp:t>{text}</hp:t></hp:run></hp:p>'

    filling = "".join(p(f"{n}번째 문단은 날씨와 정원에 대한 이야기이다.") for n in range(8))
    body = p("1장 개요", 2) + filling + p("2장 계약", 2) + p("등대 임대료는 매달 45만 원이다.")
    header = '<h xmlns="x"><style id="2" name="개요 1"/></h>'
    return package(
        {
            "mimetype": "application/hwp+zip",
            "Contents/header.xml": header,
            "Contents/section0.xml": f"<s {HP}>{body}</s>",
        }
    )


MARKDOWN = (
    "---\ntitle: Boiler log\n---\n\n# Boiler\n\nSome opening words.\n\n```python\nprint('x')\n```\n\n---\n\n"
    + "\n\n".join(map(_fill, range(12)))
    + "\n\n## Repair\n\n- The pump was replaced on 3 March 2024.\n- The quartz valve cost 185,000 won.\n- It is loud.\n"
)
TEXT = "\r\n".join([*map(_fill, range(20)), "", "The zeppelin permit expires on 12 June 2025.", "", "end"])
ROWS: list[tuple[str, str | int]] = [
    ("Item", "Amount"),
    *((f"Chair {n}", n * 10) for n in range(2, 60)),
    ("Harpsichord", 7300),
    ("Desk", 5),
]
CUES = (
    [_fill(n) for n in range(1, 27)] + ["The submarine surfaces near Iceland at dawn."] + [_fill(n) for n in range(9)]
)
PEOPLE = [f"Person {n},City {n}" for n in range(80)] + ["Ottokar,Klow"] + [f"Person {n},City {n}" for n in range(30)]

FILES: dict[str, bytes] = {
    "boiler.md": MARKDOWN.encode(),
    "permit.txt": TEXT.encode(),
    "inventory.xlsx": xlsx("".join(sheet_row(n, *row) for n, row in enumerate(ROWS, 1))),
    "deck.pptx": _slides(),
    "paper.pdf": make_pdf(
        *("\n".join([_fill(p), *(["The flux capacitor needs 1,210 megawatts of power."] * (p == 2))]) for p in range(4))
    ),
    "letter.docx": docx(
        paragraph("Intro", "1")
        + "".join(paragraph(_fill(n)) for n in range(8))
        + paragraph("Terms", "1")
        + paragraph("The lease of the lighthouse ends on 30 April 2026.")
    ),
    "계약.hwpx": _hwpx(),
    "book.epub": epub(
        **{
            "OEBPS/a.xhtml": f"<html><body><h1>The Fox</h1><p>{_fill(1)}</p></body></html>",
            "OEBPS/b b.xhtml": "<html><body><h1>The Rose</h1><p>A rose drinks four thimbles of water.</p></body>",
        }
    ),
    "film.srt": "".join(
        f"{n}\n00:{n:02d}:04,000 --> 00:{n:02d}:09,000\n{cue}\n\n" for n, cue in enumerate(CUES, 1)
    ).encode(),
    "mail.eml": message("Budget", f"Hello,\n\n{_fill(1)}\n\nThe trombone rental is 640 dollars a month.").as_bytes(),
    "people.csv": "\n".join(["name,city", *PEOPLE]).encode(),
    "page.html": (
        f"<h1>Top</h1><p>{_fill(1)}</p><p>{_fill(2)}</p><h2>Deep</h2><p>The cactus garden opens at 9:45.</p>"
    ).encode(),
}
# file, question, what the quote holds, and where: lines are looked up in the file, of the others page and heading count
ASKED = (
    ("boiler.md", "What did the quartz valve cost?", "185,000", None, "Boiler > Repair"),
    ("permit.txt", "When does the zeppelin permit expire?", "12 June 2025", None, None),
    ("inventory.xlsx", "What is the amount of the Harpsichord?", "7300", None, "Sheet 예산 > rows "),
    ("deck.pptx", "When does the merger with Obelisk close?", "October", 4, "Slide 4"),
    ("paper.pdf", "How many megawatts does the flux capacitor need?", "1,210", 3, None),
    ("letter.docx", "When does the lease of the lighthouse end?", "30 April 2026", None, "Terms"),
    ("계약.hwpx", "등대 임대료는 매달 얼마야?", "45만 원", None, "2장 계약"),
    ("book.epub", "How much water does the rose drink?", "four thimbles", None, "The Rose"),
    ("film.srt", "Where does the submarine surface?", "Iceland", None, "00:2"),
    ("mail.eml", "How much is the trombone rental?", "640", None, None),
    ("people.csv", "In which city is Ottokar?", "Klow", None, None),
    ("page.html", "When does the cactus garden open?", "9:45", None, "Top > Deep"),
)
WITH_LINES = ("boiler.md", "permit.txt", "film.srt", "people.csv")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("places")
    notes = folder / "notes"
    notes.mkdir()
    for name, data in FILES.items():
        (notes / name).write_bytes(data)
    made = Engine(DataFolder(folder / "data"))
    made.start()
    made.library.add_folder(str(notes))
    made.library.index(wait=True)
    yield made
    made.close()


def _first(engine: Engine, question: str) -> Citation:
    events = list(engine.questions.ask(question, model="none", stop=threading.Event()))
    answer = events[-1]
    assert isinstance(answer, Answered) and answer.citations, events
    return answer.citations[0]


def _stands(citation: Citation, part: str) -> bool:
    """Whether the lines of the file that the citation names hold it; one line, as the quote has."""
    lines = Path(citation.path).read_bytes().decode().splitlines()
    place = citation.location
    assert place.line_from and place.line_to == place.line_from + citation.quote.count("\n")
    return part in "\n".join(lines[place.line_from - 1 : place.line_to])


@pytest.mark.parametrize(("name", "question", "part", "page", "heading"), ASKED, ids=[row[0] for row in ASKED])
def test_a_quote_stands_where_its_citation_says(
    engine: Engine, name: str, question: str, part: str, page: int | None, heading: str | None
) -> None:
    citation = _first(engine, question)
    assert Path(citation.path).name == name and part in citation.quote
    assert citation.location.page == page
    assert (citation.location.heading or "").startswith(heading or "") and bool(citation.location.heading) == bool(
        heading
    )
    if name in WITH_LINES:
        assert _stands(citation, part)


def test_the_rows_of_a_sheet_are_those_of_the_quote(engine: Engine) -> None:
    heading = _first(engine, "What is the amount of the Harpsichord?").location.heading or ""
    first, last = (int(n) for n in heading.rpartition("rows ")[2].split(" to "))
    assert first <= 60 <= last < first + 20


def test_an_edit_above_moves_the_quote_with_it(engine: Engine) -> None:
    path = Path(_first(engine, ASKED[0][1]).path)
    path.write_text(
        path.read_text("utf-8").replace("# Boiler\n", "# Boiler\n\nA new line.\n\nAnd one more.\n"), "utf-8"
    )
    engine.library.index(wait=True)
    citation = _first(engine, ASKED[0][1])
    assert _stands(citation, "185,000")
    path.write_bytes(FILES["boiler.md"])
    engine.library.index(wait=True)

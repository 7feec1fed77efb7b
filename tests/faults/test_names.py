"""Odd names: every file is indexed and found under its exact path, over the wire and by the command line, and none can
pass for a line of Moa's own on the terminal."""

from __future__ import annotations

import json
import os
import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.cli import main
from core.events import StatusChanged
from core.paths import DataFolder
from core.serve.client import Client

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps all of these names")

NAMES = {
    "composed": "회의록.md".encode(),
    "decomposed": unicodedata.normalize("NFD", "회의록").encode() + b".md",
    "as long as can be": "가".encode() * 84 + b".md",
    "a line end": b"a\n  indexed  1.0 kB  1  forged.md",
    "no text": b"caf\xe9.md",
    "CP949": "보고서".encode("cp949") + b".md",
    "a device of Windows": b"CON.md",
    "two dots": b"trailing..md",
    "turned round": "\u202egpj.md".encode(),
    "emoji": "👩‍🚀 여행.md".encode(),
    "escape sequences": b"\x1b[2J\x1b[31mred.md",
    "quotes and wildcards": b"%s '\"*?[a]$(id)&;.md",
    "leading dashes": b"--json.md",
    "spaces": b"  two  spaces  .md",
}
FOLDERS = (b"plain", b"new\nline", b"caf\xe9", unicodedata.normalize("NFD", "폴더").encode(), b"dot.")
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Moa:
    """The command line against a real engine; what it printed."""

    def __init__(self, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._data = data
        self._capsys = capsys

    def rows(self, *argv: str) -> list[dict[str, Any]]:
        self._capsys.readouterr()
        assert main(["--data", str(self._data), *argv, "--json"]) == 0, self._capsys.readouterr().err
        return [json.loads(line) for line in self._capsys.readouterr().out.splitlines()]

    def words(self, *argv: str) -> str:
        self._capsys.readouterr()
        assert main(["--data", str(self._data), *argv]) == 0, self._capsys.readouterr().err
        return self._capsys.readouterr().out


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    client = Client(DataFolder(tmp_path / "data"), lambda text: None)
    yield client
    client.stop()


def test_every_name_is_indexed_found_and_shown_safely(
    client: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moa = Moa(client.data.root, capsys)
    expected: dict[str, str] = {}
    for at, folder in enumerate(FOLDERS):
        place = tmp_path / os.fsdecode(b"notes " + folder)
        place.mkdir()
        for number, name in enumerate(NAMES.values()):
            word = f"zq{at}x{number}marker"
            file = place / os.fsdecode(name)
            file.write_text(f"# Title\x1b[2J\n\nThe word {word} stands here.\x1b[1A\n", encoding="utf-8")
            expected[str(file)] = word
        [row] = moa.rows("folders", "add", str(place))
        assert row["path"] == str(place)

    moa.rows("index", "--wait")
    files = moa.rows("files")
    assert {f["path"]: f["state"] for f in files} == dict.fromkeys(expected, "indexed")
    assert {f["path"] for f in moa.rows("folders", "list")} == {str(Path(p).parent) for p in expected}
    for path, word in expected.items():
        assert Path(path).exists()
        assert path in [hit["path"] for hit in moa.rows("search", word, "-k", "3") if word in hit["text"]]
    for at, folder in enumerate(FOLDERS):
        whole = str(tmp_path / os.fsdecode(b"notes " + folder))
        word = f"zq{at}x4marker"
        # Both a folder and a single file with an odd name limit a search.
        for within in (whole, whole + os.sep + os.fsdecode(NAMES["no text"])):
            hits = moa.rows("search", "Which word stands here?", "--in", within, "-k", "50")
            assert hits and all(hit["path"].startswith(within) for hit in hits)
        answer = moa.rows("ask", f"Where does {word} stand?", "--in", whole, "--model", "none")[-1]
        cited = {c["path"] for c in answer["citations"]}
        assert cited and all(expected[path].startswith(f"zq{at}x") for path in cited)
        [chat] = [c for c in moa.rows("chats", "list") if word in c["title"]]
        messages = moa.rows("chats", "show", chat["id"])
        assert {c["path"] for c in messages[-1]["citations"]} == cited

    for shown in (
        moa.words("files"), moa.words("folders", "list"), moa.words("search", "word", "-k", "100"),
        moa.words("status"), moa.words("ask", "Where does zq0x4marker stand?", "--model", "none"),
    ):  # fmt: skip
        assert not CONTROL.search(shown)
    assert len(moa.words("files").splitlines()) == 1 + len(expected)
    print(f"{len(files)} of {len(expected)} odd names in {len(FOLDERS)} odd folders indexed, found and shown safely")


def test_a_folder_with_an_odd_name_is_followed_and_removed(client: Client, tmp_path: Path) -> None:
    place = tmp_path / os.fsdecode(b"caf\xe9\n")
    place.mkdir()
    client.connect()
    client.add_folder(str(place))
    for name in NAMES.values():
        (place / os.fsdecode(name)).write_text("# Later\n\nzqlatermarker\n", encoding="utf-8")
    seen: list[int] = []
    for event in client.events():
        if isinstance(event, StatusChanged):
            seen.append(event.status.files.get("indexed", 0))
            if seen[-1] == len(NAMES) and not event.status.pending:
                break
    client.remove_folder(str(place))
    assert client.folders() == () and client.files() == ()


def test_names_as_long_as_can_be_are_imported_and_numbered(client: Client, tmp_path: Path) -> None:
    client.connect()
    name = os.fsdecode(NAMES["as long as can be"])
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text(f"# {folder}\n\nzq{folder}marker\n", encoding="utf-8")
        client.import_files([str(tmp_path / folder / name)])
    client.index(wait=True)
    names = sorted(Path(f.path).name for f in client.files("indexed"))
    assert names == sorted([name, "가" * 82 + " (2).md"]) and len(os.fsencode(names[0])) <= 255

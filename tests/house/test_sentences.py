"""Every sentence the engine can say has a Korean translation for the window, with the same values in it."""

from __future__ import annotations

import errno
import json
import os
import re
from collections import Counter
from pathlib import Path

from app.engine_words import FOLDER, PLACE
from tests.house.sentences import ROOT, sentences

KOREAN: dict[str, str] = json.loads((FOLDER / "engine_ko.json").read_text(encoding="utf-8"))
ENGLISH: dict[str, str] = json.loads((FOLDER / "engine_en.json").read_text(encoding="utf-8"))
# What systems say of a name they cannot look up; unlike the errors above, Python has no list of these.
NAMES = {
    "Name or service not known", "Temporary failure in name resolution", "nodename nor servname provided, or not known",
}  # fmt: skip


def test_every_sentence_of_the_engine_is_translated() -> None:
    found = sentences()
    assert len(found) > 300
    missing = {sentence: place for sentence, place in found.items() if sentence not in KOREAN}
    assert missing == {}, "translate these in resources/translations/engine_ko.json"


def test_what_names_the_command_line_has_words_for_the_window() -> None:
    named = {s: place for s, place in sentences().items() if re.search(r"`moa |\bmoa \w+ \w+ |--\w+:", s)}
    assert {s: place for s, place in named.items() if s not in ENGLISH} == {}, "resources/translations/engine_en.json"
    assert [t for t in (*KOREAN.values(), *ENGLISH.values()) if "`moa" in t] == []


def test_values_are_the_same_in_translations() -> None:
    for table in (KOREAN, ENGLISH):
        for sentence, translation in table.items():
            names = Counter(name for name, _ in PLACE.findall(sentence))
            assert Counter(name for name, _ in PLACE.findall(translation)) == names, sentence


def test_every_translation_is_korean_and_ends_as_its_sentence_does() -> None:
    for sentence, translation in KOREAN.items():
        assert re.search("[가-힣]", translation) or PLACE.search(sentence), sentence
        if sentence[0].isupper() and sentence.endswith(".") and "{" not in sentence[-4:]:
            assert translation.endswith((".", "…")), sentence


def test_nothing_is_translated_that_the_engine_no_longer_says() -> None:
    core = "\n".join(p.read_text(encoding="utf-8") for p in sorted((ROOT / "core").rglob("*.py")))
    core += (ROOT / "resources" / "models.toml").read_text(encoding="utf-8")
    # Strings that are broken over lines are one.
    whole = _joined(core)
    systems = {os.strerror(number) for number in errno.errorcode} | NAMES
    gone = [
        sentence
        for sentence in {*KOREAN, *ENGLISH}
        if sentence not in systems and any(part not in whole for part in _parts(sentence))
    ]
    assert gone == [], "take these out of resources/translations"


def _joined(source: str) -> str:
    joined = re.sub(r'"\s*\n?\s*f?"', "", source)
    return joined.replace('\\"', '"')


def _parts(sentence: str) -> list[str]:
    texts = PLACE.split(sentence)[::3]
    return [part for text in texts if (part := text.strip(' .,:;"()'))]


def test_the_tables_are_kept_in_order(tmp_path: Path) -> None:
    for name, table in (("engine_ko", KOREAN), ("engine_en", ENGLISH)):
        tidy = json.dumps(table, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        (tmp_path / name).write_text(tidy, encoding="utf-8")
        assert (FOLDER / f"{name}.json").read_text(encoding="utf-8") == tidy, f"sort the keys of {name}.json"

"""The verbs for embedding models: what is said before anything is changed."""

from __future__ import annotations

import pytest

from core.cli import embedders
from core.types import EmbedderChange
from tests.cli.conftest import Moa

ROW = {"id", "choice", "kind", "path", "size", "dim", "limit", "serving", "next", "languages", "problem"}
COST = {"id", "dim", "limit", "korean", "english", "passages", "known", "longer", "rate", "seconds", "bytes", "free"}


def notes(moa: Moa) -> list[str]:
    told: list[str] = moa("status", "--json").rows[0]["notes"]
    return told


def test_they_are_listed(moa: Moa) -> None:
    rows = moa("embedders", "list", "--json").rows
    assert [row.keys() for row in rows] == [ROW, ROW] and [r["serving"] for r in rows] == [True, False]
    assert "serves" in moa("embedders", "list").out and "is prepared" in moa("embedders", "list").out


def test_the_cost_is_said_in_words(moa: Moa) -> None:
    [row] = moa("embedders", "cost", "other", "--json").rows
    assert row.keys() == COST
    said = moa("embedders", "cost", "other").out
    assert "1,200 passages to learn, 7 are done: about 2 min (10.0 a second), 2.0 MB on disk" in said
    assert "25% of your passages are longer" in said and "does not serve Korean" in said
    assert "serves at once" in moa("embedders", "cost", "known").out


def test_nothing_is_changed_before_it_is_agreed_to(moa: Moa, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = moa("embedders", "use", "other", "--json")
    assert refused.code == 1 and refused.rows[0].keys() == COST and "--yes" in refused.err
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    for answer, begun in (("n\n", False), ("\n", False), ("네\n", True)):
        before = notes(moa).count("used other")
        monkeypatch.setattr("sys.stdin.readline", lambda answer=answer: answer, raising=False)
        got = moa("embedders", "use", "other")
        assert got.code == (0 if begun else 1) and (notes(moa).count("used other") > before) is begun
    agreed = moa("embedders", "use", "third", "--yes", "--json")
    assert agreed.code == 0 and [r["id"] for r in agreed.rows] == ["built-in", "other"]
    # Where there is nothing to learn nobody is asked.
    assert moa("embedders", "use", "known").code == 0 and "used known" in notes(moa)


def test_the_others(moa: Moa) -> None:
    assert moa("embedders", "cancel").out.startswith("built-in goes on.") and "cancelled" in notes(moa)
    assert moa("embedders", "remove", "other", "--json").rows == [{"id": "other", "removed": True}]
    wrong = moa("embedders", "add", "/nowhere")
    assert wrong.code == 1 and "There is no embedding model in /nowhere." in wrong.err


def test_how_far_it_is() -> None:
    assert embedders.progress(EmbedderChange("x", "", 0, 0, None, "opening")) == "being opened"
    going = EmbedderChange("x", "x@1", 500, 2000, 7200.0, "embedding")
    assert embedders.progress(going) == "500 of 2,000 passages, about 2.0 h left"
    assert embedders.progress(EmbedderChange("x", "", 0, 0, None, "failed", "It is gone.")) == "It is gone."

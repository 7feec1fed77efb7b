"""The command line's promises to scripts: names and shapes of the JSON, exit codes, what goes where."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.cli.program import parser
from core.serve.client import Client
from tests.cli.conftest import Moa
from tests.serve import fake_host as fake

STATUS = {
    "running", "pid", "version", "folders", "files", "chunks", "pending", "eta_s", "embedder", "model", "rss_mb",
}  # fmt: skip
FOLDER = {"path", "state", "files", "collection", "ocr", "encoding", "lost"}
FILE = {"path", "state", "reason", "sha256", "size", "mtime_ns", "chunks", "kind", "outcome"}
REPORT = {"added", "changed", "moved", "removed", "failed", "embedded", "reused", "seconds"}
HIT = {"n", "path", "title", "location", "text", "score", "why", "also"}
FIT = {"id", "fits", "device", "gpu_layers", "layers", "context", "kv_type", "need_mb", "free_mb", "why", "machines"}


def test_status_without_an_engine_starts_none_and_is_no_error(alone: Moa, tmp_path: Path) -> None:
    got = alone("status", "--json")
    assert got.code == 0 and got.rows[0].keys() >= STATUS and got.rows[0]["running"] is False
    assert "`moa start` starts it" in alone("status").out
    assert alone("stop").code == 0
    assert not (tmp_path / "data").exists()


def test_start_status_and_stop(alone: Moa) -> None:
    begun = alone("start", "--json").rows[0]
    assert begun.keys() >= STATUS
    assert alone("status", "--json").rows[0]["pid"] == begun["pid"] == alone("start", "--json").rows[0]["pid"]
    assert f"process {begun['pid']}" in alone("status").out
    assert alone("stop", "--json").rows[0]["running"] is False
    assert "was not running" in alone("stop").out


def test_a_verb_starts_the_engine_it_needs(alone: Moa) -> None:
    assert alone("folders", "list").code == 0
    assert alone("status", "--json").rows[0]["running"] is True


def test_folders(moa: Moa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "노트").mkdir()
    monkeypatch.chdir(tmp_path)
    [row] = moa("folders", "add", "./노트", "--json").rows
    assert row.keys() == FOLDER and row["path"] == str(tmp_path / "노트")
    assert row in moa("folders", "list", "--json").rows
    assert "watched  0      " in moa("folders", "list").out
    assert [c["ok"] for c in moa("doctor", "--json").rows] == [True, False]
    doctor = moa("doctor")
    assert (
        doctor.code == 1 and "✓ data folder" in doctor.out and "✗ network: A door is open.\n  → Close it." in doctor.out
    )
    assert moa("folders", "remove", "노트").code == 0
    assert moa("doctor").code == 0


def test_files_import_and_index(moa: Moa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert [r["path"] for r in moa("import", "a.md", "/b.md", "--json").rows] == [str(tmp_path / "a.md"), "/b.md"]
    assert moa("index", "--wait", "--json").rows[0].keys() == REPORT
    assert moa("index", "--wait").out == "Up to date after 0.5 s: 2 added.\n"
    [row] = moa("files", "--json").rows
    assert row.keys() == FILE and row["path"] == "/notes/겨울.md"
    assert "It is damaged." in moa("files", "--state", "failed").out


def test_selftest(moa: Moa) -> None:
    [row] = moa("selftest", "--n", "20", "--json").rows
    keys = {"questions", "hit@1", "hit@5", "mrr", "legs", "languages", "kinds", "sources", "embedder", "refused"}
    assert keys == row.keys()
    assert row["questions"] == 20 and row["hit@1"] == 0.9 and row["legs"]["meaning"]["hit@5"] == 0.2
    assert row["languages"]["ko"]["weights"]["0"]["mrr"] == 0.95
    said = moa("selftest")
    assert said.code == 0 and "Korean" in said.out and "0.950" in said.out and "finds little" in said.out
    assert moa("selftest", "--seed", "-1").code == 1 and "no notes" in moa("selftest", "--seed", "-1").err
    assert moa("selftest", "--n", "0").code == 2


def test_how_a_folder_is_read_and_what_is_lost(moa: Moa, tmp_path: Path) -> None:
    assert moa("folders", "add", str(tmp_path)).code == 0
    [row] = moa("folders", "set", str(tmp_path), "--encoding", "cp949", "--ocr", "on", "--json").rows
    assert row.keys() == FOLDER and row["encoding"] == "cp949" and row["ocr"] is True
    assert "(text recognition, cp949)" in moa("folders", "list").out
    assert moa("folders", "set", str(tmp_path), "--ocr", "maybe").code == 2
    assert "Nothing was said to change" in moa("folders", "set", str(tmp_path)).err
    assert moa("folders", "accept", str(tmp_path), "--json").rows == [{"path": str(tmp_path), "accepted": True}]
    assert moa("folders", "accept", "/nowhere").code == 1
    assert moa("folders", "remove", str(tmp_path)).code == 0


def test_files_are_read_again_and_unlocked(moa: Moa, monkeypatch: pytest.MonkeyPatch) -> None:
    [row] = moa("files", "retry", "--json").rows
    assert row.keys() == FILE and row["state"] == "waiting"
    assert [r["path"] for r in moa("files", "retry", "/a.pdf", "/b.pdf", "--json").rows] == ["/a.pdf", "/b.pdf"]
    assert moa("files", "unlock", "/a.pdf", "--password", "열려라").code == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("열려라\n"))
    assert moa("files", "unlock", "/a.pdf", "--json").rows[0]["state"] == "indexed"
    refused = moa("files", "unlock", "/a.pdf", "--password", "no")
    assert refused.code == 1 and "stays locked" in refused.err and "no" not in refused.err.split()


def test_a_hundred_thousand_files_are_listed(moa: Moa) -> None:
    got = moa("files", "--state", "skipped", "--json")
    assert got.out.count("\n") == fake.MANY


def test_search(moa: Moa) -> None:
    [hit] = moa("search", "눈", "--json").rows
    assert hit.keys() == HIT
    assert hit["location"] == {"page": None, "line_from": 3, "line_to": 5, "heading": "여행 > Winter"}
    assert {"dense_rank": 1, "lexical_rank": 2, "rerank": None}.items() <= hit["why"].items()
    assert "/notes/겨울.md:3  여행 > Winter" in moa("search", "눈").out
    assert "meaning 1, words 2" in moa("search", "눈", "--explain").out
    assert moa("search", "nothing").err == "Nothing was found.\n"


def test_paths_are_seen_from_where_the_command_runs(moa: Moa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert moa("search", "눈", "--in", "sub").err == f"within {tmp_path / 'sub'}, patient True\n"


def test_a_batch_of_searches(moa: Moa, tmp_path: Path) -> None:
    batch = tmp_path / "q.jsonl"
    batch.write_text('{"qid": "a", "question": "눈"}\n\n{"qid": 7, "question": "nothing"}\n', encoding="utf-8")
    got = moa("search", "--batch", str(batch), "-k", "20", "--json")
    assert got.code == 0
    assert [(r["qid"], len(r["hits"])) for r in got.rows] == [("a", 1), ("7", 0)]
    assert got.rows[0]["hits"][0].keys() == HIT


def test_bad_lines_of_a_batch_are_named_and_the_others_are_done(moa: Moa, tmp_path: Path) -> None:
    batch = tmp_path / "q.jsonl"
    batch.write_text('{"qid": "a"}\n[]\nno\n{"qid": "b", "question": " "}\n{"qid": "c", "question": "눈"}\n', "utf-8")
    got = moa("search", "--batch", str(batch), "--json")
    assert got.code == 1
    assert [r["qid"] for r in got.rows] == ["c"]
    assert [f"line {n}:" in line for n, line in zip((1, 2, 3, 4), got.err.splitlines(), strict=True)] == [True] * 4
    assert moa("search", "--batch", str(tmp_path / "none")).code == 1


def test_ask_prints_every_event_as_a_line(moa: Moa) -> None:
    got = moa("ask", "Snow?", "--json")
    passages, notice, *tokens, answer = got.rows
    assert passages["event"] == "passages" and passages["passages"][0].keys() == HIT
    assert notice == {"event": "notice", "text": "One moment."}
    assert tokens == [{"event": "token", "text": "It "}, {"event": "token", "text": "snows [1]."}]
    assert {
        "event", "text", "mode", "answerable", "citations", "coverage", "model", "conversation", "timings",
    } <= answer.keys()  # fmt: skip
    assert answer["citations"][0].keys() == {"n", "path", "location", "quote", "supported"}
    assert answer["timings"].keys() == {
        "retrieval_ms", "first_token_ms", "tokens_per_s", "prompt_tokens", "cached_tokens",
    }  # fmt: skip
    assert next(iter(answer)) == "event" and not any("qid" in row for row in got.rows)
    assert got.err == "One moment.\n"


def test_ask_for_a_person_passages_then_the_answer_then_its_sources(moa: Moa) -> None:
    out = moa("ask", "Snow?", "--model", "none", "--conversation", "c9").out
    parts = ["[1] /notes/겨울.md:3", "It snows [1].", "[1] /notes/겨울.md:3  여행 > Winter", "conversation c9"]
    places: list[int] = []
    for part in parts:
        places.append(out.index(part, places[-1] + 1 if places else 0))
    assert out.count("It snows") == 1


def test_every_event_of_a_batch_carries_its_question(moa: Moa, tmp_path: Path) -> None:
    batch = tmp_path / "q.jsonl"
    batch.write_text('{"qid": "a", "question": "Snow?"}\n{"qid": "b", "question": "crash"}\n', "utf-8")
    got = moa("ask", "--batch", str(batch), "--json")
    assert [r["qid"] for r in got.rows] == ["a"] * 5 + ["b"] * 2
    assert got.rows[-1] == {"event": "error", "title": "The model ended.", "advice": "Ask again.", "qid": "b"}
    assert got.code == 1 and "moa: The model ended. Ask again." in got.err


def test_models(moa: Moa) -> None:
    [row] = moa("models", "list", "--json").rows
    assert row["id"] == "tiny" and row["active"]
    assert "1.2 MB  tiny.gguf" in moa("models", "list").out
    assert moa("models", "fit", "tiny", "--json").rows[0].keys() == FIT
    assert "tiny fits: It is small." in moa("models", "fit", "tiny").out
    assert moa("models", "use", "tiny", "--json").rows[0]["id"] == "tiny"
    assert moa("models", "remove", "tiny").code == 0
    refused = moa("models", "add", "/x.txt")
    assert (refused.code, refused.out, refused.err) == (1, "", "moa: /x.txt is not a GGUF file. Choose another.\n")


def test_chats(moa: Moa) -> None:
    assert moa("chats", "list", "--json").rows[0].keys() == {"id", "title", "created", "updated", "messages"}
    assert [r["id"] for r in moa("chats", "search", "눈", "--json").rows] == ["c1"]
    assert [r["role"] for r in moa("chats", "show", "c1", "--json").rows] == ["user", "assistant"]
    assert moa("chats", "export", "c1", "--format", "json").rows[0]["messages"][0]["text"] == "Snow?"
    exported = moa("chats", "export", "c1").out
    assert exported == "# Snow?\n\n## Snow?\n\nIt snows [1].\n\n- [1] /notes/겨울.md:3  여행 > Winter\n"
    assert moa("chats", "remove", "c1").code == 0
    assert moa("chats", "show", "c2").err == "moa: There is no conversation c2.\n"


@pytest.mark.parametrize(
    "argv",
    [
        (), ("nonsense",), ("folders",), ("folders", "add"), ("ask",), ("search", "-k", "0", "x"), ("import",),
        ("search", "x", "--batch", "y"), ("files", "--state", "odd"), ("chats", "export", "c1", "--format", "pdf"),
    ],
)  # fmt: skip
def test_wrong_use_exits_2_and_shows_how(moa: Moa, argv: tuple[str, ...]) -> None:
    got = moa(*argv)
    assert got.code == 2 and got.out == "" and got.err.startswith("usage: moa")


def test_help_names_every_verb(moa: Moa) -> None:
    got = moa("--help")
    assert got.code == 0
    for verb in (
        "start", "stop", "status", "serve", "doctor", "folders", "import", "index", "files", "read", "search", "ask",
        "models", "chats", "quick",
    ):  # fmt: skip
        assert verb in got.out
    assert parser().prog == "moa"


def test_what_cannot_be_done_is_one_sentence(moa: Moa) -> None:
    got = moa("folders", "add", "/nowhere")
    assert (got.code, got.out, got.err) == (1, "", "moa: /nowhere does not exist. Check its name.\n")
    assert moa("ask", "").err == "moa: The question is empty. Type one.\n"
    odd = moa("folders", "add", "/odd\udcff")
    assert (odd.code, odd.err) == (1, "moa: /odd\\udcff does not exist. Check its name.\n")


def test_our_own_mistake_shows_no_traceback(moa: Moa, engine: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Client) -> None:
        raise ZeroDivisionError("nobody thought of this")

    monkeypatch.setattr(Client, "folders", broken)
    got = moa("folders", "list")
    assert got.code == 1 and got.err.count("\n") == 1 and "command.log" in got.err
    assert "nobody thought of this" in (engine.data.logs / "command.log").read_text()


def test_an_engine_that_cannot_start_says_why_at_every_verb(alone: Moa, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "refuse").touch()
    for argv in (("start",), ("folders", "list"), ("search", "x")):
        # On a busy machine the first line says what is waited for.
        err = alone(*argv).err.removeprefix("Starting the engine ...\n")
        assert err == "moa: This data folder was written by a newer Moa. Update Moa.\n"
    [check] = alone("doctor", "--json").rows
    assert check == {
        "check": "engine",
        "ok": False,
        "detail": "This data folder was written by a newer Moa.",
        "fix": "Update Moa.",
    }


def _spawn(engine: Client, *argv: str) -> subprocess.Popen[bytes]:
    env = dict(os.environ, LC_ALL="C", PYTHONIOENCODING="ascii", MOA_DATA=str(engine.data.root))
    command = [sys.executable, "-m", "core.cli", *argv]
    # A test run in a shell's background ignores Ctrl+C, and what it starts would inherit that.
    heard = (lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)) if os.name == "posix" else None
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=heard)


def test_a_locale_without_hangul_changes_nothing(engine: Client) -> None:
    out, err = _spawn(engine, "search", "눈", "--json").communicate()
    assert err == b"" and json.loads(out)["title"] == "겨울"


@pytest.mark.skipif(os.name == "nt", reason="pipes and signals of POSIX")
def test_a_reader_that_has_enough_is_no_error_message(engine: Client) -> None:
    process = _spawn(engine, "files", "--state", "skipped", "--json")
    assert process.stdout and process.stderr
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    process.wait()


@pytest.mark.skipif(os.name == "nt", reason="pipes and signals of POSIX")
def test_ctrl_c_ends_an_answer_quietly(engine: Client) -> None:
    process = _spawn(engine, "ask", "endless", "--json")
    assert process.stdout
    for _ in range(3):
        assert process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert (process.returncode, err) == (130, b"")

"""The sentences the engine can say, collected from its source: what a window in another language has to know.

A sentence is a string literal that reads as one. What stands between braces in an f-string becomes {0}, {1}, in order.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What the window never shows: the command line, the doctor's report, log lines, words for a model, answers (which are
# in the language of their question) and text that an embedder is tried on.
ELSEWHERE = (
    "cli/", "doctor.py", "index/reading/sandbox.py", "index/embedding/onnx_export.py", "files/watch.py",
    "answer/words/wording.py", "answer/prompt.py", "answer/question/followup.py", "answer/catalogue.py",
    "answer/exhaustive.py", "learn/written.py", "models/llama/lend.py",
)  # fmt: skip
_SENTENCE = re.compile(r"[A-Z{“\"].*[a-z]{2}.* .*[.?!…]|[A-Z][a-z]+ .*([.?!…]|[;:] \{\})", re.DOTALL)
_BETWEEN = re.compile(r"(?<=[.!?…]) (?=[A-Z{])|(?<=\{\}) (?=[A-Z][a-z]+ [a-z])")
_SQL = re.compile(r"\b(SELECT|UPDATE|DELETE|INSERT|WHERE|AND|ORDER BY|IS NULL|LIKE)\b")
_LOGS = {"debug", "info", "warning", "error", "exception"}


def sentences(root: Path = ROOT) -> dict[str, str]:
    """Each sentence with the place it is said at."""
    found: dict[str, str] = {}
    for path in sorted((root / "core").rglob("*.py")):
        name = path.relative_to(root / "core").as_posix()
        if name.startswith(ELSEWHERE):
            continue
        for node in _said(ast.parse(path.read_text(encoding="utf-8"))):
            for sentence in _BETWEEN.split(_template(node)):
                # Sentences that follow in places of their own are said by themselves.
                sentence = re.sub(r"(\{\})(?: \{\})+$", r"\1", sentence)
                if _SENTENCE.fullmatch(sentence) and not _SQL.search(sentence):
                    found.setdefault(_numbered(sentence), f"core/{name}:{node.lineno}")
    offers = tomllib.loads((root / "resources" / "models.toml").read_text(encoding="utf-8"))
    found.update({offer["good_at"]: "resources/models.toml" for offer in offers["model"]})
    return found


def _said(tree: ast.Module) -> Iterator[ast.expr]:
    """Strings that are neither documentation nor log lines nor the insides of other strings."""
    silent: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            silent.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            silent.update(id(part) for part in node.values if isinstance(part, ast.Constant))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _LOGS:
            silent.update(id(part) for argument in node.args for part in ast.walk(argument))
        elif isinstance(node, ast.Dict) and "help" in [getattr(key, "value", "") for key in node.keys]:
            silent.update(id(part) for part in ast.walk(node))
    for node in ast.walk(tree):
        text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if isinstance(node, ast.expr) and (text or isinstance(node, ast.JoinedStr)) and id(node) not in silent:
            yield node


def _template(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    assert isinstance(node, ast.JoinedStr)
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)


def _numbered(sentence: str) -> str:
    count = iter(range(sentence.count("{}")))
    return re.sub(r"\{\}", lambda _: f"{{{next(count)}}}", sentence)

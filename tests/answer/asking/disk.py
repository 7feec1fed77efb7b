"""What is right, counted on the disk: walks the folder and reads its files with a few expressions.

Knows nothing of Moa. What is to be counted is written as `what [condition…]`:

    n               files                      notes readable   those that are no picture and no code; no picture
    open done boxes  check boxes
    tags folders    different ones             latest oldest largest smallest changed  the name of one file
    in=a/b          below a folder of that name        kind=md,txt    by ending
    tag=x           with that tag or one below it      untagged       without any
    day=2024-03     the note's own day begins so; a..b from a to b    mtime=…  the same of its last change
    says=x          the text holds x                   called=x       the name or the folder holds x
    has=open        with at least one such check box
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass
class Seen:
    path: Path
    name: str
    kind: str
    text: str
    tags: set[str]
    day: str
    mtime: str
    size: int
    open: int
    done: int
    folders: tuple[str, ...]


def look(root: Path) -> list[Seen]:
    """Every file below `root`."""
    return [_seen(root, p) for p in sorted(root.rglob("*")) if p.is_file()]


def _seen(root: Path, path: Path) -> Seen:
    kind = path.suffix.lstrip(".").lower()
    if kind == "docx":
        with zipfile.ZipFile(path) as z:
            text = re.sub(r"<[^>]+>", " ", z.read("word/document.xml").decode())
    elif kind == "pdf":
        text = " ".join(re.findall(r"\((.*?)\) Tj", path.read_bytes().decode("latin-1")))
    else:
        text = path.read_text("utf-8")
    tags: set[str] = set()
    head = re.match(r"---\n(.*?)\n---\n", text, re.S) if kind == "md" else None
    day = ""
    if head:
        for name, value in re.findall(r"^(\w+): *(.*)$", head[1], re.M):
            if name == "tags":
                tags |= {t.strip().lower() for t in value.strip("[]").split(",")}
            if name in ("date", "created"):
                day = value
    body = text[head.end() :] if head else text
    prose = re.sub(r"```.*?```", "", body, flags=re.S)
    name = unicodedata.normalize("NFC", path.name)
    if kind == "md":
        tags |= {t.lower() for t in re.findall(r"(?:^|(?<=\s))#([^\s#]+)", prose)}
    boxes = re.findall(r"^\s*(?:[-*+]|\d+\.) \[([ xX])\] ", prose, re.M) if kind == "md" else []
    in_name = re.search(r"\d{4}-\d\d-\d\d", name)
    mtime = date.fromtimestamp(path.stat().st_mtime).isoformat()
    return Seen(
        path, name, kind, unicodedata.normalize("NFC", text), tags, day or (in_name[0] if in_name else mtime), mtime,
        path.stat().st_size, boxes.count(" "), len(boxes) - boxes.count(" "),
        tuple(unicodedata.normalize("NFC", p) for p in path.relative_to(root).parts[:-1]),
    )  # fmt: skip


def right(files: list[Seen], wanted: str) -> int | str:
    """The number, or the name of the file, that is right."""
    what, *conditions = wanted.split()
    kept = files
    for condition in conditions:
        name, _, value = condition.partition("=")
        kept = [f for f in kept if _holds(f, name, value.replace("_", " "))]
    match what:
        case "n":
            return len(kept)
        case "readable":
            return sum(f.kind != "png" for f in kept)
        case "notes":
            return sum(f.kind not in ("png", "css") for f in kept)
        case "open" | "done":
            return sum(f.open if what == "open" else f.done for f in kept)
        case "boxes":
            return sum(f.open + f.done for f in kept)
        case "tags":
            return len(set().union(*(f.tags for f in kept)))
        case "folders":
            return len({f.folders[:n] for f in kept for n in range(1, len(f.folders) + 1)})
        case "latest":
            return max(kept, key=lambda f: (f.day, f.mtime)).name
        case "oldest":
            return min(kept, key=lambda f: (f.day, f.mtime)).name
        case "changed":
            return max(kept, key=lambda f: f.path.stat().st_mtime).name
        case "largest":
            return max(kept, key=lambda f: f.size).name
        case "smallest":
            return min(kept, key=lambda f: f.size).name
    raise ValueError(wanted)


def _holds(f: Seen, name: str, value: str) -> bool:
    match name:
        case "in":
            wanted = tuple(value.split("/"))
            return any(f.folders[n : n + len(wanted)] == wanted for n in range(len(f.folders)))
        case "kind":
            return f.kind in value.split(",")
        case "tag":
            return any(t == value or t.startswith(f"{value}/") for t in f.tags)
        case "untagged":
            return not f.tags
        case "day" | "mtime":
            day = getattr(f, name)
            first, dots, last = value.partition("..")
            return first <= day <= (last or "9") if dots else bool(day.startswith(value))
        case "says":
            return value.lower() in f.text.lower()
        case "called":
            return value in f.name or any(value in folder for folder in f.folders)
        case "has":
            return bool(getattr(f, value))
    raise ValueError(name)

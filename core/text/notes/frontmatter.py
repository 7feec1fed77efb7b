"""The properties at the top of a note: title, tags, aliases, date, and the sentences worth finding.

Knows nothing of Markdown. YAML by PyYAML's BaseLoader (MIT), which builds only strings, lists and dicts and so
runs nothing a note asks for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

import yaml

from core.types import Block, Location

_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_MAX_LINES = 1_000
_MAX_CHARACTERS = 65_536
_MOST_FIELDS = 200
_DATE = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_OWN_FIELDS = {"title", "tag", "tags", "alias", "aliases", "date", "created", "updated", "modified"}
_NOTHING = {"", "~", "null", "Null", "NULL"}


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """`lines` is how many lines of the file it takes, its fences included; 0 when there is none."""

    lines: int = 0
    title: str = ""
    tags: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    date: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    blocks: tuple[Block, ...] = ()
    warnings: tuple[str, ...] = ()


def parse(lines: list[str]) -> FrontMatter:
    """What stands between a first line `---` and the next `---` or `...`.

    Broken YAML costs nothing but a warning: its text becomes a block, so that search still finds it.
    """
    if not lines or lines[0].rstrip() != "---":
        return FrontMatter()
    end = next((n for n, line in enumerate(lines[1:_MAX_LINES], 1) if line.rstrip() in ("---", "...")), 0)
    source = "\n".join(lines[1:end])
    if not end or len(source) > _MAX_CHARACTERS:
        return FrontMatter()
    try:
        found = yaml.load(source, Loader=_LOADER)  # the loader builds strings, lists and dicts only
    except (yaml.YAMLError, RecursionError, ValueError) as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f" (line {mark.line + 2})" if mark else ""
        warning = f"The properties at the top of the note are not valid YAML{where}; their text was kept as it is."
        return FrontMatter(end + 1, blocks=_block(source, end), warnings=(warning,))
    if found is None or found == "":
        return FrontMatter(end + 1)
    if not isinstance(found, dict):
        return FrontMatter()
    fields = {str(key).strip().lower(): value for key, value in found.items()}
    return FrontMatter(
        lines=end + 1,
        title=_text(fields.get("title")),
        tags=tuple(dict.fromkeys(_tags(fields.get("tags")) + _tags(fields.get("tag")))),
        aliases=tuple(dict.fromkeys(_aliases(fields.get("aliases")) + _aliases(fields.get("alias")))),
        date=next(filter(None, (_date(fields.get(name)) for name in ("date", "created", "updated"))), ""),
        fields=tuple((name, text) for name, value in fields.items() for text in _items(value))[:_MOST_FIELDS],
        blocks=_block(_sentences(fields), end),
    )


def _block(text: str, end: int) -> tuple[Block, ...]:
    return (Block(text.strip("\n"), Location(line_from=2, line_to=end)),) if text.strip() else ()


def _sentences(fields: dict[str, object]) -> str:
    """Descriptions, authors and the like, and the aliases. Switches and ids say nothing to a person."""
    kept = [f"{name}: {_text(value)}" for name, value in fields.items() if name not in _OWN_FIELDS and _wordy(value)]
    aliases = _aliases(fields.get("aliases")) + _aliases(fields.get("alias"))
    return "\n".join([*kept, *([f"aliases: {', '.join(aliases)}"] if aliases else [])])


def _wordy(value: object) -> bool:
    return bool(re.search(r"[^\W\d]\S* +\S*[^\W\d]|[가-힣]", _text(value)))


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) and value.strip() not in _NOTHING else ""


def _items(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    # YAML takes a link to a note, `parent: [[vim]]`, for a list in a list.
    values = [w for v in values for w in (v if isinstance(v, list) else [v])]
    return [text for text in (_text(v) for v in values) if text]


def _tags(value: object) -> list[str]:
    texts = _items(value)
    if not isinstance(value, list) and texts:
        texts = re.split(r"[,\s]+" if "," not in texts[0] else r"\s*,\s*", texts[0])
    return [tag for tag in (text.strip().lstrip("#") for text in texts) if tag]


def _aliases(value: object) -> list[str]:
    texts = _items(value)
    return texts if isinstance(value, list) or not texts else [t for t in re.split(r"\s*,\s*", texts[0]) if t]


def _date(value: object) -> str:
    """ISO 8601, to the day or to the second; empty when it is no date."""
    match = _DATE.match(_text(value))
    if not match:
        return ""
    numbers = [int(group) if group else 0 for group in match.groups()]
    try:
        moment = datetime(*numbers)  # type: ignore[arg-type]  # six ints; the stub sees a list
    except ValueError:
        return ""
    return moment.isoformat() if match.group(4) else moment.date().isoformat()

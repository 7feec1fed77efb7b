"""Which files a question is about, as a condition on the rows of `file`.

Knows no question: what words mean such a scope is decided where questions are understood.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

# A note's own day: what its front matter or its name says, else when it was last written, here and not in UTC.
DAY = "CASE WHEN f.date <> '' THEN f.date ELSE date(f.mtime_ns / 1000000000, 'unixepoch', 'localtime') END"
CHANGED = "date(f.mtime_ns / 1000000000, 'unixepoch', 'localtime')"

Days = tuple[str, str]
"""The first and the last day as YYYY-MM-DD; empty: open on that side."""


@dataclass(frozen=True, slots=True)
class Scope:
    """All of these at once; true when it limits anything.

    `within`: at or under that path. `paths`: at or under any of them. `tags`: each of them, or one nested in it.
    `fields`: each (name, value) of the front matter. `days`: the note's own day in any of these ranges. `changed`:
    last written in that range. `kinds`: any of these formats.
    """

    within: str | None = None
    paths: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    days: tuple[Days, ...] = ()
    changed: Days | None = None
    kinds: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != Scope()

    def only(self, **more: object) -> Scope:
        """This scope with some conditions replaced."""
        return replace(self, **more)  # type: ignore[arg-type]  # names and types are those of the fields

    def sql(self) -> tuple[str, dict[str, object]]:
        """(conditions on `file f`, each with AND before it; their values, all named `scope…`)."""
        terms: list[str] = []
        values: dict[str, object] = {}

        def value(v: object) -> str:
            name = f"scope{len(values)}"
            values[name] = v
            return f":{name}"

        def under(path: str) -> str:
            # As bytes: everything from `path/` up to the next sibling.
            exact = os.fsencode(path.rstrip(os.sep) or os.sep)
            low = exact.rstrip(os.fsencode(os.sep)) + os.fsencode(os.sep)
            high = low[:-1] + bytes([low[-1] + 1])
            return f"(f.path = {value(exact)} OR (f.path >= {value(low)} AND f.path < {value(high)}))"

        def between(day: str, days: Days) -> str:
            bounds = ([f"{day} >= {value(days[0])}"] if days[0] else []) + (
                [f"{day} <= {value(days[1])}"] if days[1] else []
            )
            return f"({' AND '.join(bounds) or '1'})"

        def fact(kind: str, condition: str) -> str:
            return f"EXISTS (SELECT 1 FROM fact x WHERE x.file = f.id AND x.kind = '{kind}' AND {condition})"

        if self.within:
            terms.append(under(self.within))
        if self.paths:
            terms.append(f"({' OR '.join(map(under, self.paths))})")
        for tag in self.tags:
            low, high = value(f"{tag}/"), value(f"{tag}0")
            terms.append(fact("tag", f"(x.name = {value(tag)} OR (x.name >= {low} AND x.name < {high}))"))
        for name, wanted in self.fields:
            terms.append(fact("field", f"x.name = {value(name)} AND x.folded = {value(wanted)}"))
        if self.days:
            terms.append(f"({' OR '.join(between(DAY, d) for d in self.days)})")
        if self.changed:
            terms.append(between(CHANGED, self.changed))
        if self.kinds:
            terms.append(f"f.kind IN ({', '.join(map(value, self.kinds))})")
        return "".join(f" AND {t}" for t in terms), values


EVERYTHING = Scope()

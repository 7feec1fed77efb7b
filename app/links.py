"""What a click on a link in an answer may do.

Decides only; opening and asking is done by who shows the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QUrl

from app.prose import CITATION_SCHEME, DOUBTFUL_SCHEME


@dataclass(frozen=True, slots=True)
class Target:
    """`passage`: show source `n`. `web`: ask, showing `host`, then open `url`. `refused`: do nothing."""

    kind: Literal["passage", "web", "refused"]
    n: int = 0
    host: str = ""
    url: str = ""


REFUSED = Target("refused")


def judge(href: str) -> Target:
    """The only three things a link can be. The host is shown as it is asked for (punycode, no user name)."""
    scheme, _, rest = href.partition(":")
    if scheme in (CITATION_SCHEME, DOUBTFUL_SCHEME):
        return Target("passage", n=int(rest)) if rest.isascii() and rest.isdigit() and len(rest) <= 3 else REFUSED
    url = QUrl(href, QUrl.ParsingMode.StrictMode)
    if url.scheme() not in ("http", "https") or not url.isValid() or not url.host():
        return REFUSED
    whole = url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
    host = url.host(QUrl.ComponentFormattingOption.FullyEncoded)
    return Target("web", host=host, url=whole)

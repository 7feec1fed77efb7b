from __future__ import annotations

import pytest

from app.links import REFUSED, Target, judge


def test_a_citation_is_a_passage() -> None:
    assert judge("note:3") == Target("passage", n=3)


@pytest.mark.parametrize(
    "href",
    [
        "file:///etc/passwd",
        "//server/share/x",
        "\\\\server\\share",
        "smb://server/share",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://host/x",
        "mailto:a@b",
        "moa:quit",
        "note:x",
        "note:٣",
        "note:12345",
        "note:",
        "relative.md",
        "/etc/passwd",
        "http:///nohost",
        "",
    ],
)
def test_everything_else_is_refused(href: str) -> None:
    assert judge(href) == REFUSED


@pytest.mark.parametrize(
    ("href", "host"),
    [
        ("https://example.org/a?b=c", "example.org"),
        ("HTTP://Example.org", "example.org"),
        ("https://bank.example@evil.example/login", "evil.example"),
        ("https://xn--80ak6aa92e.com/", "xn--80ak6aa92e.com"),
        ("https://аррӏе.com/", "xn--80ak6aa92e.com"),
    ],
)
def test_the_true_host_is_shown(href: str, host: str) -> None:
    target = judge(href)
    assert (target.kind, target.host) == ("web", host)

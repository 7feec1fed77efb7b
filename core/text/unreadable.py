"""The one way a reader says that it cannot give a text, and the marks of wrapped files.

Knows nothing of formats.
"""

from __future__ import annotations

from core.types import Outcome

_WRAPPERS = (b"MARKANY", b"<DRMFILE", b"FASOO", b"SCDSA00", b"DRMONE")
"""What rights-management programs common in Korean offices (MarkAny Document SAFER, Fasoo, Softcamp) write first."""


class Unreadable(Exception):
    """`outcome` as in core.types; `reason` is one sentence for a person."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason


def damaged(program: str) -> Unreadable:
    """For a file that does not hold together; `program` opens such files ("a word processor")."""
    return Unreadable("failed", f"It is damaged and could not be read; open it in {program} and save it again.")


def trap(what: str) -> Unreadable:
    """For a file that asks for more work than a document needs."""
    return Unreadable("failed", f"It {what}, more than a document needs (it may be a trap); save it again or split it.")


def locked(password: str | None) -> Unreadable:
    """For a file that only a password opens."""
    wrong = "The password is wrong; try again."
    return Unreadable("password", wrong if password else "It asks for a password; give it to read the file.")


def wrapped() -> Unreadable:
    """For a file inside a rights-management wrapper."""
    reason = "It is protected by a rights-management program; open it there and save a copy without protection."
    return Unreadable("protected", reason)


def is_wrapped(data: bytes) -> bool:
    """Whether a rights-management program has wrapped the file."""
    return any(mark in data[:512].upper() for mark in _WRAPPERS)

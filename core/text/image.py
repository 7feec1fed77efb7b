"""Pictures: known, but not read.

Knows nothing of what is in them: text in pictures needs text recognition, which Moa does not have yet.
"""

from __future__ import annotations

from core.types import Document


def read(data: bytes, password: str | None = None) -> Document:
    """Always unsupported."""
    reason = "It is a picture, and Moa cannot read text in pictures yet; write what matters about it in a note."
    return Document("unsupported", "image", reason=reason)

"""A text that was pasted as a question is searched for, not read for filters."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

import pytest

from core.answer.question.filters import LONGEST_ASKED, Filters, Limits


@pytest.mark.parametrize("text", ["가" * 20_000, "last week #garden in the folder Projects " * 50])
def test_no_filter_is_looked_for_in_a_pasted_text(text: str) -> None:
    """Looking for them takes time that grows with the square of a text without spaces."""
    assert len(text) > LONGEST_ASKED
    reading = Filters(cast(Any, None), lambda: date(2026, 3, 2)).read(text, Limits())
    assert reading.filters == () and reading.words.strip() == text.strip()

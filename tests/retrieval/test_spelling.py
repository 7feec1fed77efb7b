"""What is looked up for words that stand nowhere; what is mended is tested with the search itself."""

from __future__ import annotations

from typing import Any, cast

import pytest

from core.index.terms import words_of
from core.retrieval.spelling import MOST_TRIED, mend


class Empty:
    """A lexicon without words, which counts the look-ups."""

    asked = 0

    def holding(self, query: str, most: int) -> int:
        self.asked += 1
        return 0


@pytest.mark.parametrize("question", ["가나다라" * 5000, "abcd" * 5000])
def test_a_text_without_spaces_is_no_misspelt_word(question: str) -> None:
    lexicon = Empty()
    assert mend(cast(Any, lexicon), question) == (question, ()) and lexicon.asked == 0


def test_a_pasted_text_is_not_looked_up_word_by_word() -> None:
    """Each word in vain costs some dozen milliseconds."""
    question = " ".join(f"{chr(0xAC00 + n)}낯선{chr(0xB000 + n)}" for n in range(500))
    assert len(set(words_of(question))) == 500
    lexicon = Empty()
    mend(cast(Any, lexicon), question)
    assert 0 < lexicon.asked <= MOST_TRIED * 5

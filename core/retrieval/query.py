"""What was typed → what is searched for: "exact phrases", -words to leave out, and the words of the question. Pure.

In a search like `budget "annual report"` a phrase must stand in each passage. In a question of its own words the same
marks set off a title or a saying (Who directed "Natural Born Killers"?), and the answer often stands elsewhere: there
they only count in favour of a passage.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from core.index.terms import indexed

# A dash counts at the beginning of a word and before a letter: not in 2019-2020, -5 or "- item".
_WITHOUT = re.compile(r"(?:^|(?<=\s))-(?:[\"“]([^\"“”]+)[\"”]|([^\W\d_][^\s\"“”]*))")
_PHRASE = re.compile(r"[\"“]([^\"“”]+)[\"”]")
_QUESTION = re.compile(
    r"\?\s*$|^\s*(?:who|what|when|where|which|why|how|is|are|was|were|do|does|did|can)\b|(?:나요|까요|니까|는지|인지)\s*$",
    re.I,
)
# So many words beside its phrases make a sentence, with or without a question mark.
SENTENCE_WORDS = 6


@dataclass(frozen=True, slots=True)
class Query:
    """`text`: what is searched for, marks taken out. `strict`: passages without the phrases are left out."""

    text: str
    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    strict: bool = False

    @property
    def required(self) -> str:
        """The FTS5 expression for all phrases; empty when there are none."""
        return " AND ".join(f'"{indexed(phrase)}"' for phrase in self.phrases)

    @property
    def excluded(self) -> str:
        """The FTS5 expression for anything to be left out; empty when there is nothing."""
        return " OR ".join(f'"{indexed(word)}"' for word in self.without)


def understand(typed: str) -> Query:
    """The parts of what was typed."""
    typed = unicodedata.normalize("NFC", typed)
    without = tuple(filter(_says_something, (a or b for a, b in _WITHOUT.findall(typed))))
    rest = _WITHOUT.sub(" ", typed) if without else typed
    phrases = tuple(filter(_says_something, _PHRASE.findall(rest)))
    others = _PHRASE.sub(" ", rest)
    sentence = bool(_QUESTION.search(rest)) or len(others.split()) > SENTENCE_WORDS
    return Query(_PHRASE.sub(r" \1 ", rest).strip() if phrases else rest, phrases, without, not sentence)


def _says_something(text: str) -> bool:
    return bool(indexed(text))
